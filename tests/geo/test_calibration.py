"""Quiet years are called at most one time in twenty where the null is known, and often where not; more harm is found more often."""

from __future__ import annotations

import numpy as np
import pytest

from geo import calibration, cells, exposure, scan
from tests.geo.conftest import disk

WORLD = disk(8)
DISKS = [cells.neighbours(WORLD, rings) for rings in range(4)]
EVEN = scan.shares(np.ones(len(WORLD)))
UNEVEN = scan.shares(np.random.default_rng(1).gamma(1.0, size=len(WORLD)) + 0.05)


@pytest.mark.parametrize("incidents", [60, 1_500])
def test_where_the_comparison_knows_how_harm_falls_a_quiet_year_is_rarely_told_of_a_hotspot(incidents):
    told = calibration.quiet_years(
        incidents, DISKS, {"even": EVEN, "uneven": UNEVEN}, {"even": [EVEN], "uneven": [UNEVEN]}, {"year": 1, "month": 12},
        np.random.default_rng(2), worlds=300,
    )  # fmt: skip
    knows = told[told["fell_by"] == told["compared_with"]]
    assert len(knows) == 8
    assert (knows["share"] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)).all()
    cannot = told[(told["fell_by"] == "uneven") & (told["compared_with"] == "even") & (told["review"] == "year")]
    if incidents > 1_000:
        assert (cannot["share"] > 0.5).all(), "and that is said, not hidden"


def test_the_more_harmful_the_more_often_it_is_found():
    found = calibration.power(500, DISKS, [EVEN], np.random.default_rng(3), worlds=60, risks=(1.0, 3.0, 6.0))
    for _method, table in found.groupby("method"):
        shares = table["found"].tolist()
        assert shares[0] < 0.15
        assert shares[0] < shares[1] <= shares[2]
        assert shares[2] > 0.9
        assert table["inside"].is_monotonic_increasing


@pytest.mark.parametrize("incidents", [3, 4])
def test_fewer_than_any_hotspot_has_are_never_found(incidents):
    found = calibration.power(incidents, DISKS, [EVEN], np.random.default_rng(4), worlds=40, risks=(1_000.0,))
    assert set(found["method"]) == {"gi", "scan"}
    assert (found["inside"] > 2).all()
    assert (found["found"] == 0).all()


def test_homes_near_a_cell_are_those_within_a_walk():
    longitude, latitude = np.full(60, -0.59), np.full(60, 51.51)
    near = exposure.near_points(longitude, latitude, WORLD, 9)
    middle = cells.from_points([-0.59], [51.51], 9)
    at = cells.positions(middle, WORLD)[0]
    inside = cells.neighbours(WORLD, 3)[[at]].indices
    assert set(np.flatnonzero(near)) == set(inside), "three rings of 300 m are a kilometre"
    assert exposure.near_points(longitude[:49], latitude[:49], WORLD, 9) is None, "too few to say anything"
    shares = exposure.with_even_part(near)
    assert shares.sum() == pytest.approx(1)
    assert shares.min() == pytest.approx(exposure.EVEN_SHARE / len(WORLD)), "harm can happen where nobody lives"


def test_a_small_town_is_not_told_of_a_hotspot_whether_harm_falls_at_doors_or_within_a_walk_of_them():
    at = np.flatnonzero(np.random.default_rng(5).random(len(WORLD)) < 0.1)
    homes = np.bincount(np.random.default_rng(6).choice(at, 600), minlength=len(WORLD))
    near = cells.neighbours(WORLD, 3)
    doors, walk = exposure.with_even_part(homes), exposure.with_even_part(near @ homes / near.sum(axis=1))
    told = (
        calibration.quiet_years(
            600,
            DISKS,
            {"doors": doors, "walk": walk},
            {"walk": [walk], "both": [walk, doors]},
            {"year": 1},
            np.random.default_rng(7),
            worlds=300,
        )
        .set_index(["compared_with", "fell_by", "method"])["share"]
        .sort_index()
    )
    assert (told["both"] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)).all()
    assert (told["walk", "doors"] > 0.2).all(), "which is why both are asked"
