"""Child references in, keyed pseudonyms out: the register never holds what a partner calls a child.

HMAC-SHA-256 with a key kept outside the register, in an owner-only file or in the environment. Whoever holds the key can still
link a reference to its records, so a pseudonym remains personal data.

A key that may have been seen is *rotated*: a new key is laid over the old one, HMAC(new, HMAC(old, reference)), so that every
pseudonym in the register can be made anew without the references, and the old key alone leads nowhere. A lost key cannot be made
again: what is stored stays and is counted, but new records of the same children no longer meet the old ones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from words import DataProblem

KEY_BYTES = 32
KEY_FILE = "pseudonym.key"
KEY_SETTING = "SAFER_SPACES_KEY"


@dataclass(frozen=True)
class Keys:
    """The layers of the key, oldest first."""

    layers: tuple[bytes, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Return what tells one key from another and gives nothing of it away, for the register to know its own."""
        return hashlib.sha256(b"safer spaces key" + b"".join(self.layers)).hexdigest()[:16]

    def pseudonym(self, agency: str, reference: str) -> str:
        """Return the pseudonym of one agency's reference, however its letters and gaps are written: “A 1” and “a1 ” are one child."""
        digest = f"{agency}\x1f{''.join(reference.split()).casefold()}".encode()
        for layer in self.layers:
            digest = hmac.digest(layer, digest, "sha256")
        return digest.hex()

    def rotated(self) -> Keys:
        """Return these keys with a new one over them."""
        return Keys((*self.layers, secrets.token_bytes(KEY_BYTES)))

    def seal_key(self) -> bytes:
        """Return a key for what is encrypted and not only hashed, derived from the newest layer."""
        return base64.urlsafe_b64encode(hmac.digest(self.layers[-1], b"seal", "sha256"))


def follow(pseudonym: str, new_layer: bytes) -> str:
    """Return what a stored pseudonym becomes under one more layer."""
    return hmac.digest(new_layer, bytes.fromhex(pseudonym), "sha256").hex()


def open_keys(folder: Path, *, create: bool = False) -> Keys:
    """Return the keys in the environment or else in `folder`; with `create`, make an owner-only file where there is none.

    Raises DataProblem where they are missing, damaged, or open to others on this machine.
    """
    given = os.environ.get(KEY_SETTING)
    if given:
        return _read(given, f"in {KEY_SETTING}")
    path = folder / KEY_FILE
    if not path.exists() and create:
        save_keys(path, Keys((secrets.token_bytes(KEY_BYTES),)))
    return read_keys(path)


def read_keys(path: Path) -> Keys:
    """Return the keys in a file; DataProblem where it is missing, damaged, or open to others on this machine."""
    try:
        text = path.read_text("ascii")
        shared = os.name == "posix" and path.stat().st_mode & 0o077
    except FileNotFoundError as error:
        raise DataProblem(
            "The pseudonym key {file} was not found. Put it back from its backup before adding records.", file=path
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataProblem("The pseudonym key {file} could not be read. Put it back from its backup.", file=path) from error
    if shared:
        raise DataProblem("The pseudonym key {file} can be read by others. Take their rights away: chmod 600 {file}", file=path)
    return _read(text, str(path))


def save_keys(path: Path, keys: Keys) -> None:
    """Write keys to an owner-only file that was not there; DataProblem where it was, or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DataProblem("The key file {file} could not be made. Give the name of a file that is not there yet.", file=path) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(as_text(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())


def as_text(keys: Keys) -> str:
    """Return keys as text, for a file, a setting, or a sheet of paper in a safe."""
    return ".".join(base64.b64encode(layer).decode() for layer in keys.layers)


def pseudonymised(agency: pl.Series, child_ref: pl.Series, keys: Keys) -> pl.Series:
    """Return a pseudonym for each reference, missing where there is none. The same reference of two agencies gives two."""
    pairs = pl.DataFrame({"agency": agency.fill_null(""), "child_ref": child_ref})
    different = pairs.drop_nulls().unique()
    known = different.with_columns(pseudonym=pl.Series([keys.pseudonym(*pair) for pair in different.iter_rows()], dtype=pl.String))
    return pairs.join(known, on=pairs.columns, how="left", maintain_order="left")["pseudonym"]


def _read(text: str, place: str) -> Keys:
    try:
        layers = tuple(base64.b64decode(part, validate=True) for part in text.strip().split("."))
    except binascii.Error:
        layers = ()
    if not layers or any(len(layer) != KEY_BYTES for layer in layers):
        raise DataProblem("The pseudonym key {place} is damaged. Put it back from its backup.", place=place)
    return Keys(layers)
