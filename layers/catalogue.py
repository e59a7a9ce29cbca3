"""The layers we know: one record each, with what it is called, where it comes from and how it is drawn.

A layer is a record and not a branch: a new one is added here, and `scene` draws it without knowing its name. Every layer
frame has a `state` column that picks its style, a `name` and a `reason` that say why in words. Ground layers have only
the `state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from words import N_

Geometry = Literal["polygon", "line", "point"]
Pattern = Literal["none", "hatch"]
Shape = Literal["circle", "square", "triangle", "diamond"]


@dataclass(frozen=True)
class Style:
    """How one state of a layer looks. Colour never carries meaning alone: a line, pattern, shape or letter says it too.

    With a `pattern`, `fill` is the colour of its strokes and what is below shows between them. A `fill` of None is hollow.
    """

    stroke: str = "#505a5f"
    stroke_px: float = 1.0
    dash_px: tuple[float, ...] = ()
    fill: str | None = None
    fill_opacity: float = 0.6
    pattern: Pattern = "none"
    shape: Shape = "circle"
    size_px: float = 6.0
    letter: str = ""


@dataclass(frozen=True)
class Layer:
    """One layer: its words, its source and a style for each state its features can be in.

    Words are kept untranslated (marked with `words.N_`) and translated where they are shown.
    """

    layer_id: str
    title: str
    geometry: Geometry
    source: str
    licence: str
    styles: Mapping[str, Style]
    state_labels: Mapping[str, str]
    shown_at_first: bool = True
    ground: bool = False
    """Part of the quiet ground under the map (streets, water, green): drawn first, not in the legend, not clickable."""
    restricted: bool = False
    """Shown to panel members and officers only, in no file made from the map, and no hour of it is worked out in any file: where nobody is
    watching serves whoever looks for such places. What it is drawn from may be plain open data, and stays in the area's own file."""
    under_harm: bool = False
    """Covers the whole area, so drawn under the hexagons: over them it would change the colours of recorded harm and catch each click."""
    place_in_key: int = 0
    """Where its line stands in the key: a lower number before a higher, whatever is drawn over what."""
    reads: str = ""
    """The table of the GeoPackage it is drawn from, where that is not its own id (see `table`)."""

    @property
    def table(self) -> str:
        """Return the name of the table of the GeoPackage that this layer is drawn from."""
        return self.reads or self.layer_id


OPENSTREETMAP = "© OpenStreetMap contributors"
"""The credit that the licence asks for, as its publisher words it: a name, so never translated."""

OPEN_DATABASE_LICENCE = "ODbL 1.0"

INDIGO, AMBER, PALE_YELLOW, GREY, TEAL = "#2b2a6b", "#8a6400", "#fff3b0", "#5c6468", "#00695c"
"""Dark, middle and light in that order, so that the three lighting states still differ when printed in grey."""

LIGHT_LABELS = {
    "lit": N_("Lit"), "unlit": N_("Not lit"), "unknown": N_("Lighting not recorded"), "daylight": N_("In daylight"),
}  # fmt: skip

_BY_DAY = "#7d8589"
"""By day nothing is lit and nothing dark: a plain line, so that nobody reads the colour of light into it."""

_DASHES = (9.0, 5.0)
_DOTS = (1.5, 5.0)
_LIGHT_LINES = {
    "lit": Style(stroke=AMBER, stroke_px=3),
    "unlit": Style(stroke=INDIGO, stroke_px=3.5, dash_px=_DASHES),
    "unknown": Style(stroke=GREY, stroke_px=2.5, dash_px=_DOTS),
    "daylight": Style(stroke=_BY_DAY, stroke_px=2.5),
}

_WATER_BLUE = "#1d5f8a"
"""One blue for all states of a path beside water: its dashes and how thick it is say the light."""

_WINE, _BLUE = "#6b2d57", "#1f4e79"
_AROUND: dict[str, Any] = {"stroke": _WINE, "stroke_px": 1.5, "fill_opacity": 1.0, "size_px": 6.0}

