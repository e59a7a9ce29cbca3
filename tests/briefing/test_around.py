"""What is around a place at an hour is said in sentences, to panel members and officers only, and is in no file."""

from __future__ import annotations

import ast
import copy
import re
from datetime import date, datetime, time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import briefing
from briefing import around, overlays, place, safe_places
from layers import around as around_layer
from layers import network, reach, tables
from layers.catalogue import LAYERS
from layers.folium_map import standalone_html
from layers.network import WALK_M_PER_MINUTE
from layers.scene import map_scene
from spaces.access import Reader, Role
from tests.briefing.conftest import PANEL
from tests.layers.test_network import ways
from words import DataProblem

OFFICER = Reader("an officer", Role.COMMUNITY_SAFETY_OFFICER)
OTHERS = [role for role in Role if role not in (Role.PANEL_MEMBER, Role.COMMUNITY_SAFETY_OFFICER)]


def at(day: int, hour: int) -> datetime:
    """Return an hour of a day of September 2026 by the clock on the wall; the 26th is a Saturday."""
    return datetime.combine(date(2026, 9, day), time(hour))


SATURDAY_NIGHT = at(26, 21)
M = WALK_M_PER_MINUTE
STREET = [(0.0, 0.0), (500 * M, 0.0)]
"""Five hundred minutes of straight street."""

HERE = shapely.Point(0, 0)


def places(*minutes_off: float, names: list[str] | None = None) -> gpd.GeoDataFrame:
    """Return checked safe places so many minutes along the street."""
    names = [f"Place {number}" for number in range(len(minutes_off))] if names is None else names
    return gpd.GeoDataFrame(
        {"name": names, "state": "checked", "opening_hours": ""}, index=[f"checked/{number}" for number in range(len(minutes_off))],
        geometry=[shapely.Point(minutes * M, 0) for minutes in minutes_off], crs="EPSG:27700",
    )  # fmt: skip


def said(checked, states, times=(SATURDAY_NIGHT,), *, rural=False, place=HERE):
    lines = ways(STREET, kind=["residential"])
    found = around.Ways(network.on_foot(lines), network.by_road(lines) if rural else None)
    return around.reach_in_words(place, list(times), checked, pd.DataFrame(states, index=checked.index), found)


def hours_from(hour, count):
    return [at(26, hour) + pd.Timedelta(hours=more) for more in range(count)]


# When


def test_a_place_without_hours_of_its_own_is_asked_about_on_a_saturday_at_21():
    assert around.busiest_times(np.zeros(24), np.zeros(7), date(2026, 9, 30)) == [SATURDAY_NIGHT]
    assert SATURDAY_NIGHT.weekday() == 5


def test_a_place_is_asked_about_at_its_own_busiest_hours_on_its_own_day():
    by_hour, by_weekday = np.zeros(24), np.zeros(7)
    by_hour[[15, 16]], by_weekday[2] = 4, 8
    times = around.busiest_times(by_hour, by_weekday, date(2026, 9, 30))
    assert times[0].date() == date(2026, 9, 30), "a Wednesday itself"
    assert [asked.hour for asked in times] == [13, 14, 15, 16]
    assert around.middle_of(times).hour == 15


def test_a_stretch_past_midnight_runs_into_the_next_day():
    by_hour = np.zeros(24)
    by_hour[[22, 1]] = 5
    times = around.busiest_times(by_hour, np.zeros(7), date(2026, 9, 30))
    assert [(asked.day, asked.hour) for asked in times] == [(26, 22), (26, 23), (27, 0), (27, 1)]


# How far


def test_the_nearest_that_is_open_is_named_with_its_minutes_rounded_up():
    assert said(places(5, 11.2), [["closed"], ["open"]]) == [
        "The nearest checked safe place recorded as open at 21:00 on a Saturday is 12 minutes on foot (Place 1)."
    ]


@pytest.mark.parametrize(("states", "minutes_off"), [(["closed"], 5), (["open"], 61), (["closed"], 61)])
def test_nothing_within_an_hours_walk_is_said(states, minutes_off):
    assert said(places(minutes_off), [states]) == ["Nothing checked is recorded as open at 21:00 on a Saturday within an hour's walk."]


