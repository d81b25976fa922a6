"""Handing in: a draft is begun, filled in page by page with real files, and submitted."""

import io
from typing import Any

from app.demo.municipality import papers, sources
from app.demo.municipality.answering import Answering
from app.demo.municipality.cast import Applicant, fitting
from app.demo.municipality.papers import Paper
from app.demo.municipality.plans import Plan
from services.attachments import commands as attachments
from services.attachments.models import Attachment
from services.cases import drafts
from services.cases.models import Case
from services.forms import answers as form_answers
from services.forms.definition import Question, ServiceDocument
from services.forms.kinds import kind_of
from services.forms.types import files
from services.kernel.calendar import local_day
from services.kernel.work import Work

GIVES_EMAIL, GIVES_PHONE = 0.3, 0.5
PHOTOS = {
    "foton": "gata",
    "foto": "portratt",
    "bild": "gata",
    "namnteckning": "namnteckning",
}
DRAWINGS = ("ritning", "skiss", "situationsplan", "karta")


def begin(work: Work, plan: Plan, applicant: Applicant) -> Case:
    """A draft with the key that the plan gives it."""
    how = drafts.Beginning("sv", channel=applicant.channel, browser_secret=applicant.secret)
    case = drafts.begin(work, plan.slug, how)
    case.id = plan.case_id
    work.session.flush()
    return case


def fill_in(
    work: Work, case: Case, document: ServiceDocument, who: Answering, *, pages: int | None = None
) -> None:
    """Answer all pages that are asked, or the first few of them."""
    done = 0
    for page in document.pages:
        if done == pages:
            return
        if page not in form_answers.visible_pages(document, case.answers):
            continue
        stored: dict[str, Any] = {}
        for question in page.questions:
            counted = form_answers.kept(document, {**case.answers, **stored})
            if kind_of(question).asks and question in form_answers.visible_questions(page, counted):
                stored[question.key] = who.answer(question, counted)
        drafts.save_page(work, case, page.key, stored)
        done += 1


def answering(
    work: Work, case: Case, document: ServiceDocument, plan: Plan, applicant: Applicant
) -> Answering:
    """How this applicant answers in this story."""
    chance = plan.chance
    phone = f"+4670174{chance.randint(605, 699):04}"
    email = applicant.email
    quiet = case.protected
    return Answering(
        chance=chance,
        today=local_day(work.now),
        name=applicant.name,
        told=plan.story.get("answers", {}),
        attach=lambda question: attach(work, case, question),
        contact={
            "email": email if not quiet and chance.random() < GIVES_EMAIL else None,
            "phone": phone if not quiet and chance.random() < GIVES_PHONE else None,
            "email_at_need": email,
            "phone_at_need": phone,
        },
        text=plan.story.get("text"),
        organisation=_organisation(document, applicant, plan),
    )


def _organisation(document: ServiceDocument, applicant: Applicant, plan: Plan) -> dict[str, str]:
    known = {each["key"]: each for each in sources.inhabitants()["organisations"]}
    if applicant.organisation is not None:
        return known[applicant.organisation]
    return plan.chance.choice(fitting(document) or list(known.values()))


def attach(work: Work, case: Case, question: Question) -> list[dict[str, Any]]:
    """A file that fits a question, taken in as any other."""
    options = question.understood(files.Options)
    paper = _fitting(question.key, options.kinds)
    taken = receive(
        work, paper, case, owner_kind="draft", kinds=options.kinds, max_bytes=options.max_bytes
    )
    return [{"id": str(taken.id), "name": taken.name, "size": taken.size}]


def receive(
    work: Work, paper: Paper, owner: Any, *, owner_kind: str, kinds: Any, max_bytes: int
) -> Attachment:
    """Take a paper in for a draft or a message."""
    return attachments.receive(
        work,
        io.BytesIO(paper.data),
        paper.name,
        owner_id=owner.id,
        owner_kind=owner_kind,
        kinds=kinds,
        max_bytes=max_bytes,
    )


def _fitting(key: str, kinds: Any) -> Paper:
    if "image" in kinds:
        for word, scene in PHOTOS.items():
            if word in key:
                return papers.photo(scene)
        if any(word in key for word in DRAWINGS):
            return papers.drawing(key.replace("_", " "))
        if "pdf" not in kinds:
            return papers.photo("gata")
    return papers.paper(key.replace("_", " "))
