"""The page of places that could not be found: each said once, by candidate, by pin, or as no place at all."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from briefing import placing, sentences
from briefing.placing import NO_PLACES, Candidate, Spot
from spaces import model
from views import acts, answers, base_map, plain
from views.live_map import live_map
from words import N_, _, ngettext

WITHIN_M = {
    20.0: N_("this very spot"), 60.0: N_("about a building and what is round it"), 150.0: N_("a short street"),
    400.0: N_("a long street or a park"), 1000.0: N_("a part of town"),
}  # fmt: skip
PART = "placing"
PIN = f"{acts.ONLY_HERE}pin"

SHOWN = 200
"""Wordings in the list: the ones with most records. A queue is worked from its top."""


def page() -> None:
    """Show how much is placed, and what waits to be."""
    st.title(_("Places to find"))
    st.write(
        _(
            "What partners write for a place is looked up on this machine, and not guessed where it could be several. Say where it is, "
            "once: it holds for every record that is worded so, now and later. A record with a position of its own is not asked about."
        )
    )
    _rates()
    found = placing.waiting(answers.workspace(), answers.reader())
    st.header(ngettext("{count} place to find", "{count} places to find", len(found)) if len(found) else _("Nothing waits to be found"))
    acts.say(PART)
    if len(found):
        _one(found.head(SHOWN))
    _decided()


def _rates() -> None:
    rates = placing.hit_rates(answers.workspace(), answers.reader())
    if rates.empty:
        return
    plain.grid(
        {_("Told by"): rates["agency"].fillna(_("not said")), _("Records"): rates["records"].map("{:,}".format),
         _("Placed"): rates["placed"].map("{:,}".format), _("Of no place"): rates["no_place"].map("{:,}".format),
         _("Share placed"): rates["share"].map("{:.0%}".format, na_action="ignore").astype("str").fillna(_("none is of a place"))}
    )  # fmt: skip
    if said := placing.warning(rates):
        plain.problem(said)
    with st.expander(_("How they were placed")):
        found = placing.by_method(answers.workspace(), answers.reader())
        plain.grid(
            {
                _("By"): found["method"].map({method: _(words) for method, words in model.METHODS.items()}),
                _("Records"): found["records"].map("{:,}".format),
            }
        )


def _one(found: pd.DataFrame) -> None:
    words = {str(wording): _written(row) for wording, row in found.iterrows()}
    wording = st.selectbox(_("Which one"), words, format_func=words.__getitem__, key="finding")
    row = found.loc[[wording]].iloc[0]
    plain.quiet(_("Not placed because: {reason}.", reason=_(str(row["reason"]))))
    candidates = placing.candidates(answers.workspace(), answers.reader(), row)
    pin = st.session_state.get(PIN, {}).get(wording)
    note = _("Touch the map to set a pin. What is on it is listed below.")
    scene = placing.scene(answers.workspace(), candidates, pin)
    picked = live_map(scene, key="finding-map", height_px=420, pick_ground=True, note=note, base_map=base_map.source())
    if picked and not picked.layer_id:
        st.session_state[PIN] = {wording: placing.at(picked.longitude, picked.latitude)}
        st.rerun()
    for one in candidates:
        _offer(wording, one)
    _pinned(wording, pin)
    _no_place(wording)


def _written(row: pd.Series) -> str:
    said = ", ".join(str(part) for part in (row["location_text"], row["postcode"]) if pd.notna(part))
    count = ngettext("{count} record", "{count} records", int(row["records"]))
    return f"{said} · {row['agency'] if pd.notna(row['agency']) else _('not said')} · {count}"


def _offer(wording: str, one: Candidate) -> None:
    name = f"{one.letter}: {one.name}, {one.town}" if one.town else f"{one.letter}: {one.name}"
    spot = Spot(one.easting, one.northing, one.precision_m)
    if st.button(plain.label(_("It is {name}", name=name)), key=f"is {wording} {one.letter}"):
        _decide(wording, spot)


def _pinned(wording: str, pin: tuple[float, float] | None) -> None:
    with st.form("pinned", border=True):
        within = st.selectbox(_("The pin is"), WITHIN_M, index=1, format_func=lambda metres: _(WITHIN_M[metres]))
        if st.form_submit_button(_("It is where the pin is"), type="primary", disabled=pin is None) and pin:
            _decide(wording, Spot(*pin, within))


def _no_place(wording: str) -> None:
    with st.form("no place", border=True):
        why = st.radio(_("Or it is no place:"), NO_PLACES, index=None, format_func=lambda reason: _(NO_PLACES[reason]))
        if st.form_submit_button(_("It is no place")) and why:
            _decide(wording, why)


def _decided() -> None:
    found = placing.decided(answers.workspace(), answers.reader())
    if found.empty:
        return
    verdicts = {"place": _("placed")} | {reason: _(label) for reason, label in NO_PLACES.items()}
    with st.expander(_("Decided so far: {count}", count=len(found))):
        for wording, row in found.head(SHOWN).iterrows():
            said = row["location_text"] if pd.notna(row["location_text"]) else _("no record is worded so any more")
            left, right = st.columns([4, 1])
            with left:
                plain.paragraph(f"{said}: {verdicts[row['verdict']]}, {sentences.day(row['decided_at'])}")
            if right.button(_("Take it back"), key=f"undo {wording}"):
                _undo(str(wording))


def _decide(wording: str, decided: Spot | str) -> None:
    def act() -> str:
        count = placing.decide(answers.workspace(), answers.reader(), wording, decided, origin="app")
        return (
            ngettext("Done: {count} record is placed by it.", "Done: {count} records are placed by it.", count)
            if isinstance(decided, Spot)
            else ngettext("Done: {count} record is of no place.", "Done: {count} records are of no place.", count)
        )

    acts.act(PART, act)


def _undo(wording: str) -> None:
    def act() -> str:
        count = placing.undo(answers.workspace(), answers.reader(), wording, origin="app")
        return ngettext("Taken back: {count} record waits again.", "Taken back: {count} records wait again.", count)

    acts.act(PART, act)


if __name__ == "__main__":
    page()
