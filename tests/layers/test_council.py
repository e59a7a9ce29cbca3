"""A council's file is read whatever its form, its headings and its coordinates are called, and says what was not as labelled."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo import frames
from layers import council, council_positions, lamps
from words import DataProblem

EAST, NORTH = np.array([524_803.0, 526_991.0, 529_062.0]), np.array([185_110.0, 184_116.0, 183_694.0])
LON, LAT = frames.points_in_degrees(EAST, NORTH)


def save(path, **columns):
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def read(path, mapping=None, **how):
    return council.read(path, mapping or {}, fields=how.get("fields", lamps.FIELDS))


def where(places):
    return np.column_stack([places.frame.geometry.x, places.frame.geometry.y])


GIVEN = np.column_stack([EAST, NORTH])


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ('x=Easting,y=Northing,regime="Switch Regime"', {"x": "Easting", "y": "Northing", "regime": "Switch Regime"}),
        ("x=Easting,y=Northing,regime=Switch Regime", {"x": "Easting", "y": "Northing", "regime": "Switch Regime"}),
        ('regime="On, or off",height=King\'s height', {"regime": "On, or off", "height": "King's height"}),
        (" x = E , y = N ", {"x": "E", "y": "N"}),
        ("regime=<b>&'#;\\", {"regime": "<b>&'#;\\"}),
    ],
)
def test_a_mapping_is_read_as_it_is_typed(text, mapping):
    assert council.read_mapping(text, list(lamps.FIELDS)) == mapping


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x=Easting", "only one of x and y"),
        ("colour=Red", "“colour=Red” in the mapping is not understood"),
        ("regime", "“regime=” in the mapping is not understood"),
        ("regime=A,regime=B", "names the same thing twice"),
        ('regime="Switch', "quotation mark left open"),
        ("nowhere.toml", "nowhere.toml was not found"),
    ],
)
def test_a_mapping_that_says_nothing_is_one_sentence(text, told):
    with pytest.raises(DataProblem) as caught:
        council.read_mapping(text, list(lamps.FIELDS))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_profile_is_saved_and_read_again(tmp_path):
    mapping = {"x": "Easting", "y": "Northing", "regime": 'The "regime" = ü'}
    council.save_profile(mapping, tmp_path / "camden.toml")
    assert council.read_mapping(str(tmp_path / "camden.toml"), list(lamps.FIELDS)) == mapping


@pytest.mark.parametrize("content", ["columns = 3", "not toml", "[columns]\nx = 5\ny = 6", "[columns]\ncolour = 'Red'", "\x00\xff"])
def test_a_bad_profile_is_one_sentence(tmp_path, content):
    (tmp_path / "bad.toml").write_text(content)
    with pytest.raises(DataProblem) as caught:
        council.read_profile(tmp_path / "bad.toml", list(lamps.FIELDS))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "columns",
    [
        {"Easting": EAST, "Northing": NORTH},
        {"EASTINGS": EAST, "northings": NORTH},
        {"X": EAST, "Y": NORTH},
        {"Longitude": LON, "LATITUDE": LAT},
        {"lat": LAT, "lng": LON},
    ],
)
def test_obvious_headings_need_no_mapping(tmp_path, columns):
    places = read(save(tmp_path / "lamps.csv", **columns))
    assert where(places) == pytest.approx(GIVEN, abs=0.01)
    assert places.notes == ()
    assert places.frame.crs == frames.BRITISH_NATIONAL_GRID
    assert places.frame.index.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"Longitude": EAST, "Latitude": NORTH}, "hold grid metres in 3 rows"),
        ({"Easting": LON, "Northing": LAT}, "hold degrees in 3 rows"),
        ({"Longitude": LAT, "Latitude": LON}, "are the wrong way round in 3 rows"),
        ({"Easting": NORTH, "Northing": EAST}, "are the wrong way round in 3 rows"),
    ],
)
def test_a_pair_labelled_as_what_it_is_not_is_read_for_what_it_is_and_said(tmp_path, columns, told):
    places = read(save(tmp_path / "lamps.csv", **columns))
    assert where(places) == pytest.approx(GIVEN, abs=0.01)
    assert len(places.notes) == 1
    assert told in places.notes[0]


def test_the_mapping_goes_before_the_headings(tmp_path):
    path = save(tmp_path / "a.csv", Easting=EAST + 5, Northing=NORTH, E2=EAST, N2=NORTH, **{"Switch Regime": "x", "When": "35/18"})
    places = read(path, {"x": "e2", "y": "N2", "regime": "When"})
    assert where(places) == pytest.approx(GIVEN)
    assert set(places.frame["regime"]) == {"35/18"}
    assert places.mapping == {"x": "E2", "y": "N2", "regime": "When"}


def test_a_title_groups_of_columns_a_mark_and_semicolons_are_read_past(tmp_path):
    rows = "Camden lamps 2023;;\nLocation;;Lamp\nEasting;Northing;Regime\nm;m;\n524803;185110;35/18\n;;\n526991;184116;Café\n"
    for name, content in {"u": b"\xef\xbb\xbf" + rows.encode(), "w": rows.encode("cp1252"), "t": rows.encode("utf-16")}.items():
        (tmp_path / f"{name}.csv").write_bytes(content)
        places = read(tmp_path / f"{name}.csv")
        assert places.frame["regime"].tolist() == ["35/18", "Café"]
        assert places.frame.index.tolist() == [5, 7]
        assert places.notes == (f"1 row of {name}.csv has no position and is left out: row 4",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("\n\n,,\n", "is empty"),
        ("Easting,Northing\n", "has headings but no rows"),
        ("Dear Sir", "is not a table"),
        ("Easting,Northing\n1,2,3\n", "row 2: it has another number of columns"),
        ('Easting,Northing\n"1,2\n', "quotation mark is left open"),
        ("Easting,Easting\n1,2\n", "two columns named “Easting”"),
        ("Street,Regime\nHigh Street,35/18\n", "has no columns that are known to say where things are"),
        ("Easting,Northing\nx,y\n,\n0,0\n", "No row of lamps.csv has a position"),
        ("Easting,Northing\n524803,185110\n999999,999999\n", "row 3: the position is outside Great Britain"),
        ("Longitude,Latitude\n2.35,48.85\n", "row 2: the position is outside Great Britain"),
        ("\0\0\0,\0", "is not a table of text"),
    ],
)
def test_what_is_no_list_of_places_is_one_sentence(tmp_path, content, told):
    (tmp_path / "lamps.csv").write_text(content, "utf-8")
    with pytest.raises(DataProblem) as caught:
        read(tmp_path / "lamps.csv")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_column_that_is_not_there_is_said_with_those_that_are(tmp_path):
    with pytest.raises(DataProblem, match=r"no column “When”\. It has: Easting, Northing"):
        read(save(tmp_path / "a.csv", Easting=EAST, Northing=NORTH), {"regime": "When"})


def test_hostile_names_and_values_stay_text(tmp_path):
    evil = "=cmd|' /C calc'!A0</script>${x}"
    places = read(save(tmp_path / "x'; DROP--.csv", Easting=EAST, Northing=NORTH, **{evil: [evil] * 3}), {"regime": evil})
    assert places.frame["regime"].tolist() == [evil] * 3
    assert evil[:60] in lamps.not_understood(lamps.from_council(places.frame))[0]


@pytest.mark.parametrize(
    ("ending", "crs"),
    [
        ("geojson", "EPSG:4326"),
        *((ending, crs) for ending in ("gpkg", "shp", "fgb") for crs in ("EPSG:27700", "EPSG:4326", "EPSG:3857", "EPSG:29903")),
    ],
)
def test_a_map_file_of_any_kind_and_coordinates_is_the_same_places(tmp_path, crs, ending):
    frame = gpd.GeoDataFrame({"Regime": ["35/18", "XYZ", None]}, geometry=gpd.points_from_xy(EAST, NORTH), crs="EPSG:27700").to_crs(crs)
    frame.to_file(tmp_path / f"lamps.{ending}")
    places = read(tmp_path / f"lamps.{ending}")
    order = np.argsort(places.frame.geometry.x)  # FlatGeobuf puts what is near together
    assert where(places)[order] == pytest.approx(GIVEN, abs=0.05)
    assert places.frame["regime"].iloc[order].tolist() == ["35/18", "XYZ", ""]


def test_geojson_in_metres_is_recognised(tmp_path):
    features = [
        {"type": "Feature", "properties": {"regime": "35/18"}, "geometry": {"type": "Point", "coordinates": [x, y]}}
        for x, y in GIVEN.tolist()
    ]
    (tmp_path / "lamps.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    places = read(tmp_path / "lamps.geojson")
    assert where(places) == pytest.approx(GIVEN)
    assert places.notes == ("lamps.geojson is labelled as degrees but holds British National Grid metres, and is read as such",)


def test_degrees_labelled_as_metres_are_recognised(tmp_path):
    gpd.GeoDataFrame({"regime": ["a"] * 3}, geometry=gpd.points_from_xy(LON, LAT), crs="EPSG:27700").to_file(tmp_path / "lamps.gpkg")
    places = read(tmp_path / "lamps.gpkg")
    assert where(places) == pytest.approx(GIVEN, abs=0.01)
    assert places.notes == ("lamps.gpkg is labelled as British National Grid metres but holds degrees, and is read as such",)


def test_a_map_file_abroad_is_refused_with_its_row(tmp_path):
    gpd.GeoDataFrame(geometry=[shapely.Point(-0.1, 51.5), shapely.Point(2.35, 48.85)], crs=4326).to_file(tmp_path / "lamps.gpkg")
    with pytest.raises(DataProblem, match=r"lamps\.gpkg, row 2: the position is outside Great Britain"):
        read(tmp_path / "lamps.gpkg")


def test_areas_stand_for_a_point_inside_them(tmp_path):
    gpd.GeoDataFrame(geometry=[shapely.box(500_000, 180_000, 500_010, 180_010)], crs=27700).to_file(tmp_path / "sites.gpkg")
    assert shapely.box(500_000, 180_000, 500_010, 180_010).contains(read(tmp_path / "sites.gpkg").frame.geometry.iloc[0])


def _unshifted(easting, northing):
    """Return metres made from WGS84 degrees as if they were OSGB36's: a common mistake, some 110 m off."""
    project = pyproj.Transformer.from_crs("EPSG:4277", "EPSG:27700", always_xy=True)
    return np.column_stack(project.transform(*frames.points_in_degrees(easting, northing)))


