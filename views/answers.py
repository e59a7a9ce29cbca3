"""The only place where answers are kept between reruns: by what they were computed from, for whom, and in which language."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import date, datetime

import pandas as pd
import streamlit as st

from briefing import evidence as evidences
from briefing import flags, sentences, stewardship, summaries
from briefing import overlays as overlaid
from briefing import place as places
from briefing import review as reviews
from briefing import voices as said
from briefing import waiting as waitings
from briefing.workspace import Workspace, open_area
from layers.scene import Scene, map_scene
from spaces import exports
from spaces.access import Reader, Role
from words import N_, DataProblem, _, language, speaking

SAMPLE_READERS = {
    Role.PANEL_MEMBER: Reader(N_("sample panel member"), Role.PANEL_MEMBER),
    Role.DATA_STEWARD: Reader(N_("sample data steward"), Role.DATA_STEWARD),
    Role.COMMUNITY_SAFETY_OFFICER: Reader(N_("sample community safety officer"), Role.COMMUNITY_SAFETY_OFFICER),
    Role.YOUTH_WORKER: Reader(N_("sample youth worker"), Role.YOUTH_WORKER),
}
"""Who may be tried out in the invented town: there is nothing in it to protect, so nobody signs in."""

NAME_SETTING, ROLE_SETTING = "SAFER_SPACES_AS", "SAFER_SPACES_ROLE"
"""Who uses a real area on this machine: said when it is started (`safer-spaces serve --as NAME --role ROLE`)."""

ANSWERS_KEPT = 64
"""About as many different choices as a panel makes in a meeting; each is a few hundred kilobytes."""


_opened = threading.Event()


@st.cache_resource(show_spinner=False)
def _workspace() -> Workspace:
    return open_area()


def workspace() -> Workspace:
    """Return the open area, made on the first run."""
    if not _opened.is_set():  # a spinner has a thread of its own and sends messages, and a page asks for the area two dozen times
        with st.spinner(_("Making the sample town. This takes a few seconds, once …")):
            _workspace()
            _opened.set()
    return _workspace()


def reader() -> Reader:
    """Return the person looking at the screen."""
    if workspace().invented:
        return SAMPLE_READERS[st.session_state.get("role", Role.PANEL_MEMBER)]
    name, role = os.environ.get(NAME_SETTING, "").strip(), os.environ.get(ROLE_SETTING, "")
    if not name or role not in list(Role):
        raise DataProblem("This area holds real records. Start it as a named person: safer-spaces serve --as NAME --role ROLE")
    return Reader(name, Role(role))


def choices() -> reviews.Choices:
    """Return what there is to choose from."""
    return _choices(workspace().data_version)


def review(question: reviews.Question) -> reviews.Review:
    """Return the review that answers a question, for the person looking."""
    return _review(workspace().data_version, reader(), language(), question)


def overlays(when: datetime | None) -> overlaid.Overlays:
    """Return what the map shows beside recorded harm, at a local clock time or as it is recorded."""
    return _overlays(overlays_version(), reader(), language(), when, today())


def voices() -> said.Voices:
    """Return what people said of places, as the map shows it."""
    return _voices(said.version(workspace()), reader(), language(), today())


def ground(pin: tuple[float, float] | None) -> Scene:
    """Return a map of the area to touch, with nothing recorded on it, and a pin (metres) where it was touched."""
    return _ground(workspace().fingerprint, language(), pin)


def flag_places() -> pd.Series[str]:
    """Return the names to choose a place to flag by."""
    return _flag_places(workspace().fingerprint, language())


def scene(question: reviews.Question, when: datetime | None, chosen: str | None) -> Scene:
    """Return what the map shows for a question at an hour, with one place's key picked out."""
    area = workspace()
    return _scene(overlays_version(), said.version(area), area.data_version, reader(), language(), question, when, today(), chosen)


def overlays_version() -> str:
    """Name what the overlays are computed from: the layers, and what was written down of safe places and lamps since."""
    return f"{workspace().fingerprint}:{overlaid.version(workspace())}"


