"""A taken port is found before anything is started."""

import socket

import pytest

from app.runner import ports


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_port_that_another_program_listens_on_is_named(listener, monkeypatch):
    monkeypatch.setattr(ports, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(ports.PortFault, match=str(listener)):
        ports.require_free([listener])


def test_a_port_that_nobody_listens_on_is_free():
    free = _unused()
    assert ports.require_free([free]) is None


def test_a_port_that_is_let_go_of_in_time_is_free(monkeypatch):
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    monkeypatch.setattr(ports.time, "sleep", lambda _: listening.close())
    assert ports.require_free([port]) is None


def _unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
