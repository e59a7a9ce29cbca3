"""One incident told by two agencies: found, decided by a person, counted once, and never merged.

Partners share no incident numbers, so all that can be said is that two incidents *may* be one: two agencies, one place, one night,
one harm, and nothing said of the child that speaks against it. Both records stay as they were told, whatever is decided. A
decision is about incidents and is kept by one record of each, so that it goes when either is erased.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geo import rhythm
from geo.postcodes import FURTHEST_M
from spaces import model, repeat_harm, schema
from spaces.audit import AuditEvent
from spaces.register import Register
from words import N_, DataProblem

SAME, DIFFERENT = "same", "different"

VERDICTS = {SAME: N_("The same incident"), DIFFERENT: N_("Two incidents")}
"""`same`: it counts once, and where each agency names exactly one child in it, so does that child at the high end of the range.
`different`: it counts as before, and is not asked about again."""

COARSEST_M = 250.0
"""The coarsest position that says which place was meant: a street's or a park's. One that is known to a postcode sector only (2 km)
would make a pair with every other of its night."""

POSTCODE_M = 100.0
"""How much a whole postcode adds to how far apart two may be, however far it reaches: about the length of its stretch of street. It is
as wide as its neighbours are far, up to a kilometre; but two agencies told of one place look up one postcode, or the next, and all that
lies between two villages is not one place."""

NEAR_M = 50.0
"""How far apart two people put the same event beyond what their positions are good for: at either end of a bus station, on both
sides of a road, at one gate of a park or another."""

CLOCKS_APART_H = 1.0
"""Nobody in trouble looks at a watch: two times this near are one, even with noon between them, where one night becomes another."""

NOON_H = 12.0
"""A night runs from noon to noon, so that 23:50 and 00:20 are one."""

NEVER_FURTHER_APART_H = 48.0
"""Two that share a night each began in it or on the day before it, because none that lasts longer than a day is compared."""

SEXES = ("male", "female")
"""What can contradict. Any other word ("not recorded", another way to say it) says nothing against."""

_SEEN = ["agency", "harm", "easting", "northing", "same_within_m", "begins_h", "ends_h", "sex", "age"]

WHERE = ("longitude", "latitude", "easting", "northing", "precision_m", "method")
WHEN = ("occurred_from", "occurred_to")

_said, _record = schema.duplicates.c, schema.records.c


def possible(records: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that may be one incident told by two agencies: `record_id, other_id`, the first the smaller, in order.

    `records` is an incident frame with its positions, indexed by record id. Only what is counted as harm is compared. Of two
    incidents there is at most one pair, whatever their number of rows: the first two rows that say the same. Rows without an
    incident number are incidents of their own.
    """
    rows = _compared(records)
    rows["seen"] = rows.groupby(_SEEN, dropna=False, sort=False).ngroup()  # rows that say all the same are compared once
    seen = rows.drop_duplicates("seen")
    pairs = _alike(seen, _candidates(seen))
    told = rows.groupby(["seen", "incident"], as_index=False)["record_id"].min()
    found = pairs.merge(told, on="seen").merge(told.add_prefix("other_"), on="other_seen")
    ends, incidents = (np.sort(found[[name, f"other_{name}"]].to_numpy(), axis=1) for name in ("record_id", "incident"))
    found = pd.DataFrame({"record_id": ends[:, 0], "other_id": ends[:, 1], "incident": incidents[:, 0], "other": incidents[:, 1]})
    found = found.sort_values(["record_id", "other_id"]).drop_duplicates(["incident", "other"])
    return found[["record_id", "other_id"]].reset_index(drop=True)


