"""Whether a hotspot hangs on one source or on the size of the hexagons: looked for again without the one, and with larger ones."""

from __future__ import annotations

from typing import Any

import h3
import pandas as pd

from briefing import review
from briefing.workspace import Workspace
from geo import cells
from spaces import sources, whereabouts
from words import DataProblem, _


def sentences_of(workspace: Workspace, found: review.Counted, question: review.Question, place_id: str) -> list[str]:
    """Say of a place in a hotspot who told of it, and whether it is one still without its largest source and at half the precision."""
    mix: dict[Any, Any] = sources.source_mix(found.records, found.place).loc[place_id].to_dict()
    agency, named = mix["largest_source"], pd.notna(mix["largest_source"])
    if mix["sources"] < 2:
        return [
            _("All of it is told by one source, {agency}: what others would say is not known.", agency=agency)
            if named
            else _("Who told of it is not recorded: whether that is one source or several is not known.")
        ]
    told = (
        _("Told by {count} sources, {share:.0%} of it by {agency}.", count=int(mix["sources"]), share=mix["largest_share"], agency=agency)
        if named
        else _("Who told of {share:.0%} of it is not recorded.", share=mix["largest_share"])
    )
    where = _cells_of_hotspot(found, place_id)
    fewer = sources.without_largest_source(found.records, found.place.where(found.place == place_id))
    stands = _is_hot(workspace, fewer, question, where, found.answer.resolution)
    if named:
        without = (
            _("Without what {agency} told it is a hotspot still.", agency=agency)
            if stands
            else _("Without what {agency} told it would not be a hotspot.", agency=agency)
        )
    else:
        without = _("Without that part it is a hotspot still.") if stands else _("Without that part it would not be a hotspot.")
    if found.answer.resolution == cells.RESOLUTIONS.start:
        return [told, without]
    coarser = found.answer.resolution - 1
    wide = _is_hot(workspace, found.records, question, {h3.cell_to_parent(cell, coarser) for cell in where}, coarser)
    size = _("In larger hexagons it is a hotspot still.") if wide else _("In larger hexagons it does not stand out.")
    return [told, without, size]


def _cells_of_hotspot(found: review.Counted, place_id: str) -> set[str]:
    """Return the cells of the hotspots that are named after a place, else of the one that most of it in any lies in.

    Not the cell of most of its records: in a hotspot that two others make, that one need not be hot.
    """
    answer = found.answer
    hot = answer.cells["cluster"].loc[answer.cells["cluster"] >= 0]
    its = hot[answer.cells["space"].reindex(hot.index) == place_id]
    if its.empty:
        its = hot[hot == whereabouts.name_clusters(found.place, answer.cluster_of.reindex(found.place.index)).get(place_id, -1)]
    return set(its.index)


def _is_hot(workspace: Workspace, records: pd.DataFrame, question: review.Question, where: set[str], resolution: int) -> bool:
    """Say whether any of some cells is hot."""
    try:
        answer = review.hotspots_among(workspace, records, question, resolution=resolution)
    except DataProblem:  # nothing is left
        return False
    return bool(answer.cells["hotspot"][answer.cells.index.isin(where)].any())
