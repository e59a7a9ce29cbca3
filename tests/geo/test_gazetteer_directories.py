"""The directories of the Office for National Statistics and OS Open UPRN: their columns have other names in nearly every edition.

No real edition is kept beside the checkout: each header here is that of the published file of its name, as others have written it down
who read it (in the code and the notes of public projects); the rows are invented, in the form of the published ones.
"""

from __future__ import annotations

import csv
import zipfile

import numpy as np
import polars as pl
import pytest

from geo import gazetteer
from words import DataProblem

HEADERS = {
    "NSPDF_FEB_2008_UK_1M.csv": (
        "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,osward,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,hro,ctry,GENIND,pafind,"
        "gor,streg,pcon,eer,teclec,ttwa,pct,nuts,psed,cened,edind,ADDRCT,DPCT,MOCT,SMLBUSCT,oshaprev,lea,oldha,wardc91,wardo91,"
        "ward98,statsward,oacode,oaind,casward,park,soa1,dzone1,soa2,urindew,urindsc,urindni,dzone2,soa1ni,oac,oldpct"
    ),
    "ONSPD_MAY_2011_UK.csv": (
        "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,osward,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,hro,ctry,pafind,gor,"
        "streg,pcon,eer,teclec,ttwa,pct,nuts,psed,cened,edind,oshaprev,lea,oldha,wardc91,wardo91,ward98,statsward,oacode,oaind,"
        "casward,park,soa1,dzone1,soa2,urindew,urindsc,urindni,dzone2,soa1ni,oac,oldpct"
    ),
    "ONSPD_FEB_2023_UK.csv": (
        "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,ctry,"
        "rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,park,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,msoa11,"
        "wz11,sicbl,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
    ),
    "ONSPD_MAY_2025_UK.csv": (
        "pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,parncp25cd,usrtypind,east1m,north1m,gridind,hlth19cd,"
        "nhser24cd,ctry25cd,rgn25cd,ssr95cd,pcon24cd,eer20cd,educ23cd,ttwa15cd,pco19cd,itl25cd,wdstl05cd,oa01cd,wdcas03cd,"
        "npark16cd,lsoa01cd,msoa01cd,ruc01ind,oac01ind,oa11cd,lsoa11cd,msoa11cd,wz11cd,sicbl24cd,bua24cd,ruc11ind,oac11ind,lat,"
        "long,lep21cd1,lep21cd2,pfa23cd,imd20ind"
    ),
    "NSPL_AUG_2020_UK.csv": (
        "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,pcon,eer,"
        "teclec,ttwa,pct,nuts,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,stp"
    ),
    "NSPL_MAY_2025_UK.csv": (
        "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa21,cty,ced,laua,ward,nhser,ctry,rgn,pcon,ttwa,itl,"
        "park,lsoa21,msoa21,wz11,sicbl,bua24,ruc21,oac11,lat,long,lep1,lep2,pfa,imd,icb"
    ),
    "NSPL_AUG_2026_UK.csv": (
        "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty26cd,ced25cd,lad26cd,wd26cd,nhser24cd,"
        "ctry26cd,rgn26cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl26cd,bua24cd,ruc21ind,oac21ind,lat,"
        "long,lep21cd1,lep21cd2,pfa23cd,imd25ind,icb26cd"
    ),
}
"""The one of 2008 is the directory's forerunner."""

ALIASES = {
    "pcd": "7", "pcd7": "7", "pcd2": "8", "pcd8": "8", "pcds": "s", "dointr": "begun", "doterm": "ended",
    "oseast1m": "east", "east1m": "east", "osnrth1m": "north", "north1m": "north", "osgrdind": "quality", "gridind": "quality",
    "lat": "lat", "long": "long",
}  # fmt: skip

ROWS = [
    {"s": "SL1 1AA", "begun": "198001", "ended": "", "east": "497000", "north": "0178000", "quality": "1"},
    {"s": "SL1 1AB", "begun": "200006", "ended": "201912", "east": "497100", "north": "0178100", "quality": "5"},
    {"s": "SL1 1AC", "begun": "198001", "ended": "199606", "east": "497200", "north": "0178200", "quality": "8"},
    {"s": "SL9 9ZZ", "begun": "199912", "ended": "", "east": "", "north": "", "quality": "9", "lat": "99.999999", "long": "0.000000"},
    {"s": "BT1 1AA", "begun": "198001", "ended": "", "east": "333934", "north": "374337", "quality": "1"},
    {"s": "JE2 3AB", "begun": "198001", "ended": "", "east": "", "north": "", "quality": "9"},
    {"s": "EH1 1AA", "begun": "202302", "ended": "", "east": "325900", "north": "0673900", "quality": "2"},
]
KNOWN = {
    "SL11AA": (10, 497_000, 178_000, 1000, False),
    "SL11AB": (50, 497_100, 178_100, 1000, True),
    "SL11AC": (80, 497_200, 178_200, 2000, True),
    "SL99ZZ": (90, 0, 0, 2000, False),
    "BT11AA": (90, 0, 0, 2000, False),
    "JE23AB": (90, 0, 0, 2000, False),
    "EH11AA": (20, 325_900, 673_900, 1000, False),
}


