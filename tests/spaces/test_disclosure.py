"""Nothing leaves that could find a child again, whoever asks; and counts leave for those who may see them only."""

from __future__ import annotations

import pandas as pd
import pytest

from spaces import access, disclosure, model
from spaces.access import Reader, Role
from tests.spaces.conftest import PANEL, records_of
from words import DataProblem

COUNTS = pd.DataFrame({"name": ["Lockside Park"], "incidents": [14], "child_ref": ["f00d"]}, index=pd.Index(["way/1"], name="place"))


def test_only_the_columns_asked_for_leave_and_in_that_order():
    found = disclosure.disclosed(COUNTS, PANEL, columns=iter(["incidents", "name"]))
    assert found.columns.tolist() == ["incidents", "name"]
    assert found.index.tolist() == ["way/1"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("column", disclosure.ALWAYS_WITHHELD)
def test_a_withheld_column_leaves_for_nobody(role, column):
    records = records_of({column: "f00d", "agency": "Police"})
    with pytest.raises((ValueError, DataProblem)):
        disclosure.disclosed(records, Reader("A. Jones", role), columns=["agency", column])


@pytest.mark.parametrize("column", disclosure.ALWAYS_WITHHELD)
def test_a_withheld_column_does_not_leave_as_the_index(column):
    records = records_of({column: "f00d", "agency": "Police", "harm_type": "robbed"})
    for index in (column, ["harm_type", column]):
        with pytest.raises(ValueError, match=column):
            disclosure.disclosed(records.set_index(index), PANEL, columns=["agency"])


def test_what_finds_a_child_again_is_withheld():
    assert {"child_ref", "incident_id", "uprn", "location_text"} <= set(disclosure.ALWAYS_WITHHELD) <= set(model.INCIDENT_COLUMNS)


@pytest.mark.parametrize("role", Role)
def test_counts_leave_for_those_who_may_see_them_only(role):
    reader = Reader("A. Jones", role)
    if access.can_see_counts(reader):
        assert disclosure.disclosed(COUNTS, reader, columns=["incidents"])["incidents"].tolist() == [14]
        return
    for columns in (["incidents"], ["name"], []):
        with pytest.raises(DataProblem, match="Exact counts are for panel members"):
            disclosure.disclosed(COUNTS, reader, columns=columns)


def test_a_refusal_comes_before_anything_is_said_of_the_columns():
    with pytest.raises(DataProblem):
        disclosure.disclosed(COUNTS, Reader("A. Jones", Role.YOUTH_WORKER), columns=["child_ref"])
