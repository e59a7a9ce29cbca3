"""The figures of real places come out, in every format; every row is accounted for; sparse counts are declined in words."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

from briefing.hotspots import HOTSPOT_COLUMNS
from commands.output import FORMATS
from geo import frames
from layers import store
from spaces import intake
from tests.browser import ROOT
from tests.commands.conftest import TOWN, incidents, names, run, run_apart, save_boundary

SAMPLE_TODAY = date(2026, 12, 31)
"""The samples run to the end of September 2026; whatever today is, they are read as of the year's end."""

MARLHAVEN = ROOT / "sample_data" / "marlhaven"
BRO_HELI = ROOT / "sample_data" / "bro-heli"
COLUMNS = ["cell", *HOTSPOT_COLUMNS]


def read_back(path):
    """Return a result as geopandas or pandas reads it, by cell."""
    if path.suffix == ".csv":
        found = pd.read_csv(path)
    elif path.suffix == ".parquet":
        found = gpd.read_parquet(path).reset_index()
    else:
        found = gpd.read_file(path)
    return found.set_index("cell") if "cell" in found else found  # GeoJSON has columns only where it has rows


def account(ran):
    """Return the first line's five figures, and every other count by its words."""
    first, *others = ran.err.splitlines()
    told = re.fullmatch(
        r"([\d,]+) incidents?, ([\d,]+) cells? of resolution (\d+) \(([\d,]+) by centre, ([\d,]+) occupied\), "
        r"([\d,]+) with z > 1\.96, ([\d,]+) hot(?:, in (\d+) places?)?\.",
        first,
    )
    assert told, first
    names_ = ["incidents", "cells", "resolution", "by_centre", "occupied", "above", "hot", "places"]
    figures = {name: int((value or "0").replace(",", "")) for name, value in zip(names_, told.groups(), strict=True)}
    counted = [re.fullmatch(r"([\d,]+) (.*)\.", line) for line in others]
    return figures, {line[2]: int(line[1].replace(",", "")) for line in counted if line}


@pytest.fixture(scope="session")
def slough_arguments(shared_data):
    return [
        shared_data / "police_uk" / "slough-street-2018-06_2022.csv", "--boundary", shared_data / "boundaries" / "slough-lsoa-2011.geojson",
        "--from", "2022-01-01", "--to", "2022-12-31", "--resolution", 9, "--method", "gi", "--cells", "all",
    ]  # fmt: skip


@pytest.fixture(scope="session")
def slough_files(slough_arguments, tmp_path_factory):
    """Return what is said and written for Slough in each format."""
    folder = tmp_path_factory.mktemp("slough")
    said = [run("hotspots", *slough_arguments, "--out", folder / f"slough.{kind}") for kind in FORMATS]
    assert names(folder) == sorted(f"slough.{kind}" for kind in FORMATS)
    return said, {kind: folder / f"slough.{kind}" for kind in FORMATS}


def test_slough_in_2022_says_its_figures(slough_files, slough_arguments, tmp_path):
    said, files = slough_files
    by_script = run_apart("hotspots", *slough_arguments, "--out", tmp_path / "slough.geojson")
    for ran in [*said, by_script]:
        assert (ran.code, ran.out) == (0, "")
        assert ran.err == (
            "9,086 incidents, 358 cells of resolution 9 (342 by centre, 16 occupied), 33 with z > 1.96, "
            "20 hot, in 2 places.\nDecided by Gi* among 999 worlds of chance, compared with an even spread over the area.\n"
        )
    assert (tmp_path / "slough.geojson").read_bytes() == files["geojson"].read_bytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_sloughs_file_bears_the_figures_out(slough_files, kind):
    found = read_back(slough_files[1][kind])
    assert (len(found), found.index.nunique(), found["incidents"].sum()) == (358, 358, 9086)
    assert ((found["z"] > 1.96).sum(), found["hotspot"].sum(), (found["cluster"] >= 0).sum()) == (33, 20, 20)
    assert (found["q"] <= 0.05).equals(found["hotspot"])
    assert (found["expected"] == 9086 / 358).all()
    assert (found["resolution"] == 9).all()
    assert found[["days", "children_low", "children_high"]].isna().all(axis=None), "police.uk knows the month only, and no victim"
    if kind != "csv":
        assert isinstance(found, gpd.GeoDataFrame)
        assert found.crs == frames.DEGREES
        assert found.geometry.geom_type.eq("Polygon").all()
        assert found.geometry.is_valid.all()


