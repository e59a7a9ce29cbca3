"""Flagging a place with a young person: which place is meant, in words; the flag saved; its code; and the answers people were given."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from briefing import flag_places, keeping, placing, sentences
from briefing.workspace import Workspace
from geo import frames
from layers.scene import Scene
from spaces import access, flag_moderation, flags, free_text, pseudonyms, youth_sessions
from spaces.access import Reader
from spaces.audit import AuditEvent
from spaces.flags import Flag, Found
from spaces.register import set_info
from words import N_, DataProblem, _, language

SNAP_M = 50.0
"""How near a named place a touch may be to mean it: a thumb on a map of a town is that far off, and pins are often dropped wrongly."""

MOST_OFFERED = 3
"""Named places offered for one touch: more do not fit on a telephone above the thumb."""

NEAR_M = 300.0
"""How far off the named place may be that says where a place without a name is."""

LIVED_IN = ("street", "estate")
"""Kinds of place with front doors on them: of those no point is kept, only which one it is."""

KEPT_TO_M = 50.0
"""What a point is rounded to that is in no named place: no finer than a short street."""

KEPT_IN_PLACE_M = 10.0
"""What a point is rounded to inside a park, an alley or a station, where nobody lives: a bench and what is round it."""

CODE, LINK = "withdrawal code", "session link"
"""What is hashed, so that a hash of one is never that of the other."""

LINK_LENGTH = 32
"""Of 16 letters each: 128 bits, which nobody guesses."""

LINKED = "link "
"""How a session is called in the register that was come to by a link."""

SETTINGS = {
    "flags_front_door": N_("The council's own front door (its telephone number, by day and by night)"),
    "flags_duty_lead": N_("The duty lead that a worker tells (a role and a number)"),
    "flags_referral_form": N_("The address of the worker's referral form (https://…)"),
}
"""What the area says of whom to tell, kept in its register."""

LONGEST_SETTING = 200

_NOW = re.compile(
    r"(?i)\b(?:"
    r"right now|at the moment|tonight|in danger|suicid\w*|self[- ]?harm\w*|overdos\w*|"
    r"(?:kill|hurt|cut|harm)\w* (?:him|her|them|my|your)sel\w+|"
    r"(?:want(?:s|ed|ing)?|going|tried|trying) to (?:die|be dead|end it)|"
    r"(?:being|been|getting|gets|got|is|was) (?:hit|hurt|raped|attacked|beaten|kicked|punched|stabbed|abused|chased|followed|groomed|"
    r"touched|assaulted|strangled|choked)|"
    r"(?:hurt|hit|beat|attack|kick|punch|stab|rap|chas|strangl|chok|follow|threaten|touch|abus|groom)\w*ing "
    r"(?:him|her|them|me|us|a child|a girl|a boy|kids|children|somebody|someone)|"
    r"(?:has|have|had|got|with|carr\w+|holding|held|out|pulled|drew) (?:a |the |his |her |their )?(?:knife|knives|gun|machete|blade|"
    r"weapon)(?![ -]?edge)|"
    r"stabb\w+|bleeding|unconscious|not breathing|missing since|locked (?:him|her|them|me|us) in|"
    r"ar hyn o bryd|heno|nawr|rŵan|hunanladd\w*|hunan-?niwe?id\w*|(?:g|ng)?orddos\w*|mewn perygl|(?:eisiau|isio|isie|am) (?:m|f)arw|"
    r"ll?add (?:fy|dy|ei|eu) hun\w*|(?:brifo|niweidio|anafu|torri) (?:fy|dy|ei|eu) hun\w*|"
    r"(?:cael|gael|chael) (?:ei|eu|fy|dy) (?:brifo|mrifo|frifo|h?anafu|(?:c|ch|g|ngh)uro|(?:t|th|nh|d)reisio|(?:d|nh)aro|tharo|dilyn|"
    r"nilyn|ddilyn|cham-?drin|bwrw|mwrw|fwrw|thrywanu|drywanu)|"
    r"(?:yn|['’]n) (?:ei|eu|fy|dy) (?:brifo|mrifo|frifo|h?anafu|(?:c|ch|g|ngh)uro|(?:d|th|nh)aro|dilyn|nilyn|ddilyn|bygwth|mygwth|fygwth|"
    r"cham-?drin|gam-?drin|bwrw|mwrw|fwrw)|"
    r"(?:[cg]an|gyda|hefo|efo|â) (?:\w+ ){0,3}(?:c|ch|g)yllell|(?:ch|g)yllell (?:gan|gyda|ganddo|ganddi|ganddyn)\w*|gwaedu|anymwybodol"
    r")\b"
)
"""It is better that a worker is asked once too often than once too seldom; a path along a knife-edge is no knife."""


@dataclass(frozen=True)
class Spot:
    """Somewhere that may be meant: a named place of the map, or where somebody touched. Metres (EPSG:27700)."""

    feature_id: str
    name: str
    """Of the place; of one without a name, the named place that it is near, or empty."""
    easting: float
    northing: float

    @property
    def words(self) -> str:
        """Return where it is, to be confirmed."""
        if self.feature_id:
            return self.name
        return _("A place without a name, near {name}", name=self.name) if self.name else _("A place without a name")


@dataclass(frozen=True)
class Made:
    """What whoever made a flag is told: its code, once, and whether what is written sounds as if somebody needs help now."""

    code: str
    urgent: bool


@dataclass(frozen=True)
class WhomToTell:
    """Whom a worker tells when a child may be in danger; each empty where the area has not said."""

    front_door: str
    duty_lead: str
    referral_form: str


def near(workspace: Workspace, longitude: float, latitude: float) -> list[Spot]:
    """Return what a touch of the map may mean, likeliest first, the very spot last; DataProblem where it is outside the area."""
    easting, northing = placing.at(longitude, latitude)
    point = shapely.Point(easting, northing)
    _check_inside(workspace, point)
    places = workspace.places
    within = places.iloc[np.sort(places.sindex.query(point, predicate="dwithin", distance=NEAR_M))]
    apart = pd.Series(shapely.distance(within.geometry.to_numpy(), point), index=within.index, dtype=float)
    # What covers the point comes in the order in which a spot is named, then what is near.
    offered = within.assign(apart=apart).sort_values("apart", kind="stable")
    nearest = sentences.name_of(offered.iloc[0]) if len(offered) else ""
    offered = offered[offered["apart"] <= SNAP_M].head(MOST_OFFERED)
    found = [_spot(workspace, str(feature_id), row, point) for feature_id, row in offered.iterrows()]
    return [*found, Spot("", nearest, _rounded(easting, KEPT_TO_M), _rounded(northing, KEPT_TO_M))]


def of_place(workspace: Workspace, feature_id: str) -> Spot:
    """Return a named place of the map by its id."""
    row = workspace.named_place(feature_id)
    return _spot(workspace, feature_id, row, _middle(workspace, row.geometry))


def place_names(workspace: Workspace) -> pd.Series[str]:
    """Return the names to choose a place by, in the language spoken, by feature id: of those that lie inside the area, or begin there."""
    places = workspace.places[shapely.intersects(frames.prepared(workspace.area), workspace.places.geometry.to_numpy())]
    names = sentences.names_of(places)
    # Two High Streets are told apart by what they are.
    twice = names.duplicated(keep=False)
    told_apart: pd.Series[str] = names.where(~twice, names + ", " + places["kind"].map(_)).sort_values()
    return told_apart


def make(workspace: Workspace, reader: Reader, flag: Flag, spot: Spot, *, session_id: str, today: date, origin: str) -> Made:
    """Save a flag of a place; when this returns, it is kept."""
    access.check_make_flags(reader)
    _check_inside(workspace, shapely.Point(spot.easting, spot.northing))
    register = workspace.register
    flag = replace(
        flag, feature_id=spot.feature_id, whereabouts=spot.name, easting=spot.easting, northing=spot.northing, language=language()
    )  # fmt: skip
    code = flags.new_code()
    flags.make(
        register, reader, flag, session_id=session_id, code_hash=_hashes(workspace, code)[-1],
        today=workspace.read_on(today), places=_names(workspace, flag.note), origin=origin,
    )  # fmt: skip
    return Made(code, sounds_urgent(flag.note))


def link(workspace: Workspace, reader: Reader, session_id: str) -> str:
    """Return what a link to this page carries to have flags count as of one session with young people; for its own worker.

    It is a keyed hash: it gives the session away to nobody who has the link, and nobody can make one up.
    """
    access.check_keep_sessions(reader)
    workspace.register.read(lambda connection: youth_sessions.own(connection, session_id, reader))
    return _link(pseudonyms.open_keys(workspace.folder), session_id)


def session_of(workspace: Workspace, given: str, visit: str, *, today: date) -> str:
    """Return which session flags are of: the one whose link was opened, while it is open, else this visit.

    What is kept of it is not the link itself, so that nobody finds one in the register. A link that was made up, or whose session is
    over, is as good as none, and nothing says which.
    """
    if not given:
        return visit
    said, keys = given.encode(errors="replace"), pseudonyms.open_keys(workspace.folder)
    open_ones = youth_sessions.open_links(workspace.register, workspace.read_on(today))
    known = [hmac.compare_digest(said, _link(keys, session_id).encode()) for session_id in open_ones]
    return f"{LINKED}{hashlib.sha256(said).hexdigest()[:LINK_LENGTH]}" if any(known) else visit


def as_others_see(workspace: Workspace, note: str) -> str:
    """Return a worker's note as others will read it; DataProblem where it says who somebody is."""
    note = free_text.tidy(note)
    for problem in flags.note_problems(note, places=_names(workspace, note)):
        raise problem
    return note