def test_hours_with_one_answer_are_one_sentence_and_a_change_is_another():
    found = said(places(5, 12), [["open", "open", "closed", "closed"], ["closed", "closed", "open", "closed"]], hours_from(20, 4))
    assert found == [
        "The nearest checked safe place recorded as open from 20:00 to 21:00 on a Saturday is 5 minutes on foot (Place 0).",
        "The nearest checked safe place recorded as open at 22:00 on a Saturday is 12 minutes on foot (Place 1).",
        "Nothing checked is recorded as open at 23:00 on a Saturday within an hour's walk.",
    ]


def test_after_midnight_it_is_the_next_day():
    assert said(places(5), [["open"]], [at(27, 1)])[0].startswith("The nearest checked safe place recorded as open at 01:00 on a Sunday")


def test_hours_that_are_not_known_are_not_open_and_are_told_apart():
    assert said(places(5, 12, 90), [["unknown"], ["open"], ["unknown"]]) == [
        "The nearest checked safe place recorded as open at 21:00 on a Saturday is 12 minutes on foot (Place 1).",
        "Whether 1 checked safe place within an hour's walk is open then is not known.",
    ]


def test_a_place_with_its_own_checked_safe_place_says_so():
    bus_station = shapely.box(-50, -50, 50, 50)
    assert said(places(0.5), [["open"]], place=bus_station) == [
        "A checked safe place is here and recorded as open at 21:00 on a Saturday (Place 0)."
    ]


def test_where_it_is_rural_the_road_is_told_too():
    (near,) = said(places(48), [["open"]], rural=True)
    by_road = int(np.ceil(48 * M / (network.ROAD_MPH["residential"] * 1609.344 / 60)))
    nearest = "The nearest checked safe place recorded as open at 21:00 on a Saturday is 48 minutes on foot"
    assert near == f"{nearest}, and {by_road} minutes by road (Place 0)."
    (far,) = said(places(120), [["open"]], rural=True)
    assert far.startswith("Nothing checked is recorded as open at 21:00 on a Saturday within an hour's walk; by road the nearest is ")
    nothing = "Nothing checked is recorded as open at 21:00 on a Saturday within an hour's walk."
    assert said(places(450), [["open"]], rural=True) == [nothing]
    assert "by road" not in said(places(48), [["open"]])[0]


def test_a_place_off_every_path_is_not_called_far():
    assert said(places(5), [["open"]], place=shapely.Point(0, 5_000)) == [
        "No path is recorded near this place, so how far it is to a safe place is not known."
    ]


def test_a_safe_place_without_a_name_or_out_of_reach_is_no_surprise():
    assert "(no name recorded)" in said(places(5, names=[""]), [["open"]])[0]
    off_the_map = places(5)
    off_the_map.geometry = [shapely.Point(0, 9_000)]
    assert said(off_the_map, [["open"]]) == ["Nothing checked is recorded as open at 21:00 on a Saturday within an hour's walk."]


def test_where_nothing_is_checked_nothing_is_called_safe(marlhaven):
    candidates = marlhaven.layer("safe_places")
    assert around.nearest_safe_place(marlhaven, PANEL, HERE, [SATURDAY_NIGHT], candidates) == [
        "No safe place has been checked in this area yet."
    ]
    stale = candidates.assign(state="stale")
    assert "out of date" in around.nearest_safe_place(marlhaven, PANEL, HERE, [SATURDAY_NIGHT], stale)[0]


def test_a_checked_library_is_open_by_its_hours(marlhaven):
    library = (
        marlhaven.layer("safe_places").query("kind == 'Library'").assign(state="checked", opening_hours="Mo-Fr 09:00-19:00; Sa 10:00-16:00")
    )
    park = marlhaven.places.loc["way/20037"].geometry
    noon, night = at(26, 12), SATURDAY_NIGHT
    found = around.nearest_safe_place(marlhaven, OFFICER, park, [noon, night], library)
    assert found[0].startswith("The nearest checked safe place recorded as open at 12:00 on a Saturday is ")
    assert found[1] == "Nothing checked is recorded as open at 21:00 on a Saturday within an hour's walk."
    straight = reach.minutes(gpd.GeoSeries([park], crs="EPSG:27700"), library.geometry, [[True]], around.ways_of(marlhaven).on_foot)
    assert f"{int(np.ceil(straight.iloc[0, 0]))} minutes" in found[0]


