"""The profile of one place, from question to answer: the sample town with more records and spaces, as a large partnership has them."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import date
from itertools import cycle, islice

import numpy as np
import pandas as pd
import sqlalchemy as sa

from briefing import place_referrals, review, spaces, workspace
from briefing.workspace import Workspace
from spaces import schema, space
from spaces.access import Reader, Role
from spaces.audit import AuditEvent
from spaces.register import new_id

READER = Reader("bench", Role.PANEL_MEMBER)
TODAY = date(2026, 10, 31)

MOVED_M = 150.0
"""How far a copy of a record lies from it, so that the busy places of the town stay the busy ones."""


def run(*, small: bool) -> None:
    records, count, asked = (5_000, 50, 5) if small else (100_000, 500, 60)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAFER_SPACES_DATA"] = folder
        area = workspace.open_sample()
        _more_records(area, records)
        ids = raise_places(area, count)
        available = review.choices(area)
        rng = np.random.default_rng(7)
        taken, incidents, listing = [], [], []
        for at, space_id in enumerate([ids[0], *rng.choice(ids, asked)]):
            begun = time.perf_counter()
            found = spaces.profile(area, READER, space_id, available.first_day, available.last_day, today=TODAY)
            taken.append(time.perf_counter() - begun)
            incidents.append(0 if found.recorded is None else len(found.recorded.incidents))
            if at < 3:
                begun = time.perf_counter()
                spaces.listed(area, READER, TODAY)
                listing.append(time.perf_counter() - begun)
        first, rest = taken[0], sorted(taken[1:])
        print(f"{records:,} records, {count} spaces; the first profile, with all that is worked out once for the area: {first:.2f} s")
        print(
            f"a profile: median {statistics.median(rest) * 1000:.0f} ms, 95 % within {rest[int(0.95 * len(rest))] * 1000:.0f} ms, slowest "
            f"{rest[-1] * 1000:.0f} ms, {len(rest)} places with {min(incidents)} to {max(incidents):,} incidents"
        )
        print(f"the list of all: {statistics.median(listing) * 1000:.0f} ms")


def _more_records(area: Workspace, count: int) -> None:
    """Copy the town's records until there are so many, each copy somewhere near and with a child and an incident of its own."""
    rng = np.random.default_rng(1)
    kept = area.register.table(sa.select(schema.records), "record_id").drop(columns=["row_key"])
    rows = kept.sample(max(0, count - len(kept)), replace=True, random_state=1).reset_index(drop=True)
    number = pd.Series(np.arange(len(rows))).astype("str")
    moved = rng.normal(0, MOVED_M, (len(rows), 2))
    rows = rows.assign(
        record_id=np.arange(len(rows)) + 10_000_000,
        row_key="copy " + number,
        incident_id="copy " + number,
        incident_key=None,
        child_ref=rows["child_ref"].where(rows["child_ref"].isna(), "copy " + (number.astype(int) // 2).astype("str")),
        easting=rows["easting"] + moved[:, 0],
        northing=rows["northing"] + moved[:, 1],
    )
    values = rows.astype(object).where(rows.notna(), None)
    said: list[dict[str, object]] = [
        {str(name): value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for name, value in row.items()}
        for row in values.to_dict("records")
    ]
    audit = AuditEvent("bench", "file imported", "more of the sample", "bench")
    area.register.write(audit, lambda connection: connection.execute(sa.insert(schema.records), said), changes_records=True)


def raise_places(area: Workspace, count: int) -> list[str]:
    """Raise the map's first places as spaces, and the same ground again under names of its own where it has fewer; return their ids."""
    raised = [place_referrals.of_the_map(area, str(one), raised_by="hotspot") for one in area.places.index[:count]]
    again = islice(cycle(area.places.geometry), count - len(raised))
    raised += [space.Details(f"Place {at}", "other", "resident", shape) for at, shape in enumerate(again)]
    audit = AuditEvent("bench", "space raised", "bench", "bench")

    def work(connection: sa.Connection) -> list[str]:
        return [space.raise_in(connection, details, new_id(), audit=audit) for details in raised]

    return area.register.write(audit, work) or []
