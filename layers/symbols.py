"""Draw the small symbols of a map's key, as SVG text made of numbers and colours only.

One drawing serves both maps and any page that wants the same sign beside its words.
"""

from __future__ import annotations

from urllib.parse import quote

from layers.catalogue import Geometry, Style
from layers.scene import escape_for_html_and_script

WIDTH_PX, HEIGHT_PX = 30, 20
"""Wide enough for two dashes of the longest pattern, and as high as a line of text."""

_CORNERS = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": ((0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)),
    "triangle": ((0.0, -1.1), (1.05, 0.8), (-1.05, 0.8)),
}
"""Corners in units of a style's size, chosen so that the shapes look equally large; the circle is drawn as one."""


def symbol_svg(style: Style, kind: Geometry) -> str:
    """Return a legend symbol: a patch, a line or a point in the given style."""
    return _svg(WIDTH_PX, HEIGHT_PX, _DRAW[kind](style, WIDTH_PX / 2, HEIGHT_PX / 2))


def symbol_image(style: Style, kind: Geometry) -> str:
    """Return a legend symbol as the address of an image that holds it, so that a page needs no markup of ours."""
    return "data:image/svg+xml," + quote(symbol_svg(style, kind))


def point_svg(style: Style) -> tuple[str, int]:
    """Return a point's symbol on its own, and the side of its square in pixels."""
    side = 2 * round(style.size_px * 1.15 + style.stroke_px + 1)
    return _svg(side, side, _point(style, side / 2, side / 2)), side


def letter_colour(style: Style) -> str:
    """Return the colour in which a letter can be read on the style's own fill."""
    if style.fill is None:
        return style.stroke
    red, green, blue = (int(style.fill[at : at + 2], 16) for at in (1, 3, 5))
    return "#0b0c0c" if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else "#ffffff"


def _svg(width: float, height: float, inner: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">{inner}</svg>'


def _outline(style: Style) -> str:
    dashes = f' stroke-dasharray="{" ".join(f"{dash:g}" for dash in style.dash_px)}"' if style.dash_px else ""
    return f'stroke="{style.stroke}" stroke-width="{style.stroke_px:g}"{dashes}'


def _fill(style: Style) -> str:
    return 'fill="none"' if style.fill is None else f'fill="{style.fill}" fill-opacity="{style.fill_opacity:g}"'


def _polygon(style: Style, x: float, y: float) -> str:
    patch = f'x="{x - 12:g}" y="{y - 7:g}" width="24" height="14"'
    if style.pattern == "none" or style.fill is None:
        return f"<rect {patch} {_fill(style)} {_outline(style)}/>"
    strokes = "".join(f"M{x - 12 + at:g} {y + 7:g}l14 -14" for at in range(-12, 22, 6))
    ink = f'stroke="{style.fill}" stroke-opacity="{style.fill_opacity:g}" stroke-width="1.6"'
    hatch = f'<clipPath id="patch"><rect {patch}/></clipPath><path d="{strokes}" {ink} clip-path="url(#patch)"/>'
    return f'{hatch}<rect {patch} fill="none" {_outline(style)}/>'


def _line(style: Style, x: float, y: float) -> str:
    return f'<path d="M{x - 13:g} {y:g}h26" fill="none" {_outline(style)}/>'


def _point(style: Style, x: float, y: float) -> str:
    size = style.size_px
    if style.shape == "circle":
        body = f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" {_fill(style)} {_outline(style)}/>'
    else:
        corners = " ".join(f"{x + size * across:g},{y + size * down:g}" for across, down in _CORNERS[style.shape])
        body = f'<polygon points="{corners}" {_fill(style)} {_outline(style)}/>'
    if not style.letter:
        return body
    return (
        f'{body}<text x="{x:g}" y="{y + size * 0.45:g}" font-size="{size * 1.3:g}" font-family="sans-serif" font-weight="700" '
        f'text-anchor="middle" fill="{letter_colour(style)}">{escape_for_html_and_script(style.letter)}</text>'
    )


_DRAW = {"polygon": _polygon, "line": _line, "point": _point}
