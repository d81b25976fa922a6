"""Mail that is caught can be read, and nothing else can."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.demo import caught
from app.demo.mail import main


def a_mail(subject: str = "Vi har tagit emot ditt ärende") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "ingen-svar@salem24.example"
    message["To"] = "testa@example.com"
    message["Subject"] = subject
    message.set_content(
        "Hej,\n\nLäs mer här:\nhttps://salem24.example/folj/x\n\nHälsningar\nSalems kommun\n"
    )
    message.add_alternative("<p>Hej</p>", subtype="html")
    return message


def test_a_kept_mail_can_be_read(tmp_path: Path) -> None:
    name = caught.keep(tmp_path, a_mail().as_bytes())
    found = caught.mail(tmp_path, name)
    assert found is not None
    assert (found.to, found.subject) == ("testa@example.com", "Vi har tagit emot ditt ärende")
    assert [line.text for line in found.paragraphs[1]] == [
        "Läs mer här:",
        "https://salem24.example/folj/x",
    ]
    assert [line.is_link for line in found.paragraphs[1]] == [False, True]


def test_the_newest_mail_comes_first(tmp_path: Path) -> None:
    for subject in ("Först", "Sist"):
        caught.keep(tmp_path, a_mail(subject).as_bytes())
    assert [mail.subject for mail in caught.newest(tmp_path)] == ["Sist", "Först"]


def test_an_empty_letter_box_is_empty(tmp_path: Path) -> None:
    assert caught.newest(tmp_path / "nowhere") == []


def test_old_mail_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caught, "MOST_KEPT", 2)
    for subject in ("1", "2", "3"):
        caught.keep(tmp_path, a_mail(subject).as_bytes())
    assert [mail.subject for mail in caught.newest(tmp_path)] == ["3", "2"]


@pytest.mark.parametrize("name", ["../../secrets", "x", "", "0" * 20 + "-00000000"])
def test_nothing_but_a_mail_is_read(tmp_path: Path, name: str) -> None:
    assert caught.mail(tmp_path, name) is None


def test_a_strange_mail_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    name = caught.keep(tmp_path, b"not really a mail\r\n\xff\xfe")
    assert caught.mail(tmp_path, name) is not None


def test_the_catcher_takes_mail_and_stops_when_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app.demo.mail", "--port", str(port), "--data", str(tmp_path)]
    environ = {**os.environ, "SALEM24_ENV": "demonstration"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ) as catcher:
        try:
            assert catcher.stdout is not None
            assert b"Mail is caught" in catcher.stdout.readline()
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
                server.send_message(a_mail())
            assert [mail.to for mail in caught.newest(tmp_path / "mail")] == ["testa@example.com"]
        finally:
            catcher.send_signal(signal.SIGTERM)
        assert catcher.wait(timeout=30) == 0


def test_the_catcher_refuses_to_start_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALEM24_ENV", "production")
    assert main(["--port", "1", "--data", str(tmp_path)]) == 2
    assert "SALEM24_ENV" in capsys.readouterr().err


def test_a_taken_port_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALEM24_ENV", "demonstration")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--data", str(tmp_path)]) == 1
    assert str(port) in capsys.readouterr().err
