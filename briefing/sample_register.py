"""What a sample's partnership has found out about its places, taken in as its people would: its checked venues and lamp faults here."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from briefing import lamp_faults, safe_place_files, sample_voices
from briefing.sample_voices import ORIGIN
from briefing.workspace import SAMPLE_READ_ON, Workspace
from spaces.access import Reader, Role
from spaces.lamp_faults import Fault

STEWARD = Reader("sample", Role.DATA_STEWARD)


def fill(workspace: Workspace, raw: Path) -> None:
    """Take in what the folder `raw` has of the two lists, and of the history of its places."""
    if (raw / "safe_places.csv").exists():
        found = safe_place_files.bring(workspace, STEWARD, raw / "safe_places.csv", today=SAMPLE_READ_ON, origin=ORIGIN)
        if found.wrong:
            raise ValueError(f"the sample's own list is wrong: {found.wrong}")
    if (raw / "lamp_faults.csv").exists():
        with (raw / "lamp_faults.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                _bring_fault(workspace, row)
    sample_voices.fill(workspace, raw)


def _bring_fault(workspace: Workspace, row: dict[str, str]) -> None:
    """Take one fault through every step that its row has a day for."""
    seen = Fault(row["whereabouts"], _day(row["noted_on"]), row["noted_by"], "", float(row["easting"]), float(row["northing"]))
    fault_id = lamp_faults.note(workspace, STEWARD, seen, today=SAMPLE_READ_ON, origin=ORIGIN)

    def stands() -> lamp_faults.Open:
        return next(one for one in lamp_faults.listed(workspace, STEWARD, SAMPLE_READ_ON) if one.fault_id == fault_id)

    if row["reported_on"]:
        lamp_faults.report(
            workspace,
            STEWARD,
            stands(),
            works_reference=row["works_reference"],
            on=_day(row["reported_on"]),
            today=SAMPLE_READ_ON,
            origin=ORIGIN,
        )
    if row["mended_on"]:
        lamp_faults.mend(workspace, STEWARD, stands(), on=_day(row["mended_on"]), today=SAMPLE_READ_ON, origin=ORIGIN)
    if row["looked_on"]:
        lamp_faults.look_again(
            workspace,
            STEWARD,
            stands(),
            on=_day(row["looked_on"]),
            by=row["looked_by"],
            found=row["found"],
            today=SAMPLE_READ_ON,
            origin=ORIGIN,
        )


def _day(text: str) -> date:
    return date.fromisoformat(text)
