"""What the map shows beside recorded harm, for a reader and at an hour, and the table that says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import geopandas as gpd
import pandas as pd

from briefing import around, lamp_faults, safe_places
from briefing.workspace import Workspace
from layers import daylight, hours, lamp_regimes, light_at, store
from layers.catalogue import Layer
from spaces import access, revisions, schema
from spaces.access import Reader
from words import _

M2_IN_HECTARE = 10_000.0

HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, eq=False)
class Overlays:
    """Layer frames in metres by id, each with a `state`; `sentence` says of what hour they speak, empty where of none.

    `table` says what the map does: `layer, state, count, extent, source, licence, date`, one row for each state of a layer.
    """

    frames: Mapping[str, gpd.GeoDataFrame]
    sentence: str
    table: pd.DataFrame


def overlays(workspace: Workspace, reader: Reader, when: datetime | None, today: date) -> Overlays:
    """Return what this reader may see of what the area is like: at a local clock time, or as it is recorded where that is None."""
    shown = {
        layer_id: workspace.layer(layer_id)
        for layer_id, layer in workspace.layer_records.items()
        if not layer.ground and (not layer.restricted or access.can_see_who_is_around(reader))
    }
    shown["safe_places"] = safe_places.layer(workspace, reader, today)
    shown["lamps"] = lamps(workspace, _night_of(when) if when else today, today)
    sentence = ""
    if when is not None:
        longitude, latitude = workspace.centre
        shown |= light_at.at(shown, shown["lamps"], pd.Timestamp(when), longitude, latitude, prepared=workspace.lamps_reach)
        for name in ("alleys", "waterside"):
            shown[name] = shown[name].assign(reason=shown[name]["reason"] + " " + shown[name]["light"])
        shown["safe_places"] = _open_at(shown["safe_places"], when, workspace)
        said = light_at.sentence(pd.Timestamp(when), longitude, latitude)
        sentence = f"{said} {daylight.dark_from_to(_night_of(when), longitude, latitude)}"
    return Overlays(shown, sentence, in_words(shown, workspace.layer_records, store.provenance(workspace.folder / "layers.gpkg")))


def version(workspace: Workspace) -> int:
    """Return a number that grows whenever a safe place or a lamp fault is written down: of these rows are only ever added."""
    return sum(revisions.rows_kept(workspace.register, table) for table in (schema.safe_places, schema.lamp_faults))


def lamps(workspace: Workspace, night: date, today: date) -> gpd.GeoDataFrame:
    """Return the lamps as the lists have them on a night (named for the day it begins), put right by the faults that were noted.

    One with a fault that stood open that night has failed, and so has one whose fault stands open today: who asks about an hour wants to
    know what it is like now. One that the list has as failed and that was since seen lit after dark burns as the list says of its hours.
    """
    known, faults = workspace.layer("lamps"), lamp_faults.of_lamps(workspace, workspace.layer("lamps"))
    today = workspace.read_on(today)
    failed = known.index.isin(faults.failed(night)) | known.index.isin(faults.failed(today))
    put_right = known.index.isin(faults.seen_lit(today)) & (known["state"] == "failed").to_numpy() & ~failed
    if put_right.any():
        regimes = lamp_regimes.read_regimes(known.loc[put_right, "regime_said"])
        regimes["reason"] = [f"{_(each)} {_('The list says that it does not work; it was since seen lit.')}" for each in regimes["reason"]]
        known = known.copy()
        known.loc[put_right, regimes.columns] = regimes
    return known.assign(
        state=known["state"].where(~failed, "failed"), reason=known["reason"].where(~failed, _("A fault is noted here and not mended."))
    )


def light(
    workspace: Workspace, when: datetime, layer_ids: Sequence[str] = light_at.LAYERS, *, today: date | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Return some layers with their light at a local clock time, as far as is known `today` (else on the day asked about)."""
    frames = {name: workspace.layer(name) for name in layer_ids}
    burning = lamps(workspace, _night_of(when), today or when.date())
    return light_at.at(frames, burning, pd.Timestamp(when), *workspace.centre, prepared=workspace.lamps_reach)


def _night_of(when: datetime) -> date:
    """Return the day on which a night began: the small hours belong to the one before."""
    return (when - HALF_A_DAY).date()


def _open_at(places: gpd.GeoDataFrame, when: datetime, workspace: Workspace) -> gpd.GeoDataFrame:
    """Say of each safe place whether it is open, and draw those checked that are shut, or may be, apart."""
    is_open = around.open_at(places, [when], workspace).iloc[:, 0]
    said = {
        "open": _("Recorded as open at {time:%H:%M}.", time=when),
        "closed": _("Recorded as closed at {time:%H:%M}.", time=when),
        "unknown": _("Whether it is open at {time:%H:%M} is not known.", time=when),
    }
    why = places["opening_hours"].map(lambda text: hours.why_not(text, when)).where(is_open == "unknown", "")
    reason = (places["reason"] + " " + is_open.map(said) + " " + why).str.strip()
    apart = is_open.map({"closed": "checked_closed", "unknown": "checked_hours_unknown"})
    return places.assign(reason=reason, state=places["state"].mask((places["state"] == "checked") & apart.notna(), apart))


def in_words(shown: Mapping[str, gpd.GeoDataFrame], records: Mapping[str, Layer], provenance: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each state of each layer: how many, how long or large, from where, under what licence, of when."""
    dated = provenance.set_index("layer")["data_timestamp"]
    rows = []
    for layer_id, frame in shown.items():
        record = records[layer_id]
        for state, label in record.state_labels.items():
            those = frame[frame["state"] == state]
            if len(those):
                when = str(dated.get(record.table, ""))[:10]
                credit = (_(record.source), _(record.licence), when)
                rows.append((_(record.title), _(label), len(those), _extent(those, record), *credit))
    return pd.DataFrame(rows, columns=["layer", "state", "count", "extent", "source", "licence", "date"])


def _extent(features: gpd.GeoDataFrame, record: Layer) -> str:
    if record.geometry == "line":
        return _("{km:,.1f} km", km=features.length.sum() / 1000)
    if record.geometry == "polygon":
        return _("{hectares:,.1f} ha", hectares=features.area.sum() / M2_IN_HECTARE)
    return ""
