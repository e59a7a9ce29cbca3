"""Streets, places, junctions and addresses come in from OpenStreetMap: a street is one thing however many lines draw it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from geo import gazetteer, wording
from tests.extracts import CORNER
from tests.geo.tiles import tile
from words import DataProblem

EAST, NORTH = CORNER


@pytest.fixture
def built(drawing, tmp_path):
    """Return a function that builds a gazetteer from what has been drawn so far, and from other files."""
    return lambda *others: gazetteer.build([drawing.save(tmp_path / "drawn.osm"), *others], tmp_path / "g")


def _of(found, kind):
    """Return the names of one kind, metres rounded and counted from the corner of the drawing."""
    from_corner = [pl.col(name) - EAST for name in ("easting", "west", "east")] + [
        pl.col(name) - NORTH for name in ("northing", "south", "north")
    ]
    return found.names.filter(kind=kind).with_columns(column.round(0) for column in from_corner)


def _names(found, kind):
    return sorted(_of(found, kind)["name"])


def _shape(found, feature):
    return shapely.from_wkb(found.shapes.filter(feature=feature)["wkb"].item())


# Streets


def test_a_street_is_its_line(drawing, built):
    drawing.way((0, 0), (100, 0), (100, 60), highway="residential", name="Mill Lane")
    found = built()
    (street,) = _of(found, "street").rows(named=True)
    assert (street["west"], street["south"], street["east"], street["north"]) == (0, 0, 100, 60)
    assert (street["easting"], street["northing"]) == (80, 0), "half way along it"
    assert street["key"] == wording.key_of("Mill Lane")
    assert (street["town"], street["district"], street["authority"]) == (None, None, None)
    assert _shape(found, street["feature"]).length == pytest.approx(160, abs=0.5)
    assert found.sources[0].kind == "OpenStreetMap"
    assert "Open Database Licence" in found.sources[0].licence
    assert found.sources[0].rows == 1


def test_pieces_of_one_street_are_one_thing_and_its_shape_all_of_them(drawing, built):
    drawing.way((0, 0), (100, 0), highway="residential", name="Mill Lane")
    drawing.way((100, 0), (200, 0), highway="residential", name="Mill Lane", oneway="yes")
    drawing.way((240, 0), (300, 0), highway="footway", name="Mill Ln.")
    drawing.way((400, 0), (500, 0), highway="residential", name="Mill Lane")
    found = built()
    assert [(row["west"], row["east"]) for row in _of(found, "street").rows(named=True)] == [(0, 300), (400, 500)]
    assert found.shapes.height == 2
    assert _shape(found, 0).length == pytest.approx(260, abs=0.5)


def test_streets_of_one_name_in_neighbouring_villages_stay_apart(drawing, built):
    drawing.node((0, 0), place="village", name="Hither")
    drawing.node((1200, 0), place="village", name="Yonder")
    drawing.way((0, 10), (600, 10), highway="residential", name="Main Street")
    drawing.way((600, 10), (1200, 10), highway="residential", name="Main Street")
    found = _of(built(), "street")
    assert [(row["town"], row["west"]) for row in found.rows(named=True)] == [("hither", 0), ("yonder", 600)]


def test_every_name_of_a_street_is_a_row(drawing, built):
    tags = {
        "name": "Heol y Bont / Bridge Street",
        "name__cy": "Heol y Bont",
        "name__en": "Bridge Street",
        "old_name": "Stryd Isaf;Low Street",
    }
    drawing.way((0, 0), (100, 0), highway="residential", alt_name="Bridge St", **tags)
    found = built()
    assert found.names["name"].to_list() == ["Heol y Bont", "Bridge Street", "Stryd Isaf", "Low Street"]
    assert found.names["feature"].n_unique() == 1


def test_pieces_that_share_only_an_old_name_are_not_one(drawing, built):
    drawing.way((0, 0), (100, 0), highway="residential", name="Mill Lane", old_name="Main Street")
    drawing.way((100, 0), (200, 0), highway="residential", name="Main Street")
    assert built().names.filter(kind="street")["feature"].n_unique() == 2


def test_pieces_in_two_languages_are_one_where_they_share_a_name(drawing, built):
    drawing.way((0, 0), (100, 0), highway="residential", name="Bridge Street", name__cy="Heol y Bont")
    drawing.way((100, 0), (200, 0), highway="residential", name="Heol y Bont")
    assert built().names.filter(kind="street")["feature"].n_unique() == 1


def test_a_numbered_road_is_a_street_of_its_own(drawing, built):
    drawing.way((0, 0), (100, 0), highway="primary", name="Mill Lane", ref="A606")
    drawing.way((100, 0), (200, 0), highway="primary", ref="A606")
    drawing.way((0, 50), (100, 50), highway="residential", name="Low Lane", ref="U123")
    found = _of(built(), "street")
    assert [(row["name"], row["west"], row["east"]) for row in found.sort("name").rows(named=True)] == [
        ("A606", 0, 200), ("Low Lane", 0, 100), ("Mill Lane", 0, 100),
    ]  # fmt: skip


def test_a_square_that_people_walk_over_is_a_street_with_an_area(drawing, built):
    drawing.square(0, 0, 40, highway="pedestrian", area="yes", name="Market Place")
    found = built()
    assert _names(found, "street") == ["Market Place"]
    assert _shape(found, 0).area == pytest.approx(1600, rel=0.01)


def test_what_is_not_there_yet_or_no_way_is_no_street(drawing, built):
    drawing.way((0, 0), (100, 0), highway="proposed", name="New Road")
    drawing.way((0, 50), (100, 50), railway="rail", name="Great Line")
    drawing.way((0, 70), (100, 70), highway="residential", name="Old Road")
    drawing.multipolygon(drawing.square(0, 100, 50), type="boundary", boundary="administrative", name="Parish")
    assert built().names["name"].to_list() == ["Old Road"]


def test_a_street_that_leaves_the_extract_is_kept_as_far_as_it_is_known(drawing, built):
    drawing.way((0, 0), (100, 0), beyond=(991, 992), highway="residential", name="Mill Lane")
    drawing.way((0, 9), beyond=(991,), highway="residential", name="Other Lane")
    assert [(row["name"], row["east"]) for row in _of(built(), "street").rows(named=True)] == [("Mill Lane", 100)]


def test_a_line_is_simplified_by_two_metres_at_most(drawing, built):
    bends = [(10 * n, 1.5 * (n % 2)) for n in range(11)]
    drawing.way(*bends, highway="residential", name="Mill Lane")
    shape = _shape(built(), 0)
    assert shapely.get_num_coordinates(shape) == 2
    assert shape.hausdorff_distance(shapely.affinity.translate(shapely.LineString(bends), EAST, NORTH)) <= 2


# Junctions


def test_a_junction_is_where_two_streets_meet_and_has_both_orders(drawing, built):
    drawing.way((0, 0), (100, 0), (200, 0), highway="residential", name="High Street")
    drawing.way((100, 0), (100, 90), highway="residential", name="Church Lane")
    found = _of(built(), "junction")
    assert sorted(found["name"]) == ["Church Lane / High Street", "High Street / Church Lane"]
    assert found["feature"].n_unique() == 1
    assert set(zip(found["easting"], found["northing"], strict=True)) == {(100, 0)}
    assert wording.key_of("church lane/high street") in found["key"].to_list()


def test_streets_that_only_cross_or_touch_as_pieces_make_no_junction(drawing, built):
    drawing.way((0, 0), (100, 0), highway="residential", name="High Street")
    drawing.way((100, 0), (200, 0), highway="residential", name="High St")
    drawing.way((50, -50), (50, 50), highway="motorway", name="Bridge Over")
    drawing.way((0, 0), (0, 50), railway="rail", name="Great Line")
    assert _names(built(), "junction") == []


def test_a_street_and_its_own_number_make_no_junction_and_others_do(drawing, built):
    drawing.way((0, 0), (100, 0), highway="primary", name="High Street", ref="A606")
    drawing.way((100, 0), (200, 0), highway="primary", name="High Street", ref="A606")
    drawing.way((100, 0), (100, 90), highway="residential", name="Church Lane", name__cy="Lon yr Eglwys")
    assert {tuple(sorted(name.split(" / "))) for name in _names(built(), "junction")} == {
        ("Church Lane", "High Street"), ("High Street", "Lon yr Eglwys"), ("A606", "Church Lane"), ("A606", "Lon yr Eglwys"),
    }  # fmt: skip


def test_where_two_streets_meet_twice_is_two_junctions_and_a_roundabout_one(drawing, built):
    drawing.way((0, 0), (20, 0), (500, 0), highway="residential", name="High Street")
    drawing.way((0, 0), (0, 90), (500, 90), (500, 0), highway="residential", name="The Crescent")
    drawing.way((20, 0), (0, 90), highway="residential", name="The Crescent")
    assert _of(built(), "junction")["feature"].n_unique() == 2, "the short cut meets High Street 20 m from the first"


# Places

PLACES = {
    "park": {"leisure": "park"}, "school": {"amenity": "school"}, "pub": {"amenity": "pub"}, "station": {"railway": "station"},
    "bus_station": {"amenity": "bus_station"}, "hospital": {"amenity": "hospital"}, "library": {"amenity": "library"},
    "shop": {"shop": "convenience"}, "place_of_worship": {"amenity": "place_of_worship", "building": "yes"}, "water": {"natural": "water"},
    "other": {"amenity": "community_centre"},
}  # fmt: skip


@pytest.mark.parametrize("kind", PLACES)
def test_places_are_known_by_their_tags_as_points_and_areas(drawing, built, kind):
    drawing.node((0, 0), name="The Point", **PLACES[kind])
    drawing.square(500, 500, 100, name="The Area", **PLACES[kind])
    found = built()
    point, area = _of(found, kind).rows(named=True)
    assert (point["west"], point["south"], point["east"], point["north"]) == (0, 0, 0, 0)
    assert (area["west"], area["south"], area["east"], area["north"]) == (500, 500, 600, 600)
    assert found.shapes["feature"].to_list() == [area["feature"]]


def test_bus_stops_and_hills_and_named_junctions(drawing, built):
    drawing.node((0, 0), highway="bus_stop", name="Mill Lane")
    drawing.node((10, 20), public_transport="platform", bus="yes", name="Mill Lane")
    drawing.node((500, 0), natural="peak", name="Lax Hill")
    drawing.node((900, 0), highway="motorway_junction", name="Tickencote Interchange", ref="A1(M)")
    found = built()
    assert [(_names(found, kind)) for kind in ("bus_stop", "hill", "junction")] == [["Mill Lane"], ["Lax Hill"], ["Tickencote Interchange"]]
    assert _of(found, "bus_stop").select("west", "east", "south", "north").row(0) == (0, 10, 0, 20), "both sides of the road"


def test_a_place_of_several_parts_is_one_with_its_holes(drawing, built):
    outer, inner = drawing.square(0, 0, 100), drawing.square(40, 40, 20)
    other = drawing.square(300, 0, 50)
    drawing.multipolygon(outer, other, inner=(inner,), leisure="park", name="The Rec")
    found = built()
    (park,) = _of(found, "park").rows(named=True)
    assert (park["west"], park["east"]) == (0, 350)
    assert _shape(found, 0).area == pytest.approx(10_000 - 400 + 2500, rel=0.01)


def test_homes_and_bare_numbers_are_not_places(drawing, built):
    drawing.square(0, 0, 10, building="house", name="Rose Cottage")
    drawing.square(50, 0, 10, building="yes", name="25")
    drawing.square(100, 0, 10, building="apartments", name="Kestrel House")
    assert built().names["name"].to_list() == ["Kestrel House"]


# Settlements


def test_a_settlement_that_is_a_point_has_the_box_of_its_size(drawing, built):
    drawing.node((0, 0), place="village", name="Hither")
    drawing.node((9000, 0), place="town", name="Large")
    found = _of(built(), "settlement")
    assert [(row["name"], row["west"], row["east"]) for row in found.rows(named=True)] == [("Hither", -500, 500), ("Large", 7700, 10300)]
    assert found["town"].null_count() == 2


def test_a_street_is_said_to_be_in_the_place_whose_own_size_it_is_near(drawing, built):
    drawing.node((0, 0), place="town", name="Large")
    drawing.node((1500, 0), place="village", name="Little")
    drawing.node((200, 0), place="suburb", name="Northside")
    drawing.node((-300, 0), place="hamlet", name="Court")
    drawing.way((800, 0), (900, 0), highway="residential", name="In Large")
    drawing.way((1300, 0), (1400, 0), highway="residential", name="In Little")
    drawing.way((200, 0), (250, 0), highway="residential", name="In Northside")
    drawing.way((-300, 0), (-350, 0), highway="residential", name="In Court")
    drawing.way((9000, 0), (9100, 0), highway="track", name="On the moor")
    streets = built().names.filter(kind="street")
    assert dict(zip(streets["name"], streets["town"], strict=True)) == {
        "In Large": "large", "In Little": "little", "In Northside": "large", "In Court": "large", "On the moor": None,
    }  # fmt: skip


def test_the_district_is_that_of_the_nearest_postcode(drawing, built, tmp_path):
    codes = {"LE15 6AA": (10, EAST, NORTH), "PE9 2AA": (10, EAST + 500, NORTH), "PE8 2AA": (90, 0, 0), "PE7 2AA": (60, EAST + 400, NORTH)}
    (tmp_path / "le.csv").write_text("".join(f"{code},{quality},{x:.0f},{y:.0f}\n" for code, (quality, x, y) in codes.items()))
    for x, name in ((100, "Near"), (420, "Nearer the other"), (5000, "Far")):
        drawing.way((x - 5, 0), (x + 5, 0), highway="residential", name=name)
    streets = built(tmp_path / "le.csv").names.filter(kind="street")
    assert dict(zip(streets["name"], streets["district"], strict=True)) == {"Near": "LE15", "Nearer the other": "PE9", "Far": None}


# Addresses


def test_addresses_are_numbers_and_names_on_streets(drawing, built):
    drawing.node((0, 0), addr__housenumber="12a", addr__street="Mill Ln", addr__postcode="le15 6aa", addr__city="Oakham")
    drawing.square(100, 0, 20, building="yes", addr__housenumber="1;3", addr__street="Mill Lane")
    drawing.square(200, 0, 20, building="yes", addr__housename="The Forge", addr__housenumber="5", addr__place="Hither")
    drawing.node((300, 0), addr__housenumber="7")
    drawing.node((400, 0), addr__street="Mill Lane")
    addresses = built().addresses
    assert addresses.select("number", "street_key", "street", "postcode", "town").rows() == [
        ("12a", wording.key_of("Mill Lane"), "Mill Ln", "LE156AA", wording.key_of("Oakham")),
        ("1", wording.key_of("Mill Lane"), "Mill Lane", None, None),
        ("3", wording.key_of("Mill Lane"), "Mill Lane", None, None),
        ("5", wording.key_of("Hither"), "Hither", None, None),
        ("The Forge", wording.key_of("Hither"), "Hither", None, None),
    ]
    np.testing.assert_allclose(addresses["easting"] - EAST, [0, 110, 110, 210, 210], atol=1)


def test_a_shop_with_an_address_is_both(drawing, built):
    drawing.node((0, 0), shop="bakery", name="Walkers", addr__housenumber="4", addr__street="Mill Lane")
    found = built()
    assert (found.rows["names"], found.rows["addresses"]) == (1, 1)


# Beside OS Open Names


def test_one_street_of_two_maps_is_one_thing(drawing, built, tmp_path):
    road = {"NAME1": "Mill Lane", "POPULATED_PLACE": "Oakham"} | {
        name: f"{value:.0f}" for name, value in zip(
            ("GEOMETRY_X", "GEOMETRY_Y", "MBR_XMIN", "MBR_YMIN", "MBR_XMAX", "MBR_YMAX"),
            (EAST + 50, NORTH, EAST, NORTH - 5, EAST + 100, NORTH + 5), strict=True)
    }  # fmt: skip
    town = road | {"NAME1": "Oakham", "TYPE": "populatedPlace", "LOCAL_TYPE": "Town", "POPULATED_PLACE": ""}
    drawing.way((90, 0), (130, 0), highway="residential", name="Mill Lane", alt_name="The Lane")
    drawing.node((60, 0), place="hamlet", name="Elsewhere")
    found = built(tile(tmp_path / "SK80.csv", road, town))
    streets = _of(found, "street")
    assert streets.select("name", "town", "west", "east").rows() == [("Mill Lane", "oakham", 0, 130), ("The Lane", "oakham", 0, 130)]
    assert streets["feature"].to_list() == found.shapes["feature"].to_list() * 2
    assert streets["authority"].to_list() == ["rutland", "rutland"], "which OpenStreetMap does not say"


# Bad extracts, and the real one


def test_an_area_that_crosses_itself_is_mended(drawing, built):
    drawing.way((0, 0), (100, 100), (100, 0), (0, 100), (0, 0), leisure="park", name="The Bow")
    drawing.square(90, 0, 40, leisure="park", name="The Bow")
    found = built()
    (park,) = _of(found, "park").rows(named=True)
    assert (park["west"], park["east"]) == (0, 130)
    assert _shape(found, park["feature"]).is_valid


def test_what_lies_outside_great_britain_is_left_out(tmp_path):
    nodes = [(1, 52.67, -0.73), (2, 48.85, 2.35), (3, 89.9, 179.9), (4, -52.0, -60.0)]
    named = "".join(
        f"<node id='{n}' version='1' lat='{lat}' lon='{lon}'><tag k='name' v='Place {n}'/><tag k='amenity' v='pub'/></node>"
        for n, lat, lon in nodes
    )
    (tmp_path / "area.osm").write_text(f"<?xml version='1.0'?><osm version='0.6'>{named}</osm>")
    assert gazetteer.build([tmp_path / "area.osm"], tmp_path / "g").names["name"].to_list() == ["Place 1"]
    (tmp_path / "area.osm").write_text(f"<?xml version='1.0'?><osm version='0.6'>{named[named.index('</node>') + 7 :]}</osm>")
    with pytest.raises(DataProblem, match=r"area\.osm holds no postcodes, names or addresses"):
        gazetteer.build([tmp_path / "area.osm"], tmp_path / "g")


@pytest.mark.parametrize(
    "change", [("lat='52.67'", "lat='inf'"), ("id='1'", "id=''"), ("lon='-0.73'", "lon='-0.73'' x"), ("version='1'", "version='x'")]
)
def test_numbers_that_are_none_are_damage(tmp_path, change):
    text = "<?xml version='1.0'?><osm version='0.6'><node id='1' version='1' lat='52.67' lon='-0.73'><tag k='name' v='P'/></node></osm>"
    (tmp_path / "area.osm").write_text(text.replace(*change))
    with pytest.raises(DataProblem, match=r"area\.osm could not be read to its end as OpenStreetMap data"):
        gazetteer.build([tmp_path / "area.osm"], tmp_path / "g")


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_an_extract_cut_short_is_named(tmp_path, shared_data, kept):
    for name in ("leeds_cycleway.osm", "leeds_cycleway.osm.pbf"):
        content = (shared_data / "osm" / name).read_bytes()
        (tmp_path / name).write_bytes(content[: int(kept * len(content))])
        with pytest.raises(DataProblem, match=f"{name} could not be read to its end as OpenStreetMap data"):
            gazetteer.build([tmp_path / name], tmp_path / "g")
    assert not (tmp_path / "g").exists()


def test_an_extract_is_read_whatever_its_name(tmp_path, shared_data):
    (tmp_path / "https:x.csv").write_bytes((shared_data / "osm" / "leeds_cycleway.osm.pbf").read_bytes())
    (tmp_path / "area.pbf").write_bytes((shared_data / "osm" / "leeds_cycleway.osm").read_bytes())
    first = gazetteer.build([tmp_path / "https:x.csv"], tmp_path / "g")
    second = gazetteer.build([tmp_path / "area.pbf"], tmp_path / "h")
    assert first.names.drop("source").sort("key", "easting").equals(second.names.drop("source").sort("key", "easting"))
    assert second.sources[0].edition == "2024-03-10", "the newest date in it"


@pytest.fixture(scope="module")
def rutland(shared_data, tmp_path_factory):
    given = [shared_data / "osm" / "rutland-2022-07.osm.pbf", *((shared_data / "codepoint_open" / f"{area}.csv") for area in ("le", "pe"))]
    return gazetteer.build(given, tmp_path_factory.mktemp("rutland") / "g")


def test_a_real_county_has_its_streets_places_and_junctions(rutland):
    features = rutland.names.unique("feature")["kind"].value_counts()
    counts = dict(features.iter_rows())
    assert counts["street"] > 1000
    assert counts["junction"] > 1000
    assert {
        "settlement",
        "park",
        "school",
        "pub",
        "station",
        "bus_stop",
        "hospital",
        "library",
        "shop",
        "place_of_worship",
        "water",
    } <= set(counts)
    assert rutland.names.filter(kind="street")["district"].null_count() < 20
    assert rutland.names.filter(kind="street")["town"].null_count() == 0
    assert rutland.sources[0].edition == "2022-07-20"


def test_the_shapes_of_a_real_county_lie_in_their_boxes(rutland):
    shapes = rutland.shapes.join(rutland.names.unique("feature"), on="feature")
    assert shapes.height == rutland.shapes.height == rutland.shapes["feature"].n_unique()
    bounds = shapely.bounds(shapely.from_wkb(shapes["wkb"].to_numpy()))
    boxes = shapes.select("west", "south", "east", "north").to_numpy()
    assert (bounds[:, :2] >= boxes[:, :2] - 0.01).all()
    assert (bounds[:, 2:] <= boxes[:, 2:] + 0.01).all()
    assert (np.abs(bounds - boxes) <= 2.01).all(axis=1).mean() > 0.98, "but for what simplifying took off, and pieces that are points"


def test_most_real_streets_are_said_to_be_where_open_names_has_them(shared_data, rutland, tmp_path):
    """Of streets that both maps have and Open Names says the town of. The extract has no Stamford, but streets at its edge."""
    tiles = [shared_data / "os_open_names" / f"{tile}.csv" for tile in ("SK80", "SK82", "SP88", "TF00", "TF02", "TL08")]
    columns = ["key", "town", "west", "south", "east", "north"]
    theirs = gazetteer.build(tiles, tmp_path / "g").names.filter(pl.col("town").is_not_null(), kind="street").select(columns)
    both = rutland.names.filter(kind="street").join(theirs, on="key", suffix="_there").filter(
        pl.col("west") <= pl.col("east_there"), pl.col("east") >= pl.col("west_there"),
        pl.col("south") <= pl.col("north_there"), pl.col("north") >= pl.col("south_there"),
    )  # fmt: skip
    same = both.group_by("feature").agg((pl.col("town") == pl.col("town_there")).any())["town"]
    assert len(same) > 700
    assert same.mean() > 0.83
