"""A council's list of youth provision becomes a layer as it is told, and says where hours are not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers import council, provision, store
from layers.catalogue import LAYERS
from words import DataProblem


def listed(geometry=None, **columns) -> gpd.GeoDataFrame:
    """Return places as `council.read` gives them: every field there, empty where it is not told, by the number of the row in the file."""
    count = len(next(iter(columns.values()))) if columns else 0
    shapes = geometry if geometry is not None else [shapely.Point(486_000 + row, 308_500) for row in range(count)]
    values = pd.DataFrame(dict.fromkeys(provision.FIELDS, "") | columns, index=range(2, count + 2))
    return gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:27700")


def test_a_councils_csv_is_read_by_its_own_headings(tmp_path):
    file = tmp_path / "youth.csv"
    file.write_text(
        "Club,Enw,Session times,Age range,PRICE,Language,Getting_There,Type,Easting,Northing\n"
        ' Youth  Hub ,Hwb Ieuenctid,"Tu,Th 16:00-21:00",11-17,Free,"English, Welsh",Bus 5,Drop-in,486000,308500\n'
    )
    found = provision.provision(council.read(file, {}, fields=provision.FIELDS).frame)
    row = found.iloc[0]
    assert found.index.tolist() == ["provision/2"], "the row of the file, which people can look up"
    assert (row.geometry.x, row.geometry.y) == (486_000, 308_500)
    assert row.drop(["geometry", "reason"]).to_dict() == {
        "name": "Youth Hub", "name_cy": "Hwb Ieuenctid", "kind": "Drop-in", "state": "hours_recorded", "opening_hours": "Tu,Th 16:00-21:00",
        "ages": "11-17", "cost": "Free", "languages": "English, Welsh", "transport": "Bus 5",
    }  # fmt: skip


def test_a_list_whose_names_are_not_recognised_is_one_sentence_that_says_how(tmp_path):
    file = tmp_path / "youth.csv"
    file.write_text("What we do,lon,lat\nJudo,-0.73,52.67\n")
    with pytest.raises(DataProblem, match=r"such as name=Club\.$"):
        provision.provision(council.read(file, {}, fields=provision.FIELDS).frame)
    told = council.read(file, {"name": "What we do"}, fields=provision.FIELDS)
    assert provision.provision(told.frame)["name"].tolist() == ["Judo"]


def test_what_is_not_told_is_empty_and_hours_that_are_not_are_said_not_to_be():
    found = provision.provision(listed(name=["A", "B", "C"], opening_hours=["Mo 18:00-20:00", None, "  "], cost=[2.5, np.nan, np.nan]))
    assert found["state"].tolist() == ["hours_recorded", "hours_not_recorded", "hours_not_recorded"]
    assert found["cost"].tolist() == ["2.5", "", ""]
    assert set(found["transport"]) == {""}
    assert set(found["kind"]) == {provision.KIND}
    assert "ring before" in found["reason"].iloc[1]


def test_a_row_without_a_place_is_left_out_and_the_others_keep_their_number():
    shapes = [None, shapely.Point(486_000, 308_500), shapely.Point()]
    assert provision.provision(listed(shapes, name=["A", "B", "C"])).index.tolist() == ["provision/3"]


def test_a_centre_drawn_as_an_area_is_a_point_in_it():
    hall = shapely.Polygon([(0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)])
    found = provision.provision(listed([hall], name=["Hall"]))
    assert hall.contains(found.geometry.iloc[0])


@pytest.mark.parametrize("frame", [listed(), listed(opening_hours=["Mo 18:00-20:00"]), listed(name=["  ", None])])
def test_a_list_without_names_is_one_sentence(frame):
    with pytest.raises(DataProblem, match="has a name"):
        provision.provision(frame)


def test_degrees_are_refused_and_nothing_is_changed():
    given = listed(name=["A"])
    before = given.copy()
    provision.provision(given)
    pd.testing.assert_frame_equal(given, before)
    with pytest.raises(ValueError, match="EPSG:27700"):
        provision.provision(given.set_crs("EPSG:4326", allow_override=True))


def test_it_is_drawn_with_a_shape_and_a_letter_of_its_own():
    layer = LAYERS["youth_provision"]
    assert set(layer.styles) == set(provision.STATES) == set(provision.REASONS)
    for style in layer.styles.values():
        assert (style.shape, style.letter) == ("square", "Y")
    safe = LAYERS["safe_places"].styles.values()
    assert not {style.shape for style in layer.styles.values()} & {style.shape for style in safe}


def test_it_is_kept_in_the_area_file_with_the_council_as_its_source(tmp_path):
    found = provision.provision(listed(name=["Hwb"], opening_hours=["Mo 18:00-20:00"]))
    store.write({"youth_provision": found}, tmp_path / "area.gpkg", extract_name="small.osm")
    back = store.read(tmp_path / "area.gpkg", "youth_provision")
    pd.testing.assert_frame_equal(pd.DataFrame(back.drop(columns="geometry")), pd.DataFrame(found.drop(columns="geometry")))
    told = store.provenance(tmp_path / "area.gpkg").set_index("layer")
    assert "OpenStreetMap" not in told.loc["youth_provision", "source"]
