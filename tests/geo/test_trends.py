"""A trend is Mann and Kendall's; every cell has exactly one class; a change is said only where its exact interval leaves no doubt."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, kendalltau, norm

from geo import periods, trends
from words import DataProblem

# Mann-Kendall


def _by_pairs(row):
    """Return S, its variance and z from every pair and every tie of a row, one by one; missing values are dropped first."""
    known = [value for value in row if not math.isnan(value)]
    s = sum((b > a) - (b < a) for a, b in itertools.combinations(known, 2))
    ties = [known.count(value) for value in set(known)]
    n = len(known)
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    z = 0.0 if variance == 0 else (s - (s > 0) + (s < 0)) / math.sqrt(variance)
    return s, variance, z


def tables(values, *, least=0):
    """Return a strategy for tables of cells × periods."""
    sizes = st.tuples(st.integers(0, 8), st.integers(least, 14))
    return sizes.flatmap(
        lambda size: st.lists(st.lists(values, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]).map(
            lambda rows: pd.DataFrame(np.array(rows).reshape(size), index=[f"cell {n}" for n in range(size[0])])
        )
    )


@given(tables(st.integers(0, 4).map(float) | st.floats(-1e6, 1e6) | st.just(math.nan)))
@settings(max_examples=150)
def test_every_row_is_as_its_pairs_and_ties_say(values):
    before = values.copy()
    found = trends.mann_kendall(values.astype(float))
    assert found.index.equals(values.index)
    for cell, row in values.astype(float).iterrows():
        s, variance, z = _by_pairs(row)
        assert found.loc[cell, "s"] == s
        assert found.loc[cell, "variance"] == pytest.approx(variance)
        assert found.loc[cell, "z"] == pytest.approx(z)
        assert found.loc[cell, "p"] == pytest.approx(2 * norm.sf(abs(z)))
    pd.testing.assert_frame_equal(values, before)


@pytest.mark.parametrize("seed", range(10))
def test_tau_and_s_are_scipys(seed):
    rng = np.random.default_rng(seed)
    values = pd.DataFrame(rng.poisson(rng.choice([0.5, 2, 20]), (30, int(rng.integers(2, 30)))).astype(float))
    found = trends.mann_kendall(values)
    time = np.arange(values.shape[1])
    taus = np.array([kendalltau(time, row).statistic if row.min() < row.max() else math.nan for _, row in values.iterrows()])
    np.testing.assert_allclose(found["tau"], taus, rtol=0, atol=1e-12)
    ties = np.array([sum(t * (t - 1) / 2 for t in row.value_counts()) for _, row in values.iterrows()])
    pairs = len(time) * (len(time) - 1) / 2
    np.testing.assert_allclose(found["s"], np.nan_to_num(taus) * np.sqrt(pairs * (pairs - ties)), rtol=0, atol=1e-9)


def test_a_worked_example_by_hand():
    # 1, 2, 2, 3: five pairs rise, one is tied. Variance: (4 · 3 · 13 − 2 · 1 · 9) / 18 = 138 / 18. z = 4 / √7.667 = 1.445.
    found = trends.mann_kendall(pd.DataFrame([[1.0, 2, 2, 3]], index=["a"])).loc["a"]
    assert found["s"] == 5
    assert found["variance"] == pytest.approx(138 / 18)
    assert found["z"] == pytest.approx(4 / math.sqrt(138 / 18))
    assert found["tau"] == pytest.approx(5 / math.sqrt(6 * 5))


@pytest.mark.parametrize("row", [[], [3.0], [2.0] * 9, [math.nan] * 9, [math.nan, 1, math.nan]])
def test_a_row_without_two_different_values_has_no_trend(row):
    found = trends.mann_kendall(pd.DataFrame([row], dtype=float)).loc[0]
    assert (found["s"], found["z"], found["p"]) == (0, 0, 1)
    assert math.isnan(found["tau"])


@given(tables(st.integers(-3, 3).map(float), least=1))
@settings(max_examples=50)
def test_a_trend_turns_with_time_and_with_sign_and_knows_only_order(values):
    found = trends.mann_kendall(values)
    for turned in (values.iloc[:, ::-1], -values):
        np.testing.assert_allclose(trends.mann_kendall(turned)["z"], -found["z"])
    pd.testing.assert_frame_equal(trends.mann_kendall(np.exp(values)), found)


def test_p_is_no_smaller_than_it_should_be_where_nothing_changes():
    rng = np.random.default_rng(5)
    p = trends.mann_kendall(pd.DataFrame(rng.poisson(2.0, (20000, 12)).astype(float)))["p"]
    assert (p < trends.TREND_P).mean() <= trends.TREND_P


@pytest.mark.parametrize(("n", "said"), [(5, False), (6, True)])
def test_the_fewest_periods_are_those_at_which_one_swap_leaves_a_trend(n, said):
    row = [float(k) for k in range(n)]
    row[2], row[3] = row[3], row[2]
    assert (trends.mann_kendall(pd.DataFrame([row]))["p"][0] < trends.TREND_P) == said
    assert trends.has_enough_periods(n) == said
    assert said == (n >= trends.MIN_PERIODS)


# Classes

RISING, FALLING, LEVEL = [float(k) for k in range(12)], [float(-k) for k in range(12)], [1.0, 0.0] * 6

TRUTH = [
    # hot, z, class
    ("000000000001", LEVEL, "new"),
    ("000000000001", RISING, "new"),
    ("000000000011", LEVEL, "consecutive"),
    ("000111111111", RISING, "consecutive"),  # nine of twelve: not yet nearly always
    ("001111111111", RISING, "consecutive"),  # ten of twelve, 83 %
    ("011111111111", RISING, "intensifying"),
    ("111110111111", RISING, "intensifying"),
    ("111111111111", RISING, "intensifying"),
    ("111111111111", LEVEL, "persistent"),
    ("111110111111", LEVEL, "persistent"),
    ("111111111111", FALLING, "diminishing"),
    ("111110111111", FALLING, "diminishing"),
    ("110000000001", LEVEL, "sporadic"),
    ("100000000001", FALLING, "sporadic"),
    ("111110011111", RISING, "sporadic"),
    ("001100110000", LEVEL, "historical"),  # quiet for four, and never came back from more than two
    ("000011001100", LEVEL, "sporadic"),  # quiet for two, and came back from two
    ("111111011110", LEVEL, "sporadic"),
    ("100100100001", LEVEL, "oscillating"),
    ("101010101010", LEVEL, "oscillating"),
    ("101010101000", LEVEL, "historical"),
    ("010101000000", LEVEL, "historical"),
    ("111100000000", LEVEL, "historical"),  # it ended; Esri gives no class, as it was not hot for 90 %
    ("111111111110", LEVEL, "historical"),
    ("000000001100", RISING, "historical"),
    ("000000000010", LEVEL, "none"),  # a single hot month, not repeated, is what chance gives
    ("100000000000", LEVEL, "none"),
    ("000000000000", RISING, "none"),
]


def _hot(*rows):
    return pd.DataFrame([[mark == "1" for mark in row] for row in rows], dtype=bool)


@pytest.mark.parametrize(("row", "z", "given_class"), TRUTH)
def test_the_truth_table(row, z, given_class):
    assert trends.emerging(_hot(row), pd.DataFrame([z]))[0] == given_class


def test_the_truth_table_has_every_class_and_all_rows_at_once_are_as_one_by_one():
    assert {given_class for *_, given_class in TRUTH} == set(trends.CLASSES)
    hot, z = _hot(*[row for row, *_ in TRUTH]), pd.DataFrame([z for _, z, _ in TRUTH])
    assert trends.emerging(hot, z).tolist() == [given_class for *_, given_class in TRUTH]


def _by_spelling(row, rises, falls):
    """Return the class of a row from its spelling: runs and pauses as words in it."""
    hot, n = row.count("1"), len(row)
    runs, pauses = re.findall("1+", row), re.findall("(?<=1)0+(?=1)", row)
    quiet = len(row) - len(row.rstrip("0"))
    if row.endswith("1") and 10 * hot >= 9 * n:
        return "intensifying" if rises else "diminishing" if falls else "persistent"
    if re.fullmatch("0+1", row):
        return "new"
    if re.fullmatch("0*1+", row):
        return "consecutive"
    if pauses and quiet <= max(map(len, pauses)):
        return "sporadic" if len(runs) == 2 else "oscillating"
    return "historical" if hot >= 2 else "none"


hot_tables = tables(st.sampled_from([False, True, True]), least=trends.MIN_PERIODS).map(lambda table: table.astype(bool))


@given(hot_tables, st.data())
@settings(max_examples=150)
def test_each_cell_has_exactly_one_class_whatever_the_order_of_cells(hot, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 100)))
    z = pd.DataFrame(rng.normal(size=hot.shape) + np.arange(hot.shape[1]) * rng.choice([-1, 0, 1], (len(hot), 1)), hot.index, hot.columns)
    before = hot.copy(), z.copy()
    found = trends.emerging(hot, z)
    assert found.index.equals(hot.index)
    assert found.notna().all()
    for cell, row in hot.iterrows():
        s, _, strength = _by_pairs(z.loc[cell])
        moves = 2 * norm.sf(abs(strength)) < trends.TREND_P
        assert found[cell] == _by_spelling("".join("01"[int(mark)] for mark in row), moves and s > 0, moves and s < 0)
    order = rng.permutation(len(hot))
    pd.testing.assert_series_equal(trends.emerging(hot.iloc[order], z.iloc[order]), found.iloc[order])
    pd.testing.assert_frame_equal(hot, before[0])
    pd.testing.assert_frame_equal(z, before[1])


def test_all_rows_of_six_periods_have_one_class_by_their_spelling():
    rows = ["".join(marks) for marks in itertools.product("01", repeat=6)]
    found = trends.emerging(_hot(*rows), pd.DataFrame(0.0, index=range(64), columns=range(6)))
    assert found.tolist() == [_by_spelling(row, rises=False, falls=False) for row in rows]


@pytest.mark.parametrize(("n", "needed"), [(10, 9), (20, 18), (30, 27), (52, 47), (70, 63), (11, 10)])
def test_nearly_always_is_nine_in_ten_exactly(n, needed):
    enough, short = "0" * (n - needed) + "1" * needed, "0" * (n - needed + 1) + "1" * (needed - 1)
    found = trends.emerging(_hot(enough, short), pd.DataFrame(0.0, index=range(2), columns=range(n)))
    assert found.tolist() == ["persistent", "consecutive"]


def test_a_cold_cell_is_like_any_that_is_not_hot():
    hot = _hot("000000000000", "000000000001")
    cold = pd.DataFrame([[-4.0] * 12, [-4.0] * 11 + [3.0]])
    assert trends.emerging(hot, cold).tolist() == ["none", "new"]


def test_a_missing_z_takes_no_part_in_the_trend():
    z = pd.DataFrame([[math.nan, 1, 2, 3, math.nan, 4, 5, 6, 7, math.nan], [math.nan] * 10])
    assert trends.emerging(_hot("1" * 10, "1" * 10), z).tolist() == ["intensifying", "persistent"]


def test_too_few_periods_are_declined_in_words():
    with pytest.raises(DataProblem, match="5 periods are too few"):
        trends.emerging(_hot("00001"), pd.DataFrame([[0.0] * 5]))
    with pytest.raises(ValueError, match="different cells or periods"):
        trends.emerging(_hot("000001"), pd.DataFrame([[0.0] * 6], index=["another"]))


def test_no_cells_have_no_classes():
    assert trends.emerging(pd.DataFrame(columns=range(6), dtype=bool), pd.DataFrame(columns=range(6), dtype=float)).empty


@pytest.mark.parametrize("unit", periods.PERIODS_IN_A_YEAR)
def test_every_class_has_words(unit):
    assert set(trends.CLASS_LABELS[unit]) == set(trends.CLASSES)
    assert len(set(trends.CLASS_LABELS[unit].values())) == len(trends.CLASSES)


# This season beside last year's


def _change(now, before, *, days=91.0, days_before=91.0):
    return trends.change(pd.Series([now], dtype=float), pd.Series([before], dtype=float), days=days, days_before=days_before).loc[0]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0, 0, "too_few"),
        (1, 0, "too_few"),
        (5, 0, "too_few"),  # 0.5 ** 5 is more than 0.025
        (6, 0, "more"),
        (0, 6, "fewer"),
        (0, 5, "too_few"),
        (14, 3, "more"),
        (14, 8, "too_few"),
        (3, 14, "fewer"),
        (500, 500, "same"),
        (1100, 1000, "more"),
        (1050, 1000, "same"),
        (60, 50, "too_few"),
    ],
)
def test_what_is_said_of_two_counts(now, before, said):
    assert _change(now, before)["change"] == said
    assert said in trends.CHANGE_LABELS


def test_nothing_on_one_side_leaves_the_interval_open_there():
    none_before, none_now, neither = _change(6, 0), _change(0, 6), _change(0, 0)
    assert none_before["ratio"] == none_before["high"] == math.inf
    assert none_before["low"] == pytest.approx(0.025 ** (1 / 6) / (1 - 0.025 ** (1 / 6)))
    assert (none_now["ratio"], none_now["low"]) == (0, 0)
    assert none_now["high"] == pytest.approx(1 / none_before["low"])
    assert math.isnan(neither["ratio"])
    assert (neither["low"], neither["high"]) == (0, math.inf)


def test_a_missing_count_has_no_ratio():
    found = _change(math.nan, 6)
    assert found[["ratio", "low", "high"]].isna().all()
    assert found["change"] == "too_few"


counts = st.integers(0, 60)
days = st.sampled_from([28.0, 30.0, 31.0, 91.0, 365.0])


@given(counts, counts, days, days, st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=150)
def test_the_interval_is_the_exact_one_for_a_binomial_share(now, before, length, length_before, confidence):
    found = trends.change(pd.Series([now]), pd.Series([before]), days=length, days_before=length_before, confidence=confidence).loc[0]
    if now + before:
        share = binomtest(now, now + before).proportion_ci(confidence)
        for end, of_share in (("low", share.low), ("high", share.high)):
            odds = math.inf if of_share == 1 else of_share / (1 - of_share)
            assert found[end] == pytest.approx(odds * length_before / length)
    null = length / (length + length_before)
    more = now + before > 0 and binomtest(now, now + before, null, alternative="greater").pvalue < (1 - confidence) / 2
    fewer = now + before > 0 and binomtest(now, now + before, null, alternative="less").pvalue < (1 - confidence) / 2
    assert (found["change"] == "more") == more
    assert (found["change"] == "fewer") == fewer
    assert not found["ratio"] < found["low"]
    assert not found["ratio"] > found["high"]


@given(counts, counts, days, days)
@settings(max_examples=50)
def test_swapping_the_years_turns_the_answer_round(now, before, length, length_before):
    one = _change(now, before, days=length, days_before=length_before)
    other = _change(before, now, days=length_before, days_before=length)
    turned = {"more": "fewer", "fewer": "more"}
    assert other["change"] == turned.get(one["change"], one["change"])
    if one["low"] > 0:
        assert other["high"] == pytest.approx(1 / one["low"])
    else:
        assert other["high"] == math.inf


@pytest.mark.parametrize("mean", [0.7, 3.0, 12.0, 200.0])
def test_where_nothing_changed_a_change_is_said_in_one_of_twenty_cases_at_most(mean):
    rng = np.random.default_rng(8)
    now, before = (pd.Series(rng.poisson(mean * length / 90, 20000)) for length in (92, 90))
    said = trends.change(now, before, days=92, days_before=90)["change"]
    assert said.isin(["more", "fewer"]).mean() <= 0.05


def test_each_place_may_have_been_counted_for_days_of_its_own():
    now = pd.Series([20, 20], index=["a", "b"])
    found = trends.change(now, pd.Series([10, 10], index=["a", "b"]), days=[90, 180], days_before=90)
    assert found["ratio"].tolist() == [2, 1]
    assert found.index.equals(now.index)


def test_fractions_of_incidents_lie_between_whole_ones():
    lows = [_change(now, 4)["low"] for now in (8, 8.5, 9)]
    assert lows == sorted(lows)
    assert len(set(lows)) == 3


@pytest.mark.parametrize(("now", "before", "length"), [(-1, 2, 30), (1, -2, 30), (1, 2, 0)])
def test_what_cannot_be_a_count_is_our_own_mistake(now, before, length):
    with pytest.raises(ValueError, match="negative"):
        _change(now, before, days=length)
    with pytest.raises(ValueError, match="different cells"):
        trends.change(pd.Series([1], index=["a"]), pd.Series([1], index=["b"]), days=1, days_before=1)