def undecided(records: pd.DataFrame, found: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the found pairs about which nothing is decided, nor follows from what is.

    With A the same as B and B the same as C, nobody is asked of A and C; nor with B and C two incidents.
    """
    incident = _incidents(records)
    same, different = (_ends(_standing(records, decided, verdict), incident) for verdict in (SAME, DIFFERENT))
    named = _joined(same)
    apart = {frozenset(named.get(end, end) for end in pair) for pair in different}
    asked = [frozenset(named.get(end, end) for end in pair) for pair in _ends(found, incident)]
    return found[[len(pair) == 2 and pair not in apart for pair in asked]].reset_index(drop=True)


def told_once(records: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the records with each incident that is said to be the same as another made to count as one with it.

    Two columns are added where there are any: `same_incident`, a number that their rows share, and `same_child`, one that two
    agencies' references share that name the one child in the same incident; missing in all other rows. The rows that the
    decision is about take the best position and the narrowest time among them: told of two street ends and on both sides
    of midnight, it would lie in two cells and on two days. `repeat_harm` counts by these. What is stored stays as it is.
    """
    same = _standing(records, decided, SAME)
    if same.empty:
        return records
    incident = _incidents(records)
    pairs = _ends(same, incident)
    found = records.assign(same_incident=incident.map(_joined(pairs)).astype("Int64"))
    found["same_child"] = _same_child(records, incident, pairs)
    one_telling = pd.DataFrame({"incident": incident, **{name: found[name] for name in ("easting", "northing", *WHEN)}})
    linked = one_telling[found["same_incident"].notna()]
    telling = linked.groupby(list(linked), dropna=False).ngroup()
    there = found.loc[telling.index[telling.isin(telling[[*same["record_id"], *same["other_id"]]])]]
    for columns, width in ((WHERE, there["precision_m"]), (WHEN, _length_h(there))):
        narrowest = there.loc[width.sort_values(kind="stable").index].drop_duplicates("same_incident").set_index("same_incident")
        for column in columns:
            found.loc[there.index, column] = narrowest.loc[there["same_incident"], column].to_numpy()
    return found


def verdicts(register: Register) -> pd.DataFrame:
    """Return every decision: `record_id, other_id, verdict`."""
    query = sa.select(schema.duplicates).order_by(_said.record_id, _said.other_id)
    return register.table(query, "record_id").reset_index()


def decide(register: Register, record_id: int, other_id: int, verdict: str, *, audit: AuditEvent) -> None:
    """Say of two agencies' incidents, by a record of each, whether they are one; in place of what was said of them before.

    Raises DataProblem where either record is gone or restricted, both are one agency's, or it would contradict another decision.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"no verdict: {verdict}")
    pair = min(record_id, other_id), max(record_id, other_id)

    def work(connection: sa.Connection) -> None:
        usable = sa.select(_record.agency).where(_record.record_id.in_(pair), ~_record.restricted)
        agencies = connection.scalars(usable).all()
        if len(agencies) < 2:
            raise DataProblem("One of these records is no longer there, or may not be used. Open the list again.")
        if agencies[0] == agencies[1]:
            raise DataProblem("Both records are from {agency}, which tells its own incidents apart. Ask it.", agency=agencies[0])
        said, incident = _said_of_incidents(connection, pair)
        ends = frozenset(incident[one] for one in pair)
        for before in (one for one, about in said.items() if frozenset(about[:2]) == ends):
            connection.execute(sa.delete(schema.duplicates).where(_is_of(before)))
        _check_agrees(ends, verdict, [about for about in said.values() if frozenset(about[:2]) != ends])
        connection.execute(sa.insert(schema.duplicates).values(record_id=pair[0], other_id=pair[1], verdict=verdict))

    register.write(_about(audit, pair), work, changes_records=True)


def take_back(register: Register, record_id: int, other_id: int, *, audit: AuditEvent) -> None:
    """Unsay what was decided of two records; DataProblem where nothing stands."""
    pair = min(record_id, other_id), max(record_id, other_id)

    def work(connection: sa.Connection) -> None:
        if not connection.execute(sa.delete(schema.duplicates).where(_is_of(pair))).rowcount:
            raise DataProblem("That decision no longer stands. Open the list again.")

    register.write(_about(audit, pair), work, changes_records=True)


def _compared(records: pd.DataFrame) -> pd.DataFrame:
    """Return what is compared of the records that can be, in numbers: metres, hours since 1970 on the local clock, codes."""
    counted = repeat_harm.about_harm_to_children(records, young_adults=True)
    length_h = _length_h(counted)
    known = counted["agency"].notna() & counted["harm_type"].notna() & length_h.between(0, 24)
    whole_postcode = (counted["method"] == "postcode") & (counted["precision_m"] <= FURTHEST_M)
    counted = counted.assign(same_within_m=counted["precision_m"].mask(whole_postcode, counted["precision_m"].clip(upper=POSTCODE_M)))
    rows = counted[known & (counted["same_within_m"] <= COARSEST_M) & counted["easting"].notna() & counted["northing"].notna()]
    begins_h = (rows["occurred_from"] - pd.Timestamp(0)) / pd.Timedelta(hours=1)
    return pd.DataFrame(
        {
            "record_id": rows.index.to_numpy(),
            "incident": _incidents(rows).to_numpy(),
            "agency": pd.factorize(rows["agency"])[0],
            "harm": pd.factorize(rows["harm_type"])[0],
            **{name: rows[name].to_numpy() for name in ("easting", "northing", "same_within_m")},
            "begins_h": begins_h.to_numpy(),
            "ends_h": (begins_h + length_h[rows.index]).to_numpy(),
            "hour_known": rhythm.hour_known(rows["occurred_from"], rows["occurred_to"]).to_numpy(),
            "sex": rows["sex"].str.lower().map({sex: float(code) for code, sex in enumerate(SEXES)}).to_numpy(float),
            "age": rows["age_band"].map({band: float(code) for code, band in enumerate(model.AGE_BANDS)}).to_numpy(float),
        }
    )


def _length_h(records: pd.DataFrame) -> pd.Series:
    return (records["occurred_to"].fillna(records["occurred_from"]) - records["occurred_from"]).dt.total_seconds() / 3600


def _candidates(seen: pd.DataFrame) -> NDArray[np.int64]:
    """Return the pairs of positions that are near enough in place, time and harm at once to be looked at: a superset, in two columns.

    One tree over all four (harms lie two apart, and pairs at most one): no night and no place is ever compared whole.
    """
    if seen.empty:
        return np.empty((0, 2), np.int64)
    furthest_m = 2 * COARSEST_M + NEAR_M
    scaled = [seen["easting"] / furthest_m, seen["northing"] / furthest_m, seen["begins_h"] / NEVER_FURTHER_APART_H, seen["harm"] * 2.0]
    return KDTree(np.column_stack(scaled)).query_pairs(1 + 1e-9, p=np.inf, output_type="ndarray")


def _alike(seen: pd.DataFrame, candidates: NDArray[np.int64]) -> pd.DataFrame:
    """Return the candidates that may be one, as pairs of `seen, other_seen`."""
    one, other = (seen.iloc[candidates[:, side]].reset_index(drop=True) for side in (0, 1))
    apart_m = np.hypot(one["easting"] - other["easting"], one["northing"] - other["northing"])
    alike = (one["agency"] != other["agency"]) & (apart_m <= one["same_within_m"] + other["same_within_m"] + NEAR_M)
    alike &= _in_one_night(one, other) & ~_contradicted(one, other)
    return pd.DataFrame({"seen": one["seen"], "other_seen": other["seen"]})[alike]


def _in_one_night(one: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Say which pairs may be of the same time.

    Two that know their hour: of one night, noon to noon. One that knows only its day: from its midnight to the noon after, as
    people call the small hours by the day before. Both only their day: of the same. And in any case, with clocks a little apart.
    """
    latest_begin = np.maximum(one["begins_h"], other["begins_h"])
    earliest_end = np.minimum(one["ends_h"], other["ends_h"])
    nearly_together = (one["hour_known"] | other["hour_known"]) & (latest_begin - earliest_end <= CLOCKS_APART_H)
    return (_begins_before_the_end_of(one, other) & _begins_before_the_end_of(other, one)) | nearly_together


def _begins_before_the_end_of(one: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    night_ends_h = np.floor((other["ends_h"] - NOON_H) / 24) * 24 + 24 + NOON_H
    return one["begins_h"] < other["ends_h"].mask(one["hour_known"], night_ends_h)


def _contradicted(one: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Say which pairs tell of different children: of different sex, or of ages more than a neighbouring band apart.

    Neighbouring bands contradict nothing: a year group holds two ages, and agencies take the age on the day they write it down.
    """
    return ((one["sex"] - other["sex"]).abs() > 0) | ((one["age"] - other["age"]).abs() > 1)


def _incidents(records: pd.DataFrame) -> pd.Series:
    """Return a number for each row that the rows of its incident share, and no others."""
    numbered = records["incident_id"].notna()
    number = records.groupby(["agency", "incident_id"], dropna=False, sort=False).ngroup()
    return number.where(numbered, -1 - np.arange(len(records)))


def _standing(records: pd.DataFrame, decided: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """Return the decisions of one kind whose records are both among these."""
    there = decided["record_id"].isin(records.index) & decided["other_id"].isin(records.index)
    return decided[there & (decided["verdict"] == verdict)]


def _ends(pairs: pd.DataFrame, incident: pd.Series) -> list[tuple[int, int]]:
    return list(zip(incident[pairs["record_id"]].tolist(), incident[pairs["other_id"]].tolist(), strict=True))


def _joined(pairs: Iterable[tuple[Hashable, Hashable]]) -> dict[Hashable, Hashable]:
    """Return, for each end of any pair, one of the ends it is joined with, directly or through others: the same for all of those."""
    towards: dict[Hashable, Hashable] = {}

    def last(end: Hashable) -> Hashable:
        while towards.setdefault(end, end) != end:
            end = towards[end]
        return end

    for one, other in pairs:
        towards[last(other)] = last(one)
    return {end: last(end) for end in towards}


def _same_child(records: pd.DataFrame, incident: pd.Series, pairs: list[tuple[int, int]]) -> pd.Series:
    """Return a number that references share which name the only child of an incident told twice; missing for others."""
    child = records.groupby(["agency", "child_ref"], dropna=False, sort=False).ngroup().where(records["child_ref"].notna())
    linked = records[incident.isin({end for pair in pairs for end in pair})]
    harmed = repeat_harm.about_harm_to_children(linked, young_adults=True).index
    children = child[harmed].groupby(incident[harmed]).agg(["nunique", "size", "count", "first"])
    only = children.loc[(children["nunique"] == 1) & (children["size"] == children["count"]), "first"].to_dict()
    named = _joined((only[one], only[other]) for one, other in pairs if one in only and other in only)
    return child.map(named).astype("Int64")


def _said_of_incidents(
    connection: sa.Connection, pair: tuple[int, int]
) -> tuple[dict[tuple[int, int], tuple[Hashable, Hashable, str]], Mapping[int, Hashable]]:
    """Return what is decided, with the incidents it is about, and the incident of each record in it and in `pair`."""
    said = connection.execute(sa.select(schema.duplicates)).all()
    about = sa.union(sa.select(_said.record_id), sa.select(_said.other_id))
    rows = connection.execute(
        sa.select(_record.record_id, _record.incident_key).where(_record.record_id.in_(about) | _record.record_id.in_(pair))
    )
    incident: dict[int, Hashable] = {row.record_id: row.incident_key or row.record_id for row in rows}
    return {(row.record_id, row.other_id): (incident[row.record_id], incident[row.other_id], row.verdict) for row in said}, incident


def _check_agrees(ends: frozenset[Hashable], verdict: str, others: list[tuple[Hashable, Hashable, str]]) -> None:
    """Raise DataProblem where a verdict on two incidents does not go with the others, now that the same as the same is the same."""
    named = _joined([(one, other) for one, other, said in others if said == SAME] + ([tuple(ends)] if verdict == SAME else []))  # type: ignore[list-item]
    roots = {named.get(end, end) for end in ends}
    if verdict == DIFFERENT and len(roots) == 1:
        raise DataProblem("By way of a third record these two are said to be the same incident. Take one of those decisions back first.")
    if verdict == SAME and any({named.get(one, one), named.get(other, other)} == roots for one, other, said in others if said == DIFFERENT):
        raise DataProblem("This would make one incident of two that are said to be two. Take that decision back first.")


def _is_of(pair: tuple[int, int]) -> sa.ColumnElement[bool]:
    return sa.and_(_said.record_id == pair[0], _said.other_id == pair[1])


def _about(audit: AuditEvent, pair: tuple[int, int]) -> AuditEvent:
    return replace(audit, subject=audit.subject or f"{pair[0]}-{pair[1]}")
