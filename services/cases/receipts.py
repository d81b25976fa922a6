"""The receipt of a case, made from what was handed in."""

from sqlalchemy.orm import Session

from services.attachments import queries as attachments
from services.cases import party
from services.cases.models import Case
from services.documents import receipt
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.words import say


def pdf(session: Session, case: Case, document: ServiceDocument, municipality: str) -> bytes:
    """The receipt as a PDF to keep, in the language of the case."""
    language = case.language
    return receipt.pdf(
        receipt.Facts(
            language=language,
            municipality=municipality,
            service=say(document.title, language),
            number=case.number or "",
            received_at=case.received_at or case.created_at,
            next_steps=say(document.texts.receipt_next, language),
            answers=[
                (
                    say(page.title, language),
                    [
                        (say(question.label, language), party.as_text(text))
                        for question, text in rows
                    ],
                )
                for page, rows in forms_answers.shown(document, case.answers, language)
            ],
            attachments=[each.name for each in attachments.of_owners(session, [case.id])],
        )
    )