def _taken_for_wgs84(easting, northing):
    """Return metres made from OSGB36's own degrees as if they were of WGS84."""
    unproject = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4277", always_xy=True)
    return np.column_stack(frames.points_in_metres(*unproject.transform(easting, northing)))


def test_metres_and_degrees_of_two_datums_are_said(tmp_path):
    off = _unshifted(EAST, NORTH)
    path = save(tmp_path / "lamps.csv", Easting=off[:, 0], Northing=off[:, 1], Longitude=LON, Latitude=LAT)
    assert 105 < np.hypot(*(off - GIVEN).T).mean() < 125
    (note,) = read(path).notes
    assert "as WGS84 and OSGB36 are: one of them is of the wrong datum" in note


def test_metres_and_degrees_that_are_apart_in_some_rows_only_are_counted(tmp_path):
    path = save(tmp_path / "lamps.csv", Easting=EAST + np.array([0, 0, 400]), Northing=NORTH, Longitude=LON, Latitude=LAT)
    (note,) = read(path).notes
    assert "more than 6 m apart in 1 row" in note


@pytest.mark.parametrize(
    ("wrong", "told"), [(_unshifted, "without the shift of datum"), (_taken_for_wgs84, "OSGB36 degrees taken to be WGS84")]
)
def test_the_streets_show_which_datum_was_mistaken(wrong, told):
    rng = np.random.default_rng(2)
    streets = gpd.GeoSeries(
        [shapely.LineString([(x, 180_000), (x + 40, 182_000)]) for x in range(500_000, 503_000, 250)]
        + [shapely.LineString([(500_000, y), (503_000, y + 90)]) for y in range(180_000, 182_000, 250)],
        crs="EPSG:27700",
    )
    at = rng.uniform(0, 2_000, 200)
    along = shapely.line_interpolate_point(streets.to_numpy()[rng.integers(0, 20, 200)], at)
    true = shapely.get_coordinates(along) + rng.normal(0, 3, (200, 2))
    given = gpd.GeoSeries(gpd.points_from_xy(*wrong(*true.T).T), crs="EPSG:27700")
    moved, notes = council_positions.by_the_streets(given, streets)
    assert shapely.get_coordinates(moved.to_numpy()) == pytest.approx(true, abs=0.1)
    assert told in notes[0]
    right = gpd.GeoSeries(gpd.points_from_xy(*true.T), crs="EPSG:27700")
    same, nothing = council_positions.by_the_streets(right, streets)
    assert same is right
    assert nothing == ()


