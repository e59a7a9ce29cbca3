"""The map's candidates and the register as one answer: only what was checked is drawn as safe, and what is unfit or hidden is not drawn."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from datetime import date

import h3
import numpy as np
import pytest

from briefing import keeping, overlays, safe_place_files, safe_places, workspace
from geo import cells, frames
from layers import hours
from layers import safe_places as on_the_map
from layers.catalogue import LAYERS
from spaces import masked
from spaces.access import Reader, Role
from spaces.safe_places import Details
from spaces.safe_places import newest as rows_of
from tests.briefing.conftest import HOW, OFFICER, STEWARD, TODAY, YOUTH, copied
from tests.spaces.conftest import event
from words import DataProblem, speaking

LATE_PHARMACY, LIBRARY, CIVIC = "Late Pharmacy", "Marlhaven Library", "Marlhaven Civic Centre"


def _layer(area, reader=OFFICER):
    return safe_places.layer(area, reader, TODAY)


def _place(area, name):
    return next(place for place in safe_places.places(area, OFFICER, TODAY) if place.details.name == name)


def _candidate(area, name):
    found = area.layer("safe_places")
    return str(found.index[found["name"] == name][0])


def _whole(area, name=CIVIC, **changes):
    known = {
        "consent": "yes", "consent_by": "duty manager", "consent_on": date(2026, 11, 2), "checked_by": "Community safety team",
        "checked_on": date(2026, 11, 3), "hours": "Mo-Fr 09:00-17:00", "under_18": "yes",
    }  # fmt: skip
    return dataclasses.replace(safe_places.from_candidate(area, OFFICER, _candidate(area, name)), **known | changes)


def _mask_where(area, easting, northing):
    at = cells.from_points(*frames.points_in_degrees([easting], [northing]), masked.RESOLUTION)[0]
    around = np.array([h3.str_to_int(one) for one in h3.grid_disk(h3.int_to_str(int(at)), 9)], np.uint64)
    far = around[np.array([h3.grid_distance(h3.int_to_str(int(at)), h3.int_to_str(int(one))) > 3 for one in around])]
    masked.add_venue(area.register, keeping.open_keys(area), int(at), far, np.random.default_rng(1), audit=event("venue masked"))


# What the map shows.


def test_the_sample_has_checked_stale_and_unfinished_places_each_with_its_reason(area):
    found = {place.details.name: (place.state, place.reason) for place in safe_places.places(area, OFFICER, TODAY)}
    assert [state for state, _reason in found.values()].count("checked") == 8
    assert found["Café Quayside"][0] == "stale"
    assert found["Bar Eleven"] == ("not_yet", "Not a safe place yet: it does not suit under-18s.")
    assert found["Cross Pharmacy"] == ("not_yet", "Not a safe place yet: whether the venue agrees is not known.")
    assert len(found) == 11
    trail = keeping.trail(area, STEWARD, 500)
    assert trail["action"].tolist().count("safe places imported") == 1
    assert set(trail.loc[trail["action"] == "safe places imported", "origin"]) == {"sample town"}


def test_the_layer_is_a_layer_with_a_style_for_each_state(area):
    found = _layer(area)
    assert list(found) == [*on_the_map.COLUMNS, "geometry"]
    assert found.index.name == "feature_id"
    assert found.index.is_unique
    assert found.crs == frames.BRITISH_NATIONAL_GRID
    assert set(found["state"]) == {"checked", "stale", "candidate"}
    assert set(found["state"]) <= set(LAYERS["safe_places"].styles) & set(LAYERS["safe_places"].state_labels)
    assert (found["reason"] != "").all()
    assert not found.drop(columns="geometry").isna().any(axis=None)


def test_checked_places_stand_where_their_candidate_stood_and_those_off_the_map_stand_too(area):
    found, candidates = _layer(area), area.layer("safe_places")
    library = found.loc[_candidate(area, LIBRARY)]
    assert (library["state"], library["kind"]) == ("checked", "Library")
    assert library["opening_hours"] == "Mo-Fr 09:00-19:00; Sa 10:00-16:00"
    assert library.geometry.distance(candidates.loc[library.name].geometry) < 1
    hub = found[found["name"] == "Larkrise Youth Hub"]
    assert hub["state"].tolist() == ["checked"]
    assert hub.index[0].startswith("checked/")
    rest = found[found["state"] == "candidate"]
    assert rest.loc[_candidate(area, CIVIC), "reason"] == on_the_map.REASON
    assert len(found) == len(candidates) + 3, "Larkrise Youth Hub, Station News and Café Quayside are not on the map"


def test_what_is_unfit_or_withdrawn_is_not_even_a_candidate_and_what_is_unfinished_is_one(area):
    assert "Bar Eleven" not in set(_layer(area)["name"])
    unfinished = _layer(area).loc[_candidate(area, "Cross Pharmacy")]
    assert (unfinished["state"], unfinished["reason"]) == ("candidate", "Not a safe place yet: whether the venue agrees is not known.")
    place = _place(area, LIBRARY)
    safe_places.withdraw(area, OFFICER, place.place_id, seen=place.version, why="It has closed.", **HOW)
    assert LIBRARY not in set(_layer(area)["name"])
    safe_places.keep(area, OFFICER, _whole(area, consent="no", consent_by="", consent_on=None), **HOW)
    assert CIVIC not in set(_layer(area)["name"])


def test_a_check_changes_what_is_shown_and_what_the_overlays_are_computed_from(area):
    before, counts = overlays.version(area), area.data_version
    place_id = safe_places.keep(area, OFFICER, _whole(area), **HOW)
    assert _layer(area).loc[_candidate(area, CIVIC), "state"] == "checked"
    assert overlays.version(area) != before
    assert area.data_version == counts, "no record changes, so no count is computed anew"
    assert rows_of(area.register).loc[place_id, "feature_id"] == _candidate(area, CIVIC)


def test_an_area_without_a_register_entry_shows_the_candidates_as_they_are(bro_heli, tmp_path):
    opened = copied(bro_heli, tmp_path / "bro-heli")
    with closing(sqlite3.connect(opened.folder / "register.sqlite")) as register:
        register.execute("DELETE FROM safe_place")
        register.commit()
    assert safe_places.layer(opened, OFFICER, TODAY).equals(opened.layer("safe_places"))
    opened.register.close()


def test_a_place_checked_long_ago_is_stale_on_the_day_that_the_area_is_read_on(area):
    assert area.read_on(TODAY) == workspace.SAMPLE_READ_ON
    real = dataclasses.replace(area, invented=False)
    assert real.read_on(TODAY) == TODAY
    assert (safe_places.layer(real, OFFICER, date(2030, 1, 1))["state"] != "checked").all()


def test_what_was_worked_out_before_is_not_shown_once_the_day_the_language_or_what_is_masked_is_another(area):
    real, library = dataclasses.replace(area, invented=False), _candidate(area, LIBRARY)
    before = safe_places.layer(real, OFFICER, TODAY)
    assert before.loc[library, "state"] == "checked"
    assert safe_places.layer(real, OFFICER, TODAY) is before
    assert safe_places.layer(real, OFFICER, date(2030, 1, 1)).loc[library, "state"] == "stale"
    with speaking("cy"):
        assert safe_places.layer(real, OFFICER, TODAY).loc[library, "reason"] != before.loc[library, "reason"]
    details = _place(area, LIBRARY).details
    _mask_where(area, details.easting, details.northing)
    assert safe_places.layer(real, OFFICER, TODAY).loc[library, "state"] == "candidate"


# What cannot be a safe place.


def test_a_place_in_a_masked_part_is_refused_and_one_that_was_checked_before_is_on_no_map(area):
    shop = Details("Corner shop", 600_400.0, 488_300.0)
    _mask_where(area, shop.easting, shop.northing)
    whole = dataclasses.replace(_whole(area), feature_id="", name=shop.name, easting=shop.easting, northing=shop.northing)
    for act in (
        lambda: safe_places.keep(area, OFFICER, whole, **HOW),
        lambda: safe_places.propose(area, YOUTH, shop, why="Many go there.", **HOW),
    ):
        with pytest.raises(DataProblem, match="“Corner shop” is in a part of the area that is not mapped"):
            act()
    library = _place(area, LIBRARY)
    _mask_where(area, library.details.easting, library.details.northing)
    assert _place(area, LIBRARY).reason == "In a part of the area that is not mapped, to protect who lives there: it is on no map."
    assert _layer(area).loc[_candidate(area, LIBRARY), "state"] == "candidate"


def test_a_library_next_door_to_a_masked_part_can_still_be_checked(area):
    civic = _whole(area)
    at = cells.from_points(*frames.points_in_degrees([civic.easting], [civic.northing]), masked.RESOLUTION)[0]
    beside = h3.cell_to_latlng(min(h3.grid_ring(h3.int_to_str(int(at)), 1)))
    _mask_where(area, *(float(one[0]) for one in frames.points_in_metres([beside[1]], [beside[0]])))
    safe_places.keep(area, OFFICER, civic, **HOW)
    assert _place(area, CIVIC).state == "checked"


@pytest.mark.parametrize("at", [(0.0, 0.0), (700_000.0, 488_000.0), (float("nan"), float("nan"))])
def test_a_place_outside_the_area_is_refused(area, at):
    with pytest.raises(DataProblem, match=r"is not inside the area|Say where the place is"):
        safe_places.keep(area, OFFICER, dataclasses.replace(_whole(area), feature_id="", easting=at[0], northing=at[1]), **HOW)


@pytest.mark.parametrize("change", [{"consent_by": " "}, {"consent_on": None}])
def test_a_yes_needs_who_said_it_and_when(area, change):
    with pytest.raises(DataProblem, match="Say who agreed for the venue, by their role, and on which day"):
        safe_places.keep(area, OFFICER, _whole(area, **change), **HOW)


# What is said of each.


def test_what_is_known_and_what_is_not_is_said(area):
    place = _place(area, "Station News")
    assert place.known == {
        "Agreed by the venue": "Yes (who said so, and when, is not recorded)",
        "Checked by": "Community safety officer, 18 November 2025",
        "Open": hours.said("Mo-Su 05:30-23:00"),
        "Suitable for under-18s": "Yes",
        "Step-free": "No",
        "Languages": "English; Tamil",
        "Scheme": "Marlhaven Havens",
    }
    assert place.not_known == ["Young people's word"]
    assert len(place.history) == 1


@pytest.mark.parametrize(
    ("asked", "welcome", "said"),
    [
        (None, None, ""),
        (0, 0, ""),
        (4, 0, "Too few were asked to say what they said."),
        (5, 4, "4 of 5 who were asked feel welcome there."),
        (1_200, 7, "7 of 1,200 who were asked feel welcome there."),
    ],
)
def test_of_few_young_people_it_is_not_said_what_they_said(asked, welcome, said):
    assert safe_places.welcome(Details("A", 0.0, 0.0, asked=asked, welcome=welcome)) == said


def test_candidates_are_those_with_a_name_that_the_register_says_nothing_of(area):
    found = safe_places.candidates(area, OFFICER)
    assert CIVIC in set(found["name"])
    assert {LIBRARY, "Cross Pharmacy"}.isdisjoint(found["name"])
    safe_places.propose(area, YOUTH, safe_places.from_candidate(area, YOUTH, _candidate(area, CIVIC)), why="Many wait there.", **HOW)
    assert CIVIC not in set(safe_places.candidates(area, OFFICER)["name"])
    assert _place(area, CIVIC).reason == "Proposed by a youth worker. Nobody has checked it with the people there."
    assert _layer(area).loc[_candidate(area, CIVIC), "state"] == "candidate"


def test_a_withdrawn_place_is_proposed_again_under_its_own_id(area):
    place = _place(area, LIBRARY)
    safe_places.withdraw(area, OFFICER, place.place_id, seen=1, why="It has closed.", **HOW)
    again = safe_places.from_candidate(area, YOUTH, _candidate(area, LIBRARY))
    assert safe_places.propose(area, YOUTH, again, why="It is open again.", **HOW) == place.place_id
    assert _place(area, LIBRARY).history[0].endswith("proposed.")


@pytest.mark.parametrize("reader", [None, Reader("x", "panel_member")])
@pytest.mark.parametrize("asked", [_layer, safe_places.candidates, lambda area, reader: safe_places.places(area, reader, TODAY)])
def test_who_has_no_role_sees_nothing(area, asked, reader):
    with pytest.raises(DataProblem, match="for the partnership's own staff"):
        asked(area, reader or Reader("x", None))


# A list from a file.

HEADER = "name,checked_by,checked_on,easting,northing,opening_hours,consent,under_18,note\n"
ROW = "Marlhaven Civic Centre,Community safety team,2026-10-01,601242,487867,Mo-Fr 09:00-17:00,yes,yes,Ask at the desk.\n"


def _bring(area, tmp_path, text, reader=STEWARD):
    (tmp_path / "list.csv").write_text(text)
    return safe_place_files.bring(area, reader, tmp_path / "list.csv", **HOW)


@pytest.mark.parametrize(("written", "kept"), [("NA", "not known"), ("n/a", "not known"), ("Na", "not known"), ("no", "no"), ("Ie", "yes")])
def test_na_says_not_available_as_well_as_no_so_neither_is_guessed(area, tmp_path, written, kept):
    assert _bring(area, tmp_path, (HEADER + ROW).replace(",yes,yes,", f",yes,{written},")).wrong == ()
    assert _place(area, CIVIC).details.under_18 == kept


def test_a_list_comes_in_once_and_the_same_list_changes_nothing(area, tmp_path):
    assert _bring(area, tmp_path, HEADER + ROW) == safe_place_files.Imported(1, 0, 0)
    place, events = _place(area, CIVIC), len(area.register.audit_trail())
    assert (place.state, place.details.feature_id) == ("checked", _candidate(area, CIVIC))
    assert _bring(area, tmp_path, HEADER + ROW) == safe_place_files.Imported(0, 0, 1)
    assert _bring(area, tmp_path, (HEADER + ROW).replace("2026-10-01", "01/10/2026")) == safe_place_files.Imported(0, 0, 1)
    assert len(area.register.audit_trail()) == events
    assert _bring(area, tmp_path, (HEADER + ROW).replace("10-01", "10-09")) == safe_place_files.Imported(0, 1, 0)


def test_the_samples_own_list_is_here_already(area):
    raw = safe_place_files.Path(workspace.sample_data.__file__).parent / "marlhaven" / "safe_places.csv"
    assert safe_place_files.bring(area, STEWARD, raw, **HOW) == safe_place_files.Imported(0, 0, 11)


def test_what_a_list_has_no_column_for_stays_as_it_was(area, tmp_path):
    place_id = safe_places.keep(area, OFFICER, _whole(area, checked_on=date(2026, 9, 1), languages="English", asked=9, welcome=8), **HOW)
    assert _bring(area, tmp_path, HEADER + ROW).changed == 1
    row = rows_of(area.register).loc[place_id]
    assert row[["languages", "asked", "welcome", "consent_by", "note"]].tolist() == ["English", 9, 8, "duty manager", "Ask at the desk."]


def test_an_old_list_undoes_no_newer_check_and_no_withdrawal(area, tmp_path):
    _bring(area, tmp_path, HEADER + ROW)
    old = (HEADER + ROW).replace("2026-10-01", "2026-09-01")
    found = _bring(area, tmp_path, old)
    (said,) = found.wrong
    assert said.startswith("Row 2: “Marlhaven Civic Centre” was checked or withdrawn later than this, on 2026-10-01.")
    place = _place(area, CIVIC)
    safe_places.withdraw(area, OFFICER, place.place_id, seen=1, why="It has closed.", **HOW)
    assert _bring(area, tmp_path, HEADER + ROW).wrong
    assert _place(area, CIVIC).state == "withdrawn"


WRONG_ROWS = {
    "Kayleigh Price": ("Community safety team", "looks like a person's name"),
    "2099-10-01": ("2026-10-01", "a day still to come"),
    "1st October": ("2026-10-01", "“When it was checked” is not a day"),
    "by appointment": ("Mo-Fr 09:00-17:00", "“by appointment” cannot be read"),
    "perhaps,yes": ("yes,yes", "has to be yes, no or not known"),
    "here": ("601242", "“Easting” is not a number"),
    "1e400": ("601242", "“Easting” is not a number"),
    "nan": ("601242", "“Easting” is not a number"),
    "1": ("601242", "is not inside the area"),
}


@pytest.mark.parametrize("wrong", WRONG_ROWS)
def test_one_wrong_row_keeps_all_of_a_list_out_and_is_explained(area, tmp_path, wrong):
    right, said = WRONG_ROWS[wrong]
    before = len(rows_of(area.register))
    other = ROW.replace("Civic Centre", "Second Centre")
    found = _bring(area, tmp_path, HEADER + other + ROW.replace(right, wrong))
    assert (found.added, found.changed, found.unchanged) == (0, 0, 0)
    assert any(line.startswith("Row 3: ") and said in line for line in found.wrong), found.wrong
    assert not any("Kayleigh" in line for line in found.wrong)
    assert len(rows_of(area.register)) == before


def test_a_place_twice_in_a_list_is_said(area, tmp_path):
    found = _bring(area, tmp_path, HEADER + ROW + ROW)
    assert found.wrong == ("Row 3: “Marlhaven Civic Centre” is in row 2 too. Keep one of them.",)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("name,checked_by,checked_on\n", "lacks easting, northing"),
        ("name,easting,northing\n", "lacks checked_by, checked_on"),
        ("name,checked_by,checked_on,feature_id,Child name\n", "column “Child name” is none of a list of safe places"),
        ("name,checked_by,checked_on,feature_id,hours,opening_hours\n", "column “opening_hours”"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(area, tmp_path, header, said):
    with pytest.raises(DataProblem, match=said):
        _bring(area, tmp_path, header + "x," * header.count(",") + "x\n")


@pytest.mark.parametrize("role", [Role.PANEL_MEMBER, Role.YOUTH_WORKER])
def test_only_who_keeps_the_register_brings_a_list_in(area, tmp_path, role):
    with pytest.raises(DataProblem, match="checked and withdrawn by"):
        _bring(area, tmp_path, HEADER + ROW, Reader("x", role))
