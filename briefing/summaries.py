"""What a review says of itself before anybody looks at it: what is shown, where, how it was worked out, and what is not on the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from briefing import hotspots, sentences
from geo import cells, detection
from spaces import model
from words import _, ngettext

if TYPE_CHECKING:
    from briefing.review import Question


def said_of(question: Question) -> str:
    """Say what a question leaves in, for whoever reads its answer without seeing how it was asked; empty where nothing is chosen."""
    said = []
    if question.harm_types:
        said.append(_("only {kinds}", kinds=sentences.listed([_(model.HARM_TYPES[harm]).lower() for harm in question.harm_types])))
    if question.agencies:
        said.append(_("only what {agencies} told", agencies=sentences.listed(list(question.agencies))))
    if question.hours:
        said.append(_("only {start:02d}:00-{end:02d}:00", start=question.hours[0], end=question.hours[1]))
    return "; ".join(said)


def summary(answer: hotspots.Answer, letters: pd.Series, places: pd.DataFrame, question: Question) -> list[str]:
    """Answer "what am I looking at?" in three sentences."""
    period = sentences.period(question.first_day, question.last_day)
    chosen = said_of(question)
    about = {"period": f"{period}, {chosen}" if chosen else period}
    if question.young_adults:
        what = ngettext(
            "Recorded harm to children and young adults outside the home, {period}: {count} incident placed on the map.",
            "Recorded harm to children and young adults outside the home, {period}: {count} incidents placed on the map.",
            answer.incidents, **about,
        )  # fmt: skip
    else:
        what = ngettext(
            "Recorded harm to children outside the home, {period}: {count} incident placed on the map.",
            "Recorded harm to children outside the home, {period}: {count} incidents placed on the map.",
            answer.incidents, **about,
        )  # fmt: skip
    if letters.empty:
        where = _nowhere(answer)
    else:
        where = ngettext(
            "{count} hotspot, outlined in black, holds more recorded harm than chance would explain, compared with {what}.",
            "{count} hotspots, outlined in black, hold more recorded harm than chance would explain, compared with {what}.",
            len(letters), what=_(hotspots.COMPARED_WITH[answer.compared_with]),
        )  # fmt: skip
    if question.young_adults:
        repeat = ngettext(
            "In {count} place at least two different people were harmed on different days; no reports is not no harm.",
            "In {count} places at least two different people were harmed on different days; no reports is not no harm.",
            int(places["repeat_harm"].sum()),
        )
        return [what, where, repeat]
    repeat = ngettext(
        "In {count} place at least two different children were harmed on different days; no reports is not no harm.",
        "In {count} places at least two different children were harmed on different days; no reports is not no harm.",
        int(places["repeat_harm"].sum()),
    )
    return [what, where, repeat]


def how(answer: hotspots.Answer, question: Question) -> str:
    """Say why the hexagons have their size, and why the statistic decided that did."""
    km2 = cells.area_km2(answer.resolution)
    each = answer.incidents / max(1, len(answer.cells))
    size = {"km2": f"{km2:.2g}", "metres": round(2 * cells.edge_m(answer.resolution), -1), "each": f"{each:.2g}"}
    if question.resolution != "auto":
        drawn = _("Hexagons of {km2} km² were asked for.", **size)
    elif each >= hotspots.SEVERAL_PER_CELL:
        drawn = _(
            "Hexagons of {km2} km², {metres:,.0f} m across: the smallest that hold several incidents ({each} each) and that the precision "
            "of the records bears.",
            **size,
        )  # fmt: skip
    else:
        drawn = _(
            "Hexagons of {km2} km², {metres:,.0f} m across: with so few incidents ({each} each) smaller ones would hold none or one.",
            **size,
        )
    by = (
        _("Decided by Gi*, because enough is recorded round each.")
        if answer.method == "gi"
        else _("Decided by a scan of circles of several sizes, because there are few hexagons to compare.")
        if len(answer.cells) < detection.MIN_CELLS
        else _("Decided by a scan of circles of several sizes, because little is recorded round each.")
    )
    return f"{drawn} {by}"


def _nowhere(answer: hotspots.Answer) -> str:
    """Say that chance explains all there is, and how much it would have taken to say otherwise."""
    if answer.least_around > answer.incidents:
        return _("Too few incidents to tell a hotspot from chance.")
    return _(
        "Nowhere holds more recorded harm than chance would explain: it would have taken about {least:,} incidents in a middling "
        "hexagon and those round it.",
        least=answer.least_around,
    )


def of_a_cell(row: Mapping[str, Any], *, stands_there: bool, young_adults: bool) -> str:
    """Say what a hexagon holds in whole incidents, however it is counted in parts; `stands_there` is whether any record's point does."""
    if not row["incidents"]:
        return _("No reports, which is not the same as no harm")
    about = round(row["incidents"])
    if not about:
        return _("Part of an incident that is known only to a wider place")
    if not stands_there:
        return ngettext(
            "About {count} incident that is known only to a wider place",
            "About {count} incidents that are known only to wider places", about,
        )  # fmt: skip
    days = pd.NA if pd.isna(row["days"]) or not 0 < row["days"] <= about else row["days"]  # they are of records, and not of their parts
    said = sentences.incidents_on_days({"incidents": about, "days": days})
    return f"{said}\n{sentences.different_children(row, young_adults=young_adults)}"


def not_on_the_map(answer: hotspots.Answer) -> list[str]:
    said = [_("{count:,} not placed: {reason}", count=count, reason=_(str(reason))) for reason, count in answer.not_placed.items()]
    if answer.outside:
        said.append(ngettext("{count} record outside the area", "{count} records outside the area", answer.outside))
    return said
