"""What people said of places, as the panel's map shows it beside recorded harm: flags gathered, and the maps that groups made.

Young people's flags and each kind of adults' are layers of their own, never added up; all are off until somebody switches them on, and
none goes into a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from briefing import flag_places, flags_gathered, masked_venues, safety_maps
from briefing.flags_gathered import FEW, PLACE, Group
from briefing.workspace import Workspace
from geo import frames
from layers.catalogue import FLAG_LAYERS, SAFETY_LAYERS, Layer
from spaces import access, flags, revisions, schema
from spaces.access import Reader
from words import _

LAYERS: Mapping[str, Layer] = {
    **{layer_id: replace(layer, shown_at_first=False, place_in_key=-3) for layer_id, layer in SAFETY_LAYERS.items()}, **FLAG_LAYERS,
}  # fmt: skip
"""Areas and routes are drawn first, so that marks lie on them; in the key young people's word comes first, flags and maps."""

_TABLES = (schema.flags, schema.flag_reasons, schema.youth_sessions, schema.safety_marks, schema.space_versions)


@dataclass(frozen=True, eq=False)
class Voices:
    """Frames in metres by layer id, for `LAYERS`; `table` says what they do: `who, where, state, said`, all in words, a row for each."""

    frames: Mapping[str, gpd.GeoDataFrame]
    table: pd.DataFrame


def version(workspace: Workspace) -> str:
    """Name what was written down of it so far, and what may be mapped.

    Counts side by side and not their sum: marks that young people take back go from their table while a row is added to another.
    """
    counts = [revisions.rows_kept(workspace.register, table) for table in _TABLES]
    return "-".join(map(str, [*counts, workspace.register.records_head()]))


def voices(workspace: Workspace, reader: Reader, today: date) -> Voices:
    """Return what this reader may see of it."""
    groups = flags_gathered.gathered(workspace, reader) if access.can_see_flags(reader) else []
    shown = {f"flags_{stream}": _marks(workspace, [one for one in groups if one.stream == stream]) for stream in flags.STREAM_LABELS}
    tables = [_in_words(groups)]
    if access.can_see_sessions(reader):
        drawn = safety_maps.of_groups(workspace, reader, today)
        shown |= drawn.frames
        states = [_(LAYERS[layer].state_labels[state]) for layer, state in zip(drawn.table.pop("layer"), drawn.table["state"], strict=True)]
        tables.append(drawn.table.assign(state=states))
    return Voices(shown, pd.concat(tables, ignore_index=True))


def _marks(workspace: Workspace, groups: list[Group]) -> gpd.GeoDataFrame:
    """Return a point for each place that is told, indexed by its key; what is told by the town alone, or lies masked, is not drawn."""
    told = [group for group in groups if group.told_of == PLACE]
    at = np.array([flag_places.position(workspace, group.key) for group in told], float).reshape(-1, 2)
    drawn = np.isfinite(at).all(axis=1)
    drawn[drawn] = ~masked_venues.in_a_masked_cell(workspace, at[drawn])
    kept = [group for group, shown in zip(told, drawn, strict=True) if shown]
    said = pd.DataFrame(
        [(one.state, one.name, " ".join(one.said)) for one in kept], index=pd.Index([one.key for one in kept], dtype="str"),
        columns=["state", "name", "reason"], dtype="str",
    )  # fmt: skip
    return gpd.GeoDataFrame(said, geometry=gpd.points_from_xy(*at[drawn].T), crs=frames.BRITISH_NATIONAL_GRID)


def _in_words(groups: list[Group]) -> pd.DataFrame:
    rows = []
    for group in groups:
        labels = LAYERS[f"flags_{group.stream}"].state_labels
        where = group.name if group.told_of == PLACE else _("In or near {name}; told with its town, not on the map", name=group.name)
        said = group.said[1:] if group.state == FEW else group.said
        rows.append((_(flags.STREAM_LABELS[group.stream]), where, _(labels[group.state]), " ".join(said)))
    return pd.DataFrame(rows, columns=["who", "where", "state", "said"], dtype="str")