_FIFTHS = {
    "1": N_("The lowest fifth here"), "2": N_("The second fifth"), "3": N_("The middle fifth"), "4": N_("The fourth fifth"),
    "5": N_("The highest fifth here"), "unknown": N_("No figure"),
}  # fmt: skip

_NATIONAL_FIFTHS = _FIFTHS | {"1": N_("The least deprived fifth of the country"), "5": N_("The most deprived fifth of the country")}

_BLUE_GREYS = dict(zip("12345", ("#eef1f5", "#c9d3df", "#9fb0c4", "#6f86a3", "#435c7c"), strict=True))
"""From light to dark, told apart in grey print and far from the colours of harm and of light."""


def _of_small_areas(kind: str, title: str, labels: Mapping[str, str] = _FIFTHS) -> Layer:
    """Return a layer of `area_context`: its shapes are the statistics office's, and each figure's own source is noted in the area file."""
    known = {state: Style(stroke="#8d9599", stroke_px=0.8, fill=colour, fill_opacity=0.7) for state, colour in _BLUE_GREYS.items()}
    unknown = Style(stroke=GREY, stroke_px=0.8, dash_px=(4, 3), fill="#8d9599", fill_opacity=0.6, pattern="hatch")
    return Layer(
        layer_id=f"area_{kind}",
        title=title,
        geometry="polygon",
        source="Contains National Statistics and OS data © Crown copyright and database right",
        licence="OGL v3",
        styles=known | {"unknown": unknown},
        state_labels=labels,
        shown_at_first=False,
        under_harm=True,
    )


