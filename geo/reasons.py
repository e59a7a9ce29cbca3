"""Why a record could not be placed, in the words of whoever has to work through them.

A row may have several reasons: `URGENCY` says which one is told.
"""

from __future__ import annotations

from words import N_

NOTHING_GIVEN = N_("no coordinates and no postcode")
AT_ZERO = N_("coordinates are 0, 0")
OUTSIDE = N_("coordinates are outside Great Britain")
NO_GRID_REFERENCE = N_("the latitude is 99.999999, which stands for no position")
TOO_ROUGH = N_("the position is given too roughly to be a place")
WHAT3WORDS = N_("three words of what3words, which only that company can turn into a place")
UNKNOWN_POSTCODE = N_("the postcode is not in the gazetteer")
NO_POSITION = N_("the postcode has no position")
UNKNOWN_UPRN = N_("the property number (UPRN) is not in the gazetteer")
DEFAULT_POINT = N_("a default point that many different places were given")
ONLINE = N_("it happened online, at no place")
HOME = N_("it is a home, which is never a place here")
NO_LOCATION = N_("it says that the place is not known")
NEAR_NOTHING = N_("it says “on or near” and no name after it")
ONLY_KIND = N_("it says what kind of place it was, and not which one")
NO_NAMES = N_("there are no names of streets and places in the gazetteer")
UNKNOWN_NAME = N_("no street or place of this name is in the gazetteer")
ONLY_LIKE_IT = N_("no street or place has just this name, and which of those like it is meant is not clear")
AMBIGUOUS = N_("several places have this name, and which one is meant is not clear")
SEVERAL_GIVEN = N_("several postcodes or positions are given, and which one is meant is not clear")
ONLY_OUTSIDE = N_("a street or place of this name is only outside the area")
ELSEWHERE = N_("no street or place of this name is in the town or district that is named")
UNKNOWN_TOWN = N_("the town that is named is not in the gazetteer, so it may be a street of the same name in another")
STREETS_APART = N_("the streets or places that are named are not beside each other")
TOO_LONG_A_ROAD = N_("the road is too long to be a place: it needs a town, a junction or the like")
TOO_LONG_A_TEXT = N_("the text is too long to be the name of a place")

URGENCY = {
    reason: rank
    for rank, reason in enumerate(
        [ONLINE, HOME, SEVERAL_GIVEN, AMBIGUOUS, STREETS_APART, ELSEWHERE, ONLY_OUTSIDE, UNKNOWN_TOWN, TOO_LONG_A_ROAD, ONLY_LIKE_IT,
         DEFAULT_POINT, AT_ZERO, NO_GRID_REFERENCE, OUTSIDE, TOO_ROUGH, NO_POSITION, UNKNOWN_POSTCODE, UNKNOWN_UPRN, WHAT3WORDS,
         UNKNOWN_NAME, ONLY_KIND, TOO_LONG_A_TEXT, NO_NAMES, NEAR_NOTHING, NO_LOCATION, NOTHING_GIVEN]
    )
}  # fmt: skip
"""Of several reasons that a row has, the one that is told: what a person can choose from first, then what is wrong with what was given."""
