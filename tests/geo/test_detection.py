"""Quiet areas are told of no hotspot 95 times in 100, planted ones are found, and odd input has a plain answer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo import cells, detection, hotspots, scan
from tests.geo.conftest import disk
from words import DataProblem

RINGS = 3
FEW = 39
"""Worlds of chance where what they say is not what is tested."""

METHODS = ("gi", "scan")


def _disks(world):
    return [cells.neighbours(world, rings) for rings in range(RINGS + 1)]


TOWN = disk(10)
TOWN_DISKS = _disks(TOWN)
MIDDLE = int(np.flatnonzero(TOWN_DISKS[3].sum(axis=1) == 37)[50])


def _find(counts, world=TOWN, disks=None, seed=1, **how):
    counts = counts if isinstance(counts, pd.Series) else pd.Series(np.asarray(counts, float), index=world)
    how.setdefault("replicates", FEW)
    near = disks or (TOWN_DISKS if world is TOWN else _disks(world))
    return detection.find(counts, near, np.random.default_rng(seed), **how)


def _planted(background, inside, *, seed=1, centre=MIDDLE):
    """Return an even scatter over the town, and more in a cell and its neighbours."""
    counts = np.random.default_rng(seed).multinomial(background, np.full(len(TOWN), 1 / len(TOWN))).astype(float)
    counts[TOWN_DISKS[1][[centre]].indices] += inside
    return counts


@given(seed=st.integers(0, 1000), mean=st.sampled_from([0.1, 1, 30]), rings=st.integers(2, 6))
@settings(max_examples=30)
def test_z_is_gi_star_of_the_counts_where_the_exposure_is_even(seed, mean, rings):
    world = disk(rings)
    counts = pd.Series(np.random.default_rng(seed).poisson(mean, len(world)).astype(float), index=world)
    found = _find(counts, world, method="gi", replicates=1)
    expected = hotspots.local_g_star(counts, cells.neighbours(world)).fillna(0.0)
    np.testing.assert_allclose(found.cells["z"], expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.cells["expected"], counts.mean())


def _skewed(world):
    return np.random.default_rng(11).gamma(0.7, size=len(world))


@pytest.mark.parametrize("incidents", [75, 600, 3000])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("exposure", [None, _skewed(TOWN)], ids=["even", "skewed and told"])
def test_few_quiet_towns_are_told_of_a_hotspot(incidents, method, exposure):
    rng, towns = np.random.default_rng(1961), 120
    share = detection._shares(exposure, len(TOWN))
    shown = 0
    for counts in scan.redistributed(incidents, share, towns, rng).T:
        found = detection.find(pd.Series(counts, index=TOWN), TOWN_DISKS, rng, exposure=exposure, method=method, replicates=FEW)
        shown += bool(found.cells["hotspot"].any())
    assert shown <= towns * 0.05 + 3 * math.sqrt(towns * 0.05 * 0.95)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("background", "inside"), [(60, 3), (600, 8), (9000, 40)])
def test_a_planted_hotspot_is_found_and_little_else(method, background, inside):
    counts = _planted(background, inside)
    found = _find(counts, method=method, replicates=199).cells
    where = TOWN_DISKS[1][[MIDDLE]].indices
    assert found["hotspot"].iloc[where].any()
    assert found["hotspot"].iloc[where].sum() >= 4
    far = np.setdiff1d(np.arange(len(TOWN)), TOWN_DISKS[3][[MIDDLE]].indices)
    assert not found["hotspot"].iloc[far].any()


@pytest.mark.parametrize("method", METHODS)
def test_two_planted_hotspots_are_numbered_from_0_and_the_rest_is_minus_1(method):
    other = int(np.flatnonzero(TOWN_DISKS[3].sum(axis=1) == 37)[-50])
    assert not set(TOWN_DISKS[3][[MIDDLE]].indices) & set(TOWN_DISKS[3][[other]].indices)
    counts = _planted(600, 10)
    counts[TOWN_DISKS[1][[other]].indices] += 14
    found = _find(counts, method=method, replicates=199)
    assert sorted(found.cells["cluster"].unique()) == [-1, 0, 1]
    assert found.cells["cluster"].iloc[MIDDLE] != found.cells["cluster"].iloc[other]
    assert ((found.cells["cluster"] >= 0) == found.cells["hotspot"]).all()
    if method == "scan":
        assert found.cells["cluster"].iloc[other] == 0, "the most unusual comes first"
        assert len(found.clusters) == 2
        assert found.clusters["p"].max() <= detection.FAMILY_ERROR


@pytest.mark.parametrize("method", METHODS)
@given(at=st.lists(st.integers(0, len(TOWN) - 1), min_size=1, max_size=2, unique=True))
@settings(max_examples=10)
def test_one_incident_or_two_apart_are_never_a_hotspot(method, at):
    if len(at) == 2 and TOWN_DISKS[2][[at[0]]][:, [at[1]]].sum() > 0:
        at = at[:1]
    counts = np.zeros(len(TOWN))
    counts[at] = 1
    found = _find(counts, method=method, replicates=99)
    assert not found.cells["hotspot"].any()
    assert (found.cells["cluster"] == -1).all()


@pytest.mark.parametrize("method", [*METHODS, "auto"])
def test_the_same_seed_gives_the_same_answer(method):
    counts = _planted(600, 8)
    once, again = _find(counts, method=method), _find(counts, method=method)
    pd.testing.assert_frame_equal(once.cells, again.cells)
    pd.testing.assert_frame_equal(once.clusters, again.clusters)
    assert once.least_around == again.least_around


@given(seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_the_order_of_cells_is_nothing_to_z(seed):
    order = np.random.default_rng(seed).permutation(len(TOWN))
    counts = pd.Series(_planted(600, 8, seed=seed), index=TOWN)
    exposure = _skewed(TOWN)
    found = _find(counts, exposure=exposure, method="gi", replicates=1).cells
    turned = _find(counts.iloc[order], TOWN, [d[order][:, order] for d in TOWN_DISKS], exposure=exposure[order], method="gi", replicates=1)
    np.testing.assert_allclose(turned.cells["z"].reindex(TOWN), found["z"], rtol=0, atol=1e-9)
    assert turned.cells.index.equals(counts.index[order])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0])
def test_an_exposure_that_cannot_be_is_refused_in_a_sentence(method, bad):
    exposure = np.ones(len(TOWN))
    exposure[7] = bad
    with pytest.raises(DataProblem, match="exposure is missing, negative or nothing at all"):
        _find(_planted(60, 1), exposure=exposure, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_an_exposure_of_nothing_anywhere_is_refused(method):
    with pytest.raises(DataProblem, match="Give a number for every cell"):
        _find(_planted(60, 1), exposure=np.zeros(len(TOWN)), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_cells_where_nobody_lives_do_not_break_it_and_harm_there_is_seen(method):
    exposure = np.ones(len(TOWN))
    park = TOWN_DISKS[2][[MIDDLE]].indices
    exposure[park] = 0
    counts = _planted(600, 0)
    counts[park] = 0
    quiet = _find(counts, exposure=exposure, method=method, replicates=199).cells
    assert np.isfinite(quiet[["expected", "z", "p", "q"]]).all(axis=None)
    assert (quiet["expected"].iloc[park] > 0).all()
    assert not quiet["hotspot"].any()
    counts[MIDDLE] = 8
    assert _find(counts, exposure=exposure, method=method, replicates=199).cells["hotspot"].iloc[MIDDLE]


def test_an_exposure_explains_what_it_explains():
    busy = np.ones(len(TOWN))
    busy[TOWN_DISKS[1][[MIDDLE]].indices] = 10
    counts = scan.redistributed(600, busy / busy.sum(), 1, np.random.default_rng(3))[:, 0]
    for method in METHODS:
        assert _find(counts, method=method).cells["hotspot"].any()
        assert not _find(counts, method=method, exposure=busy).cells["hotspot"].any()


@pytest.mark.parametrize("method", [*METHODS, "auto"])
@pytest.mark.parametrize("rings", [None, 0, 1], ids=["no cells", "one cell", "seven cells"])
@pytest.mark.parametrize("each", [0.0, 1.0, 5.0])
def test_an_area_with_nothing_to_compare_has_no_hotspot(method, rings, each):
    world = disk(0)[:0] if rings is None else disk(rings)
    found = _find(np.full(len(world), each), world, method=method)
    assert len(found.cells) == len(world)
    assert not found.cells["hotspot"].any()
    assert found.method in METHODS
    assert np.isfinite(found.cells[["expected", "z", "p", "q"]]).all(axis=None)


@pytest.mark.parametrize("method", [*METHODS, "auto"])
@pytest.mark.parametrize("counts", [[0, 0, 0], [1, 0, 0], [0, 2, 0], [40, 0, 0], [40, 40, 40]])
def test_three_cells_have_an_answer(method, counts):
    found = _find(counts, disk(1)[:3], method=method, replicates=99)
    assert found.cells["p"].between(0, 1, inclusive="right").all()
    assert found.cells["q"].between(0, 1, inclusive="right").all()
    assert (found.cells["p"] <= found.cells["q"]).all()


@pytest.mark.parametrize("method", METHODS)
def test_all_in_one_cell_is_one_hotspot_there(method):
    found = _find(12 * np.eye(len(TOWN))[MIDDLE], method=method, replicates=99).cells
    assert found["hotspot"].iloc[MIDDLE]
    assert set(found.index[found["hotspot"]]) <= set(TOWN[TOWN_DISKS[1][[MIDDLE]].indices])
    assert found["cluster"].max() == 0


@pytest.mark.parametrize("method", METHODS)
@given(which=st.integers(0, 6))
@settings(max_examples=7)
def test_one_more_incident_inside_a_cluster_keeps_it(method, which):
    counts = _planted(600, 12)
    before = _find(counts, method=method, replicates=199).cells
    where = TOWN_DISKS[1][[MIDDLE]].indices
    assert before["hotspot"].iloc[where].all()
    counts[where[which]] += 1
    after = _find(counts, method=method, replicates=199).cells
    pd.testing.assert_series_equal(after["cluster"], before["cluster"])


def test_dense_counts_are_for_gi_star_and_sparse_ones_for_the_scan():
    near = TOWN_DISKS[1]
    around = near.nnz / len(TOWN) ** 2
    assert detection.choose(math.ceil(detection.MIN_AROUND / around), len(TOWN), near) == "gi"
    assert detection.choose(math.floor(detection.MIN_AROUND / around), len(TOWN), near) == "scan"
    assert _find(_planted(60, 0)).method == "scan"
    assert _find(_planted(9000, 0)).method == "gi"


@pytest.mark.parametrize(("rings", "method"), [(1, "scan"), (5, "scan"), (6, "gi")], ids=["7 cells", "91 cells", "127 cells"])
def test_few_cells_are_for_the_scan_however_dense(rings, method):
    world = disk(rings)
    assert detection.choose(9_000, len(world), cells.neighbours(world)) == method


def test_everything_in_one_of_a_few_cells_is_a_hotspot():
    found = _find([60, 0, 0, 0], disk(1)[:4], replicates=99)
    assert found.method == "scan"
    assert found.cells["hotspot"].tolist() == [True, False, False, False]


def test_there_are_fewer_worlds_of_a_larger_area_and_never_too_few_to_tell():
    none = np.zeros(len(TOWN))
    assert _find(none, replicates=None).replicates == scan.REPLICATES
    many, itself = pd.Series(np.zeros(300_000)), csr_array((300_000, 300_000))
    assert 99 <= detection.find(many, [itself, itself], np.random.default_rng(1)).replicates < scan.REPLICATES
    for error in (0.05, 0.05 / 12, 0.05 / 52):
        assert 1 / (_find(none, replicates=None, error=error).replicates + 1) <= error


@pytest.mark.parametrize("method", METHODS)
def test_a_stricter_error_calls_no_more(method):
    counts = _planted(600, 5)
    usual = _find(counts, method=method, replicates=199).cells["hotspot"]
    strict = _find(counts, method=method, replicates=199, error=0.005).cells["hotspot"]
    assert not (strict & ~usual).any()


@pytest.mark.parametrize("method", METHODS)
def test_a_very_harmful_place_does_not_hide_the_next(method):
    other = int(np.flatnonzero(TOWN_DISKS[3].sum(axis=1) == 37)[-50])
    counts = _planted(600, 12)
    counts[other] += 300
    found = _find(counts, method=method, replicates=199).cells
    assert found["cluster"].iloc[other] >= 0
    assert found["cluster"].iloc[MIDDLE] >= 0
    assert found["cluster"].iloc[other] != found["cluster"].iloc[MIDDLE]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_given_is_changed(method):
    counts = pd.Series(_planted(600, 8), index=TOWN)
    exposure = _skewed(TOWN)
    before, told, disks = counts.copy(), exposure.copy(), [d.copy() for d in TOWN_DISKS]
    _find(counts, exposure=exposure, method=method)
    pd.testing.assert_series_equal(counts, before)
    np.testing.assert_array_equal(exposure, told)
    assert all((now != then).nnz == 0 for now, then in zip(TOWN_DISKS, disks, strict=True))


def test_a_hotspot_stands_out_from_every_exposure_that_is_named():
    middle = TOWN_DISKS[1][[len(TOWN) // 2]].indices
    planted = np.full(len(TOWN), 2.0)
    planted[middle] += 20
    counts = pd.Series(planted, index=TOWN)
    there = np.ones(len(TOWN))
    there[middle] = 12.0
    rng = np.random.default_rng(8)
    alone = detection.find_against_each(counts, TOWN_DISKS, rng, exposures=[None])
    elsewhere = detection.find_against_each(counts, TOWN_DISKS, rng, exposures=[None, np.ones(len(TOWN))])
    explained = detection.find_against_each(counts, TOWN_DISKS, rng, exposures=[None, there])
    assert set(middle) <= set(np.flatnonzero(alone.cells["hotspot"]))
    assert (elsewhere.cells["cluster"] == alone.cells["cluster"]).all()
    assert not explained.cells["hotspot"].any()
    assert (explained.cells["cluster"] == -1).all()
    assert (explained.cells["q"] >= alone.cells["q"] - 0.01).all()


@pytest.mark.parametrize("method", ["gi", "scan"])
def test_of_two_hotspots_the_one_that_an_exposure_explains_goes_and_the_other_is_numbered_anew(method):
    first, second = 0, len(TOWN) - 1
    spots = [TOWN_DISKS[1][[cell]].indices for cell in (first, second)]
    planted = np.full(len(TOWN), 2.0)
    for spot, more in zip(spots, (60, 30), strict=True):
        planted[spot] += more
    there = np.ones(len(TOWN))
    there[spots[0]] = 31.0
    found = detection.find_against_each(
        pd.Series(planted, index=TOWN), TOWN_DISKS, np.random.default_rng(9), exposures=[None, there], method=method
    )
    assert set(found.cells["cluster"]) == {-1, 0}
    assert (found.cells["cluster"].iloc[spots[1]] == 0).all()
    assert not found.cells["hotspot"].iloc[spots[0]].any()
    assert (found.cells.loc[found.cells["hotspot"], "q"] <= detection.FAMILY_ERROR + 1e-9).all()
    if method == "scan":
        assert len(found.clusters) == 1
