"""Everything accounted for: imports and versions of records, agreements, retention, and the audit trail as a chain.

The rows of version 0.1 are carried over: each keeps its values, is keyed by where it came from, and its file becomes an import;
the list of events becomes the beginning of the chain. Written out as it was on its day, so that later changes of the program do
not change what this step does.
"""

import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXTS = (
    "incident_id", "agency", "record_type", "harm_type", "severity", "child_ref", "age_band", "sex", "role", "location_role",
    "location_text", "uprn", "postcode", "source_confidence",
)  # fmt: skip
TIMES = ("occurred_from", "occurred_to", "reported_on", "case_closed_on")
NUMBERS = ("easting", "northing", "longitude", "latitude")
VALUES = (*TEXTS, *TIMES, *NUMBERS, "proactive", "precision_m", "method", "reason")
MOMENT = sa.DateTime(timezone=True)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _values() -> list[sa.Column[Any]]:
    return [
        *_texts(*TEXTS, nullable=True),
        *(sa.Column(name, sa.DateTime) for name in TIMES),
        *(sa.Column(name, sa.Float) for name in NUMBERS),
        sa.Column("proactive", sa.Boolean),
        sa.Column("precision_m", sa.Float),
        *_texts("method", "reason", nullable=True),
    ]


def upgrade() -> None:
    op.rename_table("record", "record_0001")
    op.rename_table("audit_event", "audit_event_0001")
    _create()
    _carry_over_records()
    _carry_over_events()
    op.drop_table("record_0001")
    op.drop_table("audit_event_0001")
    _forbid_changes_to_the_trail()


