"""Gi* says what two other programs say; clusters are connected hot cells."""

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

from geo import cells, detection, hotspots
from tests.geo.conftest import disk

NO_SELF = 1e-9
"""Nothing is nearer to a point than itself, and no two centres are this near."""


def _within(x, y, distance):
    """Return the binary matrix of which points lie within a distance of each other, each its own neighbour."""
    pairs = KDTree(np.column_stack([x, y])).query_pairs(distance, output_type="ndarray")
    either, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    n = len(x)
    at = np.arange(n)
    return csr_array((np.ones(len(either) + n), (np.concatenate([either, at]), np.concatenate([other, at]))), shape=(n, n))


def _find(counts, near):
    """Return what Gi* finds, as Monte Carlo decides it."""
    return detection.find(counts, [near, near], np.random.default_rng(0), method="gi").cells


def _by_esda(counts, near):
    """Return Gi* as esda gives it: its own weights object, binary, with the cell itself."""
    others = {i: [int(j) for j in near.indices[near.indptr[i] : near.indptr[i + 1]] if j != i] for i in range(len(counts))}
    weights = libpysal.weights.W(others, silence_warnings=True)
    return G_Local(counts.to_numpy(float), weights, transform="B", star=True, permutations=0).Zs


def test_slough_is_as_esda_has_it(slough):
    near = cells.neighbours(slough.study.cells)
    z = hotspots.local_g_star(slough.counts, near)
    np.testing.assert_allclose(z, _by_esda(slough.counts, near), rtol=0, atol=1e-9)


def test_slough_in_2022_has_20_hot_cells_in_two_places(slough):
    found = _find(slough.counts, cells.neighbours(slough.study.cells))
    assert slough.counts.sum() == 9086
    assert (found["z"] > 1.96).sum() == 33
    assert found["hotspot"].sum() == 20
    assert found["cluster"].max() == 1
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
    found = _find(pd.Series(each, index=world), cells.neighbours(world))
    assert (found["z"] == 0).all()
    assert (found["q"] == 1).all()
    assert not found["hotspot"].any()
    assert (found["cluster"] == -1).all()


@pytest.mark.parametrize("world", [disk(0)[:0], disk(0)], ids=["no cells", "one cell"])
def test_one_cell_or_none_is_nothing_to_compare(world):
    found = _find(pd.Series(3.0, index=world), cells.neighbours(world))
    assert len(found) == len(world)
    assert (found["z"] == 0).all()
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
def test_q_is_benjamini_and_hochbergs(p):
    q = hotspots.false_discovery_q(pd.Series(p, dtype=float))
    np.testing.assert_allclose(q, _benjamini_hochberg(p), rtol=1e-12)


def test_q_of_a_worked_example():
    q = hotspots.false_discovery_q(pd.Series([0.01, 0.04, 0.03, 0.005]))
    assert q.tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])


def _planted(rings, centres, each, background, seed=0):
    """Return counts over a disk: an even scatter, and `each` more in given cells and the ring round them."""
    world = disk(rings)
    counts = pd.Series(np.random.default_rng(seed).poisson(background, len(world)).astype(float), index=world)
    near = cells.neighbours(world)
    for centre in centres:
        counts.iloc[near[[centre]].indices] += each
    return counts, near


@pytest.mark.parametrize("seed", range(20))
def test_every_hot_cell_is_in_a_cluster_and_every_cluster_is_in_one_piece(seed):
    rng = np.random.default_rng(seed)
    world = disk(10)
    near = cells.neighbours(world)
    counts = pd.Series(rng.negative_binomial(0.3, 0.3 / 6.3, len(world)).astype(float), index=world)
    found = _find(counts, near)
    assert ((found["cluster"] >= 0) == found["hotspot"]).all(), "a hot cell that belongs to no cluster would be on no list"
    assert sorted(found["cluster"].unique()) == list(range(-1, found["cluster"].max() + 1))
    for _number, inside in found[found["hotspot"]].groupby("cluster"):
        at = found.index.get_indexer(inside.index)
        assert connected_components(near[at][:, at], directed=False)[0] == 1


def test_a_quiet_cell_in_a_ring_of_harm_belongs_to_it():
    world = disk(10)
    near = cells.neighbours(world)
    middle = len(world) // 2
    counts = pd.Series(5.0, index=world)
    counts.iloc[near[[middle]].indices] = 8
    counts.iloc[middle] = 0
    found = _find(counts, near)
    assert found["hotspot"].iloc[middle]
    assert found["cluster"].iloc[middle] >= 0


def test_two_places_apart_are_two_clusters_numbered_from_0():
    counts, near = _planted(12, [60, 400], 60, 6)
    found = _find(counts, near)
    assert sorted(found["cluster"].unique()) == [-1, 0, 1]
    assert found["cluster"].iloc[60] != found["cluster"].iloc[400]


def test_stacked_coordinates_neither_split_a_cluster_nor_make_one():
    counts, near = _planted(12, [60], 60, 6)
    spread = _find(counts, near)["cluster"]
    stacked = counts.copy()
    ring = near[[60]].indices
    stacked.iloc[ring] = 0
    stacked.iloc[60] = counts.iloc[ring].sum()  # the same harm, all of it put on one snap point
    found = _find(stacked, near)
    assert found["cluster"].nunique() == 2
    assert set(np.flatnonzero(spread >= 0)) & set(np.flatnonzero(found["cluster"] >= 0))


@given(at=st.integers(0, 6))
@settings(max_examples=7)
def test_one_more_incident_inside_a_cluster_keeps_the_clusters(at):
    counts, near = _planted(12, [60, 400], 60, 6)
    before = _find(counts, near)["cluster"]
    more = counts.copy()
    more.iloc[near[[60]].indices[at]] += 1
    after = _find(more, near)["cluster"]
    assert after.max() == before.max() == 1
    for centre in (60, 400):
        ring = near[[centre]].indices
        assert after.iloc[ring].nunique() == before.iloc[ring].nunique() == 1
    assert (before != after).sum() <= 2, "a cell at the edge may come or go"


def test_a_single_incident_is_never_a_cluster():
    world = disk(10)
    near = cells.neighbours(world)
    counts = pd.Series(0.0, index=world)
    counts.iloc[len(world) // 2] = 1
    found = _find(counts, near)
    assert (hotspots.false_discovery_q(hotspots.two_sided_p(hotspots.local_g_star(counts, near))) <= 0.05).any(), "by itself it is hot"
    assert not found["hotspot"].any()
    assert (found["cluster"] == -1).all()


@given(seed=st.integers(0, 1000), scale=st.sampled_from([1.0, 2.0, 0.25]), rotate=st.integers(1, 90))
@settings(max_examples=25)
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
    _find(counts, near)
    pd.testing.assert_series_equal(counts, before)
    assert (near != matrix).nnz == 0