@pytest.fixture
def leeds_like():
    """Return streets and lamps along them where east and north are alike, so that exchanged they are on the grid too."""
    east, north = 430_000, 433_000
    streets = [shapely.LineString([(east + at, north), (east + at, north + 2_000)]) for at in range(0, 2_000, 250)]
    along = np.array([(east + at + 4, north + up) for at in range(0, 2_000, 250) for up in range(0, 2_000, 100)], float)
    return gpd.GeoSeries(streets, crs=27700), along


def test_eastings_and_northings_exchanged_are_refused_where_the_streets_show_it(leeds_like):
    streets, along = leeds_like
    right = gpd.GeoSeries(gpd.points_from_xy(*along.T), crs=27700)
    assert council_positions.by_the_streets(right, streets) == (right, ())
    exchanged = gpd.GeoSeries(gpd.points_from_xy(*along[:, ::-1].T), crs=27700)
    with pytest.raises(DataProblem, match="Easting and northing are the wrong way round") as caught:
        council_positions.by_the_streets(exchanged, streets)
    assert "\n" not in str(caught.value)
    # Where the exchanged lie among the streets too, but not along them.
    wide = pd.concat([streets, gpd.GeoSeries([shapely.LineString([(428_000, 428_000), (428_001, 436_000)])], crs=27700)])
    with pytest.raises(DataProblem, match="Easting and northing are the wrong way round"):
        council_positions.by_the_streets(exchanged, wide)


