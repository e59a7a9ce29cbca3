"""What a place is like at its own busiest hours: its light, the alleys and safe places round it, and who may be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import geopandas as gpd
import pandas as pd
import shapely

from briefing import around as nearby
from briefing import overlays, safe_places, sentences
from briefing.workspace import Workspace
from geo import periods
from layers import hours as hours_in_words
from layers import light_at, surroundings
from layers.catalogue import LAYERS
from spaces import access
from spaces.access import Reader
from words import _, language, ngettext


@dataclass(frozen=True)
class Setting:
    """What is recorded round a place, in words: prompts to go and look, never a score.

    `like` says its light, ways in and alleys, `reach` how far it is to an open safe place and `around` who may be there: the last two for
    those who may see it only. `candidates` are possible safe places that nobody has checked. `not_known` follows “Not known:”.
    """

    like: list[str]
    reach: list[str]
    around: list[str]
    candidates: pd.DataFrame
    not_known: list[str]


def setting(
    workspace: Workspace, reader: Reader, outline: shapely.Geometry, times: Sequence[datetime], *, feature_id: str, today: date
) -> Setting:
    """Say what a place (an outline in metres, and its id on the map where it has one) is like at some hours.

    Checks of safe places are read as fresh or out of date on `today`.
    """
    when = nearby.middle_of(times)
    lit = workspace.recent.get(  # of the whole area, because most places are asked about at one of few hours
        ("light", overlays.version(workspace), language(), when, today),
        lambda: overlays.light(workspace, when, ("street_light", "parks"), today=today),
    )
    shown = safe_places.layer(workspace, reader, today)
    by_day = light_at.phase(pd.Timestamp(when), *workspace.centre) == light_at.DAYLIGHT
    street_light = workspace.layer("street_light") if by_day else lit["street_light"]  # by day what is not known is what nobody recorded
    found = surroundings.around(
        outline, street_light=street_light, alleys=workspace.layer("alleys"), safe_places=shown[shown["state"] == "candidate"]
    )
    safe_near = shown.drop(index=feature_id, errors="ignore").distance(outline).le(surroundings.WALK_M).any()
    may_see = access.can_see_who_is_around(reader)
    unknown = [_("the light on most paths around it")] if found.light_m["unknown"] > found.light_m["lit"] + found.light_m["unlit"] else []
    unknown += [] if safe_near else [_("any possible safe place within 500 m")]
    return Setting(
        like=_what_it_is_like(lit["parks"], feature_id, found, when, by_day=by_day),
        reach=nearby.nearest_safe_place(workspace, reader, outline, times, shown) if may_see else [],
        around=nearby.who_is_around(workspace, reader, outline, when, besides=feature_id) if may_see else [],
        candidates=found.candidates.drop(index=feature_id, errors="ignore"),  # a place is not its own refuge
        not_known=unknown,
    )


def opening(text: str) -> str:
    """Say when a place is open, as it is recorded; empty where it is not."""
    return _("Open {hours}", hours=hours_in_words.said(text)) if text else ""


def _what_it_is_like(
    parks: gpd.GeoDataFrame, feature_id: str, around: surroundings.Surroundings, when: datetime, *, by_day: bool
) -> list[str]:
    at = {"time": f"{when:%H:%M}", "month": periods.month_name(when.month)}
    said = [_("At {time} in {month}: in daylight.", **at)] if by_day else []
    if feature_id in parks.index:
        park = parks.loc[feature_id]
        label = _(LAYERS["parks"].state_labels[str(park["state"])])
        if not by_day:
            said.append(_("At {time} in {month}: {label}. {reason}", label=label.lower(), reason=_(park["reason"]), **at).strip())
        said += [f"{text}." for text in (park["ways_in"].rstrip("."), opening(park["opening_hours"])) if text]
    total_m = sum(around.light_m.values())
    if total_m and not by_day:
        lit, unlit = (round(100 * around.light_m[state] / total_m) for state in ("lit", "unlit"))
        said.append(
            _(
                "Streets and paths within 50 m at {time} in {month}: {lit} % lit, {unlit} % not lit, {unknown} % not recorded.",
                lit=lit, unlit=unlit, unknown=max(0, 100 - lit - unlit), **at,
            )
        )  # fmt: skip
    if around.alley_count:
        names = sentences.listed(list(around.alleys[:4]))
        counted = ngettext("{count} alleyway within 50 m", "{count} alleyways within 50 m", around.alley_count)
        said.append(f"{counted}: {names}." if names else f"{counted}.")
    return said