def test_sloughs_formats_agree_with_each_other(slough_files):
    files = {kind: read_back(path) for kind, path in slough_files[1].items()}
    numbers = ["resolution", "incidents", "expected", "z", "p", "q", "hotspot", "cluster"]
    for kind, found in files.items():
        assert [column for column in found.reset_index().columns if column != "geometry"] == COLUMNS, kind
        assert_frame_equal(pd.DataFrame(found[numbers]), pd.DataFrame(files["parquet"][numbers]), check_dtype=False, rtol=1e-13)
        if kind != "csv":
            assert_geodataframe_equal(found[["geometry"]], files["parquet"][["geometry"]], check_less_precise=True)


def test_slough_chooses_resolution_9_by_itself_and_the_same_again(slough_arguments, tmp_path):
    by_itself = [*slough_arguments[:7], "--cells", "all"]
    said = [run("hotspots", *by_itself, "--out", tmp_path / f"{name}.csv") for name in ("once", "again")]
    assert account(said[0])[0]["hot"] == 20
    assert said[0] == said[1]
    assert (tmp_path / "once.csv").read_bytes() == (tmp_path / "again.csv").read_bytes()


def test_west_yorkshire_says_which_rows_have_no_coordinates(shared_data, tmp_path):
    file = shared_data / "police_uk" / "2018-07-west-yorkshire-street.csv"
    ran = run("hotspots", file, "--cells", "all", "--out", tmp_path / "wy.parquet")
    figures, others = account(ran)
    assert ran.code == 0
    assert others == {"not placed: it says that the place is not known": 883}
    assert figures["incidents"] + 883 == 31_635 == len(pd.read_csv(file)), "exact duplicates without a number are real"
    assert read_back(tmp_path / "wy.parquet")["incidents"].sum() == figures["incidents"]
    assert "Without --boundary only cells that hold something are compared" in ran.err


def test_west_wales_accounts_for_what_is_outside(shared_data, tmp_path):
    file = shared_data / "police_uk" / "west-wales-street-2022.csv"
    boundary = shared_data / "boundaries" / "west-wales-lsoa-2011.geojson"
    ran = run("hotspots", file, "--boundary", boundary, "--cells", "all", "--out", tmp_path / "ww.csv")
    figures, others = account(ran)
    assert ran.code == 0
    assert figures["incidents"] + sum(others.values()) == len(pd.read_csv(file)) == 35_698
    assert read_back(tmp_path / "ww.csv")["incidents"].sum() == figures["incidents"]


def test_only_hot_cells_are_written_unless_all_are_asked_for(town, tmp_path):
    some, every = (
        run("hotspots", town.dense, "--boundary", town.boundary, "--cells", which, "--out", tmp_path / f"{which}.csv")
        for which in ("hot", "all")
    )
    assert some == every
    figures, _others = account(some)
    assert figures["resolution"] == 9
    hot, everything = (read_back(tmp_path / f"{which}.csv") for which in ("hot", "all"))
    assert len(hot) == figures["hot"] > 0
    assert_frame_equal(hot, everything[everything["hotspot"]])
    assert (len(everything), everything["incidents"].sum()) == (figures["cells"], figures["incidents"])
    assert (hot["children_low"] > 1).all()


@pytest.mark.parametrize("kind", FORMATS)
def test_no_hot_cell_is_an_empty_table_that_can_be_read(town, tmp_path, kind):
    ran = run("hotspots", town.sparse, "--boundary", town.boundary, "--out", tmp_path / f"none.{kind}")
    assert ran.code == 0
    found = read_back(tmp_path / f"none.{kind}")
    assert found.empty
    if kind != "geojson":
        assert [column for column in found.reset_index().columns if column != "geometry"] == COLUMNS


@pytest.mark.parametrize("kind", FORMATS)
def test_partly_known_children_and_days_read_back(town, tmp_path, kind):
    rows = incidents(1500)
    rows.loc[rows["easting"] > 498_000, "child_ref"] = None
    rows.to_csv(tmp_path / "some.csv", index=False)
    out = tmp_path / f"out.{kind}"
    assert run("hotspots", tmp_path / "some.csv", "--boundary", town.boundary, "--cells", "all", "--out", out).code == 0
    found = read_back(out)
    known = found["children_low"].notna()
    assert known.any()
    assert not known.all()
    assert (found.loc[known, "children_low"] <= found.loc[known, "incidents"]).all()
    assert (found["days"] <= found["incidents"]).all()


