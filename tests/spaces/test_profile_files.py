"""A profile that is written reads back as itself; one with mistakes is one sentence that names each of them."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces import intake, model, profile_files
from words import DataProblem

SOUND = """
name = "club log"
header = ["Day", "Spot"]
[constants]
agency = "Club"
record_type = "incident"
[columns]
location_text = "Spot"
[times.occurred_from]
column = "Day"
formats = ["%d/%m/%Y", "about %d %B %Y"]
[codes.role]
"Victim" = "harmed"
[hours]
column = "Time"
[hours.words]
"after school" = ["15:00", "17:00"]
"""


def _told(text):
    with pytest.raises(DataProblem) as caught:
        profile_files.read_profile(text)
    told = str(caught.value)
    assert told.startswith("the profile")
    assert "\n" not in told
    assert told.endswith(".")
    return told


@pytest.mark.parametrize("path", sorted(intake.PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_built_in_profile_is_without_mistakes(path):
    assert profile_files.read_profile(path) in intake.profiles()
    assert profile_files.read_profile(path.read_text("utf-8")) in intake.profiles()


MISTAKES = [
    ("name = [", "is not written as TOML"),
    ("a" * 50 + "\0", "is not written as TOML"),
    ("x = " + "[" * 5000, "is not written as TOML"),
    ("", "it has no “name”; it has no “header”; it does not say whose records they are"),
    (SOUND.replace('name = "club log"', "name = 3"), "“name” is of the wrong kind"),
    (SOUND.replace('["Day", "Spot"]', '"Day"'), "“header” is of the wrong kind"),
    (SOUND.replace('["Day", "Spot"]', '["Day", 3]'), "“header” is of the wrong kind"),
    (
        SOUND.replace("[hours]", 'colour = "red"\n[hours]').replace("[constants]", 'sheets = "x"\n[constants]'),
        "“sheets” is nothing that a profile has",
    ),
    (SOUND.replace("[constants]", "coordinate_precision_m = -1\n[constants]"), "“coordinate_precision_m” is of the wrong kind"),
    (SOUND.replace("[constants]", "coordinate_precision_m = true\n[constants]"), "“coordinate_precision_m” is of the wrong kind"),
    (SOUND.replace("[constants]", 'coordinate_precision_m = "20"\n[constants]'), "“coordinate_precision_m” is of the wrong kind"),
    (SOUND.replace("location_text =", "loction_text ="), "“loction_text” is not a column of ours that a profile can map"),
    (SOUND.replace("location_text =", "reported_on ="), "“reported_on” is not a column of ours that a profile can map"),
    (SOUND.replace('location_text = "Spot"', "location_text = 3"), "“location_text” is of the wrong kind"),
    (SOUND.replace('record_type = "incident"', 'record_type = "memo"'), "“memo” is not a code for “record_type”"),
    (SOUND.replace('record_type = "incident"', "record_type = 1"), "“record_type” is of the wrong kind"),
    (SOUND.replace("record_type =", "child_ref ="), "“child_ref” is not a column of ours that can be the same in every row"),
    (SOUND.replace("[times.occurred_from]", "[times.occured]"), "“occured” is not a time column of ours"),
    (SOUND.replace('column = "Day"\n', ""), "“occurred_from” is of the wrong kind"),
    (SOUND.replace('formats = ["%d/%m/%Y", ', 'formats = ["%d/%m", '), "“%d/%m” is not a form that dates are written in"),
    (SOUND.replace('formats = ["%d/%m/%Y", ', 'formats = ["%d/%m/%Q", '), "“%d/%m/%Q” is not a form that dates are written in"),
    (SOUND.replace('formats = ["%d/%m/%Y", ', 'form = ["%d/%m/%Y", '), "“form” is nothing that a profile has"),
    (SOUND.replace('"Victim" = "harmed"', '"Victim" = "hurt"'), "“hurt” is not a code for “role”"),
    (SOUND.replace('"Victim" = "harmed"', '"Victim" = 3'), "“role” is of the wrong kind"),
    (SOUND.replace("[codes.role]", "[codes.easting]"), "“easting” is not a column of ours that has codes"),
    (SOUND.replace('"17:00"]', '"5 pm"]'), "“after school” is of the wrong kind"),
    (SOUND.replace('column = "Time"', "column = 3"), "“hours” is of the wrong kind"),
    (
        SOUND.replace("[columns]", '[columns]\nchild_ref = "Child name"'),
        "the column “Child name” says that it holds who somebody is, and is never read",
    ),
    (SOUND.replace('agency = "Club"\n', ""), "it does not say whose records they are: give “agency” as a column or a constant"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_named(text, said):
    assert text != SOUND
    assert said in _told(text)


def test_every_mistake_is_said_at_once():
    told = _told(SOUND.replace("location_text =", "loction_text =").replace('"harmed"', '"hurt"').replace("%d/%m/%Y", "%d/%m"))
    assert told == (
        "the profile: “loction_text” is not a column of ours that a profile can map; “%d/%m” is not a form that dates are written in; "
        "“hurt” is not a code for “role”. Correct it and bring it again."
    )


def test_a_file_is_named_and_one_that_is_not_there_is_one_sentence(tmp_path):
    (tmp_path / "club.toml").write_text(SOUND, "utf-8")
    assert profile_files.read_profile(tmp_path / "club.toml").name == "club log"
    (tmp_path / "club.toml").write_bytes(b'name = "\xff"')
    for name, said in [("club.toml", "is not written as TOML"), ("none.toml", "could not be read"), (".", "could not be read")]:
        with pytest.raises(DataProblem, match=said):
            profile_files.read_profile(tmp_path / name)


def test_what_would_not_read_back_is_not_written():
    with pytest.raises(DataProblem, match="not a code"):
        profile_files.as_profile("x", {"agency": "Club"}, {"role": "Party"}, {}, {"role": {"Victim": "hurt"}})
    with pytest.raises(DataProblem, match="never read"):
        profile_files.as_profile("x", {"agency": "Club"}, {"location_text": "Home address"}, {}, {})


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10).filter(str.strip)
columns = st.sampled_from([*model.TEXT_COLUMNS, *model.NUMBER_COLUMNS, *model.TIME_COLUMNS, profile_files.AGES, profile_files.HOURS])


@given(
    words,
    words,
    st.dictionaries(columns, st.text("abcXYZ âŵ\"'\\\n=#[]", min_size=1, max_size=8).map("q{}".format), min_size=1),
    st.dictionaries(words, st.sampled_from(sorted(model.ROLES)), max_size=3),
)
@settings(max_examples=80)
def test_what_is_written_reads_back(name, agency, mapped, codes):
    formats = {"occurred_from": ["%d/%m/%Y %H:%M", "%d/%m/%Y"]}
    text = profile_files.as_profile(name, {} if "agency" in mapped else {"agency": agency}, mapped, formats, {"role": codes})
    tomllib.loads(text)
    profile = profile_files.read_profile(text)
    assert profile.name == name
    assert set(profile.header) == set(mapped.values())
    told = dict(profile.columns) | {ours: how["column"] for ours, how in profile.times.items()}
    told |= ({profile_files.AGES: profile.ages} if profile.ages else {}) | (
        {profile_files.HOURS: profile.hours["column"]} if profile.hours else {}
    )
    assert told == mapped
    assert dict(profile.constants) == ({} if "agency" in mapped else {"agency": agency})
    assert profile.codes == ({"role": codes} if codes else {})
    assert ("occurred_from" not in mapped) or profile.times["occurred_from"]["formats"] == formats["occurred_from"]
