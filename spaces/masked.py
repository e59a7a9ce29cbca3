"""Places that no map may give away: children's homes, refuges, foster homes, referral units.

All that is kept of a venue is a sealed list of H3 cells in which its own stands among ordinary ones, with no name and no order. The
program counts what is recorded in those cells and maps none of it; who reads the register, or even the opened list, does
not learn which cell it is.
"""

from __future__ import annotations

import h3
import numpy as np
import sqlalchemy as sa
from cryptography.fernet import Fernet

from geo.cells import Cells
from spaces import register_keys, schema
from spaces.audit import AuditEvent
from spaces.pseudonyms import Keys
from spaces.register import Register, new_id
from words import DataProblem

RESOLUTION = 10
"""Of the cells kept: 0.015 km², about a block. Smaller ones would leave the venue's neighbours on the map and so draw its outline."""

CELLS_IN_A_LIST = 12
"""The venue's and eleven ordinary ones: a one in twelve guess at best. With the cells next to each, which are not mapped either
(`briefing.masked_venues`), that is at most 1.3 km², and less where they adjoin. Always the same number, so that the length of what
is sealed says nothing."""


def add_venue(register: Register, keys: Keys, cell: int, neighbours: Cells, rng: np.random.Generator, *, audit: AuditEvent) -> str:
    """Mask a venue's cell together with others drawn from `neighbours` (cells of `RESOLUTION` round about), and return its id.

    Neighbours should be cells in which such a venue could be: streets with houses and not open water.
    """
    ordinary = np.unique(neighbours[(neighbours != cell) & (neighbours != 0)])
    if any(h3.get_resolution(h3.int_to_str(one)) != RESOLUTION for one in (cell, *ordinary.tolist())):
        raise DataProblem(
            "A masked venue is kept as cells of resolution {resolution}. Give its cell, and those round it, at that.", resolution=RESOLUTION
        )
    if len(ordinary) < CELLS_IN_A_LIST - 1:
        raise DataProblem(
            "A masked venue needs at least {needed} other cells to stand among, and {given} were given. Choose a wider part of the area.",
            needed=CELLS_IN_A_LIST - 1, given=len(ordinary),
        )  # fmt: skip
    among = np.sort(np.append(rng.choice(ordinary, CELLS_IN_A_LIST - 1, replace=False), np.uint64(cell))).astype("<u8")
    venue_id = new_id()

    def work(connection: sa.Connection) -> None:
        register_keys.settle(connection, keys)
        sealed = Fernet(keys.seal_key()).encrypt(among.tobytes())
        connection.execute(sa.insert(schema.masked).values(venue_id=venue_id, sealed=sealed))

    register.write(audit, work, changes_records=True)  # no record changes, but what may be mapped of them does
    return venue_id


def remove_venue(register: Register, venue_id: str, *, audit: AuditEvent) -> None:
    """Forget a venue that is no longer one; DataProblem where there is none of this number."""

    def work(connection: sa.Connection) -> None:
        if not connection.execute(sa.delete(schema.masked).where(schema.masked.c.venue_id == venue_id)).rowcount:
            raise DataProblem("No masked venue has this number. Check it, and look whether the venue was let go before.")

    register.write(audit, work, changes_records=True)


def count(register: Register) -> int:
    """Return how many venues are masked."""
    return register.read(lambda connection: connection.scalar(sa.select(sa.func.count()).select_from(schema.masked)) or 0)


def masked_cells(register: Register, keys: Keys) -> Cells:
    """Return every masked cell, sorted: for the program's own use, never for a screen or a file."""

    def look(connection: sa.Connection) -> Cells:
        register_keys.check_in(connection, keys)
        opened = [Fernet(keys.seal_key()).decrypt(sealed) for sealed in connection.scalars(sa.select(schema.masked.c.sealed))]
        return np.unique(np.frombuffer(b"".join(opened), "<u8").astype(np.uint64))

    return register.read(look)


def seal_anew(connection: sa.Connection, keys: Keys, new_keys: Keys) -> None:
    """Seal every list with the newer key, inside the transaction in which the key is changed."""
    old, new = Fernet(keys.seal_key()), Fernet(new_keys.seal_key())
    for venue_id, sealed in connection.execute(sa.select(schema.masked.c.venue_id, schema.masked.c.sealed)).all():
        update = sa.update(schema.masked).where(schema.masked.c.venue_id == venue_id)
        connection.execute(update.values(sealed=new.encrypt(old.decrypt(sealed))))