def test_standard_output_holds_only_the_data(town, tmp_path):
    arguments = ["hotspots", town.dense, "--boundary", town.boundary, "--cells", "all"]
    to_file = {kind: run(*arguments, "--out", tmp_path / f"town.{kind}") for kind in ("csv", "geojson")}
    by_name = run(*arguments, "--out", "-")
    assert by_name.out == (tmp_path / "town.csv").read_text("utf-8")
    assert by_name.err == to_file["csv"].err
    as_asked = run(*arguments, "--format", "geojson", "--out", "-")
    assert as_asked.err == to_file["geojson"].err
    piped = gpd.read_file(io.StringIO(json.dumps(json.loads(as_asked.out)))).set_index("cell")
    written = read_back(tmp_path / "town.geojson")
    assert_frame_equal(pd.DataFrame(piped.drop(columns="geometry")), pd.DataFrame(written.drop(columns="geometry")), check_dtype=False)
    assert_geodataframe_equal(piped[["geometry"]], written[["geometry"]], check_less_precise=True)


def test_a_pipe_gets_the_data_and_a_person_the_account(town):
    ran = run_apart("hotspots", town.dense, "--boundary", town.boundary, "--out", "-")
    assert ran.code == 0
    found = pd.read_csv(io.StringIO(ran.out))
    assert found.columns.tolist() == COLUMNS
    assert len(found) == account(ran)[0]["hot"]


@pytest.mark.parametrize("method", ["auto", "gi", "scan"])
def test_sparse_counts_of_a_quiet_town_have_no_hotspot_and_it_is_said_what_would_be_one(town, tmp_path, method):
    ran = run("hotspots", town.sparse, "--boundary", town.boundary, "--cells", "all", "--method", method, "--out", tmp_path / "a.csv")
    figures, _others = account(ran)
    assert (ran.code, figures["incidents"], figures["hot"], figures["places"]) == (0, 200, 0, 0)
    assert re.search(r"It would have taken about \d+ incidents in a middling cell and its neighbours", ran.err)
    assert {"auto": "by Gi*", "gi": "by Gi*", "scan": "by Kulldorff's scan"}[method] in ran.err
    found = read_back(tmp_path / "a.csv")
    assert found["incidents"].sum() == 200
    assert not found["hotspot"].any()
    assert (found["cluster"] == -1).all()


def test_homes_need_a_gazetteer_and_an_area(town, tmp_path):
    ran = run("hotspots", town.sparse, "--boundary", town.boundary, "--compared-with", "homes", "--out", tmp_path / "a.csv")
    assert ran.code == 2
    assert ran.sentence == "Where people live is known by postcodes in an area. Give --gazetteer and --boundary."
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("first", "last", "rows"),
    [
        (None, None, 5), ("2024-03-01", None, 3), (None, "2024-03-01", 3), ("2024-03-01", "2024-03-01", 2), ("2024-02-28", "2024-02-29", 1),
        ("0001-01-01", "9999-12-31", 4), ("2024-03-02", "2026-01-01", 1),
    ],
)  # fmt: skip
def test_the_last_day_is_included_and_undated_rows_are_in_no_period(town, tmp_path, first, last, rows):
    file = tmp_path / "days.csv"
    days = ["2024-02-29 23:59:59", "2024-03-01", "2024-03-01 23:59:59", "2024-03-02 00:00:00", ""]
    incidents(5).assign(occurred_from=days).to_csv(file, index=False)
    period = [*(("--from", first) if first else ()), *(("--to", last) if last else ())]
    ran = run("hotspots", file, "--boundary", town.boundary, *period, "--out", tmp_path / "a.csv")
    figures, others = account(ran)
    assert figures["incidents"] == rows
    assert others.get("without a date, in no period", 0) == (1 if period else 0)


def test_every_row_is_accounted_for(town, tmp_path):
    fine = incidents(40)
    nowhere = incidents(3, seed=1).assign(easting=None, northing=None)
    unknown = incidents(4, seed=2).assign(easting=None, northing=None, postcode="SL1 9ZZ")
    at_zero = incidents(5, seed=3).assign(easting=0, northing=0)
    away = incidents(6, seed=4).assign(easting=430_000, northing=433_000)
    pinned = incidents(12, seed=5).assign(easting=499_000, northing=180_000, location_text=[f"Street {i}" for i in range(12)])
    again = fine.head(7)
    alike = pd.concat([incidents(1, seed=6).assign(incident_id=None)] * 8)
    others_ = incidents(9, seed=7).assign(role="harmed_others")
    flags = incidents(2, seed=8).assign(record_type="flag")
    undated = incidents(10, seed=9).assign(occurred_from=None)
    rows = pd.concat([fine, nowhere, unknown, at_zero, away, pinned, again, alike, others_, flags, undated])
    rows.to_csv(tmp_path / "rows.csv", index=False)
    ran = run("hotspots", tmp_path / "rows.csv", "--boundary", town.boundary, "--from", "2024-01-01", "--out", tmp_path / "a.csv")
    figures, others = account(ran)
    assert ran.code == 0
    assert figures["incidents"] == 48, "40 and, alike but without a number, 8"
    assert others == {
        "not placed: no coordinates and no postcode": 3,
        "not placed: the postcode is not in the gazetteer": 4,
        "not placed: coordinates are 0, 0": 5,
        "not placed: a default point that many different places were given": 12,
        "outside the boundary, left out": 6,
        "more about an incident that is counted once": 7,
        "left out: flags, and rows about adults, witnesses, those who harmed others or what police work itself turned up": 11,
        "without a date, in no period": 10,
    }
    assert figures["incidents"] + sum(others.values()) == len(rows)


