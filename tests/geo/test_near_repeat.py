"""Knox's test says what R's surveillance says and what counting every pair says; dates dealt at random are no finding."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import near_repeat
from words import DataProblem

DISTANCES_M = [100, 200, 400]
TIMES_DAYS = [2, 7, 14]


@dataclass(frozen=True)
class Happened:
    easting: np.ndarray
    northing: np.ndarray
    day: np.ndarray

    def test(self, *, distances_m=DISTANCES_M, times_days=TIMES_DAYS, permutations=19, seed=1, **tuning):
        return near_repeat.knox(
            self.easting, self.northing, self.day, distance_limits_m=distances_m, time_limits_days=times_days,
            permutations=permutations, rng=np.random.default_rng(seed), **tuning,
        )  # fmt: skip


def scattered(n, seed=0, *, side_m=2000, days=90):
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(0, side_m, (2, n))
    return Happened(500_000 + east, 180_000 + north, rng.integers(days, size=n))


@pytest.fixture(scope="module")
def arson(shared_data):
    table = pd.read_csv(shared_data / "reference" / "knox" / "chicago_arson.csv", names=["x", "y", "date"])
    return Happened(table["x"].to_numpy(), table["y"].to_numpy(), pd.to_datetime(table["date"]).to_numpy())


@pytest.fixture(scope="module")
def surveillance(shared_data):
    table = pd.read_csv(shared_data / "reference" / "knox" / "surveillance-knox-arson.csv")
    return table.rename(columns={"eps_s_m": "distance_m", "eps_t_days": "time_days"}).set_index(["distance_m", "time_days"]).sort_index()


def test_arson_is_as_surveillance_has_it(arson, surveillance):
    found = arson.test(distances_m=[200, 400, 600, 1000], times_days=[1, 3, 7, 14]).within_limits()
    assert len(surveillance) == 16
    assert [*found.index] == [*surveillance.index]
    assert found["pairs"].tolist() == surveillance["observed"].tolist()
    np.testing.assert_allclose(found["expected"], surveillance["expected"], rtol=1e-12)
    np.testing.assert_allclose(found["p_poisson"], surveillance["p_poisson"], rtol=1e-12)


def test_the_mean_over_deals_is_what_is_expected(arson):
    test = arson.test(distances_m=[200, 400, 600, 1000], times_days=[1, 3, 7, 14], permutations=999)
    table = test.by_band()
    dealt = np.diff(np.diff(test.dealt, axis=1, prepend=0), axis=2, prepend=0)
    error = dealt.std(axis=0) / np.sqrt(len(dealt))
    assert (np.abs(dealt.mean(axis=0) - table["expected"].to_numpy().reshape(4, 4)) < 4.5 * error).all()
    assert table.loc[(200, 1), "p"] == 0.001
    assert test.close_pairs == 1561
    assert test.left_out == 0


def test_burglaries_without_a_date_are_left_out_and_counted(shared_data):
    table = pd.read_csv(shared_data / "reference" / "knox" / "chicago-burglary-11701.csv")
    happened = Happened(table["X"], table["Y"], pd.to_datetime(table["date"]))
    test = happened.test(distances_m=[200, 400, 600], times_days=[7, 14, 28], permutations=1)
    assert (test.events, test.left_out, test.close_pairs) == (11_700, 1, 243_665)
    assert test.within_limits().loc[(600, 28), "pairs"] == 42_192, "pointpats 2.5.5 counts as many"
    assert test.within_limits().loc[(200, 7), "pairs"] == 2_234, "pointpats 2.5.5 counts as many"


def _every_pair(happened, distances_m, times_days):
    """Count pairs within each pair of limits the long way round."""
    counts = np.zeros((len(distances_m), len(times_days)), int)
    for i, j in combinations(range(len(happened.day)), 2):
        apart_m = np.hypot(happened.easting[i] - happened.easting[j], happened.northing[i] - happened.northing[j])
        apart_days = abs(int(happened.day[i]) - int(happened.day[j]))
        counts += np.outer(apart_m <= np.array(distances_m), apart_days <= np.array(times_days))
    return counts


lattice = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 30)), max_size=25)
"""Events on a lattice of 100 m steps, so that many pairs are exactly at a limit or at one place."""


def _on_lattice(rows, east=0.0, north=0.0, days=0):
    x, y, day = np.array(rows, float).reshape(-1, 3).T
    return Happened(100 * x + east, 100 * y + north, day.astype(int) + days)


@given(lattice, st.sampled_from([[100, 200, 400], [0, 300], [500]]), st.sampled_from([[2, 7, 14], [0, 1], [400]]))
def test_pairs_are_those_that_counting_each_one_finds(rows, distances_m, times_days):
    happened = _on_lattice(rows)
    test = happened.test(distances_m=distances_m, times_days=times_days, permutations=3)
    every = _every_pair(happened, distances_m, times_days)
    assert test.within_limits()["pairs"].tolist() == every.ravel().tolist()
    bands = np.diff(np.diff(every, axis=0, prepend=0), axis=1, prepend=0)
    assert test.by_band()["pairs"].tolist() == bands.ravel().tolist()
    assert test.by_band()["same_place"].sum() == _every_pair(happened, [0], times_days)[0, -1]
    assert test.close_pairs == _every_pair(happened, distances_m, [1000])[-1, 0]


@given(lattice.filter(lambda rows: len(rows) > 1))
def test_a_deal_keeps_every_date_and_every_place(rows):
    happened = _on_lattice(rows)
    test = happened.test(distances_m=[100, 5000], times_days=[3, 400], permutations=5)
    assert (test.dealt[:, :, -1] == test.close).all(), "with no limit of time a deal changes nothing"
    assert (test.dealt[:, -1, :] == test.soon).all(), "nor with no limit of distance"


@given(lattice, st.randoms(use_true_random=False))
def test_order_does_not_matter(rows, random):
    mixed = [*rows]
    random.shuffle(mixed)
    one, other = (_on_lattice(each).test(permutations=3) for each in (rows, mixed))
    columns = ["pairs", "same_place", "expected", "ratio"]
    pd.testing.assert_frame_equal(one.by_band()[columns], other.by_band()[columns])


@given(lattice, st.floats(-600_000, 600_000), st.floats(-600_000, 600_000), st.integers(-20_000, 20_000))
def test_where_the_map_and_the_calendar_begin_does_not_matter(rows, east, north, days):
    here, there = _on_lattice(rows).test(), _on_lattice(rows, east, north, days).test()
    columns = ["pairs", "same_place", "expected", "ratio"]
    pd.testing.assert_frame_equal(here.by_band()[columns], there.by_band()[columns])


def test_points_exactly_at_a_limit_are_close():
    happened = Happened(np.array([500_000.1, 500_300.1]), np.array([180_000.7, 180_400.7]), np.array([10, 17]))
    at = happened.test(distances_m=[499.99, 500, 600], times_days=[6, 7, 14]).by_band()["pairs"]
    assert at.sum() == at.loc[(500, 7)] == 1


def test_three_events_by_hand():
    # Pairs: a-b 100 m and 1 day, a-c 300 m and 5 days, b-c 200 m and 4 days. Of 3 pairs 2 are within 200 m and 1 within 3 days.
    happened = Happened(np.array([0.0, 100, 300]), np.zeros(3), np.array([0, 1, 5]))
    row = happened.test(distances_m=[200], times_days=[3], permutations=199).within_limits().iloc[0]
    assert (row["pairs"], row["same_place"]) == (1, 0)
    assert row["expected"] == pytest.approx(2 * 1 / 3)
    assert row["ratio"] == pytest.approx(1.5)
    assert row["p"] == pytest.approx(2 / 3, abs=0.12), "the one pair of near dates falls on a near pair of places in two deals of three"


def test_bands_say_where_they_begin_and_end():
    table = scattered(50).test(distances_m=[100, 200], times_days=[2, 7]).by_band()
    assert [*table.columns] == ["over_m", "over_days", "pairs", "same_place", "expected", "ratio", "p"]
    assert table.index.names == ["distance_m", "time_days"]
    assert [*table.index] == [(100, 2), (100, 7), (200, 2), (200, 7)]
    assert table["over_m"].fillna(-1).tolist() == [-1, -1, 100, 100]
    assert table["over_days"].fillna(-1).tolist() == [-1, 2, -1, 2]


def test_pairs_at_one_place_are_in_the_first_band_and_counted_apart():
    happened = Happened(np.array([0.0, 0, 0, 50]), np.zeros(4), np.array([0, 1, 10, 0]))
    table = happened.test(distances_m=[100, 200], times_days=[2, 14]).by_band()
    assert table["pairs"].tolist() == [3, 3, 0, 0]
    assert table["same_place"].tolist() == [1, 2, 0, 0]


def test_repeats_planted_are_found_and_a_busy_place_is_not_one():
    quiet = scattered(300)
    repeats = slice(0, 40)
    again = Happened(
        np.concatenate([quiet.easting, quiet.easting[repeats] + 30]),
        np.concatenate([quiet.northing, quiet.northing[repeats]]),
        np.concatenate([quiet.day, quiet.day[repeats] + 1]),
    )
    found = again.test(permutations=199).by_band()
    assert found["p"].idxmin() == (100, 2)
    assert found.loc[(100, 2), "ratio"] > 2
    rng = np.random.default_rng(5)
    busy = Happened(np.full(100, 5.0), np.full(100, 5.0), rng.integers(90, size=100))
    assert (busy.test(permutations=199).by_band()["p"] == 1).all(), "all at one place: the dates can be dealt in only one way"


def test_p_is_not_small_too_often_when_dates_have_nothing_to_do_with_places():
    p = np.array([scattered(60, seed).test(seed=seed).by_band()["p"] for seed in range(400)])
    for level in (0.05, 0.1, 0.2, 0.5):
        error = 3.5 * np.sqrt(level * (1 - level) / len(p))
        assert ((p <= level).mean(axis=0) <= level + error).all()


def test_the_same_seed_gives_the_same_answer_however_many_threads(monkeypatch):
    once = scattered(200).test(permutations=600).by_band()
    monkeypatch.setattr(near_repeat, "MOST_THREADS", 1)
    pd.testing.assert_frame_equal(once, scattered(200).test(permutations=600).by_band())
    assert not once.equals(scattered(200).test(permutations=600, seed=2).by_band())


@pytest.mark.parametrize("permutations", [0, 1, 256, 257])
def test_as_many_deals_as_asked_for(permutations):
    test = scattered(30).test(permutations=permutations)
    assert test.dealt.shape == (permutations, 3, 3)
    assert (test.by_band()["p"] >= 1 / (permutations + 1)).all()


def test_more_pairs_in_a_band_than_a_byte_holds():
    happened = Happened(np.zeros(60), np.zeros(60), np.zeros(60, int))
    test = happened.test()
    assert test.by_band()["pairs"].tolist() == [60 * 59 // 2] + [0] * 8
    assert (test.dealt == 60 * 59 // 2).all()


def test_dates_a_century_apart_are_counted():
    happened = Happened(np.zeros(3), np.zeros(3), np.array([0, 40_000, 40_001]))
    assert happened.test().within_limits()["pairs"].tolist() == [1] * 9


@pytest.mark.parametrize("n", [0, 1])
def test_no_events_or_one_make_no_pairs(n):
    test = Happened(np.zeros(n), np.zeros(n), np.zeros(n, int)).test()
    table = test.within_limits()
    assert (test.events, test.close_pairs) == (n, 0)
    assert (table["pairs"] == 0).all()
    assert (table["expected"] == 0).all()
    assert table["ratio"].isna().all()
    assert table["p_poisson"].isna().all()
    assert (table["p"] == 1).all()


def test_all_on_one_day_is_no_finding():
    happened = scattered(100, days=1)
    table = happened.test().by_band()
    first = table.xs(2, level="time_days")
    assert (first["pairs"] == first["expected"]).all()
    assert (table["p"] == 1).all()


def test_what_has_no_place_or_no_date_is_left_out_and_counted():
    whole = scattered(40)
    easting, northing, days = whole.easting.copy(), whole.northing.copy(), pd.Series(pd.to_datetime("2024-01-01"), index=range(40))
    days += pd.to_timedelta(whole.day, unit="D")
    easting[3], northing[4], easting[5], days[6] = np.nan, np.nan, np.inf, pd.NaT
    test = Happened(easting, northing, days).test()
    assert (test.events, test.left_out) == (36, 4)
    kept = np.delete(np.arange(40), [3, 4, 5, 6])
    rest = Happened(whole.easting[kept], whole.northing[kept], whole.day[kept]).test()
    assert test.by_band()["pairs"].tolist() == rest.by_band()["pairs"].tolist()


@pytest.mark.parametrize(
    "as_dates",
    [
        lambda day: np.datetime64("2024-01-01") + day.astype("timedelta64[D]"),
        lambda day: pd.Series(pd.Timestamp("2024-01-01 23:30") + pd.to_timedelta(day, unit="D")),
        lambda day: pd.Series(pd.Timestamp("2024-01-01 00:10", tz="Europe/London") + pd.to_timedelta(day, unit="D")),
        lambda day: pd.Series([(pd.Timestamp("1960-01-01") + pd.Timedelta(days=int(each))).date() for each in day]),
        lambda day: pd.Series(day, dtype="Int64"),
        lambda day: day + 0.75,
        lambda day: [*day],
    ],
    ids=["datetime64[D]", "with hours", "with a zone", "dates", "nullable", "fractions", "list"],
)
def test_days_come_in_many_forms(as_dates):
    happened = scattered(40)
    same = Happened(happened.easting, happened.northing, as_dates(happened.day))
    pd.testing.assert_frame_equal(same.test().by_band(), happened.test().by_band())


@pytest.mark.parametrize("times_days", [[7, 14, 28], [0, 31], [31, 45], [30]])
def test_dates_known_by_the_month_are_refused_by_the_day(times_days):
    with pytest.raises(DataProblem, match=r"only exact to 31\. Choose steps at least that long"):
        scattered(20).test(times_days=times_days, precision_days=31)


def test_dates_known_by_the_month_serve_bands_of_months():
    assert len(scattered(20).test(times_days=[31, 62], precision_days=31).by_band()) == 6


@pytest.mark.parametrize("limits", [[], [200, 100], [100, 100], [-1, 100], [100, np.nan], [100, np.inf]])
@pytest.mark.parametrize("which", ["distances_m", "times_days"])
def test_limits_that_do_not_rise_are_refused(which, limits):
    with pytest.raises(DataProblem, match="rising numbers, 0 or more"):
        scattered(20).test(**{which: limits})


def test_too_many_pairs_are_refused_before_they_are_listed():
    stacked = Happened(np.zeros(6500), np.zeros(6500), np.zeros(6500, int))
    with pytest.raises(DataProblem, match=r"21,121,750 pairs of records lie within 400 metres"):
        stacked.test()


def test_nothing_given_is_changed():
    happened = scattered(50)
    before = [happened.easting.copy(), happened.northing.copy(), happened.day.copy()]
    happened.test()
    for was, now in zip(before, [happened.easting, happened.northing, happened.day], strict=True):
        np.testing.assert_array_equal(was, now)
