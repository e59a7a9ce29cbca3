"""What people write for the name of a place, brought to one form: `St. John's Rd` and `Saint Johns Road` have the same key.

A key is for comparing and never for showing. Whoever stores keys stores `VERSION` with them: keys of two versions do not meet.
"""

from __future__ import annotations

import polars as pl

VERSION = "1"
"""Of the rules below. It changes with any change in what key a wording gets."""

DROPPED = "['’‘ʼ´`′\u00ad\u200b-\u200d\ufeff]"
"""Signs that fall out without a trace: apostrophes (street signs mostly leave them out) and what cannot be seen."""

LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ı": "i"}
"""Letters that Unicode does not take apart into a plain one and a mark."""

ANYWHERE = {
    "rd": "road", "str": "street", "ave": "avenue", "aven": "avenue", "cres": "crescent", "cresc": "crescent", "crst": "crescent",
    "gdns": "gardens", "grdns": "gardens", "gdn": "garden", "ct": "court", "crt": "court", "ln": "lane", "lne": "lane", "sq": "square",
    "tce": "terrace", "terr": "terrace", "trc": "terrace", "tr": "terrace", "grv": "grove", "hts": "heights", "blvd": "boulevard",
    "bvd": "boulevard", "pde": "parade", "prom": "promenade", "espl": "esplanade", "emb": "embankment", "cswy": "causeway",
    "wk": "walk", "wlk": "walk", "wy": "way", "yd": "yard", "vw": "view", "mws": "mews", "drv": "drive", "clo": "close", "pk": "park",
    "bldg": "building", "bldgs": "buildings", "cott": "cottage", "cotts": "cottages", "fm": "farm", "hse": "house", "ind": "industrial",
    "ests": "estates", "upr": "upper", "lwr": "lower", "gt": "great", "lt": "little", "mt": "mount", "stn": "station", "sch": "school",
    "prim": "primary", "jnr": "junior", "snr": "senior", "acad": "academy", "coll": "college", "hosp": "hospital", "lib": "library",
    "ctr": "centre", "cntr": "centre", "center": "centre", "ch": "church", "jct": "junction", "jctn": "junction", "rbt": "roundabout",
    "rndbt": "roundabout", "roundabt": "roundabout", "xrds": "crossroads", "sts": "saints", "rec": "recreation", "ffrdd": "ffordd",
    "ysg": "ysgol", "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth", "7th": "seventh",
    "8th": "eighth", "9th": "ninth", "10th": "tenth",
}  # fmt: skip
"""Abbreviations that mean one thing wherever in a name they stand."""

NOT_FIRST = {
    "av": "avenue", "dr": "drive", "cl": "close", "la": "lane", "pl": "place", "gr": "grove", "ter": "terrace", "est": "estate",
}  # fmt: skip
"""Abbreviations of what a street is called after its name. In front of one they mean something else or nothing: `Dr Jenner`, `La Rue`."""

FIRST = {"dr": "doctor", "rhod": "rhodfa", "ff": "ffordd"}
"""Abbreviations that mean this only in front: a person's title, and Welsh, which puts the kind of street before its name."""

_ARTICLES = "(?:the|y|yr)"


def key(expr: pl.Expr) -> pl.Expr:
    """Return each wording's key: lower-case words without marks, apostrophes, abbreviations and articles; `""` where no letter or digit is.

    Missing stays missing. The key of a key is itself. A leading `the`, `y` or `yr` is left out, and `the` anywhere; Welsh articles inside
    a name stay (`heol yr orsaf`). `St` is *street* as the last word and before a direction (`High St North`), else *saint*.
    """
    words = (
        expr.cast(pl.String)
        .str.normalize("NFKD")
        .str.to_lowercase()
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.replace_many(LETTERS)
        .str.replace_all(DROPPED, "")
        .str.replace_all(r"[&+]", " and ")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars(" ")
    )
    words = (
        words.str.replace_all(rf"^(?:{_ARTICLES} )+", "")
        .str.replace_all(r"\b the\b", "")
        .str.replace(r"^st ", "saint ")
        .str.replace_all(r" st( (?:north|south|east|west|upper|lower))?$", " street${1}")
        .str.replace(r"^st$", "street")
    )
    # Every word between spaces of its own, and the first one marked, so that replacing whole words cannot overlap.
    apart = pl.concat_str(pl.lit(" ^ "), words.str.replace_all(" ", "  "), pl.lit(" "))
    first = {f"^ {short} ": f"^ {long} " for short, long in FIRST.items()} | {
        f"^ {short} ": f"^ {short} " for short in NOT_FIRST.keys() - FIRST
    }
    anywhere = {f" {short} ": f" {long} " for short, long in {**ANYWHERE, **NOT_FIRST, "st": "saint"}.items()}
    return apart.str.replace_many(first | anywhere, leftmost=True).str.strip_prefix(" ^").str.replace_all(" +", " ").str.strip_chars(" ")


def key_of(text: str) -> str:
    """Return the key of one wording."""
    return str(pl.select(key(pl.lit(text))).item())