def sounds_urgent(note: str) -> bool:
    """Say whether a note sounds as if a child were in danger now. It is a prompt for the worker who wrote it, and finds not all of them."""
    return _NOW.search(note) is not None


def look_up(workspace: Workspace, reader: Reader, code: str, *, session_id: str, origin: str) -> Found:
    """Return the flag that a code was given for; DataProblem where there is none, or too many were tried."""
    access.check_make_flags(reader)
    hashes = _hashes(workspace, flags.read_code(code))
    return flags.of_code(workspace.register, reader, hashes, session_id=session_id, origin=origin)


def take_back(workspace: Workspace, reader: Reader, found: Found, *, origin: str) -> None:
    """Take a flag back: it counts nowhere any more, and what it said is deleted."""
    flags.withdraw(
        workspace.register, reader, found.flag_id, seen=found.version, kept_in=keeping.ledger_of(workspace), origin=origin
    )  # fmt: skip


def what_became(found: Found) -> str:
    """Say what became of a flag, to whoever has its code."""
    said = _(flags.STATE_LABELS[found.state])
    why = _(flag_moderation.WHY[found.why]) if found.why else ""
    return f"{said}: {why}." if why else f"{said}."


def answers(workspace: Workspace, *, to: Found | None = None) -> list[tuple[str, str, str, str]]:
    """Return what young people were answered, newest first: where, what they said, what was done, and when; or to one flag alone.

    An answer goes when it is taken back, and when nothing counts any more of what young people said there.
    """
    given = flag_moderation.answers(workspace.register)
    given = given[given["said"] != ""]
    if given.empty:
        return []
    counting = _answered_under(workspace, flags.answerable(workspace.register).drop_duplicates(["feature_id", "easting", "northing"]))
    given = given[given.index.isin({key for keys in counting for key in keys})]
    if to is not None:
        own = [] if to.state == flags.WITHDRAWN else _answered_under(workspace, flags.history(workspace.register, to.flag_id).head(1))[0]
        given = given.loc[[key for key in own if key in given.index][:1]]
    given = given.sort_values("kept_at", ascending=False)
    in_welsh = language() == "cy"
    names = flag_places.names(workspace, given.index, given["whereabouts"])
    return [
        (
            name,
            row["said_cy"] if in_welsh and row["said_cy"] else row["said"],
            row["did_cy"] if in_welsh and row["did_cy"] else row["did"],
            sentences.day(row["answered_on"]),
        )
        for name, (_key, row) in zip(names, given.iterrows(), strict=True)
    ]


