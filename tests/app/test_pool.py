"""A connection that the server has closed is never handed out."""

from sqlalchemy import create_engine, text

from app.pool import engine_of

END = text("SELECT pg_terminate_backend(:process)")
PROCESS = text("SELECT pg_backend_pid()")


def process_of(engine):
    with engine.connect() as connection:
        return connection.execute(PROCESS).scalar_one()


def test_a_connection_is_used_again(settings):
    engine = engine_of(settings)
    assert process_of(engine) == process_of(engine)
    engine.dispose()


def test_a_connection_that_was_closed_a_moment_ago_is_replaced(settings):
    engine, other = engine_of(settings), create_engine(settings.database_url)
    closed = process_of(engine)
    with other.connect() as connection:
        connection.execute(END, {"process": closed})
    while _is_there(other, closed):
        pass
    assert process_of(engine) != closed
    engine.dispose()
    other.dispose()


def test_an_idle_connection_that_was_closed_is_replaced(settings, monkeypatch):
    monkeypatch.setattr("app.pool.FRESH_SECONDS", 0.0)
    test_a_connection_that_was_closed_a_moment_ago_is_replaced(settings)


def _is_there(engine, process):
    query = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :process")
    with engine.connect() as connection:
        return connection.execute(query, {"process": process}).scalar_one() > 0
