"""The mails that the demonstration has caught, as files in one folder."""

import email
import email.policy
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

MOST_KEPT = 500
MOST_LISTED = 100
NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Line:
    """A line of a mail: an address to follow, or words."""

    text: str
    is_link: bool


@dataclass(frozen=True)
class Mail:
    """A caught mail, as it is listed and read."""

    id: str
    caught_at: datetime
    to: str
    subject: str
    paragraphs: list[list[Line]]


def keep(folder: Path, content: bytes) -> str:
    """Write a mail down and return its id; the oldest ones make room."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
    part = folder / f".{name}.part"
    part.write_bytes(content)
    os.replace(part, folder / f"{name}.eml")
    for old in _names(folder)[MOST_KEPT:]:
        with suppress(FileNotFoundError):
            (folder / f"{old}.eml").unlink()
    return name


def newest(folder: Path) -> list[Mail]:
    """The latest mails, newest first."""
    found = (mail(folder, name) for name in _names(folder)[:MOST_LISTED])
    return [each for each in found if each is not None]


def mail(folder: Path, name: str) -> Mail | None:
    """A mail by its id, or None when there is no such mail."""
    if not NAME.fullmatch(name):
        return None
    try:
        content = (folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    return Mail(
        id=name,
        caught_at=datetime.fromtimestamp(int(name[:20]) / 1e9, UTC),
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        paragraphs=_paragraphs(body.get_content() if body is not None else ""),
    )


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(
        (path.stem for path in folder.glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True
    )


def _paragraphs(text: str) -> list[list[Line]]:
    parts = text.replace("\r\n", "\n").strip().split("\n\n")
    return [[_line(line) for line in part.split("\n")] for part in parts]


def _line(text: str) -> Line:
    return Line(text.strip(), text.strip().startswith(("http://", "https://")))
