"""How often the tool would cry wolf in a quiet year, and how much harm it takes to be seen: worked out for an area's own cells and totals.

A world of chance is judged as `detection.find` judges the real one; worlds that share a null share its simulated maxima, and the worlds
that are judged are others. Every share has its Monte-Carlo error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo import detection, hotspots, scan

WORLDS = 1_000
"""Quiet years that are looked at: a share of 5 % is told to 0.7 of a per cent."""

PLANTED = 400
"""Years with a planted hotspot for each point of the power curve: a share of 85 % is told to 1.8 of a per cent."""

NULL_WORLDS = 20_000
"""Worlds that a level of one in a thousand is told from, with an error of a fifth: 52 looks a year ask for that."""

RISKS = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0)

Statistic = Literal["gi", "scan"]

Shares = NDArray[np.float64]


def quiet_years(
    incidents: int, disks: Sequence[csr_array], fell_by: Mapping[str, Shares], compared_with: Mapping[str, Sequence[Shares]],
    looks_a_year: Mapping[str, int], rng: np.random.Generator, *, worlds: int = WORLDS,
) -> pd.DataFrame:  # fmt: skip
    """Return how often a quiet year is told of any hotspot: `fell_by, compared_with, review, method, share, error`.

    `incidents` are of a year and fall on the cells (columns of each disk) in proportion to a share of `fell_by`; the tool compares them
    with all the shares together that `compared_with` has under a name, as `detection.find_against_each` does, and may be told a little
    less often than this: here the hotspots of the several need not be the same. Where a share of that name is the truth, what is told
    should be 5 % at most.
    """
    rows = []
    for against, shares in compared_with.items():
        for review, looks in looks_a_year.items():
            each, level = round(incidents / looks), detection.FAMILY_ERROR / looks
            for method in _methods(each, disks):
                judges = _judges(each, disks, shares, method, level, rng)
                for fell, truth in fell_by.items():
                    drawn = scan.redistributed(each, truth, worlds * looks, rng)
                    beyond = np.all([judge.calls(drawn, disks) for judge in judges], axis=0)
                    told = beyond.reshape(worlds, looks).any(axis=1).mean()
                    rows.append((fell, against, review, method, told, np.sqrt(told * (1 - told) / worlds)))
    return pd.DataFrame(rows, columns=["fell_by", "compared_with", "review", "method", "share", "error"])


def power(
    incidents: int, disks: Sequence[csr_array], shares: Sequence[Shares], rng: np.random.Generator, *,
    error: float = detection.FAMILY_ERROR, risks: Sequence[float] = RISKS, worlds: int = PLANTED,
) -> pd.DataFrame:  # fmt: skip
    """Return how often a planted hotspot is found: `method, relative_risk, inside, found, error`.

    In some cell and its neighbours, each time others, incidents are so many times as likely as the first share says. `inside` is how many
    of all those of the period fall there on average; found is one of which any cell is called, against every share.
    """
    near, share = disks[1], shares[0]
    rows = []
    for method in _methods(incidents, disks):
        judges = _judges(incidents, disks, shares, method, error, rng)
        for risk in risks:
            found, inside = np.zeros(worlds, bool), np.zeros(worlds)
            for world, centre in enumerate(rng.integers(0, len(share), worlds)):
                planted = near.indices[near.indptr[centre] : near.indptr[centre + 1]]
                raised = share.copy()
                raised[planted] *= risk
                drawn = scan.redistributed(incidents, raised / raised.sum(), 1, rng)
                inside[world] = drawn[planted].sum()
                found[world] = all(judge.calls_any_of(planted, drawn, disks) for judge in judges)
            rows.append((method, risk, inside.mean(), found.mean(), np.sqrt(found.mean() * (1 - found.mean()) / worlds)))
    return pd.DataFrame(rows, columns=["method", "relative_risk", "inside", "found", "error"])


@dataclass(frozen=True)
class _Judge:
    """One statistic against one share, and what is beyond it in all but a level of the worlds of chance with so many incidents."""

    incidents: int
    share: Shares
    method: Statistic
    critical: float

    def calls(self, drawn: Shares, disks: Sequence[csr_array]) -> NDArray[np.bool_]:
        """Say of each world (a column) whether anything in it is called."""
        least = hotspots.MIN_INCIDENTS_IN_CLUSTER
        largest = detection.largest_in_worlds(drawn, self.incidents, self.share, disks, self.method, least=least)
        return np.asarray(largest > self.critical + scan.AS_LARGE)

    def calls_any_of(self, planted: NDArray[Any], drawn: Shares, disks: Sequence[csr_array]) -> bool:
        """Say of one world whether any planted cell is called: by its own Gi*, or as part of a disk, round which or in which are enough."""
        if self.method == "gi":
            z = detection.residual_g_star(drawn, self.incidents * self.share, disks[1])[planted, 0]
            enough = np.asarray(disks[1] @ drawn)[planted, 0] >= hotspots.MIN_INCIDENTS_IN_CLUSTER
            return bool((enough & (z > self.critical + scan.AS_LARGE)).any())
        return bool(self.calls(drawn, [disk[np.flatnonzero(np.asarray(disk[:, planted].sum(axis=1)) > 0)] for disk in disks])[0])


def _judges(
    incidents: int, disks: Sequence[csr_array], shares: Sequence[Shares], method: Statistic, level: float, rng: np.random.Generator
) -> list[_Judge]:
    """Return what judges a world: the statistic against the first share, and the scan against the others."""
    judges = []
    for number, share in enumerate(shares):
        statistic: Statistic = "scan" if number else method
        drawn = scan.redistributed(incidents, share, _null_worlds(len(share)), rng)
        null = np.sort(detection.largest_in_worlds(drawn, incidents, share, disks, statistic))
        judges.append(_Judge(incidents, share, statistic, float(null[-max(1, int(level * (len(null) + 1)))])))
    return judges


def _methods(incidents: int, disks: Sequence[csr_array]) -> list[Statistic]:
    """Return both statistics, that which `auto` chooses first."""
    return ["gi", "scan"] if detection.choose(incidents, disks[0].shape[1], disks[1]) == "gi" else ["scan", "gi"]


def _null_worlds(cells: int) -> int:
    return max(scan.REPLICATES, min(NULL_WORLDS, detection.MOST_DRAWN // max(1, cells)))
