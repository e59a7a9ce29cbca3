"""Whether a hotspot hangs on one source or on the size of the hexagons: looked for again without the one, and with larger ones."""

from __future__ import annotations

from typing import Any

import h3
import pandas as pd

from briefing import hotspots, review
from briefing.workspace import Workspace
from geo import cells
from spaces import sources
from words import DataProblem, _


def sentences_of(workspace: Workspace, found: review.Counted, question: review.Question, place_id: str) -> list[str]:
    """Say of a place in a hotspot who told of it, and whether it is one still without its largest source and at half the precision."""
    mix: dict[Any, Any] = sources.source_mix(found.records, found.place).loc[place_id].to_dict()
    agency = _("nobody that is named") if pd.isna(mix["largest_source"]) else mix["largest_source"]
    here = found.place.index[found.place == place_id]
    cell = found.answer.cell_of[here].mode().iloc[0]
    told = _("Told by {count} sources, {share:.0%} of it by {agency}.", count=int(mix["sources"]), share=mix["largest_share"],
             agency=agency)  # fmt: skip
    if mix["sources"] < 2:
        return [_("All of it is told by one source, {agency}: what others would say is not known.", agency=agency)]
    fewer = sources.without_largest_source(found.records, found.place.where(found.place == place_id))
    stands = _is_hot(workspace, fewer, question, cell, found.answer.resolution)
    without = (
        _("Without what {agency} told it is a hotspot still.", agency=agency)
        if stands
        else _("Without what {agency} told it would not be a hotspot.", agency=agency)
    )
    if found.answer.resolution == cells.RESOLUTIONS.start:
        return [told, without]
    coarser = found.answer.resolution - 1
    wide = _is_hot(workspace, found.records, question, h3.cell_to_parent(cell, coarser), coarser)
    size = _("In larger hexagons it is a hotspot still.") if wide else _("In larger hexagons it does not stand out.")
    return [told, without, size]


def _is_hot(workspace: Workspace, records: pd.DataFrame, question: review.Question, cell: str, resolution: int) -> bool:
    try:
        answer = hotspots.find(
            records, workspace.area, resolution=resolution, gazetteer=workspace.gazetteer, compared_with=question.compared_with,
            baselines=review.baselines(workspace), looks_a_year=question.looks_a_year,
        )  # fmt: skip
    except DataProblem:  # nothing is left
        return False
    return bool(answer.cells["hotspot"].get(cell, default=False))