def _write(path, rows=ROWS, *, header=None, quoting=csv.QUOTE_NONNUMERIC):
    """Write a directory as it is published: text in quotation marks, the postcode in three forms, everything else made up."""
    names = (header or HEADERS[path.name]).split(",")
    with path.open("w", newline="") as file:
        csv.writer(file).writerow(names)
        writer = csv.writer(file, quoting=quoting)
        for row in rows:
            outward, inward = row["s"].split()
            values = {"7": f"{outward:<4}{inward}", "8": f"{outward:<5}{inward}", "lat": 51.5, "long": -0.6, **row}
            writer.writerow([values[ALIASES[name]] if name in ALIASES else "E99999999" for name in names])
    return path


@pytest.mark.parametrize("name", HEADERS)
def test_every_edition_gives_the_same_postcodes(tmp_path, name):
    built = gazetteer.build([_write(tmp_path / name)], tmp_path / "g")
    assert {row[0]: row[1:] for row in built.postcodes.rows()} == KNOWN
    (source,) = built.sources
    assert source.kind == ("National Statistics Postcode Lookup" if name.startswith("NSPL") else "ONS Postcode Directory")
    months = {"FEB": "02", "MAY": "05", "AUG": "08"}
    year, month = name.split("_")[2], months[name.split("_")[1]]
    assert (source.edition, source.rows) == (f"{year}-{month}", len(ROWS))
    assert source.licence.startswith("Open Government Licence v3.0")


def test_columns_may_be_in_capitals_and_unquoted_and_in_another_order(tmp_path):
    """As the Office's own map server exports them."""
    header = "X,Y,OBJECTID,OSEAST1M,OSNRTH1M,PCDS,OSLAUA,DOTERM,DOINTR,OSGRDIND"
    path = tmp_path / "centroids.csv"
    names = header.split(",")
    lines = [",".join(row[ALIASES[name.lower()]] if name.lower() in ALIASES else "0" for name in names) for row in ROWS]
    path.write_text("\n".join(["\ufeff" + header, *lines]) + "\n", "utf-8")
    built = gazetteer.build([path], tmp_path / "g")
    assert {row[0]: row[1:] for row in built.postcodes.rows()} == KNOWN
    assert built.sources[0].edition == "2023-02", "the newest month in it, where its name says none"


def test_the_zip_is_read_once_and_the_lists_of_codes_passed_over(tmp_path):
    """The zip has the rows again in pieces (`multi_csv`), and other tables under Documents."""
    name = "ONSPD_FEB_2023_UK.csv"
    with zipfile.ZipFile(tmp_path / "ONSPD_FEB_2023.zip", "w") as archive:
        archive.write(_write(tmp_path / name), f"Data/{name}")
        archive.write(tmp_path / name, "Data/multi_csv/ONSPD_FEB_2023_UK_SL.csv")
        archive.writestr("Documents/LA_UA names and codes UK as at 04_23.csv", "LAD23CD,LAD23NM\nE06000039,Slough\n")
        archive.writestr("User Guide/ONSPD User Guide Feb 2023.pdf", b"%PDF-1.7")
    built = gazetteer.build([tmp_path / "ONSPD_FEB_2023.zip"], tmp_path / "g")
    assert [source.name for source in built.sources] == [f"ONSPD_FEB_2023.zip/Data/{name}"]
    assert built.postcodes.height == len(ROWS)


def test_the_pieces_are_read_where_there_is_nothing_else(tmp_path):
    folder = tmp_path / "Data" / "multi_csv"
    folder.mkdir(parents=True)
    for n, half in enumerate((ROWS[:3], ROWS[3:])):
        _write(folder / f"ONSPD_FEB_2023_UK_{n}.csv", half, header=HEADERS["ONSPD_FEB_2023_UK.csv"])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "le.csv").write_text("LE15 6AA,20,486000,308500\n")
    built = gazetteer.build([tmp_path], tmp_path / "g")
    assert built.postcodes.height == len(ROWS) + 1


