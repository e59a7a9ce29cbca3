"""The page of safe places: those that were checked, what is known of each, and the way to check one or to propose one."""

from __future__ import annotations

import streamlit as st

from briefing import safe_places
from briefing.safe_places import Place
from spaces import access
from spaces.safe_places import CHECKED, NOT_YET, STALE, WITHDRAWN
from views import answers, checking, plain, waiting
from words import N_, _, ngettext

HEADINGS = {
    CHECKED: N_("Checked: safe places"),
    STALE: N_("Check again: the last check is more than a year old"),
    NOT_YET: N_("Not safe places yet"),
    WITHDRAWN: N_("Withdrawn"),
}

MARKS = {CHECKED: "◆", STALE: "◈", NOT_YET: "◇", WITHDRAWN: "✕"}
"""The shapes that the map draws, so that the list can be read beside it."""


def page() -> None:
    """Show the register, safe places first, and the form that fits who is looking."""
    st.title(_("Safe places"))
    waiting.show("safe-places")
    st.write(
        _(
            "Places where a child can find a trusted adult. Only somebody who went there and asked makes one safe, and for a year. What "
            "nobody has checked is on the map as a possible place, drawn hollow."
        )
    )
    area, reader, today = answers.workspace(), answers.reader(), answers.today()
    found, candidates = safe_places.places(area, reader, today), safe_places.candidates(area, reader)
    plain.paragraph(_counts(found, len(candidates)))
    checking.show(found, candidates)
    for state, heading in HEADINGS.items():
        of_it = [place for place in found if place.state == state]
        if of_it:
            st.header(f"{_(heading)} ({len(of_it)})")
            plain.folded(_told(place) for place in of_it)
    if not found:
        st.write(_("Nothing has been checked yet."))
    if not access.can_keep_safe_places(reader) and not access.can_propose_safe_places(reader):
        plain.quiet(_("Safe places are checked by community safety officers, and proposed by youth workers. Tell them what you know."))


def _counts(found: list[Place], candidates: int) -> str:
    counted = {state: sum(place.state == state for place in found) for state in HEADINGS}
    said = [
        ngettext("{count} place is checked", "{count} places are checked", counted[CHECKED]),
        ngettext("{count} has to be checked again", "{count} have to be checked again", counted[STALE]),
        ngettext("{count} is not safe yet", "{count} are not safe yet", counted[NOT_YET]),
        ngettext("{count} more on the map was never checked", "{count} more on the map were never checked", candidates),
    ]
    return "; ".join(said) + "."


def _told(place: Place) -> tuple[str, str, str, dict[str, str], list[str]]:
    lines = [_("Not known: {things}.", things=", ".join(place.not_known))] if place.not_known else []
    names = " · ".join(dict.fromkeys(name for name in (place.details.name, place.details.name_cy) if name))
    return MARKS[place.state], names, place.reason, place.known, [*lines, *place.history]


if __name__ == "__main__":
    page()
