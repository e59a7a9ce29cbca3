"""The scan finds what looking at every disk finds; its p keeps its promise; a published SaTScan run comes out."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo import cells, scan
from tests.geo.conftest import disk

FEW = 19
"""Replicates, where what chance gives is not what is tested."""


def _disks(world, rings=3):
    return [cells.neighbours(world, ring) for ring in range(rings)]


def _by_hand(c, e, n):
    """Return the log likelihood ratio from the formula in Kulldorff (1997)."""
    if c <= e or e <= 0:
        return 0.0
    inside = c * math.log(c / e)
    return inside + ((n - c) * math.log((n - c) / (n - e)) if n > c else 0.0)


def _members(disks):
    """Return the locations of every disk, as lists."""
    return [set(row.indices.tolist()) for matrix in disks for row in (matrix[[i]] for i in range(matrix.shape[0]))]


def _held(found):
    m = found.members
    return [frozenset(m.indices[a:b].tolist()) for a, b in pairwise(m.indptr)]


@given(seed=st.integers(0, 10_000), rings=st.integers(1, 4), incidents=st.integers(0, 60), skewed=st.booleans())
@settings(max_examples=40)
def test_every_disk_is_judged_by_the_formula(seed, rings, incidents, skewed):
    rng = np.random.default_rng(seed)
    world = disk(rings)
    exposure = rng.gamma(0.5, size=len(world)) if skewed else np.ones(len(world))
    counts = rng.multinomial(incidents, rng.dirichlet(np.ones(len(world))))
    disks = _disks(world)
    found = scan.poisson(counts, exposure, disks, rng, replicates=FEW)
    kept = [at for at in _members(disks) if sum(exposure[i] for i in at) <= exposure.sum() / 2 + 1e-9]
    assert [set(at) for at in _held(found)] == kept
    for at, observed, expected, llr in zip(kept, found.observed, found.expected, found.llr, strict=True):
        c, e = sum(counts[i] for i in at), incidents * sum(exposure[i] for i in at) / exposure.sum()
        assert observed == c
        assert expected == pytest.approx(e)
        assert llr == pytest.approx(_by_hand(c, e, incidents), abs=1e-9)


@pytest.mark.parametrize(("incidents", "skewed"), [(3, False), (30, False), (30, True), (400, True)])
def test_the_largest_of_each_world_of_chance_is_the_largest_of_all_its_disks(incidents, skewed):
    world = disk(5)
    exposure = np.random.default_rng(1).gamma(0.5, size=len(world)) if skewed else np.ones(len(world))
    counts = np.zeros(len(world))
    counts[0] = incidents
    disks = _disks(world)
    found = scan.poisson(counts, exposure, disks, np.random.default_rng(7), replicates=FEW)
    worlds = scan.redistributed(incidents, exposure / exposure.sum(), FEW, np.random.default_rng(7)).T
    assert (worlds.sum(axis=1) == incidents).all()
    largest = [max(map(_by_hand, found.members @ each, found.expected, [incidents] * len(found.llr))) for each in worlds]
    np.testing.assert_allclose(found.largest, sorted(largest), rtol=0, atol=1e-9)


def test_p_is_the_place_among_worlds_of_chance():
    world = disk(3)
    counts = np.random.default_rng(1).poisson(2, len(world))
    found = scan.poisson(counts, np.ones(len(world)), _disks(world), np.random.default_rng(2), replicates=99)
    for llr, p in zip(found.llr, found.p, strict=True):
        as_large = sum(other >= llr - scan.AS_LARGE for other in found.largest)
        assert p == (pytest.approx((as_large + 1) / 100) if llr > 0 else 1)


@pytest.mark.parametrize(("incidents", "cells_in_all"), [(5, 37), (200, 37)], ids=["one by one", "by location"])
def test_incidents_fall_in_proportion_to_the_exposure_and_never_where_there_is_none(incidents, cells_in_all):
    share = scan.shares([0, *range(1, cells_in_all - 1), 0])
    drawn = scan.redistributed(incidents, share, 4000, np.random.default_rng(1))
    assert (drawn.sum(axis=0) == incidents).all()
    assert not drawn[share == 0].any()
    spread = np.sqrt(4000 * incidents * share * (1 - share))
    assert (np.abs(drawn.sum(axis=1) - 4000 * incidents * share) <= 4.5 * spread).all()


worlds = st.fixed_dictionaries({"seed": st.integers(0, 10_000), "rings": st.integers(1, 4), "incidents": st.integers(0, 40)})


def _made_up(seed, rings, incidents):
    rng = np.random.default_rng(seed)
    world = disk(rings)
    return world, rng.multinomial(incidents, rng.dirichlet(np.full(len(world), 0.3))).astype(float), 0.1 + rng.random(len(world))


@given(made_up=worlds, scale=st.sampled_from([1e-6, 3.0, 1e9]))
@settings(max_examples=40)
def test_ratios_are_never_negative_p_is_a_probability_and_the_scale_of_the_exposure_is_nothing(made_up, scale):
    world, counts, exposure = _made_up(**made_up)
    found = scan.poisson(counts, exposure, _disks(world), np.random.default_rng(1), replicates=FEW)
    assert (found.llr >= 0).all()
    assert ((found.p > 0) & (found.p <= 1)).all()
    scaled = scan.poisson(counts, scale * exposure, _disks(world), np.random.default_rng(1), replicates=FEW)
    np.testing.assert_allclose(scaled.llr, found.llr, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(scaled.p, found.p)


@given(made_up=worlds, shuffle=st.integers(0, 100))
@settings(max_examples=40)
def test_the_order_of_cells_is_nothing(made_up, shuffle):
    world, counts, exposure = _made_up(**made_up)
    order = np.random.default_rng(shuffle).permutation(len(world))
    disks = _disks(world)
    found = scan.poisson(counts, exposure, disks, np.random.default_rng(1), replicates=FEW)
    turned = scan.poisson(counts[order], exposure[order], [d[order][:, order] for d in disks], np.random.default_rng(1), replicates=FEW)
    by_place = dict(zip(_held(found), found.llr, strict=True))
    for at, llr in zip(_held(turned), turned.llr, strict=True):
        assert llr == pytest.approx(by_place[frozenset(order[list(at)].tolist())], abs=1e-9)


@given(made_up=worlds, which=st.integers(0, 10_000))
@settings(max_examples=60)
def test_one_more_incident_in_a_disk_over_expectation_never_lowers_its_ratio(made_up, which):
    world, counts, exposure = _made_up(**made_up)
    disks = _disks(world)
    before = scan.poisson(counts, exposure, disks, np.random.default_rng(1), replicates=0)
    more = counts.copy()
    at = which % len(world)
    more[at] += 1
    after = scan.poisson(more, exposure, disks, np.random.default_rng(1), replicates=0)
    over = (before.observed > before.expected) & np.array([at in held for held in _held(before)])
    assert (after.llr[over] >= before.llr[over] - 1e-9).all()


def test_an_incident_in_parts_is_one_incident():
    world = disk(4)
    counts = np.zeros(len(world))
    near = cells.neighbours(world)[[20]].indices
    counts[near] = 10 / len(near)  # ten incidents known only to the neighbourhood: sevenths, whose sum is not quite ten
    found = scan.poisson(counts, np.ones(len(world)), _disks(world), np.random.default_rng(1), replicates=99)
    all_of_it = found.observed > 9.5
    assert found.llr[all_of_it].max() == pytest.approx(10 * math.log(len(world) / len(near)))
    assert found.p.min() == 1 / 100


def test_a_hair_more_inside_than_in_all_is_all():
    assert scan.log_likelihood_ratio(3.0000000001, 1, 3) == pytest.approx(3 * math.log(3))
    assert scan.log_likelihood_ratio(3, 1, 2.9999999999) == pytest.approx(3 * math.log(3))


def test_a_sum_that_is_not_whole_has_a_null_of_its_own_nearest_whole():
    world = disk(3)
    counts = np.zeros(len(world))
    counts[3] = 2.6
    found = scan.poisson(counts, np.ones(len(world)), _disks(world), np.random.default_rng(1), replicates=99)
    assert found.llr.max() == pytest.approx(2.6 * math.log(len(world)))
    assert found.largest.max() <= 3 * math.log(len(world)) + 1e-9
    assert (found.largest > 0).all()


@pytest.mark.parametrize("way", ["poisson", "space_time"])
def test_no_incidents_are_no_cluster(way):
    world = disk(3)
    rng = np.random.default_rng(1)
    found = (
        scan.poisson(np.zeros(len(world)), np.ones(len(world)), _disks(world), rng, replicates=FEW)
        if way == "poisson"
        else scan.space_time([], [], 12, _disks(world), rng, replicates=FEW)
    )
    assert (found.llr == 0).all()
    assert (found.p == 1).all()
    assert scan.clusters(found, most_p=1).empty


def test_one_incident_is_where_chance_would_have_put_it():
    world = disk(3)
    found = scan.poisson(np.eye(len(world))[5], np.ones(len(world)), _disks(world), np.random.default_rng(1), replicates=99)
    assert found.llr.max() == pytest.approx(math.log(len(world)))
    assert found.p.min() == 1


def test_all_in_one_cell_is_the_cluster_and_the_cell_alone():
    world = disk(3)
    found = scan.poisson(9 * np.eye(len(world))[5], np.ones(len(world)), _disks(world), np.random.default_rng(1), replicates=99)
    (row,) = scan.clusters(found, most_p=0.05).to_dict("records")
    assert _held(found)[row["disk"]] == {5}
    assert row["observed"] == 9
    assert row["p"] == 0.01
    assert row["relative_risk"] == math.inf


def test_of_three_cells_only_one_is_less_than_half():
    found = scan.poisson([4, 0, 0], np.ones(3), [csr_array(np.eye(3)), csr_array(np.ones((3, 3)))], np.random.default_rng(1))
    assert _held(found) == [{0}, {1}, {2}]
    assert found.p[0] == pytest.approx(3 / 81, abs=0.03), "of the 81 ways that four can fall, three put all in one"


def test_a_place_where_nothing_is_expected_has_no_ratio():
    found = scan.poisson([3, 1, 1, 1], [0, 1, 1, 1], [csr_array(np.eye(4))], np.random.default_rng(1), replicates=FEW)
    assert found.llr[0] == 0
    assert np.isfinite(found.llr).all()


@pytest.mark.parametrize(("incidents", "skewed"), [(12, False), (12, True), (300, True)])
def test_p_is_no_smaller_than_it_should_be_in_quiet_worlds(incidents, skewed):
    rng = np.random.default_rng(1997)
    world = disk(5)
    disks = _disks(world, 4)
    exposure = rng.gamma(1, size=len(world)) if skewed else np.ones(len(world))
    quiet = scan.redistributed(incidents, exposure / exposure.sum(), 300, rng).T
    p = np.array([scan.poisson(counts, exposure, disks, rng, replicates=39).p.min() for counts in quiet])
    for level in (0.025, 0.05, 0.1, 0.25, 0.5):
        assert (p <= level).sum() <= 300 * level + 3.5 * math.sqrt(300 * level * (1 - level))


def test_clusters_share_no_location_and_come_in_order():
    rng = np.random.default_rng(1)
    world = disk(8)
    counts = rng.poisson(1, len(world)).astype(float)
    near, apart = cells.neighbours(world), cells.neighbours(world, 5)
    centres = [20]
    while len(centres) < 3:  # the next that is more than five rings from those before
        centres.append(int(np.flatnonzero(np.asarray(apart[centres].sum(axis=0)) == 0)[0]))
    for centre in centres:
        counts[near[[centre]].indices] += 5
    found = scan.poisson(counts, np.ones(len(world)), _disks(world), rng, replicates=99)
    listed = scan.clusters(found, most_p=1)
    assert (listed["p"] <= 0.05).sum() == 3
    inside = [at for disk_at in listed["disk"] for at in _held(found)[disk_at]]
    assert len(inside) == len(set(inside))
    assert (listed["llr"].diff().dropna() <= 1e-9).all()
    assert (listed["p"].diff().dropna() >= 0).all()
    assert listed["llr"].iloc[0] == found.llr.max()
    assert len(scan.clusters(found, most_p=0.05)) == 3
    outside = (counts.sum() - listed["observed"]) / (counts.sum() - listed["expected"])
    np.testing.assert_allclose(listed["relative_risk"], listed["observed"] / listed["expected"] / outside)


def test_a_disk_of_too_few_incidents_hides_no_other():
    # One incident where one in a million falls, and three in the pair that it is half of.
    pair = csr_array(np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]]))
    found = scan.poisson([1, 3, 10, 10], [1e-6, 1e-1, 1, 1], [pair], np.random.default_rng(1), replicates=99)
    assert scan.clusters(found, most_p=0.05)["observed"].iloc[0] == 1
    assert scan.clusters(found, most_p=0.05, least=2)["observed"].tolist() == [4]


def _space_time_by_hand(where, when, periods, at, *, alive):
    """Return the largest ratio in a disk of any stretch up to half of the periods, and that stretch, by looking at each."""
    n, inside = len(where), [place in at for place in where]
    best = (0.0, 0, 0)
    for first in range(periods):
        for last in range(first, periods):
            if last - first + 1 > max(1, periods // 2) or (alive and last != periods - 1):
                continue
            during = [first <= period <= last for period in when]
            c = sum(a and b for a, b in zip(inside, during, strict=True))
            best = max(best, (_by_hand(c, sum(inside) * sum(during) / n, n), -first, -last))
    return best


@given(seed=st.integers(0, 10_000), periods=st.integers(1, 7), incidents=st.integers(1, 30), alive=st.booleans())
@settings(max_examples=40)
def test_every_disk_and_stretch_is_looked_at(seed, periods, incidents, alive):
    rng = np.random.default_rng(seed)
    world = disk(2)
    disks = _disks(world)
    where, when = rng.integers(len(world), size=incidents), rng.integers(periods, size=incidents)
    found = scan.space_time(where, when, periods, disks, rng, alive=alive, replicates=0)
    kept = [at for at in _members(disks) if sum(place in at for place in where) <= incidents / 2]
    assert [set(at) for at in _held(found)] == kept
    for at, llr, observed, expected, first, last in zip(
        kept, found.llr, found.observed, found.expected, found.first_period, found.last_period, strict=True
    ):
        assert llr == pytest.approx(_space_time_by_hand(where, when, periods, at, alive=alive)[0], abs=1e-9)
        assert observed == sum(place in at and first <= period <= last for place, period in zip(where, when, strict=True))
        assert _by_hand(observed, expected, incidents) == pytest.approx(llr, abs=1e-9)


@pytest.mark.parametrize(("incidents", "periods", "alive"), [(9, 4, False), (60, 6, False), (60, 6, True), (60, 1, False)])
def test_the_largest_of_each_deal_is_that_of_all_its_disks_and_stretches(incidents, periods, alive):
    # More replicates than are worked out in full, so that the short way is what is tested.
    rng = np.random.default_rng(5)
    world = disk(2)
    disks = _disks(world)
    where, when = rng.integers(len(world), size=incidents), rng.integers(periods, size=incidents)
    found = scan.space_time(where, when, periods, disks, np.random.default_rng(3), alive=alive, replicates=60)
    deals = np.random.default_rng(3).permuted(np.broadcast_to(when, (60, incidents)), axis=1)
    largest = [scan.space_time(where, dealt, periods, disks, rng, alive=alive, replicates=0).llr.max() for dealt in deals]
    np.testing.assert_allclose(found.largest, sorted(largest), rtol=0, atol=1e-9)


def test_a_busy_place_and_a_busy_month_are_no_cluster_by_themselves():
    where = np.concatenate([np.repeat(3, 60), np.arange(37).repeat(4)])
    when = np.concatenate([np.repeat([0, 1, 1, 2], 15), np.tile([0, 1, 1, 2], 37)])
    found = scan.space_time(where, when, 3, _disks(disk(3)), np.random.default_rng(1), replicates=99)
    np.testing.assert_allclose(found.llr, 0, atol=1e-9)
    assert (found.largest > 0).all()
    moved = scan.space_time(np.append(where, [3] * 50), np.append(when, [2] * 50), 3, _disks(disk(3)), np.random.default_rng(1))
    row = scan.clusters(moved, most_p=0.05).iloc[0]
    assert (row["first_period"], row["last_period"], _held(moved)[int(row["disk"])]) == (2, 2, {3})


@given(seed=st.integers(0, 1000), incidents=st.integers(1, 30), periods=st.integers(1, 6))
@settings(max_examples=30)
def test_what_is_expected_keeps_the_margins(seed, incidents, periods):
    # Of places looked at one by one, and of the stretches of one period, what is expected sums to what happened.
    rng = np.random.default_rng(seed)
    where, when = rng.integers(7, size=incidents), rng.integers(periods, size=incidents)
    found = scan.space_time(where, when, periods, [csr_array(np.eye(7))], rng, replicates=FEW)
    for at, expected, first, last in zip(_held(found), found.expected, found.first_period, found.last_period, strict=True):
        of_place = sum(place in at for place in where)
        during = sum(first <= period <= last for period in when)
        assert expected == pytest.approx(of_place * during / incidents)
    assert ((found.p > 0) & (found.p <= 1)).all()


def test_p_of_a_scan_in_time_is_no_smaller_than_it_should_be():
    rng = np.random.default_rng(2005)
    disks = _disks(disk(3))
    where = rng.integers(37, size=60)
    p = [scan.space_time(where, rng.integers(12, size=60), 12, disks, rng, replicates=19).p.min() for _world in range(150)]
    for level in (0.05, 0.1, 0.25, 0.5):
        assert (np.array(p) <= level).sum() <= 150 * level + 3.5 * math.sqrt(150 * level * (1 - level))


@pytest.fixture(scope="module")
def satscan(shared_data):
    """Return the published run: places by id, cases, what was reported, and the parameters."""
    folder = shared_data / "reference" / "satscan"
    places = pd.read_csv(folder / "satscan_test1.geo", sep="\t", header=None, names=["id", "x", "y"], index_col="id").sort_index()
    cases = pd.read_csv(folder / "satscan_test1.cas", sep="\t", header=None, names=["id", "count", "time"])
    said = (folder / "satscan_test1.txt").read_text("ascii")
    reported = [
        {
            "ids": frozenset(int(each) for each in re.findall(r"\d+", ids)), "first": int(first), "last": int(last), "cases": int(c),
            "expected": float(e), "llr": float(llr), "p": float(p),
        }
        for ids, first, last, c, e, llr, p in re.findall(
            r"included\.: ([\d, ]+).*?frame\.+: (\d+) to (\d+).*?of cases\.+: (\d+).*?Expected cases\.+: ([\d.]+)"
            r".*?statistic\.+: ([\d.]+).*?P-value\.+: ([\d.]+)",
            said, flags=re.DOTALL,
        )
    ]  # fmt: skip
    settings = dict(re.findall(r"^(\w+)=(.*)$", (folder / "satscan_test1.prm").read_text("utf-8"), flags=re.MULTILINE))
    return places, cases, reported, settings


def _one_at_a_time(places):
    """Return SaTScan's circles: of places as far from the middle, those further to the left and then lower first."""
    xy = places[["x", "y"]].to_numpy()
    rows = []
    for middle in xy:
        order = np.lexsort((xy[:, 1], xy[:, 0], np.hypot(*(xy - middle).T).round(9)))
        rows += [np.isin(np.arange(len(xy)), order[:many]) for many in range(1, len(xy) + 1)]
    return csr_array(np.unique(np.array(rows, float), axis=0))