_KNOWN = (
    Layer(
        layer_id="green",
        title=N_("Woods, grass and fields of play"),
        geometry="polygon",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "wood": Style(stroke="#dbe6d6", stroke_px=0, fill="#dbe6d6", fill_opacity=0.8),
            "grass": Style(stroke="#e8efe2", stroke_px=0, fill="#e8efe2", fill_opacity=0.8),
        },
        state_labels={"wood": N_("Woodland"), "grass": N_("Grass")},
        ground=True,
    ),
    Layer(
        layer_id="water",
        title=N_("Water"),
        geometry="polygon",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={"water": Style(stroke="#a9c3d1", stroke_px=0.5, fill="#cfdfe8", fill_opacity=1.0)},
        state_labels={"water": N_("Water")},
        ground=True,
    ),
    Layer(
        layer_id="waterways",
        title=N_("Rivers and canals"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "river": Style(stroke="#b9d0dc", stroke_px=3),
            "stream": Style(stroke="#cfdfe8", stroke_px=1),
        },
        state_labels={"river": N_("River or canal"), "stream": N_("Stream or ditch")},
        ground=True,
    ),
    Layer(
        layer_id="streets",
        title=N_("Streets and paths"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "path": Style(stroke="#d9dadb", stroke_px=0.8, dash_px=(3, 3)),
            "minor": Style(stroke="#d5d7d8", stroke_px=1.4),
            "main": Style(stroke="#bcc0c2", stroke_px=3),
            "railway": Style(stroke="#a9adaf", stroke_px=1.2, dash_px=(8, 2)),
        },
        state_labels={"path": N_("Path"), "minor": N_("Street"), "main": N_("Main road"), "railway": N_("Railway")},
        ground=True,
    ),
    _of_small_areas("population", N_("Residents to the square kilometre (of small areas, not of anybody in them)")),
    _of_small_areas("deprivation", N_("Index of Multiple Deprivation (of small areas, not of anybody in them)"), _NATIONAL_FIFTHS),
    _of_small_areas("housing", N_("Housing (of small areas, not of anybody in them)")),
    Layer(
        layer_id="parks",
        title=N_("Parks and open spaces"),
        geometry="polygon",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "lit": Style(stroke=AMBER, stroke_px=1.5, fill=PALE_YELLOW, fill_opacity=0.75),
            "unlit": Style(stroke=INDIGO, stroke_px=1.5, fill=INDIGO, fill_opacity=0.7),
            "unknown": Style(stroke=GREY, stroke_px=1.2, dash_px=(4, 3), fill="#8d9599", fill_opacity=0.6, pattern="hatch"),
            "daylight": Style(stroke="#5f7a5a", stroke_px=1.2, fill="#cfe0c8", fill_opacity=0.6),
        },
        state_labels=LIGHT_LABELS,
    ),
    Layer(
        layer_id="street_light",
        title=N_("Light along streets and paths"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "lit": Style(stroke=AMBER, stroke_px=2),
            "unlit": Style(stroke=INDIGO, stroke_px=2.5, dash_px=_DASHES),
            "unknown": Style(stroke="#8d9599", stroke_px=1.2, dash_px=_DOTS),
            "daylight": Style(stroke=_BY_DAY, stroke_px=1.2),
        },
        state_labels=LIGHT_LABELS,
        shown_at_first=False,
    ),
    Layer(
        layer_id="alleys",
        title=N_("Alleyways"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles=_LIGHT_LINES,
        state_labels=LIGHT_LABELS,
    ),
    Layer(
        layer_id="waterside",
        title=N_("Paths beside water"),
        geometry="line",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "lit": Style(stroke=_WATER_BLUE, stroke_px=4, dash_px=(14, 4)),
            "unlit": Style(stroke=_WATER_BLUE, stroke_px=4, dash_px=(9, 4, 2, 4)),
            "unknown": Style(stroke=_WATER_BLUE, stroke_px=2.5, dash_px=(2, 7)),
            "daylight": Style(stroke=_WATER_BLUE, stroke_px=2.5, dash_px=(20, 3)),
        },
        state_labels=LIGHT_LABELS,
        shown_at_first=False,
    ),
    Layer(
        layer_id="lamps",
        title=N_("Street lamps"),
        geometry="point",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "dusk_dawn": Style(stroke=AMBER, stroke_px=1, fill=PALE_YELLOW, fill_opacity=1.0, size_px=3.5),
            "part_night": Style(stroke=AMBER, stroke_px=1, fill=INDIGO, fill_opacity=1.0, shape="diamond", size_px=4.5),
            "dimmed": Style(stroke=AMBER, stroke_px=1, fill=PALE_YELLOW, fill_opacity=1.0, shape="triangle", size_px=4.5),
            "failed": Style(stroke=INDIGO, stroke_px=1.5, fill=None, shape="square", size_px=4.5),
            "removed": Style(stroke=GREY, stroke_px=1, fill=None, shape="diamond", size_px=4),
            "unknown": Style(stroke=GREY, stroke_px=1, dash_px=(2.0, 2.0), fill=None, size_px=3.5),
        },
        state_labels={
            "dusk_dawn": N_("Burns from dusk to dawn"),
            "part_night": N_("Off for part of the night"),
            "dimmed": N_("Dimmed at times"),
            "failed": N_("Not working"),
            "removed": N_("Taken away"),
            "unknown": N_("Hours not recorded"),
        },
        shown_at_first=False,
    ),
    Layer(
        layer_id="around",
        title=N_("Who may be around"),
        geometry="point",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "school": Style(letter="S", fill="#ffffff", **_AROUND),
            "licensed": Style(letter="A", fill=_WINE, **_AROUND),
            "venue": Style(letter="V", fill="#ffffff", **_AROUND),
            "shop": Style(letter="", fill="#d9c7d3", **(_AROUND | {"size_px": 4.0})),
            "transport": Style(letter="B", fill="#d9c7d3", **_AROUND),
        },
        state_labels={
            "school": N_("School or college"),
            "licensed": N_("Pub, bar, nightclub or off-licence (sells alcohol)"),
            "venue": N_("Takeaway, café, arcade, cinema or another venue"),
            "shop": N_("Shop"),
            "transport": N_("Bus stop, station or taxi rank"),
        },
        shown_at_first=False,
        restricted=True,
    ),
    Layer(
        layer_id="youth_provision",
        title=N_("Youth provision"),
        geometry="point",
        source=N_("The council’s list of youth provision"),
        licence=N_("As the council gives it"),
        styles={
            "hours_recorded": Style(stroke=_BLUE, stroke_px=1.8, fill=_BLUE, fill_opacity=1.0, shape="square", size_px=7, letter="Y"),
            "hours_not_recorded": Style(stroke=_BLUE, stroke_px=1.8, fill=None, shape="square", size_px=7, letter="Y"),
        },
        state_labels={
            "hours_recorded": N_("Youth provision, with its hours"),
            "hours_not_recorded": N_("Youth provision, hours not recorded"),
        },
    ),
    Layer(
        layer_id="safe_places",
        title=N_("Safe places, checked and possible"),
        geometry="point",
        source=OPENSTREETMAP,
        licence=OPEN_DATABASE_LICENCE,
        styles={
            "candidate": Style(stroke=TEAL, stroke_px=2, fill=None, shape="diamond", size_px=7),
            "stale": Style(stroke=TEAL, stroke_px=2.5, dash_px=(3.0, 2.0), fill=None, shape="diamond", size_px=8, letter="?"),
            "checked": Style(stroke=TEAL, stroke_px=2, fill=TEAL, fill_opacity=1.0, shape="diamond", size_px=8),
            "checked_closed": Style(stroke=TEAL, stroke_px=2, fill="#ffffff", fill_opacity=1.0, shape="diamond", size_px=8, letter="-"),
            "checked_hours_unknown": Style(
                stroke=TEAL, stroke_px=2, fill="#ffffff", fill_opacity=1.0, shape="diamond", size_px=8, letter="h"
            ),
        },
        state_labels={
            "candidate": N_("On the map, not checked with the people there"),
            "stale": N_("Checked more than a year ago"),
            "checked": N_("Checked for young people"),
            "checked_closed": N_("Checked for young people, recorded as closed at this hour"),
            "checked_hours_unknown": N_("Checked for young people, not known to be open at this hour"),
        },
    ),
)