@pytest.mark.parametrize("file", ["police.csv", "childrens_services.xlsx", "emergency_department.csv"])
@pytest.mark.parametrize("period", [(), ("--from", "2025-03-01", "--to", "2026-02-28")], ids=["all", "a year"])
def test_every_row_of_the_sample_is_accounted_for(monkeypatch, tmp_path, file, period):
    monkeypatch.setattr("commands.hotspots._today", lambda: SAMPLE_TODAY)
    run("gazetteer", "build", "--out", tmp_path / "g.parquet", MARLHAVEN / "postcodes.csv")
    arguments = ["hotspots", MARLHAVEN / file, "--gazetteer", tmp_path / "g.parquet", "--boundary", MARLHAVEN / "boundary.geojson"]
    figures, others = account(ran := run(*arguments, *period, "--cells", "all", "--out", tmp_path / "a.csv"))
    began = intake.read(MARLHAVEN / file, today=SAMPLE_TODAY).records["occurred_from"]
    in_period = began.isna() | began.between("2025-03-01", "2026-02-28 23:59:59.999") if period else began.index == began.index
    assert figures["incidents"] + sum(others.values()) == in_period.sum()
    assert figures["places"] <= 5
    assert figures["hot"] > 0 or "It would have taken about" in ran.err


def test_a_child_who_harmed_others_is_not_mapped_and_a_flag_is_no_incident(monkeypatch, town, tmp_path):
    monkeypatch.setattr("commands.hotspots._today", lambda: SAMPLE_TODAY)
    police = run("hotspots", MARLHAVEN / "police.csv", "--boundary", MARLHAVEN / "boundary.geojson", "--out", tmp_path / "a.csv")
    assert any(line.startswith("235 left out: flags, and rows about adults") for line in police.err.splitlines())
    flags = run("hotspots", MARLHAVEN / "youth_flags.csv", "--boundary", MARLHAVEN / "boundary.geojson", "--out", tmp_path / "b.csv")
    assert flags.code == 2
    assert flags.sentence.startswith("youth_flags.csv has no rows about harm to a child")
    assert names(tmp_path) == ["a.csv"]


def test_a_rural_county_has_few_hotspots_and_fewer_when_compared_with_where_people_live(monkeypatch, tmp_path):
    monkeypatch.setattr("commands.hotspots._today", lambda: SAMPLE_TODAY)
    run("gazetteer", "build", "--out", tmp_path / "g.parquet", BRO_HELI / "postcodes.csv")
    arguments = ["hotspots", BRO_HELI / "police.csv", "--boundary", BRO_HELI / "boundary.geojson", "--out", tmp_path / "a.csv"]
    even, homes = run(*arguments), run(*arguments, "--gazetteer", tmp_path / "g.parquet")
    assert "Kulldorff's scan among 999 worlds of chance, compared with an even spread" in even.err
    assert "Kulldorff's scan among 999 worlds of chance, compared with where people live" in homes.err
    (by_area, _), (by_people, _) = account(even), account(homes)
    assert (by_area["resolution"], by_people["resolution"]) == (7, 7)
    assert 1 == by_people["places"] < by_area["places"] <= 4


def test_the_cells_are_no_finer_than_the_files_own_positions(town, tmp_path):
    rows = incidents(8000)
    rows.to_csv(tmp_path / "exact.csv", index=False)
    longitude, latitude = frames.points_in_degrees(rows["easting"], rows["northing"])
    street = {"Crime ID": "", "Month": "2024-03", "Reported by": "Police", "Longitude": longitude, "Latitude": latitude}
    pd.DataFrame({**street, "Location": "On or near High Street", "Crime type": "Robbery"}).to_csv(tmp_path / "street.csv", index=False)
    exact, snapped = (
        account(run("hotspots", tmp_path / f"{name}.csv", "--boundary", town.boundary, "--out", tmp_path / "a.csv"))[0]
        for name in ("exact", "street")
    )
    assert (exact["resolution"], snapped["resolution"]) == (10, 9)
    assert exact["incidents"] == snapped["incidents"] == 8000