def whom_to_tell(workspace: Workspace) -> WhomToTell:
    """Return whom a worker tells when a child may be in danger, as the area has set it."""
    return WhomToTell(*(workspace.register.info(name) for name in SETTINGS))


def set_whom_to_tell(workspace: Workspace, reader: Reader, told: WhomToTell, *, origin: str) -> None:
    """Set whom a worker tells; the form's address is one that a browser opens safely, or empty."""
    access.check_moderate_flags(reader)
    given = dict(zip(SETTINGS, map(free_text.tidy, (told.front_door, told.duty_lead, told.referral_form)), strict=True))
    address = given["flags_referral_form"]
    if address and not _opens_safely(address):
        raise DataProblem("The address of the form has to begin with https:// and be whole. Copy it from the browser.")
    if max(map(len, given.values())) > LONGEST_SETTING:
        raise DataProblem("Keep each line under {longest} characters.", longest=LONGEST_SETTING)
    audit = AuditEvent(reader.name, "whom to tell set", "shown where places are flagged", origin)

    def work(connection: sa.Connection) -> None:
        for name, value in given.items():
            set_info(connection, name, value)

    workspace.register.write(audit, work)


def scene(workspace: Workspace, pin: tuple[float, float] | None) -> Scene:
    """Return a map of the area to touch, with a pin (metres) where it was touched last, and nothing recorded on it."""
    return placing.scene(workspace, [], pin)