LAYERS: Mapping[str, Layer] = {layer.layer_id: layer for layer in _KNOWN}
"""Every layer by its id, in the order they are drawn: the ground first, points last."""

_RED, _AMBER, _GREEN = "#a4161a", "#9a6700", "#1b6e3c"
_NEW = Style(stroke="#0b0c0c", stroke_px=3, dash_px=(4.0, 3.0))
_SAFETY_LABELS = {
    "red": N_("Red (hatched): not safe for us"), "amber": N_("Amber (broken edge): it depends"), "green": N_("Green (plain): safe for us"),
    "new": N_("Being marked now"),
}  # fmt: skip

SAFETY_LAYERS: Mapping[str, Layer] = {
    layer.layer_id: layer
    for layer in (
        Layer(
            layer_id="safety_map",
            title=N_("Safety map made with young people"),
            geometry="polygon",
            source="",
            licence="",
            styles={
                "red": Style(stroke=_RED, stroke_px=2.2, fill=_RED, fill_opacity=0.8, pattern="hatch"),
                "amber": Style(stroke=_AMBER, stroke_px=2, dash_px=(5.0, 3.0), fill="#f2c14e", fill_opacity=0.45),
                "green": Style(stroke=_GREEN, stroke_px=1.5, fill=_GREEN, fill_opacity=0.4),
                "new": _NEW,
            },
            state_labels=_SAFETY_LABELS,
            restricted=True,
        ),
        Layer(
            layer_id="safety_routes",
            title=N_("Routes on the safety map"),
            geometry="line",
            source="",
            licence="",
            styles={
                "red": Style(stroke=_RED, stroke_px=4.5, dash_px=(10.0, 6.0)),
                "amber": Style(stroke=_AMBER, stroke_px=4.5, dash_px=(2.0, 6.0)),
                "green": Style(stroke=_GREEN, stroke_px=4.5),
                "new": _NEW,
            },
            state_labels={
                "red": N_("Red (long dashes): not safe for us"), "amber": N_("Amber (dots): it depends"),
                "green": N_("Green (unbroken): safe for us"), "new": N_("Being marked now"),
            },
            restricted=True,
        ),
    )
}  # fmt: skip
"""What groups of young people drew: kept in the register and not in the area's layers, seen as the group was told, and in no file."""


