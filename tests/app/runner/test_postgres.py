"""The embedded server keeps what it has acknowledged, also when everything is killed."""

import contextlib
import os
import signal
from pathlib import Path

import psycopg
import pytest

from app.runner.postgres import Postgres


@pytest.fixture
def server(tmp_path):
    made = Postgres(tmp_path / "data" / "postgres")
    made.start()
    yield made
    made.stop()
    made.discard()


def _connect(server: Postgres, database: str = "salem24") -> psycopg.Connection:
    url = server.url(database).replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True)


def test_it_knows_swedish_letters(server):
    with _connect(server) as connection:
        row = connection.execute("SELECT lower('ÅÄÖ'), 'Å' ILIKE 'å', 'Ö' ~* 'ö'").fetchone()
    assert row == ("åäö", True, True)


def test_it_searches_swedish_text(server):
    with _connect(server) as connection:
        found = connection.execute(
            "SELECT to_tsvector('swedish', 'gatlyktorna') @@ to_tsquery('swedish', 'gatlykta')"
        ).fetchone()
    assert found == (True,)


def test_nobody_else_reaches_it(server):
    assert server.socket.stat().st_mode & 0o077 == 0
    with _connect(server) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_what_was_acknowledged_is_there_after_a_kill(server):
    acknowledged = _write_until_killed(server, after=50)

    server.start()

    with _connect(server) as connection:
        kept = {number for (number,) in connection.execute("SELECT number FROM written")}
    assert acknowledged <= kept
    assert len(acknowledged) >= 50


def _write_until_killed(server: Postgres, after: int) -> set[int]:
    """Kill the server and the process that serves us while we write; returns what it confirmed."""
    acknowledged: set[int] = set()
    with contextlib.suppress(psycopg.OperationalError), _connect(server) as connection:
        connection.execute("CREATE TABLE written (number int)")
        for number in range(10_000):
            connection.execute("INSERT INTO written VALUES (%s)", (number,))
            acknowledged.add(number)
            if number == after:
                server.process.kill()
                server.process.wait()
                os.kill(connection.info.backend_pid, signal.SIGKILL)
    return acknowledged


def test_it_keeps_its_data_from_one_start_to_the_next(server):
    with _connect(server) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('kvar')")
    server.stop()
    again = Postgres(server.folder)
    again.start()
    try:
        with _connect(again) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("kvar",)
    finally:
        again.stop()


def test_a_server_that_outlived_its_run_is_replaced(server):
    again = Postgres(server.folder)

    again.start()

    try:
        assert server.process.wait(20) in (0, -signal.SIGINT)
        with _connect(again) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        again.stop()


def test_a_discarded_cluster_is_made_anew(server):
    with _connect(server) as connection:
        connection.execute("CREATE TABLE old (word text)")
    server.stop()

    server.discard()
    server.start()

    with _connect(server) as connection:
        assert connection.execute("SELECT to_regclass('old')").fetchone() == (None,)


def test_a_number_that_belongs_to_another_program_by_now_is_left_alone(server):
    lock = server.cluster / "postmaster.pid"
    server.stop()
    lock.write_text(f"{os.getpid()}\n{server.cluster}\n")

    server.start()

    with _connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_stopping_twice_is_stopping_once(tmp_path):
    stopped = Postgres(Path(tmp_path) / "postgres")
    assert stopped.stop() is None
    assert stopped.stop() is None