def _answered_under(workspace: Workspace, rows: pd.DataFrame) -> list[list[str]]:
    return flag_places.answered_under(workspace, flag_places.keyed(workspace.register, rows))


def _spot(workspace: Workspace, feature_id: str, row: pd.Series, point: shapely.Point) -> Spot:
    """Return a named place, with the point inside it that may be kept: of where people live, only its middle."""
    shape = row["geometry"]
    if row["kind"] in LIVED_IN or not shapely.intersects(shape, point):
        middle = _middle(workspace, shape)
        return Spot(feature_id, sentences.name_of(row), round(middle.x), round(middle.y))
    return Spot(feature_id, sentences.name_of(row), _rounded(point.x, KEPT_IN_PLACE_M), _rounded(point.y, KEPT_IN_PLACE_M))


def _middle(workspace: Workspace, shape: shapely.Geometry) -> shapely.Point:
    """Return a point in the middle of a place, inside the area where any of it is: streets go on across the boundary."""
    inside = shapely.intersection(shape, workspace.area)
    middle: shapely.Point = shapely.point_on_surface(shape if inside.is_empty else inside)
    return middle


def _rounded(metres: float, to_m: float) -> float:
    return round(metres / to_m) * to_m


def _names(workspace: Workspace, note: str) -> frozenset[str]:
    """Return the names of the area's own places, where there is a note that they may stand in."""
    return workspace.place_names if note else frozenset()


def _check_inside(workspace: Workspace, point: shapely.Point) -> None:
    if not shapely.dwithin(workspace.area, point, KEPT_TO_M):
        raise DataProblem("That is outside {area}. Choose a place inside it.", area=workspace.name)


def _opens_safely(address: str) -> bool:
    """Say whether an address is a whole one that a browser opens over a safe connection."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s<>\"'\\]", address)
    except ValueError:
        return False


def _link(keys: pseudonyms.Keys, session_id: str) -> str:
    return keys.pseudonym(LINK, session_id)[:LINK_LENGTH]


def _hashes(workspace: Workspace, code: str) -> list[str]:
    """Return the keyed hash of a code under each key that the area has had, the newest last."""
    layers = pseudonyms.open_keys(workspace.folder).layers
    return [pseudonyms.Keys(layers[:count]).pseudonym(CODE, code) for count in range(1, len(layers) + 1)]
