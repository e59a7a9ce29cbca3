"""Make the sea, as areas, from coastlines: OpenStreetMap draws only the line, with the land on its left."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers import along_lines

BESIDE = 1e-6
"""How far beside a coastline is looked for which of its sides is which, as a share of the box: some centimetres of a county."""


def sea(coastlines: NDArray[np.object_], box: shapely.Polygon) -> NDArray[np.object_]:
    """Return the sea within a box, as polygons, in whichever plane units with y growing to the south both are in.

    A coastline that ends inside the box, because the extract ends there, is led on to the box's nearest side: what is drawn there
    is a guess, and lies where nothing else is drawn either. No coastline is no sea.
    """
    if not len(coastlines):
        return np.empty(0, dtype=object)
    whole = shapely.line_merge(shapely.multilinestrings(list(coastlines)), directed=True)
    pieces = shapely.get_parts(shapely.intersection(shapely.get_parts(whole), box))
    pieces = pieces[shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING]
    if not len(pieces):
        return np.empty(0, dtype=object)
    led_on = _to_the_side(pieces, box)
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*pieces, *led_on, box.exterior])]))
    _piece, starts, ends, _along = along_lines.segments(pieces)
    steps = ends - starts
    length = np.hypot(*steps.T)
    # The land is on the left as seen going along the line; with y to the south, left of (x, y) is (y, -x).
    left = np.column_stack([steps[:, 1], -steps[:, 0]]) / length[:, None] * (BESIDE * box.length)
    middle = starts + steps / 2
    tree = shapely.STRtree(faces)
    votes = np.zeros(len(faces))
    for side, vote in ((left, -1.0), (-left, 1.0)):
        point, face = tree.query(shapely.points(middle + side), predicate="within")
        np.add.at(votes, face, vote * length[point])
    found: NDArray[np.object_] = faces[votes > 0]
    return found


def _to_the_side(pieces: NDArray[np.object_], box: shapely.Polygon) -> NDArray[np.object_]:
    """Return a line from each loose end to the nearest point of the box's side."""
    ends = np.concatenate([shapely.get_point(pieces, at) for at in (0, -1)])
    _spots, index, count = np.unique(shapely.get_coordinates(ends), axis=0, return_index=True, return_counts=True)
    loose = ends[index[count == 1]]
    loose = loose[shapely.distance(loose, box.exterior) > 0]
    led_on: NDArray[np.object_] = shapely.shortest_line(loose, box.exterior)
    return led_on
