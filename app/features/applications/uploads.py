"""Files in an application: each is taken in or refused by name, and the others are kept."""

from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from app.conversations import refusal_words
from app.transactions import work
from services.attachments import commands as attachments
from services.cases.models import Case
from services.forms.definition import Page, Question
from services.forms.types.files import Options
from services.kernel.errors import Refusal

FILES = "files"


def questions(page: Page) -> list[Question]:
    """The questions of a page that ask for files."""
    return [question for question in page.questions if question.type == FILES]


def take_in(case: Case, page: Page) -> dict[str, list[str]]:
    """Take in what was uploaded on a page; returns what was refused, in words, by question."""
    refused: dict[str, list[str]] = {}
    for question in questions(page):
        for file in request.files.getlist(question.key):
            if file.filename:
                words = _receive(case, question, file)
                if words:
                    refused.setdefault(question.key, []).append(words)
    return refused


def _receive(case: Case, question: Question, file: FileStorage) -> str | None:
    kept: list[dict[str, Any]] = list(case.answers.get(question.key) or [])
    options = question.understood(Options)
    if len(kept) >= options.max_files:
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
    return None


def remove(case: Case, page: Page, attachment_id: str) -> bool:
    """Remove one uploaded file from its question; tells whether it was there."""
    for question in questions(page):
        kept = list(case.answers.get(question.key) or [])
        left = [file for file in kept if file["id"] != attachment_id]
        if len(left) != len(kept):
            attachments.remove(work(), UUID(attachment_id), owner_id=case.id)
            case.answers = {**case.answers, question.key: left}
            return True
    return False
