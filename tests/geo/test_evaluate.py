"""Concentration beside chance, and a back-test in which every method chooses the same area and nothing sees ahead."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import evaluate
from words import DataProblem

some_counts = st.lists(st.integers(0, 9), min_size=1, max_size=30)
shares = st.floats(0.01, 1)


def _by_definition(counts):
    """Return Bernasco and Steenbeek's formula, with n cells and c incidents, ranks rising with the counts."""
    n, c = len(counts), sum(counts)
    by_rank = sum(rank * each / c for rank, each in enumerate(sorted(counts), start=1))
    return max(1 / c, 1 / n) * (2 * by_rank - n - 1) - max(n / c, 1) + 1


def test_four_cells_by_hand():
    # 0, 1, 1, 2: ranks 1 to 4 times counts is 13, so 2 · 13 / (4 · 4) − 5 / 4 = 3/8. As many incidents as cells: nothing to correct.
    assert evaluate.generalised_gini([1, 0, 2, 1]) == pytest.approx(3 / 8)
    # The same incidents among 8 cells are as concentrated: 4 of the 8 had to be empty. The plain Gini says 11/16.
    assert evaluate.generalised_gini([1, 0, 2, 1, 0, 0, 0, 0]) == pytest.approx(3 / 8)


@pytest.mark.parametrize(
    ("counts", "gini"),
    [([3, 3, 3], 0), ([1, 1, 0, 0, 0], 0), ([2, 0, 0, 0, 0], 1 / 2), ([0, 0, 9], 2 / 3), ([0.5, 0.5, 0, 0], 0), ([7], 0), ([1, 0], 0)],
    ids=["even", "as even as two can be", "two in one cell", "all in one of three", "half in each of two", "one cell", "one incident"],
)
def test_gini_of_extremes(counts, gini):
    assert evaluate.generalised_gini(counts) == pytest.approx(gini, abs=1e-12)


@given(some_counts.filter(any))
def test_gini_is_as_its_paper_has_it(counts):
    assert evaluate.generalised_gini(counts) == pytest.approx(_by_definition(counts), abs=1e-12)


@given(some_counts.filter(any), st.randoms(use_true_random=False), st.integers(0, 20))
def test_gini_is_between_0_and_1_whatever_the_order(counts, random, more_empty):
    gini = evaluate.generalised_gini(counts)
    assert -1e-12 <= gini < 1
    mixed = [*counts]
    random.shuffle(mixed)
    assert evaluate.generalised_gini(mixed) == pytest.approx(gini, abs=1e-12)
    if sum(counts) <= len(counts):
        assert evaluate.generalised_gini([*counts, *[0] * more_empty]) == pytest.approx(gini, abs=1e-12)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=20).filter(lambda counts: sum(counts) > 1e-6))
def test_gini_of_fractions_is_between_0_and_1(counts):
    assert -1e-9 <= evaluate.generalised_gini(counts) < 1


def test_nothing_recorded_has_no_gini():
    assert math.isnan(evaluate.generalised_gini([0, 0]))
    assert math.isnan(evaluate.generalised_gini([]))


def _series(*values):
    return pd.Series(values, dtype=float)


def test_concentration_stands_beside_chance():
    rng = np.random.default_rng(1)
    by_luck = pd.Series(rng.multinomial(60, np.full(200, 1 / 200)), dtype=float)
    found = evaluate.concentration(by_luck, rng=rng)
    assert found.by_chance_low <= found.gini <= found.by_chance_high
    assert found.by_chance > 0.1, "even chance is not even"
    assert (found.incidents, found.cells) == (60, 200)
    in_few = pd.Series(0.0, index=range(200))
    in_few.iloc[:6] = 10
    assert evaluate.concentration(in_few, rng=rng).gini > found.by_chance_high


def test_chance_for_two_incidents_in_two_cells_by_hand():
    # Both in one cell half the time, when the Gini is 1/2; one in each otherwise, when it is 0.
    found = evaluate.concentration(_series(1, 1), rng=np.random.default_rng(1), worlds=4000)
    assert found.by_chance == pytest.approx(1 / 4, abs=0.015)
    assert (found.by_chance_low, found.by_chance_high) == (0, 0.5)


