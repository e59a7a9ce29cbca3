"""`safer-spaces layers build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import output, say
from commands.progress import steps

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely


@click.group()
def layers() -> None:
    """Build the layers that say what a place is like."""


@layers.command()
@click.argument("extract", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--boundary", type=click.Path(path_type=Path, dir_okay=False), help="Keep only what lies in this area.")
@click.option("--lamps", type=click.Path(path_type=Path, dir_okay=False), help="The council's list of street lamps.")
@click.option("--lamps-complete", is_flag=True, help="That list holds every lamp there is, whoever owns it: no lamp is no light.")
@click.option(
    "--lamp-map", help='Which of its columns are which (x=Easting,y=Northing,regime="Switch Regime"), or the .toml file that says so.'
)
@click.option("--greenspace", type=click.Path(path_type=Path, dir_okay=False), help="OS Open Greenspace, for parks the extract lacks.")
@click.option("--youth", type=click.Path(path_type=Path, dir_okay=False), help="The council's list of youth provision.")
@click.option("--youth-map", help="Which of its columns are which, as for --lamp-map.")
@click.option("--small-areas", type=click.Path(path_type=Path, dir_okay=False), help="The shapes of the small areas (LSOA) of figures.")
@click.option(
    "--figures",
    multiple=True,
    metavar="KIND=FILE",
    help="Figures by small area: population=FILE.csv, deprivation=FILE.csv (deciles) or housing=FILE.csv, once each. "
    "FILE.csv:code=…,value=… says which of its columns are which.",
)
@click.option(
    "--small-area-lookup",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Which areas of 2021 (LSOA21CD) the shapes of 2011 (LSOA11CD) became, where the figures are of those.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The GeoPackage to write.")
def build(
    extract: Path, boundary: Path | None, lamps: Path | None, lamps_complete: bool, lamp_map: str | None, greenspace: Path | None,
    youth: Path | None, youth_map: str | None, small_areas: Path | None, figures: tuple[str, ...], small_area_lookup: Path | None,
    out: Path,
) -> None:  # fmt: skip
    """Read parks, alleyways, light and possible safe places from an OpenStreetMap extract (.osm.pbf or .osm)."""
    output.check_file(out)
    inputs = [extract, boundary, lamps, greenspace, youth, small_areas, small_area_lookup, *_figure_files(figures)]
    output.check_not_input(str(out), inputs)
    from geo import frames
    from layers import council, lamp_file, osm, provision, store
    from words import DataProblem

    store.check_name(out)
    if lamp_map and not lamps:
        raise DataProblem("--lamp-map says how to read a list of lamps: name the list with --lamps.")
    if lamps_complete and not lamps:
        raise DataProblem("--lamps-complete says that a list holds every lamp: name the list with --lamps.")
    if youth_map and not youth:
        raise DataProblem("--youth-map says how to read a list of youth provision: name the list with --youth.")
    profile = lamp_file.profile_beside(out)
    lamp_list = lamp_file.read(lamps, lamp_map, kept=profile, complete=lamps_complete) if lamps else None
    area = frames.read_boundary(boundary) if boundary else None
    youth_list = None
    if youth:
        youth_list = council.read(youth, council.read_mapping(youth_map or "", list(provision.FIELDS)), fields=provision.FIELDS)
        youth_list = council.inside(youth_list, area, youth.name) if area else youth_list
    context = _by_small_area(small_areas, figures, small_area_lookup, area)
    with steps() as step:
        built = store.build(
            extract, boundary=area, lamp_list=lamp_list, green_sites=greenspace, youth_list=youth_list, context=context, progress=step
        )
    store.write(built, out, extract_name=extract.name, data_timestamp=osm.data_timestamp(extract))
    if lamp_list:
        for note in built["lamps"].attrs["notes"]:
            say(note)
        council.save_profile(lamp_list.places.mapping, profile)
    for note in youth_list.notes if youth_list else ():
        say(note)
    for note in dict.fromkeys(note for frame in context.values() for note in frame.attrs["notes"]):
        say(note)
    for line in store.summary(built):
        say(line)


def _figure_files(figures: tuple[str, ...]) -> list[Path]:
    """Return the files that KIND=FILE or KIND=FILE:code=…,value=… may mean."""
    named = [text.partition("=")[2] for text in figures]
    return [Path(name) for text in named for name in (text, text.partition(":code=")[0], text.partition(":value=")[0]) if name]


def _by_small_area(
    small_areas: Path | None, figures: tuple[str, ...], lookup: Path | None, boundary: shapely.Geometry | None
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of figures by small area, none where none are given."""
    from layers import area_files
    from words import DataProblem

    if (figures or lookup) and not small_areas:
        raise DataProblem("Figures by small area need the shapes of the areas: name them with --small-areas.")
    if small_areas is None:
        return {}
    if not figures:
        raise DataProblem("--small-areas are only shapes: name a list of figures too, such as --figures population=FILE.csv.")
    return area_files.read(small_areas, figures, lookup, boundary=boundary)