def test_the_rural_sample_is_rural_and_the_town_is_not(marlhaven, bro_heli):
    assert not marlhaven.rural
    assert bro_heli.rural
    assert around.ways_of(marlhaven).by_road is None
    assert around.ways_of(bro_heli).by_road is not None


# Who


def with_around(workspace, *rows: tuple[float, str, str, str]):
    """Return a workspace where these are recorded, so many metres east of HERE: `(metres, group, kind, hours)`."""
    points = gpd.GeoSeries([shapely.Point(row[0], 0) for row in rows], index=[f"node/{n}" for n in range(len(rows))], crs="EPSG:27700")
    group, kind, hours = ([row[at] for row in rows] for at in (1, 2, 3))
    kind, hours, group = (pd.Series(column, index=points.index, dtype="str") for column in (kind, hours, group))
    table = tables.table(
        points, around_layer.COLUMNS, name="", name_cy="", kind=kind, group=group, state=group, reason="", opening_hours=hours
    )
    changed = copy.copy(workspace)
    changed.__dict__["_layers"] = {**workspace._layers, "around": table}
    return changed


def test_who_may_be_around_is_counted_by_what_there_is_and_what_is_open(marlhaven):
    town = with_around(
        marlhaven, (10, "school", "School", ""), (199, "school", "College", ""), (0, "licensed", "Pub", "Mo-Su 12:00-23:00"),
        (5, "licensed", "Bar", ""), (6, "licensed", "Off-licence", "by appointment"), (7, "transport", "Bus stop", ""),
        (8, "shop", "Shop", "Mo-Sa 09:00-17:00"), (9, "transport", "Railway station", ""), (201, "venue", "Takeaway", ""),
    )  # fmt: skip
    assert around.who_is_around(town, PANEL, HERE, at(26, 22)) == [
        "Within 200 m: 2 schools or colleges, 3 places that sell alcohol (1 recorded open at 22:00; 2 with no hours known), "
        "1 shop (none recorded open at 22:00), 1 bus stop, 1 station or taxi rank."
    ]


def test_the_place_itself_does_not_count(marlhaven):
    pub = with_around(marlhaven, (0, "licensed", "Pub", ""))
    assert "1 place that sells alcohol" in around.who_is_around(pub, PANEL, HERE, SATURDAY_NIGHT)[0]
    assert "is recorded. It is no proof" in around.who_is_around(pub, PANEL, HERE, SATURDAY_NIGHT, besides="node/0")[0]


def test_an_officer_may_see_it_and_nobody_else(marlhaven):
    assert around.who_is_around(marlhaven, OFFICER, HERE, SATURDAY_NIGHT)
    safe = marlhaven.layer("safe_places")
    for role in OTHERS:
        reader = Reader("someone", role)
        for asked in (
            lambda reader=reader: around.who_is_around(marlhaven, reader, HERE, SATURDAY_NIGHT),
            lambda reader=reader: around.nearest_safe_place(marlhaven, reader, HERE, [SATURDAY_NIGHT], safe),
        ):
            with pytest.raises(DataProblem, match="for panel members and community safety officers"):
                asked()


def test_a_place_opened_says_both(marlhaven, everything):
    lockside = place.open_place(marlhaven, PANEL, everything, "way/20037")
    reach_said = [line for line in lockside.like if "checked" in line.lower()]
    nearest = re.compile(
        r"The nearest checked safe place recorded as open (at|from) .+ is \d+ minutes? on foot \(.+\)\."
        r"|Nothing checked is recorded as open (at|from) .+ within an hour's walk\."
    )
    assert reach_said
    assert nearest.fullmatch(reach_said[0]), reach_said[0]
    assert lockside.around
    assert all(line.startswith("Within 200 m") for line in lockside.around)


