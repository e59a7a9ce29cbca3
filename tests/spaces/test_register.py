"""What goes into the register comes out as it was, with the event that accounts for it, or nothing does; and trouble is one sentence."""

from __future__ import annotations

import inspect
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import psycopg
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from spaces import assessments, model, schema
from spaces.register import Register, open_register
from spaces.space import Details, raise_space
from tests.spaces.conftest import PANEL, event, on, take_in
from words import DataProblem

PARK = shapely.box(497_000, 180_000, 497_100, 180_100)
FULL = {
    "incident_id": "1", "agency": "Police", "occurred_from": on(1, 15, 30), "occurred_to": on(1, 16), "reported_on": on(2),
    "case_closed_on": on(9), "harm_type": "robbed", "severity": "high", "child_ref": "REF-Z", "age_band": "14-15", "sex": "female",
    "role": "harmed", "location_role": "harmed_there", "location_text": "Lockside Park", "uprn": "100012345678", "postcode": "QM1 1AA",
    "easting": 601_902.0, "northing": 487_357.5, "longitude": 1.1, "latitude": 54.25, "source_confidence": "good", "proactive": True,
}  # fmt: skip


def _space(register, feature_id="way/1", **values):
    given = {"name": "Lockside Park", "kind": "park", "raised_by": "hotspot", "boundary": PARK} | values
    return raise_space(register, PANEL, Details(feature_id=feature_id, **given), today=date(2025, 3, 1), origin="tests")


def _assess(register, space_id, *, audit):
    """Plan an assessment of a space, as its module does, and return its id."""
    values = {"lead": "Youth team", "why": "repeat harm", "begin_by": date(2025, 4, 1), "data_version": "abc"}
    return assessments._planned(register, lambda _connection: space_id, values, audit)


def _counted(register):
    """Count what is in the store: records, spaces, assessments, events."""
    with register._engine.connect() as connection:
        tables = ("record", "space_version", "assessment_version", "audit_event")
        return [connection.scalar(sa.text(f"SELECT COUNT(*) FROM {table}")) for table in tables]


# In and out.


def test_records_come_out_as_they_went_in(register):
    import_id = take_in(register, FULL, {"agency": "Schools"}, FULL | {"incident_id": "2", "proactive": False})
    found = register.records()
    assert found["source_row"].tolist() == [2, 3, 4]
    assert set(found["import_id"]) == {import_id}
    same = [name for name in FULL if name not in {"child_ref", "uprn", *model.NUMBER_COLUMNS}]
    assert found.iloc[0][same].tolist() == [FULL[name] for name in same]
    assert found[["longitude", "latitude"]].iloc[0].tolist() != [1.1, 54.25], "an address known to the house is moved to a street's length"
    assert found["uprn"].isna().all()
    assert len(found["child_ref"].iloc[0]) == 64
    assert found["proactive"].tolist() == [True, False, False]
    assert found["reason"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize("rows", [[], [{}]], ids=["no records", "a record of nothing"])
def test_columns_have_their_type_with_nothing_in_them(register, rows):
    take_in(register, *rows)
    types = register.records().dtypes.astype(str)
    assert set(types[[*model.TEXT_COLUMNS, "method", "reason", "import_id"]]) == {"str"}
    assert set(types[list(model.TIME_COLUMNS)]) == {"datetime64[us]"}
    assert set(types[[*model.NUMBER_COLUMNS, "precision_m"]]) == {"float64"}
    assert set(types[list(model.FLAG_COLUMNS)]) == {"bool"}


def test_a_register_survives_being_closed_and_opened(register, register_url):
    take_in(register, FULL)
    space = _space(register)
    _assess(register, space, audit=event("assessment planned"))
    told = register.records(), register.assessments(), register.audit_trail(), register.records_head()
    register.close()
    again = open_register(register_url)
    for before, after in zip(told[:3], (again.records(), again.assessments(), again.audit_trail()), strict=True):
        assert_frame_equal(before, after)
    assert again.records_head() == told[3]
    assert _space(again) == space
    again.close()


def test_assessments_come_with_their_space_newest_first(register):
    park, alley = _space(register), _space(register, "way/2", name="Fryer's Passage", kind="alley")
    first, later = datetime(2025, 3, 1, 12, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC)
    ids = [
        _assess(register, park, audit=event("assessment planned", happened_at=first)),
        _assess(register, alley, audit=event("assessment planned", happened_at=later)),
    ]
    found = register.assessments()
    assert found.index.tolist() == ids[::-1]
    assert found[["name", "kind", "feature_id"]].iloc[0].tolist() == ["Fryer's Passage", "alley", "way/2"]
    assert found["begin_by"].tolist() == [date(2025, 4, 1)] * 2
    assert found["planned_at"].tolist() == [later, first], "a moment, not a clock without a zone"


def test_a_spaces_boundary_is_kept_to_the_centimetre(register):
    _space(register)
    with register._engine.connect() as connection:
        kept = connection.scalar(sa.text("SELECT boundary FROM space_version"))
    assert shapely.equals_identical(shapely.from_wkb(kept), PARK)


def test_ids_say_nothing(register):
    ids = [_space(register, f"way/{n}") for n in range(5)]
    assert len(set(ids)) == 5
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)
    assert len({one[:8] for one in ids}) == 5