def test_chance_follows_the_exposure():
    counts = _series(10, 0, 0, 0)
    exposure = _series(1, 0, 0, 0)
    found = evaluate.concentration(counts, rng=np.random.default_rng(1), exposure=exposure)
    assert found.gini == found.by_chance == pytest.approx(3 / 4)
    mixed = evaluate.concentration(counts, rng=np.random.default_rng(1), exposure=exposure.iloc[::-1])
    assert mixed.by_chance == pytest.approx(3 / 4), "the exposure is taken by cell, not by order"


@pytest.mark.parametrize("counts", [_series(), _series(0, 0)])
def test_nothing_recorded_is_said_in_a_sentence(counts):
    with pytest.raises(DataProblem, match="Nothing is recorded in this area"):
        evaluate.concentration(counts, rng=np.random.default_rng(1))


@pytest.mark.parametrize("exposure", [_series(0, 0), _series(1, -1), _series(1, np.nan), _series(1)])
def test_an_exposure_of_no_use_is_said_in_a_sentence(exposure):
    with pytest.raises(DataProblem, match="choose another exposure"):
        evaluate.concentration(_series(1, 2), rng=np.random.default_rng(1), exposure=exposure)


def test_hit_rate_and_pai_by_hand():
    counts = pd.Series([6.0, 2, 0, 4], index=["a", "b", "c", "d"])
    chosen = pd.Series([True, False], index=["a", "c"])
    assert evaluate.hit_rate(counts, chosen) == pytest.approx(6 / 12)
    assert evaluate.pai(counts, chosen) == pytest.approx((6 / 12) / (1 / 4))
    area_m2 = pd.Series([300.0, 100, 100, 500], index=["a", "b", "c", "d"])
    assert evaluate.pai(counts, chosen, area_m2=area_m2) == pytest.approx((6 / 12) / (300 / 1000))


def test_what_has_no_hit_rate_is_missing():
    counts = _series(0, 0)
    assert math.isnan(evaluate.hit_rate(counts, _series(1, 0)))
    assert math.isnan(evaluate.pai(counts, _series(1, 0)))
    assert math.isnan(evaluate.pai(_series(1, 0), _series(0, 0)))


def test_ties_at_the_cut_are_split_by_hand():
    # Half of four cells: the first whole, and a third of each of three that are tied for the other place.
    chosen = evaluate.choose(_series(5, 1, 1, 1), area_share=0.5)
    assert chosen.tolist() == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3])
    assert evaluate.hit_rate(_series(4, 6, 0, 2), chosen) == pytest.approx((4 + 8 / 3) / 12)


def test_a_cell_at_the_cut_is_taken_in_part():
    assert evaluate.choose(_series(3, 2, 1), area_share=0.5).tolist() == pytest.approx([1, 0.5, 0])
    area_m2 = _series(100, 300, 100)
    assert evaluate.choose(_series(3, 2, 1), area_share=0.5, area_m2=area_m2).tolist() == pytest.approx([1, 0.5, 0])


def test_a_missing_score_is_chosen_last():
    assert evaluate.choose(_series(np.nan, -5, 2), area_share=2 / 3).tolist() == pytest.approx([0, 1, 1])


@given(some_counts, shares, st.data())
def test_every_choice_has_the_area_asked_for_whatever_the_order(scores, share, data):
    score = pd.Series(scores, dtype=float)
    area_m2 = pd.Series(data.draw(st.lists(st.integers(1, 50), min_size=len(scores), max_size=len(scores))), dtype=float)
    chosen = evaluate.choose(score, area_share=share, area_m2=area_m2)
    assert chosen.between(0, 1).all()
    assert (chosen * area_m2).sum() == pytest.approx(share * area_m2.sum())
    order = data.draw(st.permutations(range(len(scores))))
    pd.testing.assert_series_equal(evaluate.choose(score.iloc[order], area_share=share, area_m2=area_m2).reindex(score.index), chosen)


@given(some_counts, shares, st.data())
def test_hit_rate_is_a_share_and_the_whole_area_has_a_pai_of_1(counts, share, data):
    here = pd.Series(counts, dtype=float)
    score = pd.Series(data.draw(st.lists(st.integers(0, 5), min_size=len(counts), max_size=len(counts))), dtype=float)
    chosen = evaluate.choose(score, area_share=share)
    if not any(counts):
        assert math.isnan(evaluate.hit_rate(here, chosen))
        return
    assert 0 <= evaluate.hit_rate(here, chosen) <= 1 + 1e-12
    assert evaluate.pai(here, chosen) == pytest.approx(evaluate.hit_rate(here, chosen) / share)
    whole = evaluate.choose(score, area_share=1)
    assert evaluate.hit_rate(here, whole) == pytest.approx(1)
    assert evaluate.pai(here, whole) == pytest.approx(1)


