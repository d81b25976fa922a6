"""Files in an application: each is taken in or refused by name, and the others are kept."""

from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from app.conversations import refusal_words
from app.transactions import work
from services.attachments import commands as attachments
from services.cases import meanwhile
from services.cases.meanwhile import Opened
from services.cases.models import Case
from services.forms.definition import Page, Question
from services.forms.types.files import Options
from services.kernel.errors import Refusal

FILES = "files"


def questions(page: Page) -> list[Question]:
    """The questions of a page that ask for files."""
    return [question for question in page.questions if question.type == FILES]


def take_in(case: Case, page: Page, opened: Opened | None = None) -> dict[str, list[str]]:
    """Take in what was uploaded on a page; returns what was refused, in words, by question.

    Where somebody else has added files since the page was opened, there is room for one's own
    too: both are then shown, and it is said that some must go.
    """
    refused: dict[str, list[str]] = {}
    for question in questions(page):
        most = question.understood(Options).max_files
        if _others_added(case, question, opened):
            most *= 2
        for file in request.files.getlist(question.key):
            if file.filename:
                words = _receive(case, question, file, most)
                if words:
                    refused.setdefault(question.key, []).append(words)
    return refused


def _others_added(case: Case, question: Question, opened: Opened | None) -> bool:
    marks = opened.marks if opened else {}
    mine = {key: seen for key, seen in marks.items() if key == question.key}
    return bool(meanwhile.changes(work(), case, mine))


def _receive(case: Case, question: Question, file: FileStorage, most: int) -> str | None:
    kept: list[dict[str, Any]] = list(case.answers.get(question.key) or [])
    options = question.understood(Options)
    if len(kept) >= most:
        return refusal_words(Refusal("too-many-files"))
    try:
        attachment = attachments.receive(
            work(),
            file.stream,
            file.filename or "",
            owner_id=case.id,
            kinds=options.kinds,
            max_bytes=options.max_bytes,
        )
    except Refusal as refusal:
        return refusal_words(refusal)
    kept.append({"id": str(attachment.id), "name": attachment.name, "size": attachment.size})
    case.answers = {**case.answers, question.key: kept}
    meanwhile.note(work(), case, [question.key])
    return None


def remove(case: Case, page: Page, attachment_id: str) -> bool:
    """Remove one uploaded file from its question; tells whether it was there."""
    for question in questions(page):
        kept = list(case.answers.get(question.key) or [])
        left = [file for file in kept if file["id"] != attachment_id]
        if len(left) != len(kept):
            attachments.remove(work(), UUID(attachment_id), owner_id=case.id)
            case.answers = {**case.answers, question.key: left}
            meanwhile.note(work(), case, [question.key])
            return True
    return False