def _of_flags(stream: str, title: str, dark: str, middle: str, pale: str, shape: Shape, size_px: float, place: int) -> Layer:
    """Return a layer of marks, one for each place: dark, middle and pale with a sign each, and hollow where few said it."""
    mark: dict[str, Any] = {"stroke": dark, "stroke_px": 2, "fill_opacity": 1.0, "shape": shape, "size_px": size_px}
    return Layer(
        layer_id=f"flags_{stream}",
        title=title,
        geometry="point",
        source="",
        licence="",
        styles={
            "unsafe": Style(fill=dark, letter="!", **mark),
            "mixed": Style(fill=middle, letter="~", **mark),
            "safe": Style(fill=pale, letter="✓", **mark),
            "wish": Style(fill=pale, letter="+", **mark),
            "few": Style(fill=None, **mark),
        },
        state_labels={
            "unsafe": N_("Mostly: unsafe"), "mixed": N_("Mixed"), "safe": N_("Mostly: safe"), "wish": N_("Mostly: what they would like"),
            "few": N_("Hollow: fewer than five flags"),
        },
        shown_at_first=False,
        restricted=True,
        place_in_key=place,
    )  # fmt: skip


FLAG_LAYERS: Mapping[str, Layer] = {
    layer.layer_id: layer
    for layer in (
        _of_flags("complaints", N_("What residents and businesses said"), "#4a4e52", "#8d9599", "#f3f2f1", "square", 11.0, -1),
        _of_flags("knowing", N_("What parents, carers and professionals said"), "#1f4e79", "#7f9fc0", "#e3ecf5", "diamond", 10.0, -2),
        _of_flags("young", N_("What young people said"), "#5a1a6b", "#b183c1", "#f3e8f7", "circle", 8.0, -4),
    )
}
"""What people said of places, by whose word it is: never added up, young people's on top, and like the safety maps in no file."""

_DRAWN = Style(stroke="#0b0c0c", stroke_px=1.5, dash_px=(4.0, 3.0), fill="#0b0c0c", fill_opacity=0.16)
_CORNER: dict[str, Any] = {"stroke": "#0b0c0c", "stroke_px": 2.0, "fill_opacity": 1.0, "size_px": 7.0}

DRAWING_LAYERS: Mapping[str, Layer] = {
    layer.layer_id: layer
    for layer in (
        Layer(
            layer_id="listed_places",
            title=N_("Places in the list"),
            geometry="polygon",
            source="",
            licence="",
            styles={
                "other": Style(stroke=GREY, stroke_px=1.6, dash_px=(2.0, 3.0), fill=GREY, fill_opacity=0.12),
                "this": Style(stroke="#1d70b8", stroke_px=3.0, fill="#1d70b8", fill_opacity=0.1),
            },
            state_labels={"other": N_("Another place"), "this": N_("This place, as it is kept now")},
            restricted=True,
        ),
        Layer(
            layer_id="drawn_area",
            title=N_("What you draw"),
            geometry="polygon",
            source="",
            licence="",
            styles={"drawn": _DRAWN},
            state_labels={"drawn": N_("The place; the broken line closes it")},
            ground=True,
            restricted=True,
        ),
        Layer(
            layer_id="drawn_edges",
            title=N_("From corner to corner"),
            geometry="line",
            source="",
            licence="",
            styles={"drawn": Style(stroke="#0b0c0c", stroke_px=3.0)},
            state_labels={"drawn": N_("Drawn so far")},
            restricted=True,
        ),
        Layer(
            layer_id="drawn_corners",
            title=N_("Corners"),
            geometry="point",
            source="",
            licence="",
            styles={"corner": Style(fill="#ffffff", **_CORNER), "last": Style(fill="#1d70b8", shape="square", **_CORNER)},
            state_labels={"corner": N_("A corner (touch it to take it away)"), "last": N_("The last corner")},
            restricted=True,
        ),
    )
}  # fmt: skip
"""What a map to draw a place on shows: the places in the list, and the outline as far as it is drawn. In no file."""
