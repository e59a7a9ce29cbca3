"""Days on which something was done: how they are said, and that none of them is still to come or from before anything was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from geo import periods
from spaces import intake
from words import DataProblem, _

EARLIEST = intake.EARLIEST.date()
"""No record is older, and nothing that is done about one: an earlier year is a slip of the key."""


def said(day: date) -> str:
    """Write a day as 3 October 2024, in the current language."""
    return f"{day.day} {periods.month_name(day.month)} {day.year}"


def problems(given: Mapping[str, date | None], *, today: date) -> Iterator[DataProblem]:
    """Say which days are still to come or before `EARLIEST`, each given under its (untranslated) label; None is no day."""
    for label, day in given.items():
        if day is not None and day > today:
            yield DataProblem("“{field}” is a day still to come. Give the day on which it was done.", field=_(label))
        elif day is not None and day < EARLIEST:
            yield DataProblem("“{field}” is before {year}. Check the year.", field=_(label), year=EARLIEST.year)


def check(given: Mapping[str, date | None], *, today: date) -> None:
    """Raise the first of the `problems` with days."""
    for problem in problems(given, today=today):
        raise problem