def test_chance_is_what_drawing_lots_gives_on_average():
    rng = np.random.default_rng(1)
    counts = pd.Series(rng.poisson(0.5, 60), dtype=float)
    lots = [evaluate.choose(pd.Series(rng.permutation(60), dtype=float), area_share=0.1) for _draw in range(3000)]
    drawn = np.array([evaluate.pai(counts, chosen) for chosen in lots])
    assert drawn.mean() == pytest.approx(1, abs=4 * drawn.std() / math.sqrt(len(drawn)))
    everywhere = evaluate.choose(pd.Series(0.0, index=counts.index), area_share=0.1)
    assert evaluate.pai(counts, everywhere) == pytest.approx(1)


@pytest.mark.parametrize("share", [0, -0.1, 1.5, math.nan])
def test_a_share_that_is_none_is_said_in_a_sentence(share):
    with pytest.raises(DataProblem, match="more than 0 and at most 1"):
        evaluate.choose(_series(1, 2), area_share=share)


def test_no_cells_are_said_in_a_sentence():
    with pytest.raises(DataProblem, match="no cells to choose from"):
        evaluate.choose(_series(), area_share=0.1)


class Grid:
    """A square grid of cells 100 m apart, with counts of periods."""

    def __init__(self, side=8, periods=12, *, seed=1, planted=0.0):
        self.rng = np.random.default_rng(seed)
        at = np.arange(side * side)
        self.easting = pd.Series(500_000 + 100.0 * (at % side), index=at)
        self.northing = pd.Series(180_000 + 100.0 * (at // side), index=at)
        mean = np.full(len(at), 0.3)
        mean[[9, 10]] += planted
        self.counts = pd.DataFrame(self.rng.poisson(mean[:, None], (len(at), periods)).astype(float), index=at)

    def test(self, score=lambda history: history.sum(axis=1), **tuning):
        settled = {"area_share": 0.05, "history_periods": 4, "bandwidth_m": 150.0, "rng": np.random.default_rng(1), "resamples": 300}
        given = tuning.pop("counts", self.counts)
        return evaluate.back_test(given, score, easting=self.easting, northing=self.northing, **{**settled, **tuning})


def _density_by_definition(counts, easting, northing, bandwidth_m):
    squared = np.subtract.outer(easting, easting) ** 2 + np.subtract.outer(northing, northing) ** 2
    near = squared <= (evaluate.KERNEL_REACH * bandwidth_m) ** 2
    return (np.exp(-squared / (2 * bandwidth_m**2)) * near) @ counts


def test_kernel_density_is_as_defined():
    grid = Grid()
    found = evaluate.kernel_density(grid.counts, grid.easting, grid.northing, bandwidth_m=120)
    dense = _density_by_definition(grid.counts.to_numpy(), grid.easting.to_numpy(), grid.northing.to_numpy(), 120)
    np.testing.assert_allclose(found, dense / dense.max(), atol=1e-11)
    assert found.index.equals(grid.counts.index)


@pytest.mark.parametrize("bandwidth_m", [0, -100, math.nan])
def test_a_bandwidth_that_is_none_is_said_in_a_sentence(bandwidth_m):
    with pytest.raises(DataProblem, match="must be more than 0 metres"):
        Grid().test(bandwidth_m=bandwidth_m)


def test_back_test_by_hand():
    # Four cells, one to choose. Before period 2: a has 5, b 1. It holds 3 of 4. Before period 3: b has 6, a 3. It holds 1 of 2.
    counts = pd.DataFrame([[5, 3, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]], index=list("abcd"), columns=["Jan", "Feb", "Mar"], dtype=float)
    counts.loc["b", "Feb"] = 1
    centres = pd.Series([0.0, 10_000, 20_000, 30_000], index=counts.index)
    tested = evaluate.back_test(
        counts, lambda history: -history.sum(axis=1), easting=centres, northing=centres, area_share=0.25, history_periods=1,
        bandwidth_m=100, rng=np.random.default_rng(1),
    )  # fmt: skip
    hits = tested.by_period["hit_rate"].reset_index().pivot_table(index="period", columns="method", values="hit_rate", sort=False)
    assert hits.index.tolist() == ["Feb", "Mar"]
    assert hits["last_periods"].tolist() == pytest.approx([3 / 4, 1 / 2])
    assert hits["kernel_density"].tolist() == pytest.approx([3 / 4, 1 / 2])
    assert hits["chance"].tolist() == pytest.approx([1 / 4, 1 / 4])
    assert hits["score"].tolist() == pytest.approx([0, 0]), "the cells with least before, c and d, held nothing"
    assert tested.by_period.loc[("Feb", "last_periods")].tolist() == pytest.approx([4, 3, 3 / 4, 3])
    differences = tested.differences
    assert differences.loc["last_periods", "hit_rate"] == pytest.approx(-5 / 8)
    assert differences.loc["chance", "pai"] == pytest.approx(-1)
    assert (differences["periods"] == 2).all()
    assert differences.filter(like="_low").isna().all(axis=None), "two periods are too few for an interval"


def test_the_score_sees_only_the_periods_before():
    grid, seen = Grid(), []

    def score(history):
        seen.append([*history.columns])
        history.iloc[:, :] = -1  # what it does to its own copy is its own affair
        return history.sum(axis=1)

    before = grid.counts.copy()
    grid.test(score)
    assert seen == [[at - 4, at - 3, at - 2, at - 1] for at in range(4, 12)]
    pd.testing.assert_frame_equal(grid.counts, before)


def test_what_lasts_is_found_and_its_interval_leaves_chance_behind():
    tested = Grid(planted=4).test()
    row = tested.differences.loc["chance"]
    assert row["hit_rate_low"] > 0.1, "two planted cells of 64 hold about a third of what is recorded"
    assert row["pai_low"] > 2
    assert row["hit_rate_low"] <= row["hit_rate"] <= row["hit_rate_high"]
    same = tested.differences.loc["last_periods"]
    assert same[["hit_rate", "hit_rate_low", "hit_rate_high", "pai", "pai_low", "pai_high"]].tolist() == [0] * 6


def test_where_nothing_lasts_no_method_is_better_than_chance():
    mean_pai = pd.DataFrame([Grid(seed=seed).test().by_period["pai"].groupby(level="method").mean() for seed in range(40)])
    error = mean_pai.std() / math.sqrt(len(mean_pai))
    assert (np.abs(mean_pai.mean() - 1) <= 4 * error + 1e-12).all()


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=20)
def test_the_order_of_cells_does_not_matter(seed, data):
    grid = Grid(side=4, periods=6, seed=seed)
    order = data.draw(st.permutations(range(16)))
    one, other = grid.test(area_share=0.3), grid.test(area_share=0.3, counts=grid.counts.iloc[order])
    pd.testing.assert_frame_equal(one.by_period, other.by_period)
    hits = one.by_period["hit_rate"].dropna()
    assert hits.between(0, 1 + 1e-12).all()


def test_plain_arrays_will_do():
    grid = Grid()
    pd.testing.assert_frame_equal(grid.test(counts=grid.counts.to_numpy()).by_period, grid.test().by_period)


def test_a_period_without_incidents_is_missing_and_left_out_of_the_differences():
    grid = Grid()
    grid.counts[7] = 0.0
    tested = grid.test()
    assert tested.by_period.loc[7, ["hit_rate", "pai"]].isna().all(axis=None)
    assert (tested.by_period.loc[7, "incidents"] == 0).all()
    assert (tested.differences["periods"] == 7).all()
    assert tested.differences.notna().all(axis=None)


def test_all_incidents_in_one_cell():
    grid = Grid()
    grid.counts.loc[:, :] = 0.0
    grid.counts.iloc[5] = 2.0
    tested = grid.test()
    assert (tested.by_period["hit_rate"].drop("chance", level="method") == 1).all()
    assert tested.differences.loc["chance", ["pai_low", "pai_high"]].tolist() == pytest.approx([19, 19])


@pytest.mark.parametrize("history", [0, 12, 20])
def test_too_few_periods_are_said_in_a_sentence(history):
    with pytest.raises(DataProblem, match=f"12 periods here, and it looks back on {history}"):
        Grid().test(history_periods=history)


def test_nothing_to_find_is_said_in_a_sentence():
    grid = Grid()
    grid.counts.iloc[:, 4:] = 0.0
    with pytest.raises(DataProblem, match="any of the periods held out"):
        grid.test()
