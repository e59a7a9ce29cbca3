"""The vocabulary of the domain: the canonical columns and the closed lists that their values come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from words import N_

TEXT_COLUMNS = (
    "incident_id", "agency", "record_type", "harm_type", "severity", "child_ref", "age_band", "sex", "role", "location_role",
    "location_text", "uprn", "postcode", "source_confidence",
)  # fmt: skip
TIME_COLUMNS = ("occurred_from", "occurred_to", "reported_on", "case_closed_on")
NUMBER_COLUMNS = ("easting", "northing", "longitude", "latitude")
FLAG_COLUMNS = ("proactive",)

INCIDENT_COLUMNS = (
    "incident_id", "agency", "record_type", "occurred_from", "occurred_to", "reported_on", "harm_type", "severity", "child_ref",
    "age_band", "sex", "role", "location_role", "location_text", "uprn", "postcode", "easting", "northing", "longitude", "latitude",
    "source_confidence", "proactive", "case_closed_on",
)  # fmt: skip
"""The incident frame, in order: what every partner's columns are mapped on to."""

COLUMN_LABELS = {
    "incident_id": N_("Incident number"),
    "agency": N_("Whose record it is"),
    "record_type": N_("Kind of record"),
    "occurred_from": N_("When it happened, or began"),
    "occurred_to": N_("When it ended"),
    "reported_on": N_("When it was reported"),
    "harm_type": N_("Kind of harm"),
    "severity": N_("How serious"),
    "child_ref": N_("The partner's reference for the child"),
    "age_band": N_("Age group"),
    "sex": N_("Sex"),
    "role": N_("Harmed, or harmed others"),
    "location_role": N_("What the place was to the child"),
    "location_text": N_("Where, in words"),
    "uprn": N_("Property reference number (UPRN)"),
    "postcode": N_("Postcode"),
    "easting": N_("Easting"),
    "northing": N_("Northing"),
    "longitude": N_("Longitude"),
    "latitude": N_("Latitude"),
    "source_confidence": N_("How sure the partner is"),
    "proactive": N_("Found by police activity"),
    "case_closed_on": N_("When the case closed"),
}
"""What the columns are called on a screen."""

HARM_TYPES = {
    "child_sexual_exploitation": N_("Child sexual exploitation"),
    "child_criminal_exploitation": N_("Child criminal exploitation"),
    "drug_related_exploitation": N_("Drug-related exploitation"),
    "trafficking_modern_slavery": N_("Trafficking or modern slavery"),
    "serious_violence": N_("Serious violence"),
    "weapon_related_harm": N_("Harm with a weapon"),
    "child_on_child_harm": N_("Child-on-child harm"),
    "robbed": N_("Robbed"),
    "harassment": N_("Harassment"),
    "missing": N_("Missing"),
    "other": N_("Other harm"),
    "recorded_crime": N_("Recorded crime and anti-social behaviour"),
}
"""What harmed or endangered someone. `recorded_crime` is police.uk's: it names no victim, so it is context and not harm to a child."""

RECORD_TYPES = {
    "incident": N_("Incident"),
    "missing_episode": N_("Missing episode"),
    "referral": N_("Referral"),
    "flag": N_("Flag"),
    "context": N_("Open data"),
}

ROLES = {"harmed": N_("harmed"), "harmed_others": N_("harmed others"), "witness": N_("saw it")}

LOCATION_ROLES = {
    "harmed_there": N_("where harm happened"),
    "approached_there": N_("where first approached or groomed"),
    "missing_from": N_("missing from"),
    "found_at": N_("found at"),
    "moved_through": N_("moved through"),
}

CHILD_AGE_BANDS = ("under 10", "10-13", "14-15", "16-17")
YOUNG_ADULT_AGE_BAND = "18-25"
OLDER = "over 25"
AGE_BANDS = (*CHILD_AGE_BANDS, YOUNG_ADULT_AGE_BAND)

NOT_UNDERSTOOD = "not understood"
"""Stands where a partner's word for who was harmed is in no profile: until a person says what it means, the row counts for nobody."""

WHO_COLUMNS = ("record_type", "role", "age_band")
"""Together they say whether a row is about harm to a child. A word for “suspect” that nobody mapped must not make a harmed child."""

YES = ("y", "yes", "true", "1")
NO = ("n", "no", "false", "0")

CODES: Mapping[str, Collection[str]] = {
    "record_type": RECORD_TYPES, "harm_type": HARM_TYPES, "role": ROLES, "location_role": LOCATION_ROLES, "age_band": (*AGE_BANDS, OLDER),
    "proactive": (*YES, *NO),
}  # fmt: skip
"""The only words that these columns may hold; a partner's own words are mapped on to them by its profile."""


METHODS = {
    "coordinates": N_("its coordinates"),
    "grid_reference": N_("a grid reference"),
    "uprn": N_("a property number"),
    "postcode": N_("its postcode"),
    "address": N_("an address"),
    "street": N_("a street"),
    "place": N_("the name of a place, or a person who knew"),
    "area": N_("a part of a postcode, or a town"),
    "none": N_("not placed"),
}
"""How a record was placed."""


def age_band(age_years: float) -> str | None:
    """Return the band of an age in whole years, `over 25` outside the tool's purpose, None where the age is not one."""
    if not 0 <= age_years <= 120:
        return None
    for upper, band in ((10, "under 10"), (14, "10-13"), (16, "14-15"), (18, "16-17"), (26, YOUNG_ADULT_AGE_BAND)):
        if age_years < upper:
            return band
    return OLDER
