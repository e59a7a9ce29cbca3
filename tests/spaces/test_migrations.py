"""A register of an earlier version is brought up to the newest when it is opened: nothing lost, the trail begun as a chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from spaces import engine, imports, migrations, schema
from spaces.register import open_register
from tests.spaces.conftest import event, take_in


@pytest.fixture(params=["sqlite", "postgresql"])
def first_version(request, tmp_path, monkeypatch):
    """Give the address of a register as version 0.1 made it, before migrations were kept, with something in it."""
    on_disk = f"sqlite:///{tmp_path / 'first.sqlite'}"
    register_url = on_disk if request.param == "sqlite" else request.getfixturevalue("new_database")()
    monkeypatch.setattr(engine, "bring_up_to_date", lambda _engine: None)
    opened = engine.open_engine(register_url)
    engine.writing(opened, lambda connection: migrations.migrate(connection, "0001"))

    def fill(connection):
        connection.execute(sa.text("DROP TABLE alembic_version"))
        for number, (file, harm) in enumerate([("a.csv", "robbed"), ("a.csv", "missing"), ("b.csv", "robbed")], 1):
            connection.execute(
                sa.text(
                    "INSERT INTO record (source_file, source_row, incident_id, agency, record_type, harm_type, occurred_from, proactive) "
                    "VALUES (:file, :row, :id, 'Police', 'incident', :harm, :day, :no)"
                ),
                {"file": file, "row": number, "id": str(number), "harm": harm, "day": datetime(2025, 3, number), "no": False},  # noqa: DTZ001
            )
        for number, action in enumerate(["records added", "records added", "space raised"], 1):
            connection.execute(
                sa.text("INSERT INTO audit_event VALUES (:number, :now, 'A. Jones', :action, '', 'a test', 'tests')").bindparams(
                    sa.bindparam("now", type_=schema.Moment)
                ),
                {"number": number, "now": datetime(2025, 3, number, tzinfo=UTC), "action": action},
            )

    engine.writing(opened, fill)
    opened.dispose()
    monkeypatch.undo()
    return register_url


def test_everything_of_the_first_version_is_there(first_version):
    register = open_register(first_version)
    records = register.records()
    assert records["incident_id"].tolist() == ["1", "2", "3"]
    assert records["harm_type"].tolist() == ["robbed", "missing", "robbed"]
    assert imports.imports(register).sort_values("file")[["file", "added"]].to_numpy().tolist() == [["a.csv", 2], ["b.csv", 1]]
    trail = register.audit_trail()
    assert trail["action"].tolist() == ["records added", "records added", "space raised"]
    assert trail["happened_at"].iloc[0] == datetime(2025, 3, 1, tzinfo=UTC)
    assert register.check_audit().number == 3
    take_in(register, {"incident_id": "9", "agency": "Schools"})
    assert register.check_audit().number == 4
    assert register.records().index.is_unique
    register.close()


def test_the_tables_are_those_the_program_knows(first_version):
    register = open_register(first_version)

    def columns(connection):
        inspected = sa.inspect(connection)
        return {
            table.name: {column["name"]: bool(column["nullable"]) for column in inspected.get_columns(table.name)}
            for table in schema.metadata.sorted_tables
        }

    expected = {table.name: {column.name: bool(column.nullable) for column in table.columns} for table in schema.metadata.sorted_tables}
    assert register.read(columns) == expected
    register.close()


def test_eight_who_open_an_old_register_at_once_migrate_it_once(first_version):
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(open_register, [first_version] * 8))
    assert {len(register.records()) for register in opened} == {3}
    assert opened[0].check_audit().number == 3
    for register in opened:
        register.close()


@pytest.mark.parametrize("change", ["UPDATE audit_event SET actor = 'Somebody else'", "DELETE FROM audit_event"])
def test_the_store_itself_refuses_a_change_to_the_trail(first_version, change):
    register = open_register(first_version)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added to"):
        register.write(event(), lambda connection: connection.execute(sa.text(change)))
    assert register.check_audit().number == 3
    register.close()
