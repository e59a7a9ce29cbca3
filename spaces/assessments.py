"""Planning a contextual neighbourhood assessment of a space: who leads it, why, and by when it begins."""

from __future__ import annotations

from datetime import date, timedelta

import shapely

from spaces import access
from spaces.audit import AuditEvent
from spaces.register import Register
from words import N_, DataProblem

STATUS_LABELS = {
    "planned": N_("Planned"),
    "gathering": N_("Gathering"),
    "weighing": N_("Weighing"),
    "acting": N_("Acting"),
    "closed": N_("Closed"),
}

LONGEST_WAIT_DAYS = 365
"""An assessment planned for later than this is not a plan; the panel meets every quarter."""

LONGEST_TEXT = 2_000


def check_plan(*, lead: str, why: str, begin_by: date, today: date) -> None:
    """Raise the first thing that is wrong with a plan, in words."""
    if not lead.strip():
        raise DataProblem("Say who leads the assessment: a role or a team.")
    if not why.strip():
        raise DataProblem("Say why this place, so that the next panel can read it.")
    if len(lead) > LONGEST_TEXT or len(why) > LONGEST_TEXT:
        raise DataProblem("Keep it under {longest} characters.", longest=LONGEST_TEXT)
    if begin_by < today:
        raise DataProblem("The start date has passed. Choose today or later.")
    if begin_by > today + timedelta(days=LONGEST_WAIT_DAYS):
        raise DataProblem("The start date is more than a year away. Choose one within the year.")


def plan(
    register: Register,
    reader: access.Reader,
    *,
    name: str,
    kind: str,
    feature_id: str | None,
    boundary: shapely.Geometry,
    lead: str,
    why: str,
    begin_by: date,
    today: date,
    data_version: str,
    origin: str,
) -> str:
    """Plan an assessment of a space and return its id; the space is added to the register where it is new."""
    access.check_plan_assessment(reader)
    check_plan(lead=lead, why=why, begin_by=begin_by, today=today)
    audit = AuditEvent(reader.name, "space raised", "a hotspot or repeat harm was seen there", origin, feature_id or "")
    space_id = register.add_space(name=name, kind=kind, feature_id=feature_id, raised_by="hotspot", boundary=boundary, audit=audit)
    planned = AuditEvent(reader.name, "assessment planned", "panel decision", origin, space_id)
    values = {
        "space_id": space_id, "status": "planned", "lead": lead.strip(), "why": why.strip(), "begin_by": begin_by,
        "planned_at": planned.happened_at, "data_version": data_version,
    }  # fmt: skip
    return register.add_assessment(values, audit=planned)
