"""The page that explains how the map is worked out: each statistic in three plain sentences, with its paper and its figures here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from briefing import calibration, evidence
from briefing.calibration import FELL_BY
from spaces.access import Role
from views import answers, plain
from words import N_, _

REVIEWS = {"week": N_("Weekly"), "month": N_("Monthly"), "quarter": N_("Quarterly"), "year": N_("Yearly")}
WAYS = {
    "score": N_("the fullest hexagons and those round them"), "last_periods": N_("the fullest hexagons"),
    "kernel_density": N_("a smoothed surface"), "chance": N_("chance"),
}  # fmt: skip


def page() -> None:
    """Show how everything is worked out, and how well it does here."""
    st.title(_("How it is worked out"))
    st.write(_("For whoever has to answer for the map: what each figure means, where it comes from, and how often it would mislead here."))
    for heading, text, paper in _explained():
        plain.heading(heading)
        plain.paragraph(text)
        plain.quiet(paper)
    _calibrated()
    if answers.reader().role is Role.PANEL_MEMBER:
        _evidence(answers.evidence())


def _explained() -> list[tuple[str, str, str]]:
    return [
        (
            _("Compared with what"),
            _(
                "The same number of incidents is scattered over the area by chance, many times, in proportion to where people live (the "
                "postcodes within a walk) or, if you choose, evenly or as crime of all kinds is recorded. A hotspot holds more than that"
                " explains, and more than what is in its own hexagons or an even spread does. What the comparison leaves out, such as a "
                "busy shopping street, the map cannot know."
            ),
            _("Postcodes: OS Code-Point Open or the ONS directories. One incident in twenty is scattered evenly whatever the comparison."),
        ),
        (
            _("Gi*, where there are many records"),
            _(
                "Each hexagon is read together with those round it, against how much hexagons differ in the whole area. What stands out "
                "is taken out and the rest read again, so that one very harmful place does not hide the next. A hexagon is called only "
                "if it is beyond the highest that chance puts anywhere."
            ),
            "Getis & Ord (1992), Geographical Analysis 24(3); Westfall & Young (1993), Resampling-Based Multiple Testing.",
        ),
        (
            _("The scan, where there are few"),
            _(
                "Circles of several sizes are laid round every hexagon, and the one that is least like chance is found. It is called "
                "only if chance hardly ever gives a circle as unusual anywhere in the area. Circles that overlap it are not called "
                "again."
            ),
            "Kulldorff (1997), Communications in Statistics 26(6).",
        ),
        (
            _("How often we look"),
            _(
                "Fifty-two looks a year at one in twenty each would name some hotspot in most quiet years. So a weekly look asks for "
                "much more than a yearly one, and all the looks of a year of one length are wrong once in twenty quiet years: whoever"
                " looks weekly and monthly has both errors. A choice beyond the agreed reviews is marked exploratory, because with "
                "enough choices chance makes some place stand out."
            ),
            _("Bonferroni's division of the error over the looks."),
        ),
        (
            _("Repeat harm and different children"),
            _(
                "A place repeats when at least two incidents, on two days, harmed at least two different children. Within one agency two"
                " references are two children; between agencies nobody knows, so the number is a range. Only the low end counts."
            ),
            _("The partnership's definition; no statistic."),
        ),
        (
            _("Whether it goes on"),
            _(
                "A place remains harmful when children of an agency who were never harmed there before are harmed there after another "
                "child's case was closed. Where no partner says when cases closed, only children who are new there are counted. A child "
                "who comes back is not new."
            ),
            _("By all that is held of the place, and not only the period that is looked at."),
        ),
        (
            _("How a place has been changing"),
            _(
                "Each quarter, a hexagon of a hotspot is high or not; from the order of the high ones the place is new, there all along,"
                " comes and goes, or is over. The last three months are set against the same ones a year before, and called more or "
                "fewer only where chance leaves no other reading. Quarters with too few records are not judged."
            ),
            "Mann (1945), Econometrica 13(3); Przyborowski & Wilenski (1940), Biometrika 31(3/4).",
        ),
        (
            _("The hour of the day"),
            _(
                "A record that says between 18:00 and 22:00 counts a quarter in each of those hours. One that is known to no better than"
                " half a day says nothing of the hour. An hour that the clocks show twice or not at all is counted as it was."
            ),
            "Ratcliffe (2002), Journal of Quantitative Criminology 18(1).",
        ),
        (
            _("Places on the map"),
            _(
                "What is known to a street, a park or a postcode sector counts in parts over all of it, which sum to one. Hexagons are "
                "never drawn finer than the middling precision of the records. Records that cannot be placed are counted under the map: "
                "what is missing is not missing by chance."
            ),
            "Ratcliffe (2004), International Journal of Geographical Information Science 18(1).",
        ),
    ]


def _calibrated() -> None:
    st.header(_("How often it would be wrong here"))
    found = calibration.kept(answers.workspace().folder)
    if found is None:
        st.write(_("Nobody has worked it out for this area yet. The data steward can: safer-spaces calibrate."))
        return
    plain.paragraph(
        _(
            "Quiet years were made up on this area's {cells:,} hexagons, with about {incidents:,} incidents each. This share of them was "
            "told of a hotspot that is none; where the comparison knows how harm falls it should be at most 5 %.",
            cells=found.cells, incidents=found.incidents,
        )
    )  # fmt: skip
    first = found.quiet.drop_duplicates(["fell_by", "compared_with", "review"])  # of the statistics, the one that is used here comes first
    told = first.assign(told=first["share"].map("{:.1%}".format) + (2 * first["error"]).map(" ± {:.1%}".format))
    by_review = told.pivot_table(index=["compared_with", "fell_by"], columns="review", values="told", aggfunc="first").reset_index()
    plain.grid(
        {
            _("Harm falls by"): by_review["fell_by"].map({name: _(words) for name, words in FELL_BY.items()}),
            _("Compared with"): by_review["compared_with"].map({name: _(words) for name, words in FELL_BY.items()}),
            **{_(words): by_review[name] for name, words in REVIEWS.items()},
        }
    )
    plain.paragraph(
        _("And a hotspot that is really there, so many times as harmful as the rest, was found this often in a review of a year:")
    )
    power = found.power[found.power["method"] == found.power["method"].iloc[0]]
    plain.grid(
        {
            _("Times as harmful"): power["relative_risk"].map("{:g}".format),
            _("Incidents in it"): power["inside"].map("{:.0f}".format),
            _("Found"): power["found"].map("{:.0%}".format),
        }
    )


def _evidence(found: evidence.Evidence) -> None:
    st.header(_("How harm behaves here"))
    plain.paragraph(_("Checks of the method on all that is recorded. They say nothing of any place, and nothing of where harm will be."))
    plain.heading(_("Near and soon after"))
    plain.paragraph(
        _(
            "Pairs of incidents that are near in place and in time, against how many there would be if the dates were dealt anew. More "
            "than expected means that harm comes in clusters. The chance is of as many or more by dealing alone."
        )
    )
    plain.quiet("Knox (1964), Applied Statistics 13(1).")
    if found.knox is None:
        plain.paragraph(found.why_not["knox"])
    else:
        _knox(found.knox.reset_index())
    plain.heading(_("How concentrated it is"))
    if found.concentration is None:
        plain.paragraph(found.why_not["concentration"])
    else:
        plain.paragraph(
            _(
                "Gini {gini:.2f}, where 0 is even and 1 is all in one hexagon; chance alone would give {chance:.2f}.",
                gini=found.concentration.gini, chance=found.concentration.by_chance,
            )
        )  # fmt: skip
    plain.quiet("Bernasco & Steenbeek (2017), Journal of Quantitative Criminology 33(3).")
    plain.heading(_("Whether one quarter tells of the next"))
    if found.foretold is None:
        plain.paragraph(found.why_not["foretold"])
    else:
        plain.paragraph(_("The share of a quarter's incidents in the twentieth of the area that the quarter before would have pointed at."))
        plain.grid(
            {
                _("Pointed at by"): pd.Series(found.foretold.index).map({way: _(words) for way, words in WAYS.items()}),
                _("Share found"): found.foretold["hit_rate"].map("{:.0%}".format),
                _("Times its share of the area"): found.foretold["pai"].map("{:.1f}".format),
            }
        )
    plain.quiet("Chainey, Tompson & Uhlig (2008), Security Journal 21(1-2).")


def _knox(table: pd.DataFrame) -> None:
    plain.grid(
        {
            _("Within"): table["distance_m"].map("{:,.0f} m".format),
            _("and"): table["time_days"].map(lambda days: _("{days:.0f} days", days=days)),
            _("Pairs"): table["pairs"].map("{:,.0f}".format),
            _("Expected"): table["expected"].map("{:,.1f}".format),
            _("By chance"): table["p"].map("{:.3f}".format),
        }
    )


if __name__ == "__main__":
    page()