# The window.


def test_the_window_is_open_at_its_end_and_undated_records_are_always_in_it(register):
    take_in(register, *({"incident_id": number, "occurred_from": when} for number, when in [
        ("before", on(9, 23, 59)), ("first", on(10)), ("last", on(19, 23, 59)), ("after", on(20)), ("undated", None),
    ]))  # fmt: skip
    first, end = date(2025, 3, 10), date(2025, 3, 20)
    assert register.records(occurred_from=first, occurred_before=end)["incident_id"].tolist() == ["first", "last", "undated"]
    assert register.records(occurred_from=first)["incident_id"].tolist() == ["first", "last", "after", "undated"]
    assert register.records(occurred_before=end)["incident_id"].tolist() == ["before", "first", "last", "undated"]
    assert register.records(occurred_from=end, occurred_before=first)["incident_id"].tolist() == ["undated"]


@given(days=st.lists(st.none() | st.integers(0, 20), max_size=8), first=st.integers(0, 20), last=st.integers(0, 20))
@settings(max_examples=12)
def test_two_windows_that_meet_hold_every_dated_record_once(days, first, last):
    register = open_register("sqlite://")
    start, (first, last) = date(2025, 1, 1), sorted((first, last))
    take_in(register, *({"occurred_from": None if day is None else datetime(2025, 1, 1) + timedelta(days=day)} for day in days))  # noqa: DTZ001
    cuts = [None, *(start + timedelta(days=day) for day in (first, last)), None]
    parts = [register.records(occurred_from=low, occurred_before=high) for low, high in pairwise(cuts)]
    dated = [record for part in parts for record in part.index[part["occurred_from"].notna()]]
    assert sorted(dated) == register.records().dropna(subset="occurred_from").index.tolist()
    assert all(part["occurred_from"].isna().sum() == days.count(None) for part in parts)
    register.close()


AWKWARD = ['a "b", c', "two\nlines\r\n", "", "NULL", "\\\\N", " spaced ", "Caffè Pwllheli ŵ", "'--; %s %(x)s", None]
"""Texts that a reader of CSV could take for something else."""


def _by_sqlalchemy(register):
    """Read all records cell by cell, the plain way."""
    query = sa.select(*(schema.records.c[name] for name in ("record_id", "import_id", "source_row", *schema.VALUE_COLUMNS)))
    rows = register.read(lambda connection: connection.execute(query.order_by(schema.records.c.record_id)).all())
    return pd.DataFrame(rows, columns=query.selected_columns.keys(), dtype=object).set_index("record_id")