def _together(places):
    """Return our disks: places as far from the middle come in together."""
    xy = places[["x", "y"]].to_numpy()
    far = np.hypot(xy[:, None, 0] - xy[:, 0], xy[:, None, 1] - xy[:, 1]).round(9)
    return csr_array(np.unique(np.array([row <= radius for row in far for radius in np.unique(row)], float), axis=0))


def _run(satscan, circles, replicates):
    # Times 0 to 1000 are 1,001 periods, of which a stretch is at most half; "prospective" is that it lasts to the end.
    places, cases, _reported, settings = satscan
    assert (settings["ModelType"], settings["AnalysisType"], settings["MaxTemporalSize"]) == ("2", "4", "50")
    each = cases.loc[cases.index.repeat(cases["count"])]
    where = places.index.get_indexer(each["id"])
    return scan.space_time(where, each["time"], 1001, [circles], np.random.default_rng(944), alive=True, replicates=replicates)


def test_the_published_satscan_run_comes_out(satscan):
    """SaTScan adds places of equal distance one at a time: its cluster 1 is the middle and two of the four that are 20 away."""
    places, cases, reported, _settings = satscan
    assert cases["count"].sum() == 100
    assert [each["cases"] for each in reported] == [3, 4]
    found = _run(satscan, _one_at_a_time(places), 199)
    listed = scan.clusters(found, most_p=1)
    for each, (_number, ours) in zip(reported, listed.iterrows(), strict=False):
        disk_at = int(ours["disk"])
        assert frozenset(places.index[list(_held(found)[disk_at])]) == each["ids"]
        assert ours["observed"] == each["cases"]
        assert round(ours["expected"], 2) == each["expected"]
        assert round(ours["llr"], 6) == each["llr"]
        assert (ours["first_period"], ours["last_period"]) == (each["first"], each["last"])
        # SaTScan stopped after 248 replicates; ours are 199 others.
        error = math.sqrt(each["p"] * (1 - each["p"]) * (1 / 248 + 1 / 199))
        assert ours["p"] == pytest.approx(each["p"], abs=3.5 * error)


def test_of_the_satscan_run_what_our_disks_hold_is_the_same(satscan):
    """Places of equal distance come into ours together, so SaTScan's cluster 1 is none of ours, and its cluster 2 is."""
    places, _cases, (first, second), _settings = satscan
    found = _run(satscan, _together(places), FEW)
    ids = [frozenset(places.index[list(at)]) for at in _held(found)]
    assert first["ids"] not in ids
    at = ids.index(second["ids"])
    assert round(found.llr[at], 6) == second["llr"]
    assert (found.observed[at], round(found.expected[at], 2)) == (second["cases"], second["expected"])
    assert (found.first_period[at], found.last_period[at]) == (second["first"], second["last"])
