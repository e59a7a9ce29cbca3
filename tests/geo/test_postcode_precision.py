"""A postcode reaches to its sixth neighbour: as a plain comparison of every two finds it, and never less far in a smaller file."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import gazetteer_file
from geo.postcode_precision import NEIGHBOURS, with_precision
from geo.postcodes import FURTHEST_M, LISTED, NOT_POSITIONED, PRECISION_M

RING = [(0, 150), (160, 0), (0, -170), (-180, 0), (0, 190), (200, 0)]
"""Six neighbours about (0, 0), the farthest 200 m away."""


def _precision(*rows):
    """Return the precision of postcodes given as easting, northing, and at will quality and whether ended."""
    full = [(n, *(row[2:3] or (10,)), 400_000 + row[0], 300_000 + row[1], *(row[3:4] or (False,))) for n, row in enumerate(rows)]
    return with_precision(pl.DataFrame(full, LISTED, orient="row"))["precision_m"].to_list()


def test_a_postcode_reaches_to_its_sixth_neighbour():
    assert _precision((0, 0), *RING)[0] == 200
    assert _precision((0, 0), *RING, (50, 0))[0] == 190, "and where there are more, less far"
    assert _precision((0, 0), *RING[:-1], (200, 3))[0] == 201, "in whole metres, rounded up"


@pytest.mark.parametrize(("to_sixth_m", "precision"), [(90, 100), (100, 100), (101, 101), (999, 999), (1000, 1000), (1001, 1000)])
def test_it_is_never_less_than_its_quality_says_nor_more_than_any_postcode_reaches(to_sixth_m, precision):
    assert _precision((0, 0), *((n, 1) for n in range(5)), (0, -to_sixth_m))[0] == precision


@pytest.mark.parametrize(
    "other", [(0, 0), (0, 150), (10, 10, 10, True), (10, 10, 40), (10, 10, 50), (10, 10, 60), (10, 10, NOT_POSITIONED)]
)
def test_what_stands_on_the_same_point_or_has_ended_or_was_put_there_by_others_is_no_neighbour(other):
    assert _precision((0, 0), *RING, other)[0] == 200


@pytest.mark.parametrize(
    ("quality", "precision"), [(10, 200), (20, 200), (30, 200), (40, 250), (50, 250), (60, 2000), (70, 2000), (90, 2000)]
)
def test_what_is_no_neighbour_has_neighbours_itself_and_keeps_what_its_quality_says(quality, precision):
    assert _precision((0, 0, quality), *RING)[0] == precision
    assert _precision((0, 0, quality, True), *RING)[0] == precision


def test_among_few_postcodes_each_reaches_as_far_as_any():
    assert _precision((0, 0)) == [FURTHEST_M]
    assert _precision((0, 0), *RING[:-1])[0] == FURTHEST_M
    assert _precision((0, 0, 10, True), (5, 5, 50)) == [FURTHEST_M] * 2
    assert _precision() == []
    assert with_precision(pl.DataFrame(schema=LISTED)).schema == gazetteer_file.POSTCODES


_rows = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 900), st.sampled_from([10, 10, 10, 20, 30, 50, 60, 90]), st.booleans()), max_size=40
)


@settings(max_examples=60)
@given(_rows)
def test_it_is_what_comparing_every_two_finds(rows):
    there = {row[:2] for row in rows if row[2] <= 30 and not row[3]}
    for row, found in zip(rows, _precision(*rows), strict=True):
        off_m = sorted(math.dist(row[:2], other) for other in there - {row[:2]})
        sixth_m = off_m[NEIGHBOURS - 1] if len(off_m) >= NEIGHBOURS else FURTHEST_M
        own = PRECISION_M.get(row[2], PRECISION_M[60])
        assert found == max(own, min(math.ceil(sixth_m), FURTHEST_M))


@settings(max_examples=60)
@given(_rows, st.integers(0, 900))
def test_in_a_part_of_the_country_it_is_never_smaller_than_in_the_whole(rows, east_of):
    whole = dict(zip(range(len(rows)), _precision(*rows), strict=True))
    kept = [n for n, row in enumerate(rows) if row[0] >= east_of]
    assert all(part >= whole[n] for n, part in zip(kept, _precision(*(rows[n] for n in kept)), strict=True))
