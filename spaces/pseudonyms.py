"""Child references in, keyed pseudonyms out: the register never holds what a partner calls a child.

HMAC-SHA-256 with a key kept outside the register. Whoever holds the key can still link a reference to its records, so a
pseudonym remains personal data.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

import pandas as pd

from words import DataProblem

KEY_BYTES = 32
KEY_FILE = "pseudonym.key"


def open_key(folder: Path, *, create: bool = False) -> bytes:
    """Return the key in `folder`; with `create`, make an owner-only one where there is none."""
    path = folder / KEY_FILE
    if not path.exists() and create:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    if not path.exists():
        raise DataProblem("The pseudonym key {file} was not found. Put it back from its backup before adding records.", file=path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise DataProblem("The pseudonym key {file} is damaged. Put it back from its backup.", file=path)
    return key


def pseudonymised(agency: pd.Series, child_ref: pd.Series, key: bytes) -> pd.Series:
    """Return a pseudonym for each reference, missing where there is none. The same reference of two agencies gives two."""
    pairs = (agency.fillna("") + "\x1f" + child_ref).where(child_ref.notna())
    known = {pair: hmac.digest(key, pair.encode(), "sha256").hex() for pair in pairs.dropna().unique()}
    return pairs.map(known).astype("str")
