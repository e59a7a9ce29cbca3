"""Who told of what: how far a place's recorded harm rests on one partner, and what is left without it."""

from __future__ import annotations

import pandas as pd

from spaces import repeat_harm


def incidents_by_source(records: pd.DataFrame, group: pd.Series) -> pd.Series:
    """Count the incidents that each agency told of, by `group, agency` (missing for rows without one).

    An incident that two agencies told of counts for both, so a group's sum may be more than its incidents.
    """
    return _told(records, group).groupby(["group", "agency"], dropna=False).size().rename("incidents")


def source_mix(records: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Say how far each group rests on one agency: `sources`, `largest_source`, `largest_incidents`, `largest_share`.

    `records` is an incident frame and `group` a series on its index, missing where a row belongs to none. The share is the part of
    the group's incidents that the largest source told of, whoever else did. Of two that told of as many, the first by name is the
    largest; rows without an agency are a source of their own, whose name is missing.
    """
    there = group.notna().to_numpy()
    counts = incidents_by_source(records, group).rename("told").reset_index()
    ordered = counts.sort_values(["group", "told", "agency"], ascending=[True, False, True])
    most = ordered.drop_duplicates("group").set_index("group")
    rows = records[there].assign(group=group[there])
    incidents = repeat_harm.one_row_per_incident(rows, within=rows["group"]).groupby("group").size()
    return pd.DataFrame(
        {
            "sources": counts.groupby("group").size(),
            "largest_source": most["agency"],
            "largest_incidents": most["told"],
            "largest_share": most["told"] / incidents,
        }
    )


def without_largest_source(records: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Return the records without those of each group's largest source; records in no group all stay.

    For asking whether a finding survives: an incident that another agency told of too is still told of.
    """
    largest = source_mix(records, group)["largest_source"]
    of_group = group.map(largest)
    same = (records["agency"] == of_group) | (records["agency"].isna() & of_group.isna())
    return records[~(same & group.notna()).to_numpy()]


def incidents_by_word(records: pd.DataFrame, group: pd.Series, column: str) -> pd.DataFrame:
    """Count incidents by what each agency said in a column (`severity`, `source_confidence`): `group, agency, word, incidents`.

    Apart for each agency, whose scales differ, and missing words are counted as such. An incident of which one agency said two things,
    as of two children, counts with each.
    """
    told = _told(records, group, records[column].rename("word"))
    return told.groupby(["group", "agency", "word"], dropna=False).size().rename("incidents").reset_index()


def _told(records: pd.DataFrame, group: pd.Series, *also: pd.Series) -> pd.DataFrame:
    """Return one row per group, agency and incident: `group, agency`, and apart for each value of what else is given."""
    there = group.notna().to_numpy()
    rows = pd.concat([group.rename("group"), records["agency"], *also], axis="columns")[there]
    apart = rows.groupby(list(rows), dropna=False, sort=False).ngroup()
    return rows.loc[repeat_harm.one_row_per_incident(records[there], within=apart).index]
