"""The cube holds each incident once, whatever it is cut by; steadied rates lie between a place's own and the area's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import cube, periods, rates
from tests.geo.conftest import disk

WORLD = disk(2)


def test_by_hand():
    began = pd.Series(pd.to_datetime(["2024-01-05", "2024-01-05", "2024-02-01", None, "2024-02-02"]))
    month = periods.number(began, "month")
    cell = [WORLD[0], WORLD[0], WORLD[1], WORLD[0], 0]
    told = cube.count(
        cell, month, category=pd.Series(["robbed", "robbed", "robbed", "other", "other"]), weight=pd.Series([0.5, 1, 1, 1, 1]),
        incident=pd.Series(["a", "a", None, "c", "d"]), day=began.dt.normalize(),
    )  # fmt: skip
    january = int(month[0])
    assert told.loc[(WORLD[0], january, "robbed")].tolist() == [1.5, 1, 1]
    assert told.loc[(WORLD[1], january + 1, "robbed")].tolist() == [1.0, 1, 1]
    assert len(told) == 2, "what is nowhere or at no time is left out"
    table = cube.by_period(told, WORLD, range(january, january + 3))
    assert table.shape == (len(WORLD), 3)
    assert table.to_numpy().sum() == 2.5
    assert table.loc[WORLD[1], january + 1] == 1


def test_no_day_is_missing_and_no_category_is_all():
    told = cube.count(WORLD[:2], pd.Series([1, 1], dtype="Int64"))
    assert told.index.get_level_values("category").unique().tolist() == [cube.ALL]
    assert told["days"].isna().all()
    assert cube.count([], pd.Series([], dtype="Int64")).empty


ROW = st.tuples(st.integers(0, len(WORLD) - 1), st.integers(0, 5), st.sampled_from("ab"), st.sampled_from([0.25, 0.5, 1.0]))


@given(st.lists(ROW, max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_weights_are_conserved_and_order_makes_no_difference(rows, random):
    def told(rows):
        frame = pd.DataFrame(rows, columns=["at", "period", "category", "weight"])
        return cube.count(
            WORLD[frame["at"].to_numpy(int)], frame["period"].astype("Int64"), category=frame["category"].astype(str),
            weight=frame["weight"].astype(float),
        )  # fmt: skip

    first = told(rows)
    assert first["incidents"].sum() == pytest.approx(sum(weight for *_rest, weight in rows))
    assert first["distinct"].sum() == len(rows)
    assert cube.by_period(first, WORLD, range(6)).to_numpy().sum() == pytest.approx(first["incidents"].sum())
    shuffled = list(rows)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(told(shuffled), first)


def test_a_rate_by_hand():
    # Area: 12 of 100, 0.12. Rates 0.5, 0.1, 0.1; spread Σn(r - m)²/N - m/(N/3) = (10·0.1444 + 30·0.0004 + 60·0.0004... )/100 - 0.0036.
    counts, exposed = pd.Series([5.0, 3, 4], index=list("abc")), pd.Series([10.0, 30, 60], index=list("abc"))
    mean = 12 / 100
    own = counts / exposed
    between = ((exposed * (own - mean) ** 2).sum() / 100) - mean / (100 / 3)
    expected = mean + between / (between + mean / exposed) * (own - mean)
    pd.testing.assert_series_equal(rates.empirical_bayes(counts, exposed), expected.rename("rate"))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 500)), min_size=1, max_size=30))
def test_a_steadied_rate_lies_between_its_own_and_the_areas(pairs):
    counts, exposed = (pd.Series(values, dtype=float) for values in zip(*pairs, strict=True))
    counts = counts.where(exposed > 0, 0.0)
    steadied = rates.empirical_bayes(counts, exposed)
    if not exposed.sum():
        assert steadied.isna().all()
        return
    mean = counts.sum() / exposed.sum()
    own = (counts / exposed).where(exposed > 0, mean)
    low, high = np.minimum(own, mean), np.maximum(own, mean)
    assert ((steadied >= low - 1e-12) & (steadied <= high + 1e-12)).all()
