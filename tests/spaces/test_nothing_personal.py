"""Who a child is does not get as far as the store: of everything that is planted in a file, not one byte is in the register."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from spaces import exports, imports, intake
from spaces.register import open_register
from tests.spaces.conftest import KEYS, event, on, take_in
from tests.spaces.test_personal import PLANTED

FREE = ("location_text", "severity", "sex", "source_confidence", "agency", "postcode")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "register.sqlite"


def _bytes(file):
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def _held(content, planted):
    """Return what of the planted texts is held, whole or in its telling words."""
    found = {text for text in planted for form in (text, text.upper(), text.lower()) if form.strip(" '").encode() in content}
    words = {word for text in planted for word in text.replace(",", " ").split() if len(word) > 5 and any(map(str.isdigit, word))}
    return found | {word for word in words if word.encode() in content}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_nowhere_in_the_file_nor_in_the_problems(file, kind):
    register = open_register(f"sqlite:///{file}")
    texts = [text for text in PLANTED[kind] if len(text) > 8]
    rows = [
        {"agency": "Police", "occurred_from": on(1), "incident_id": f"N{n}", column: text}
        for column in FREE
        for n, text in enumerate(texts)
    ]
    rows += [{"agency": "Police", "occurred_from": on(1), "incident_id": text} for text in texts]
    rows += [{"agency": "Police", "occurred_from": on(1), "incident_id": f"R{n}", "child_ref": text} for n, text in enumerate(texts)]
    sound = {"agency": "Police", "occurred_from": on(2), "incident_id": "SOUND-1", "location_text": "Lockside Park"}
    import_id = take_in(register, *rows, sound)
    problems = imports.problems_of(register, import_id)
    refused = problems[problems["refused"]]
    register.close()
    assert b"SOUND-1" in _bytes(file)
    assert _held(_bytes(file), texts) == set()
    told = exports.as_csv(problems)
    assert _held(told, texts) == set()
    assert refused["row"].nunique() >= (len(FREE) + 1) * len(texts)


def test_a_partners_file_leaves_nothing_personal_behind(file, tmp_path):
    told = {
        "agency": "Police", "occurred_from": "2025-03-01", "incident_id": "N1", "child_ref": "KEEPER-9",
        "location_text": "Flat 3, 14k Marsh Lane", "postcode": "QM1 1AA",
        "Child name": "Zyxa Testperson", "DOB": "03/04/2010", "Home address": "77 Garland Row", "Mobile": "07700 900123",
        "Parent email": "z@example.org", "NHS No": "943 476 5919",
        "notes": "Zyxo Qwertyman said so",
    }  # fmt: skip
    second = told | {"incident_id": "N2", "location_text": "her flat, 99 Garland Row", "postcode": "ask Zyxa"}
    third = told | {"incident_id": "N3", "location_text": "Home", "harm_type": "groomed by Zyxo Qwertyman", "role": "Zyxo"}
    partner_csv = io.StringIO(newline="")
    writer = csv.DictWriter(partner_csv, [*told, "harm_type", "role"])
    writer.writeheader()
    writer.writerows([told, second, third])
    (tmp_path / "partner.csv").write_text(partner_csv.getvalue(), "utf-8")
    register = open_register(f"sqlite:///{file}")
    read = intake.read(tmp_path / "partner.csv", today=date(2026, 1, 1))
    prepared = imports.prepare(read, tmp_path / "partner.csv", None, KEYS)
    imports.take_in(register, prepared, audit=event("file imported"))
    register.close()
    assert set(read.problems.loc[read.problems["problem"] == intake.PERSONAL_COLUMN, "column"]) == {
        "Child name", "DOB", "Home address", "Mobile", "Parent email", "NHS No",
    }  # fmt: skip
    assert prepared.refused == 1
    assert prepared.rows["location_text"].to_list() == ["Marsh Lane", None]
    assert prepared.rows["postcode"].to_list() == ["QM1 1AA", None]
    held = _bytes(file)
    assert b"Marsh Lane" in held
    # The short ones hold a letter or a sign that no hexadecimal id has: "14b" stood in one by chance.
    for text in (
        "Zyx",
        "03/04/2010",
        "2010-04-03",
        "Garland Row",
        "900123",
        "example.org",
        "943 476",
        "14k",
        "Flat 3",
        "Qwertyman",
        "KEEPER-9",
        "groomed",
    ):
        assert text.encode() not in held, text
