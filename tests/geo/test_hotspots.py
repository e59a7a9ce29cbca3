"""Gi* says what two other programs say; where counts are too few it declines; clusters are connected hot cells."""

from __future__ import annotations

import math

import libpysal
import numpy as np
import pandas as pd
import pytest
from esda.getisord import G_Local
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo import cells, hotspots
from tests.geo.conftest import disk
from words import DataProblem

NO_SELF = 1e-9
"""Nothing is nearer to a point than itself, and no two centres are this near."""


def _within(x, y, distance):
    """Return the binary matrix of which points lie within a distance of each other, each its own neighbour."""
    pairs = KDTree(np.column_stack([x, y])).query_pairs(distance, output_type="ndarray")
    either, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    n = len(x)
    at = np.arange(n)
    return csr_array((np.ones(len(either) + n), (np.concatenate([either, at]), np.concatenate([other, at]))), shape=(n, n))


def _by_esda(counts, near):
    """Return Gi* as esda gives it: its own weights object, binary, with the cell itself."""
    others = {i: [int(j) for j in near.indices[near.indptr[i] : near.indptr[i + 1]] if j != i] for i in range(len(counts))}
    weights = libpysal.weights.W(others, silence_warnings=True)
    return G_Local(counts.to_numpy(float), weights, transform="B", star=True, permutations=0).Zs


def test_slough_is_as_esda_has_it(slough):
    near = cells.neighbours(slough.study.cells)
    z = hotspots.local_g_star(slough.counts, near)
    np.testing.assert_allclose(z, _by_esda(slough.counts, near), rtol=0, atol=1e-9)


def test_slough_in_2022_has_18_hot_cells(slough):
    found = hotspots.find(slough.counts, cells.neighbours(slough.study.cells))
    assert slough.counts.sum() == 9086
    assert (found["z"] > 1.96).sum() == 33
    assert found["hotspot"].sum() == 18
    assert found.index.equals(slough.counts.index)


@pytest.mark.parametrize("seed", range(5))
def test_made_up_worlds_are_as_esda_has_them(seed):
    rng = np.random.default_rng(seed)
    world = disk(int(rng.integers(3, 12)))
    counts = pd.Series(rng.negative_binomial(0.5, 0.05, len(world)).astype(float), index=world)
    near = cells.neighbours(world, rings=int(rng.integers(1, 3)))
    np.testing.assert_allclose(hotspots.local_g_star(counts, near), _by_esda(counts, near), rtol=0, atol=1e-9)