def map_file(question: reviews.Question) -> Callable[[], bytes]:
    """Return what makes the map of a question into one file, when and if somebody asks for it: without what is in no file.

    It is always the map as it is recorded, whatever hour is on the screen: a file that says, place by place, what is dark and shut at an
    hour would serve whoever looks for where nobody is watching, and once passed on says nothing of which hour that was.
    """
    shown, said_in = scene(question, None, None).for_files(), language()
    period = sentences.period(question.first_day, question.last_day)
    chosen = summaries.said_of(question)
    words = {"area": workspace().name, "period": f"{period}, {chosen}" if chosen else period}
    if question.young_adults:
        title = _("{area}: recorded harm to children and young adults outside the home, {period}", **words)
    else:
        title = _("{area}: recorded harm to children outside the home, {period}", **words)
    title += ". " + _("Light and safe places are shown as they are recorded, at no hour in particular.")
    if workspace().invented:
        title += " " + _("Everything here is invented.")

    def make() -> bytes:
        from layers.folium_map import standalone_html  # folium is slow to import, and most visits save nothing

        with speaking(said_in):  # Streamlit asks from a thread of its own, which speaks English
            return standalone_html(shown, title=title).encode()

    return make


def today() -> date:
    """Return the day on the wall, from which all that is late is counted; in a sample always the day on which it is read."""
    return workspace().read_on(datetime.now().astimezone().date())


def place(question: reviews.Question, place_id: str) -> places.Place:
    """Return what is known of one place."""
    return _place(overlays_version(), workspace().data_version, reader(), language(), question, place_id, today())


def evidence() -> evidences.Evidence:
    """Return how harm behaves in the area."""
    return _evidence(workspace().data_version, reader(), language())


def waiting() -> list[waitings.Waiting]:
    """Return what is late of all that the person looking may see."""
    return _waiting(waitings.version(workspace()), reader(), language(), today())


def files() -> pd.DataFrame:
    """Return every file that came in: never kept, for the same reason."""
    return stewardship.files(workspace(), reader())


def problems_of(import_id: str) -> pd.DataFrame:
    """Return what was said about the rows of a file."""
    return stewardship.problems_of(workspace(), reader(), import_id)


def problem_sheet(problems: pd.DataFrame) -> Callable[[], bytes]:
    """Return what makes a sheet of problems, when and if somebody asks for it."""
    return lambda: exports.as_csv(problems)


# A leading underscore would keep an argument out of the key; every argument below is part of it on purpose.


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _choices(data_version: str) -> reviews.Choices:
    return reviews.choices(_workspace())


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _review(data_version: str, reader: Reader, language: str, question: reviews.Question) -> reviews.Review:
    return reviews.review(_workspace(), reader, question)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _overlays(version: str, reader: Reader, language: str, when: datetime | None, today: date) -> overlaid.Overlays:
    return overlaid.overlays(_workspace(), reader, when, today)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _voices(said_version: str, reader: Reader, language: str, today: date) -> said.Voices:
    return said.voices(_workspace(), reader, today)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _scene(
    version: str, said_version: str, data_version: str, reader: Reader, language: str, question: reviews.Question, when: datetime | None,
    today: date, chosen: str | None,
) -> Scene:  # fmt: skip
    area = _workspace()
    return map_scene(
        area=area.area,
        ground=area.ground,
        overlays={**_overlays(version, reader, language, when, today).frames, **_voices(said_version, reader, language, today).frames},
        cells=_review(data_version, reader, language, question).cells,
        chosen=chosen,
        also_shown=("street_light",) if when else (),
        records={**area.layer_records, **said.LAYERS},
    )


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _ground(fingerprint: str, language: str, pin: tuple[float, float] | None) -> Scene:
    return flags.scene(_workspace(), pin)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _flag_places(fingerprint: str, language: str) -> pd.Series[str]:
    return flags.place_names(_workspace())


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _waiting(version: str, reader: Reader, language: str, today: date) -> list[waitings.Waiting]:
    return waitings.waiting(_workspace(), reader, today)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _evidence(data_version: str, reader: Reader, language: str) -> evidences.Evidence:
    return evidences.evidence(_workspace(), reader)


@st.cache_resource(max_entries=ANSWERS_KEPT, show_spinner=False)
def _place(
    version: str, data_version: str, reader: Reader, language: str, question: reviews.Question, place_id: str, today: date
) -> places.Place:
    return places.open_place(_workspace(), reader, question, place_id, today=today)