def test_postcodes_are_placed_by_the_gazetteer(tmp_path):
    run("gazetteer", "build", "--out", tmp_path / "g.parquet", MARLHAVEN / "postcodes.csv")
    known = ["QM1 1AA", "qm11ab", " QM1  1AD "]
    rows = pd.DataFrame({"agency": "School", "occurred_from": "2024-05-01", "postcode": [*known, "QM9 9ZZ", "not known"]})
    rows.to_csv(tmp_path / "rows.csv", index=False)
    arguments = ["hotspots", tmp_path / "rows.csv", "--boundary", MARLHAVEN / "boundary.geojson", "--cells", "all", "--resolution", 9]
    ran = run(*arguments, "--gazetteer", tmp_path / "g.parquet", "--out", tmp_path / "a.parquet")
    figures, others = account(ran)
    assert figures["incidents"] == 3
    assert others == {"not placed: the postcode is not in the gazetteer": 1, "not placed: no coordinates and no postcode": 1}
    found = read_back(tmp_path / "a.parquet")
    published = pd.read_csv(MARLHAVEN / "postcodes.csv", header=None).set_index(0).loc[["QM1 1AA", "QM1 1AB", "QM1 1AD"]]
    cells_in_metres = frames.in_metres(found[found["incidents"] > 0]).geometry
    assert all(cells_in_metres.contains(point).any() for point in shapely.points(published[[2, 3]]))
    without = run(*arguments, "--out", tmp_path / "b.csv")
    assert without.sentence == "No record could be placed, out of 5. Give coordinates, or postcodes with --gazetteer."
    assert not (tmp_path / "b.csv").exists()


def test_hotspots_are_named_after_the_places_of_a_layers_file(drawing, town, tmp_path):
    # The drawing's corner is in Rutland, so the town is moved there.
    by = np.array([486_000 - 497_000, 308_500 - 178_000])
    drawing.square(1_300, 1_300, 400, leisure="park", name="Sgŵar <Market> Green")
    drawing.square(3_000, 3_000, 300, leisure="park", name="Far Field")
    run("layers", "build", drawing.save(tmp_path / "town.osm"), "--out", tmp_path / "town.gpkg")
    rows = pd.read_csv(town.dense)
    rows[["easting", "northing"]] += by
    rows.to_csv(tmp_path / "rows.csv", index=False)
    boundary = save_boundary(shapely.transform(TOWN, lambda corners: corners + by), tmp_path / "boundary.geojson")
    arguments = ["hotspots", tmp_path / "rows.csv", "--boundary", boundary, "--cells", "all"]
    plain, named = (
        run(*arguments, "--out", tmp_path / "a.gpkg"),
        run(*arguments, "--layers", tmp_path / "town.gpkg", "--out", tmp_path / "b.gpkg"),
    )
    assert plain == named
    assert plain.code == 0
    found, before = read_back(tmp_path / "b.gpkg"), read_back(tmp_path / "a.gpkg")
    assert set(found.loc[found["cluster"] == 0, "space"]) == {"Sgŵar <Market> Green"}
    assert set(found.loc[found["cluster"] < 0, "space"]) == {""}
    assert (before["space"] == "").all()
    assert_frame_equal(found.drop(columns=["space", "geometry"]), before.drop(columns=["space", "geometry"]))
    piped = run_apart(*arguments[:-2], "--layers", tmp_path / "town.gpkg", "--out", "-")
    assert "Sgŵar <Market> Green" in piped.out


def test_a_layers_file_without_named_places_names_nothing(drawing, town, tmp_path):
    store.write({}, tmp_path / "none.gpkg", extract_name="none.osm")
    ran = run("hotspots", town.dense, "--boundary", town.boundary, "--layers", tmp_path / "none.gpkg", "--out", tmp_path / "a.parquet")
    assert ran.code == 0
    assert (read_back(tmp_path / "a.parquet")["space"] == "").all()


def test_without_a_boundary_the_warning_says_what_it_hides(town, tmp_path):
    ran = run("hotspots", town.dense, "--out", tmp_path / "a.csv")
    figures, _others = account(ran)
    assert figures["by_centre"] == 0
    assert figures["cells"] == figures["occupied"]
    assert "Give the area." in ran.err