def _create() -> None:
    op.create_table("register_info", *_texts("name", "value"), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "import_file",
        *_texts("import_id", "file", "fingerprint", "profile", "actor"),
        sa.Column("imported_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("rows_read", "added", "changed", "unchanged", "refused")),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_table(
        "import_problem",
        sa.Column("import_id", sa.Text, sa.ForeignKey("import_file.import_id"), nullable=False, index=True),
        sa.Column("row", sa.Integer, nullable=False),
        *_texts("column", "problem"),
        sa.Column("refused", sa.Boolean, nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("record_id", sa.Integer, primary_key=True),
        sa.Column("row_key", sa.Text, nullable=False, unique=True),
        sa.Column("incident_key", sa.Text, index=True),
        sa.Column("content_key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("import_id", sa.Text, sa.ForeignKey("import_file.import_id"), nullable=False),
        sa.Column("source_row", sa.Integer, nullable=False),
        *_values(),
    )
    for column in ("occurred_from", "child_ref", "agency"):
        op.create_index(f"record_{column}", "record", [column])
    op.create_table(
        "record_version",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("record_id", "version", "since", "until")),
        *_texts("import_id"),
        sa.Column("source_row", sa.Integer, nullable=False),
        *_values(),
        sa.PrimaryKeyConstraint("record_id", "version"),
    )
    op.create_index("record_version_child_ref", "record_version", ["child_ref"])
    op.create_table(
        "agreement",
        *_texts(
            "agreement_id",
            "source",
            "controller",
            "instrument",
            "reference",
            "purpose",
            "basis_children",
            "basis_young_adults",
            "permitted",
        ),
        sa.Column("review_on", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_index("agreement_source", "agreement", ["source"])
    op.create_table("saved_profile", *_texts("name", "toml"), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "possible_duplicate",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("record_id", "other_id")),
        *_texts("verdict"),
        sa.PrimaryKeyConstraint("record_id", "other_id"),
    )
    op.create_table(
        "legal_hold", *_texts("hold_id", "scope", "value", "reason"),
        sa.Column("placed_at", MOMENT, nullable=False), sa.Column("lifted_at", MOMENT), sa.PrimaryKeyConstraint("hold_id"),
    )  # fmt: skip
    op.create_table(
        "retention_rule", *_texts("record_type"), sa.Column("keep_days", sa.Integer, nullable=False), sa.PrimaryKeyConstraint("record_type")
    )
    op.create_table(
        "purged_count", sa.Column("purged_at", MOMENT, nullable=False), *_texts("record_type", "agency"),
        sa.Column("year", sa.Integer), sa.Column("records", sa.Integer, nullable=False),
    )  # fmt: skip
    op.create_table(
        "erased_reference", *_texts("child_ref"), sa.Column("erased_at", MOMENT, nullable=False), sa.PrimaryKeyConstraint("child_ref")
    )
    op.create_table(
        "masked_cells", *_texts("venue_id"), sa.Column("sealed", sa.LargeBinary, nullable=False), sa.PrimaryKeyConstraint("venue_id")
    )
    op.create_table(
        "audit_event",
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("act_id", sa.Text, nullable=False, unique=True),
        sa.Column("happened_at", MOMENT, nullable=False),
        *_texts("actor", "action", "subject", "reason", "origin", "previous_hash", "hash"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "audit_head",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("one", "event_id", "records_head")),
        *_texts("hash"),
        sa.PrimaryKeyConstraint("one"),
    )


def _carry_over_records() -> None:
    connection = op.get_bind()
    files = connection.execute(sa.text("SELECT source_file, COUNT(*) FROM record_0001 GROUP BY source_file ORDER BY source_file")).all()
    for file, count in files:
        values = {"id": uuid.uuid4().hex, "file": file, "now": datetime.now(UTC), "count": count}
        connection.execute(
            sa.text("INSERT INTO import_file VALUES (:id, :file, '', '', '', :now, :count, :count, 0, 0, 0)").bindparams(
                sa.bindparam("now", type_=MOMENT)
            ),
            values,
        )
        columns = ", ".join(VALUES)
        # The key of an old row is where it came from: the same file read anew is recognised by nothing, and says so as changes.
        connection.execute(
            sa.text(
                "INSERT INTO record "
                f"(record_id, row_key, content_key, version, since, restricted, import_id, source_row, {columns}) "
                f"SELECT record_id, 'row ' || record_id, '', 1, 1, :no, :id, source_row, {columns} FROM record_0001 "
                "WHERE source_file = :file"
            ),
            {"id": values["id"], "file": file, "no": False},
        )
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT setval(pg_get_serial_sequence('record', 'record_id'), COALESCE(MAX(record_id), 1)) FROM record"))


def _carry_over_events() -> None:
    connection = op.get_bind()
    told = ("event_id", "actor", "action", "subject", "reason", "origin")
    old = sa.table("audit_event_0001", *map(sa.column, told), sa.column("happened_at", MOMENT))
    new = sa.table("audit_event", *map(sa.column, (*told, "act_id", "previous_hash", "hash")), sa.column("happened_at", MOMENT))
    number, previous = 0, "0" * 64
    for event in connection.execute(sa.select(old).order_by(old.c.event_id)).mappings().all():
        number += 1
        happened = event["happened_at"]
        happened = happened.replace(tzinfo=UTC) if happened.tzinfo is None else happened.astimezone(UTC)
        row = {**event, "event_id": number, "act_id": uuid.uuid4().hex, "happened_at": happened, "previous_hash": previous}
        said = [
            number, row["act_id"], happened.isoformat(timespec="microseconds"), row["actor"], row["action"], row["subject"],
            row["reason"], row["origin"], previous,
        ]  # fmt: skip
        previous = hashlib.sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
        connection.execute(sa.insert(new).values(**row, hash=previous))
    head = {"number": number, "hash": previous, "records": min(number, 1)}
    connection.execute(sa.text("INSERT INTO audit_head (one, event_id, hash, records_head) VALUES (1, :number, :hash, :records)"), head)


def _forbid_changes_to_the_trail() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_event_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_event_is_kept_{change.lower()} BEFORE {change} ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
        )