def test_a_checked_safe_place_is_not_also_called_possible_and_not_checked(marlhaven, everything):
    station = marlhaven.places.query("name == 'Marlhaven Bus Station'").index[0]
    shown = safe_places.layer(marlhaven, PANEL, everything.last_day)
    opened = place.open_place(marlhaven, PANEL, everything, station)
    checked = shown[shown["state"] == "checked"]
    assert (checked.distance(marlhaven.places.loc[station].geometry) <= 500).any(), "there is one near"
    assert not set(opened.candidates.index) & set(checked.index)
    assert "any possible safe place within 500 m" not in opened.not_known


# What is drawn at an hour


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        ("Mo-Su 12:00-23:00", "checked", "Recorded as open at 21:00."),
        ("Mo-Su 09:00-17:00", "checked_closed", "Recorded as closed at 21:00."),
        ("", "checked_hours_unknown", "Whether it is open at 21:00 is not known. No hours are recorded."),
        ("by appointment", "checked_hours_unknown", "Whether it is open at 21:00 is not known. What is recorded of the hours cannot be"),
        ("Mo-Su 18:00+", "checked_hours_unknown", "Whether it is open at 21:00 is not known. When it closes is not recorded."),
    ],
)
def test_a_checked_place_is_drawn_closed_only_where_that_is_recorded(marlhaven, text, state, said):
    drawn = overlays._open_at(places(5).assign(opening_hours=text, reason="Checked."), SATURDAY_NIGHT, marlhaven)
    assert drawn["state"].tolist() == [state]
    assert drawn["reason"].iloc[0].startswith(f"Checked. {said}")
    assert state in LAYERS["safe_places"].styles


@pytest.mark.parametrize("state", ["candidate", "stale"])
@pytest.mark.parametrize("text", ["", "Mo-Su 09:00-17:00", "Mo-Su 12:00-23:00"])
def test_what_is_not_freshly_checked_stays_what_it_is_at_any_hour(marlhaven, state, text):
    drawn = overlays._open_at(places(5).assign(opening_hours=text, reason="", state=state), SATURDAY_NIGHT, marlhaven)
    assert drawn["state"].tolist() == [state]


def test_on_christmas_day_a_place_that_says_nothing_of_bank_holidays_is_not_known_to_be_open(marlhaven):
    christmas = datetime.combine(date(2026, 12, 25), time(12))
    drawn = overlays._open_at(places(5).assign(opening_hours="Mo-Fr 09:00-17:00", reason="Checked."), christmas, marlhaven)
    assert drawn["state"].tolist() == ["checked_hours_unknown"]
    assert "hours on bank holidays are not recorded" in drawn["reason"].iloc[0]


# Nothing in files


def test_the_map_saved_as_a_file_has_nothing_of_it(marlhaven):
    name = "The Invented Anchor"
    frame = marlhaven.layer("around").assign(name=name)
    assert len(frame)
    for chosen in (None, str(frame.index[0])):
        scene = map_scene(area=marlhaven.area, ground={}, overlays={"around": frame}, cells=None, chosen=chosen, records=LAYERS)
        assert [layer.layer_id for layer in scene.layers].count("around") == 1, "it is on the screen"
        saved = standalone_html(scene.for_files(), title="Marlhaven")
        for trace in (name, LAYERS["around"].title, *(LAYERS["around"].state_labels.values()), around_layer.REASON):
            assert trace not in saved


def test_only_the_panel_of_a_place_asks_for_it():
    """The commands, exports and packs are all that write files; whoever adds one to this list decides that it leaves the room."""
    root = Path(briefing.__file__).parents[1]
    asking = set()
    for package in ("briefing", "commands", "spaces", "views"):
        for file in (root / package).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
            if names & {"who_is_around", "nearest_safe_place"} or (package != "briefing" and ".around" in file.read_text("utf-8")):
                asking.add(file.relative_to(root).as_posix())
    assert asking == {"briefing/setting.py", "views/place.py", "views/spaces.py"}, "two pages on the screen, and no file"