def test_records_read_by_the_column_are_those_read_by_the_cell(register):
    take_in(register, *({"incident_id": str(number), "occurred_from": on(2)} for number in range(2_500)))
    values = [
        {"feature": AWKWARD[n % 9], "location_text": AWKWARD[n // 9 % 9], "proactive": [True, False, None][n % 3],
         "longitude": [0.1 + 0.2, -1e-7, 1 / 3, None][n % 4], "occurred_to": [None, on(1), on(1).replace(microsecond=7)][n % 3]}
        for n in range(2_500)
    ]  # fmt: skip
    ids = register.records().index
    change = sa.update(schema.records).where(schema.records.c.record_id == sa.bindparam("id"))
    register.write(event(), lambda c: c.execute(change, [{"id": int(one)} | row for one, row in zip(ids, values, strict=True)]))
    found, expected = register.records(), _by_sqlalchemy(register)
    assert_frame_equal(found, expected.astype(found.dtypes.to_dict()).set_index(expected.index.astype("int64")), check_exact=True)
    assert found["feature"].head(9).tolist()[:8] == AWKWARD[:8]
    assert found["feature"].isna().sum() == 2_500 // 9


def test_a_connection_lost_while_records_are_read_is_made_again(postgres, migrated):
    register = open_register(postgres.url(migrated))
    lost = []

    def cut_once(connection):
        if not lost:
            lost.append(connection.connection.driver_connection.info.backend_pid)
            with psycopg.connect(postgres.plain_url(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", lost)

    sa.event.listen(register._engine, "begin", cut_once)
    assert register.records().empty
    assert len(lost) == 1
    register.close()


# No write without the event that accounts for it.


@pytest.mark.parametrize("name", ["write", "fill"])
def test_every_write_demands_its_audit_event(name):
    assert inspect.signature(getattr(Register, name)).parameters["audit"].default is inspect.Parameter.empty


def test_each_write_leaves_one_event_that_says_who_and_when(register):
    before = datetime.now(UTC)
    take_in(register, FULL, FULL)
    space = _space(register)
    _assess(register, space, audit=event("assessment planned", subject=space))
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["file imported", "space raised", "assessment planned"]
    assert set(trail["actor"]) == {"A. Jones"}
    assert trail["subject"].tolist()[1:] == [space, space]
    assert all(before <= moment <= datetime.now(UTC) for moment in trail["happened_at"])
    assert not trail.astype(str).apply(lambda column: column.str.contains("REF-Z|Lockside")).any(axis=None), (
        "what was touched, never what was in it"
    )


WRITES = {
    "write": lambda register, audit: take_in(register, FULL, audit=audit),
    "an assessment": lambda register, audit: _assess(register, _space(register), audit=audit),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_without_its_event_nothing_is_written(register, name):
    _space(register)
    before, head = _counted(register), register.records_head()
    with pytest.raises(sa.exc.IntegrityError):
        WRITES[name](register, event(actor=None) if name != "write" else event(reason=None))
    assert _counted(register) == before
    assert register.records_head() == head


def test_a_write_that_fails_leaves_no_event(register):
    take_in(register, FULL)
    before, head = _counted(register), register.records_head()

    def half(connection):
        connection.execute(sa.delete(schema.records))
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        register.write(event(), half, changes_records=True)
    with pytest.raises(DataProblem, match="not in the list"):
        _assess(register, "no such space", audit=event("assessment planned"))
    with pytest.raises(DataProblem, match="Give the place a name"):
        _space(register, name="")
    assert _counted(register) == before
    assert register.records_head() == head


def test_an_act_whose_answer_was_lost_is_not_done_twice(register):
    act = event("counted")
    assert register.write(act, lambda connection: "done") == "done"
    assert register.write(act, lambda connection: pytest.fail("done already")) is None
    assert _counted(register)[3] == 1
    take_in(register, FULL)
    assert register.check_audit().number == 2, "the number that was taken for nothing was given back"


# One place is one space.


def test_a_feature_is_raised_once_and_a_drawn_space_each_time(register):
    assert _space(register) == _space(register)
    assert _space(register, "way/2") != _space(register)
    assert _space(register, "") != _space(register, "")
    assert _counted(register) == [0, 4, 0, 4]


def test_a_space_raised_by_two_at_the_same_moment_is_one(register, register_url):
    other = open_register(register_url)
    both_have_looked = threading.Barrier(2, timeout=10)

    def raised_by(mine):
        write = mine.write

        def write_when_both_have_looked(audit, work, **settings):
            both_have_looked.wait()
            return write(audit, work, **settings)

        mine.write = write_when_both_have_looked
        return _space(mine)

    with ThreadPoolExecutor(2) as threads:
        ids = set(threads.map(raised_by, (register, other)))
    other.close()
    del register.write
    assert len(ids) == 1
    assert _counted(register) == [0, 1, 0, 1]
    assert register.check_audit().number == 1


def test_many_threads_write_side_by_side(register):
    rows = [[FULL | {"incident_id": f"{n} {of}"} for of in "ab"] for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda n: _space(register, f"way/{n % 3}"), range(24)))
        list(threads.map(lambda these: take_in(register, *these), rows))
    assert len(set(ids)) == 3
    assert len(register.records()) == 16
    assert _counted(register) == [16, 3, 0, 3 + 8]
    assert register.check_audit().number == 11
    assert register.records_head() == 8


# The head of the records.


def test_the_head_grows_with_records_and_with_nothing_else(register):
    heads = [register.records_head()]
    take_in(register, FULL)
    heads.append(register.records_head())
    _space(register)
    _assess(register, _space(register), audit=event("assessment planned"))
    _space(register, "")
    assert register.records_head() == heads[-1], "no record came in, whatever an event is called"
    take_in(register, FULL | {"harm_type": "missing"})
    heads.append(register.records_head())
    assert heads == sorted(set(heads))
    assert heads[0] == 0


# Trouble.


def _check_told(url, use):
    with pytest.raises(DataProblem) as caught, closing(open_register(url)) as register:
        use(register)
    told = str(caught.value)
    assert told.startswith(f"The register {url} could not be used. Nothing was changed; check that it exists")
    assert "\n" not in told
    assert "sqlite3" not in told


@pytest.mark.parametrize(
    "content", [b"noise " * 5_000, bytes(range(256)) * 40, b"SQLite format 3\0" + b"\xff" * 9_000], ids=["text", "bytes", "header"]
)
def test_a_file_that_is_no_register_is_one_sentence(tmp_path, sqlite_url, content):
    (tmp_path / "register.sqlite").write_bytes(content)
    _check_told(sqlite_url, Register.records)
    assert (tmp_path / "register.sqlite").read_bytes() == content, "whatever it was, it still is"


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.5, 0.9])
def test_a_register_cut_short_is_one_sentence(tmp_path, sqlite_url, kept):
    register = open_register(sqlite_url)
    take_in(register, *[FULL] * 2_000)
    register.close()
    whole = (tmp_path / "register.sqlite").read_bytes()
    (tmp_path / "register.sqlite").write_bytes(whole[: int(len(whole) * kept)])
    _check_told(sqlite_url, Register.records)


def test_another_programs_database_is_one_sentence(tmp_path):
    with sqlite3.connect(tmp_path / "music.sqlite") as other:
        other.execute("CREATE TABLE record (track TEXT, artist TEXT)")
    other.close()
    _check_told(f"sqlite:///{tmp_path / 'music.sqlite'}", Register.records)


def test_a_folder_that_is_not_there_or_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path in ("nowhere/register.sqlite", "file/register.sqlite"):
        _check_told(f"sqlite:///{tmp_path / path}", Register.records)


def test_a_register_that_may_only_be_read_is_one_sentence(tmp_path, sqlite_url):
    register = open_register(sqlite_url)
    take_in(register, FULL)
    register.close()
    url = f"sqlite:///file:{tmp_path / 'register.sqlite'}?mode=ro&uri=true"
    with pytest.raises(DataProblem, match="could not be used"), closing(open_register(url)) as read_only:
        take_in(read_only, FULL)


def test_a_register_that_goes_missing_while_open_is_one_sentence(register):
    with register._engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP TABLE record"))
    for use in (register.records, lambda: take_in(register, FULL)):
        with pytest.raises(DataProblem, match="could not be used"):
            use()