def test_places_far_from_every_street_are_told(leeds_like):
    streets, along = leeds_like
    off = gpd.GeoSeries(gpd.points_from_xy(along[:, 0] + 60, along[:, 1]), crs=27700)
    same, notes = council_positions.by_the_streets(off, streets)
    assert same is off
    assert notes == ("The middle one of the positions is 64 m from the nearest street: check that they are right",)


def test_thousands_are_read_with_their_commas(tmp_path):
    (tmp_path / "lamps.csv").write_text('Easting,Northing\n"524,803","185,110"\n526991,184116\n')
    assert where(read(tmp_path / "lamps.csv")).tolist() == [[524_803, 185_110], [526_991, 184_116]]


def test_a_map_file_without_places_says_so_and_not_that_a_boundary_is_missing(tmp_path):
    (tmp_path / "empty.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    with pytest.raises(DataProblem, match=r"empty\.geojson holds no places\. Save it again with the places in it"):
        read(tmp_path / "empty.geojson")


def test_a_map_file_without_columns_says_that_it_has_none(tmp_path):
    gpd.GeoDataFrame(geometry=gpd.points_from_xy(EAST, NORTH), crs=27700).to_file(tmp_path / "lamps.gpkg")
    with pytest.raises(DataProblem, match=r"no column “When”\. It has: none\."):
        read(tmp_path / "lamps.gpkg", {"regime": "When"})


def test_too_few_places_or_no_streets_decide_nothing():
    few = gpd.GeoSeries(gpd.points_from_xy(EAST, NORTH), crs="EPSG:27700")
    assert council_positions.by_the_streets(few, gpd.GeoSeries([], crs="EPSG:27700")) == (few, ())


def test_what_lies_outside_the_area_is_counted_and_left_out(tmp_path):
    places = read(save(tmp_path / "a.csv", Easting=EAST, Northing=NORTH))
    kept = council.inside(places, shapely.box(524_000, 184_000, 527_000, 186_000), "a.csv")
    assert kept.frame.index.tolist() == [2, 3]
    assert kept.notes == ("1 place of a.csv lies outside the area and is left out",)
    with pytest.raises(DataProblem, match=r"No place of a\.csv lies inside the area"):
        council.inside(places, shapely.box(0, 0, 1, 1), "a.csv")


def test_camdens_two_positions_differ_by_the_shift_alone(shared_data):
    path = shared_data / "lighting" / "camden-street-lighting.csv"
    places = read(path)
    assert len(places.frame) == 9_527
    assert places.frame.index[[0, -1]].tolist() == [2, 9_528]
    table = pd.read_csv(path)
    metres = frames.points_in_metres(table["Longitude"], table["Latitude"])
    off = np.column_stack([table["Easting"] - metres[0], table["Northing"] - metres[1]])
    if frames.DATUM_SHIFT == "Helmert":
        assert np.median(off, axis=0) == pytest.approx([-1.788, -0.341], abs=0.01)
        assert "differ by the same 1.8 m in every row: two ways to shift the datum" in places.notes[0]
    else:  # With Ordnance Survey's own shift nothing is left but what six decimals of a degree leave out.
        assert np.hypot(*off.T).max() < 0.2
        assert places.notes == ()
    assert off.std(axis=0).max() < 0.05