def test_memphis_robberies_are_as_sfhotspot_has_them(shared_data):
    grid = pd.read_csv(shared_data / "reference" / "sfhotspot" / "gistar_hex_500m.csv")
    z = hotspots.local_g_star(grid["n"], _within(grid["cx"], grid["cy"], 500 * math.sqrt(2)))
    np.testing.assert_allclose(z, grid["gistar"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(hotspots.two_sided_p(z), grid["pvalue"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("distance", [30, 60])
def test_the_inventors_own_example_comes_out(shared_data, distance):
    plot = pd.read_csv(shared_data / "reference" / "getis_ord" / "getis-ord-1996-local-g.csv")
    z = hotspots.local_g_star(plot["val"], _within(plot["x"], plot["y"], distance + NO_SELF))
    np.testing.assert_allclose(z, plot[f"Gstar_d{distance}"], rtol=0, atol=1e-9)


def test_three_cells_in_a_row_by_hand():
    # x = 4, 1, 1: mean 2, variance 2. The end cell: sum 5 over 2 cells, expected 4, spread √(2 · (3·2 − 2²) / 2) = √2.
    row = csr_array(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    z = hotspots.local_g_star(pd.Series([4, 1, 1], index=["a", "b", "c"]), row)
    assert z["a"] == pytest.approx(1 / math.sqrt(2))
    assert math.isnan(z["b"]), "its neighbourhood is the whole area: there is nothing to compare it with"
    assert z["c"] == pytest.approx(-2 / math.sqrt(2))
    assert z.name == "z"


@pytest.mark.parametrize("each", [0.0, 1.0, 7.0, 0.1, 1 / 3])
def test_an_area_without_variation_has_no_hotspot(each):
    world = disk(10)
    found = hotspots.find(pd.Series(each, index=world), cells.neighbours(world))
    assert found["z"].isna().all()
    assert (found["p"] == 1).all()
    assert (found["q"] == 1).all()
    assert not found["hotspot"].any()
    assert (found["cluster"] == -1).all()


@pytest.mark.parametrize("world", [disk(0)[:0], disk(0)], ids=["no cells", "one cell"])
def test_one_cell_or_none_is_nothing_to_compare(world):
    found = hotspots.find(pd.Series(3.0, index=world), cells.neighbours(world))
    assert len(found) == len(world)
    assert found["z"].isna().all()
    assert not found["hotspot"].any()


@pytest.mark.parametrize(("z", "p"), [(0.0, 1.0), (1.959963984540054, 0.05), (-1.959963984540054, 0.05), (math.nan, 1.0)])
def test_p_is_two_sided(z, p):
    assert hotspots.two_sided_p(pd.Series([z]))[0] == pytest.approx(p)


def _benjamini_hochberg(p):
    """Return adjusted p-values from the paper's own words: the smallest rate at which each would be let in."""
    n = len(p)
    ranked = sorted(range(n), key=lambda i: p[i])
    q, best = [0.0] * n, 1.0
    for rank in range(n, 0, -1):
        best = min(best, p[ranked[rank - 1]] * n / rank)
        q[ranked[rank - 1]] = best
    return q


@given(st.lists(st.floats(0, 1), max_size=40))
@settings(deadline=None)
def test_q_is_benjamini_and_hochbergs(p):
    q = hotspots.false_discovery_q(pd.Series(p, dtype=float))
    np.testing.assert_allclose(q, _benjamini_hochberg(p), rtol=1e-12)


def test_q_of_a_worked_example():
    q = hotspots.false_discovery_q(pd.Series([0.01, 0.04, 0.03, 0.005]))
    assert q.tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])


@pytest.mark.parametrize(
    ("incidents", "n", "enough"),
    [(600, 100, True), (599, 100, False), (6000, 99, False), (0, 100, False), (0, 0, False), (9086, 358, True), (75, 7057, False)],
)
def test_gi_star_declines_where_counts_are_too_few(incidents, n, enough):
    counts = pd.Series(np.bincount(np.arange(incidents) % n, minlength=n) if n else [], dtype=float)
    assert hotspots.is_dense_enough(counts) is enough
    if enough:
        hotspots.check_dense_enough(counts)
    else:
        with pytest.raises(DataProblem, match=f"{incidents:,} incidents over {n:,} hexagons"):
            hotspots.check_dense_enough(counts)


def _planted(rings, centres, each, background, seed=0):
    """Return counts over a disk: an even scatter, and `each` more in given cells and the ring round them."""
    world = disk(rings)
    counts = pd.Series(np.random.default_rng(seed).poisson(background, len(world)).astype(float), index=world)
    near = cells.neighbours(world)
    for centre in centres:
        counts.iloc[near[[centre]].indices] += each
    return counts, near


@pytest.mark.parametrize("seed", range(20))
def test_clusters_are_the_connected_hot_cells(seed):
    rng = np.random.default_rng(seed)
    world = disk(10)
    near = cells.neighbours(world)
    counts = pd.Series(rng.negative_binomial(0.3, 0.3 / 6.3, len(world)).astype(float), index=world)
    found = hotspots.find(counts, near)
    hot = np.flatnonzero(found["hotspot"])
    expected = connected_components(near[hot][:, hot], directed=False)[1] if len(hot) else np.array([])
    labels = found["cluster"].iloc[hot].to_numpy()
    assert (found["cluster"].drop(found.index[hot]) == -1).all()
    assert (labels >= 0).all(), "a hot cell that belongs to no cluster would be on no list"
    same = pd.crosstab(expected, labels)
    assert ((same > 0).sum(axis=0) == 1).all()
    assert ((same > 0).sum(axis=1) == 1).all()


def test_a_quiet_cell_in_a_ring_of_harm_belongs_to_it():
    world = disk(10)
    near = cells.neighbours(world)
    middle = len(world) // 2
    counts = pd.Series(5.0, index=world)
    counts.iloc[near[[middle]].indices] = 8
    counts.iloc[middle] = 0
    found = hotspots.find(counts, near)
    assert found["hotspot"].iloc[middle]
    assert found["cluster"].iloc[middle] >= 0


def test_two_places_apart_are_two_clusters_numbered_from_0():
    counts, near = _planted(12, [60, 400], 60, 6)
    found = hotspots.find(counts, near)
    assert sorted(found["cluster"].unique()) == [-1, 0, 1]
    assert found["cluster"].iloc[60] != found["cluster"].iloc[400]


def test_stacked_coordinates_neither_split_a_cluster_nor_make_one():
    counts, near = _planted(12, [60], 60, 6)
    spread = hotspots.find(counts, near)["cluster"]
    stacked = counts.copy()
    ring = near[[60]].indices
    stacked.iloc[ring] = 0
    stacked.iloc[60] = counts.iloc[ring].sum()  # the same harm, all of it put on one snap point
    found = hotspots.find(stacked, near)
    assert found["cluster"].nunique() == 2
    assert set(np.flatnonzero(spread >= 0)) & set(np.flatnonzero(found["cluster"] >= 0))


@given(at=st.integers(0, 6))
@settings(deadline=None)
def test_one_more_incident_inside_a_cluster_changes_nothing(at):
    counts, near = _planted(12, [60, 400], 60, 6)
    before = hotspots.find(counts, near)["cluster"]
    more = counts.copy()
    more.iloc[near[[60]].indices[at]] += 1
    after = hotspots.find(more, near)["cluster"]
    pd.testing.assert_series_equal(before, after)


def test_a_single_incident_is_never_a_cluster():
    world = disk(10)
    near = cells.neighbours(world)
    counts = pd.Series(0.0, index=world)
    counts.iloc[len(world) // 2] = 1
    found = hotspots.find(counts, near)
    assert found["hotspot"].any(), "Gi* by itself calls it hot: that is why it needs a floor"
    assert (found["cluster"] == -1).all()


@given(seed=st.integers(0, 1000), scale=st.sampled_from([1.0, 2.0, 0.25]), rotate=st.integers(1, 90))
@settings(deadline=None, max_examples=25)
def test_the_answer_does_not_depend_on_scale_or_on_the_order_of_cells(seed, scale, rotate):
    world = disk(5)
    near = cells.neighbours(world)
    counts = pd.Series(np.random.default_rng(seed).poisson(3, len(world)).astype(float), index=world)
    z = hotspots.local_g_star(counts, near)
    order = np.roll(np.arange(len(world)), rotate)
    turned = hotspots.local_g_star(scale * counts.iloc[order], near[order][:, order])
    np.testing.assert_allclose(turned.reindex(world), z, atol=1e-9)


def test_nothing_given_is_changed():
    counts, near = _planted(6, [30], 60, 6)
    before, matrix = counts.copy(), near.copy()
    hotspots.find(counts, near)
    pd.testing.assert_series_equal(counts, before)
    assert (near != matrix).nnz == 0
