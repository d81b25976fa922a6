"""Conventions of the tables: aware times, text, whole öre, and an index for every foreign key."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    DateTime,
    Float,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    inspect,
)

from app.runner.migrations import alembic_config
from services.models import metadata
from tests import database

TABLES = sorted(metadata().tables.values(), key=lambda table: table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_follow_the_conventions(table: Table):
    for column in table.columns:
        if isinstance(column.type, DateTime):
            assert column.type.timezone, f"{column} has no time zone"
        if isinstance(column.type, String):
            assert isinstance(column.type, Text), f"{column} is not text"
        assert not isinstance(column.type, Float), f"{column} cannot hold money or anything exact"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_foreign_key_has_an_index(table: Table):
    first = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
    first |= {column.name for column in table.primary_key.columns}
    first |= {column.name for column in table.columns if column.unique or column.index}
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    first |= {next(iter(each.columns)).name for each in unique}
    for key in table.foreign_keys:
        assert key.parent.name in first, f"{table.name}.{key.parent.name} has no index"


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_the_models_are_what_the_migrations_make(engine):
    with engine.connect() as connection:
        command.check(alembic_config(connection=connection))


def test_migrations_go_up_down_and_up_again(database_url, engine):
    url = database.own_database(database_url, engine.url.database + "_migrations")
    config = alembic_config(url)
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    scratch = create_engine(url)
    assert "case" in inspect(scratch).get_table_names()
    scratch.dispose()