def test_of_two_sources_the_better_row_counts_whichever_comes_first(tmp_path):
    """One with a position before one without, one in use before one that has ended; then the first given."""
    (tmp_path / "sl.csv").write_text("SL1 1AA,20,1,1\nSL1 1AB,10,2,2\nSL9 9ZZ,10,3,3\nEH1 1AA,90,0,0\n")
    directory = _write(tmp_path / "NSPL_AUG_2020_UK.csv")
    first = gazetteer.build([directory, tmp_path / "sl.csv"], tmp_path / "g").postcodes
    second = gazetteer.build([tmp_path / "sl.csv", directory], tmp_path / "g").postcodes
    for found, own in ((first, 497_000), (second, 1)):
        easting = dict(zip(found["postcode"], found["easting"], strict=True))
        assert easting["SL11AA"] == own
        assert (easting["SL11AB"], easting["SL99ZZ"], easting["EH11AA"]) == (2, 3, 325_900)
        assert not found.filter(pl.col("postcode") == "SL11AB")["terminated"].item()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"quality": "x"}, "row 3: this is no row of ONS Postcode Directory"),
        ({"quality": "0"}, "row 3: this is no row"),
        ({"quality": ""}, "row 3: this is no row"),
        ({"s": "High Street"}, "row 3: this is no row"),
        ({"east": "east"}, "row 3: this is no row"),
        ({"north": "9999999"}, "row 3: this is no row"),
    ],
)
def test_a_row_that_is_none_is_numbered(tmp_path, change, told):
    rows = [ROWS[0], ROWS[1] | change, ROWS[2]]
    with pytest.raises(DataProblem, match=told):
        gazetteer.build([_write(tmp_path / "ONSPD_FEB_2023_UK.csv", rows)], tmp_path / "g")


def test_a_directory_without_the_columns_that_place_is_none(tmp_path):
    header = "pcd7,pcd8,pcds,dointr,doterm,usertype,oa11cd,lsoa11cd,msoa11cd,ladcd,lsoa11nm,msoa11nm,ladnm,ladnmw"
    with pytest.raises(DataProblem, match=r"PCD_OA_LSOA\.csv is not OS Code-Point Open"):
        gazetteer.build([_write(tmp_path / "PCD_OA_LSOA.csv", header=header)], tmp_path / "g")


def test_a_directory_cut_short_is_not_half_read(tmp_path):
    path = _write(tmp_path / "ONSPD_FEB_2023_UK.csv")
    content = path.read_bytes()
    for cut in range(20, 200, 30):
        path.write_bytes(content[:-cut])
        with pytest.raises(DataProblem, match=r"ONSPD_FEB_2023_UK\.csv"):
            gazetteer.build([path], tmp_path / "g")


# OS Open UPRN

UPRN_HEADER = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE"


@pytest.mark.parametrize("name", ["osopenuprn_202401.csv", "osopenuprn_202602.csv", "osopenuprn_202507.csv"])
def test_property_numbers_are_read_with_the_byte_order_mark_that_they_come_with(tmp_path, name):
    rows = [
        "10090000002,358260.66,172796.5,51.4526001,-2.6020703",
        "1,358263.0,172796.0,51.4526,-2.602",
        "100120000000,0.5,1200000.0,60.6,-7.5",
    ]
    (tmp_path / name).write_text("\r\n".join(["\ufeff" + UPRN_HEADER, *rows]) + "\r\n", "utf-8", newline="")
    with zipfile.ZipFile(tmp_path / "osopenuprn.zip", "w") as archive:
        archive.write(tmp_path / name, name)
        archive.writestr("licence.txt", "Open Government Licence")
        archive.writestr("versions.txt", "Data Extraction Date: 17-01-2024")
    for given in (tmp_path / name, tmp_path / "osopenuprn.zip"):
        built = gazetteer.build([given], tmp_path / "g")
        assert built.uprns.rows() == [(1, 358_263, 172_796), (10_090_000_002, 358_261, 172_796), (100_120_000_000, 0, 1_200_000)]
        assert built.sources[0].kind == "OS Open UPRN"
        assert built.sources[0].edition == f"{name[11:15]}-{name[15:17]}"
        assert built.postcodes.is_empty()
        assert built.rows["uprns"] == 3


def test_of_a_property_number_that_is_there_twice_the_first_counts(tmp_path):
    for name, x in (("a.csv", 1.0), ("b.csv", 2.0)):
        (tmp_path / name).write_text(f"{UPRN_HEADER}\n7,{x},1.0,0,0\n")
    assert gazetteer.build([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "g").uprns.rows() == [(7, 1, 1)]


@pytest.mark.parametrize("row", ["x,1.0,1.0,0,0", "7,,1.0,0,0", "7,1.0,north,0,0", "7,1e12,1.0,0,0"])
def test_a_property_without_a_point_is_no_row(tmp_path, row):
    (tmp_path / "u.csv").write_text(f"{UPRN_HEADER}\n6,1.0,1.0,0,0\n{row}\n")
    with pytest.raises(DataProblem, match=r"u\.csv, row 3: this is no row of OS Open UPRN"):
        gazetteer.build([tmp_path / "u.csv"], tmp_path / "g")


def test_many_property_numbers_stay_sorted(tmp_path):
    numbers = np.random.default_rng(1).permutation(5000)
    (tmp_path / "u.csv").write_text("\n".join([UPRN_HEADER, *(f"{n},{n}.0,1.0,0,0" for n in numbers)]) + "\n")
    assert gazetteer.build([tmp_path / "u.csv"], tmp_path / "g").uprns["uprn"].to_list() == list(range(5000))
