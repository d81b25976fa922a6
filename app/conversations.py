"""What the follow page, Mina sidor and the desk share: showing a case, and writing in it."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n, paying
from app.forms import AreaField, SalemForm, UploadField
from app.sign_in import settings
from app.transactions import session, work
from services.attachments import commands as attachment_commands
from services.attachments import queries as attachments
from services.cases import commands, completions, policy, queries, receipts
from services.cases.lifecycle import Step, is_possible
from services.cases.models import COMPLETION, FROM_DESK, Case, CaseEvent, CaseMessage, State
from services.cases.undersigning import OWNER
from services.catalogue import queries as catalogue
from services.consultations import queries as consultations
from services.consultations.models import Consultation
from services.deadlines import queries as deadlines
from services.decisions import queries as decisions
from services.decisions.models import Decision
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound, Refusal
from services.kernel.words import say
from services.people import queries as people
from services.records import secrecy
from services.signatures import queries as signatures
from services.statistics import queries as statistics

MESSAGE_KINDS = ("image", "pdf", "document")
MOST_FILES = 5


class MessageForm(SalemForm):
    """A message with files, from the party or from the desk."""

    body = AreaField(lambda: _("Your message"))
    files = UploadField(lambda: _("Attach files"), optional=True)


def receive_files(form: MessageForm) -> UUID:
    """Take in a message's files; returns the id that the message shall have.

    Raises Invalid with the file's name when one of them cannot be taken in.
    """
    message_id = new_id()
    files = [each for each in form.files.data or [] if each.filename]
    if len(files) > MOST_FILES:
        raise Invalid("too-many-files")
    for file in files:
        attachment_commands.receive(
            work(),
            file.stream,
            file.filename,
            owner_kind="message",
            owner_id=message_id,
            kinds=MESSAGE_KINDS,
            max_bytes=g.get("max_upload_bytes", 10 * 1024 * 1024),
        )
    return message_id


def refusal_words(refusal: Refusal) -> str:
    """What a refusal means to the one who wrote or uploaded, in plain words."""
    name = refusal.details.get("name", "")
    words = {
        "file-too-large": _("The file %(name)s is too large. It can be at most 10 MB.", name=name),
        "file-empty": _("The file %(name)s is empty. Choose another file.", name=name),
        "file-kind": _(
            "The file %(name)s is of a kind that we cannot receive. Use a picture, a PDF or a text document.",
            name=name,
        ),
        "file-infected": _(
            "We found a virus in the file %(name)s, so we have not saved it.", name=name
        ),
        "file-broken": _(
            "The file %(name)s is damaged and cannot be opened. Choose another file.", name=name
        ),
        "not-scanned-yet": _("The file is being checked for viruses. Try again in a while."),
        "file-refused": _("The file was stopped by our virus check and cannot be opened."),
        "file-handed-in": _("The file has been handed in and cannot be removed."),
        "too-many-files": _("You have chosen too many files."),
        "message-empty": _("Write your message."),
        "message-too-long": _("Your message is too long. Write at most 10,000 characters."),
        "answer-by-passed": _("The last day to answer has already passed. Choose a later day."),
        "status-by-decision": _("Only a decision leads to this status. Write the decision first."),
        "status-cannot-follow": _("This status cannot follow the present one."),
        "case-changed-meanwhile": _(
            "Somebody has changed the case since you opened it. Read it again first."
        ),
        "case-state": _("This cannot be done in the case's present status."),
        **_fee_words(refusal),
        **_desk_words(),
    }
    return words.get(refusal.code, _("This could not be done. Try again in a while."))


def _fee_words(refusal: Refusal) -> dict[str, str]:
    number = refusal.details.get("number", "")
    return {
        "status-by-payment": _(
            "The case goes on by itself when the fee is paid. Register the payment of %(number)s instead.",
            number=number,
        ),
        "fee-unpaid": _(
            "The fee of the case is not paid. Open the case, and choose what becomes of the fee when you close it."
        ),
        "order-being-paid": _(
            "The fee %(number)s cannot be called off: somebody is paying it, or has paid a part of it.",
            number=number,
        ),
        "case-disposed": _("The case has been disposed of. Nothing more can be written in it."),
    }


def _desk_words() -> dict[str, str]:
    return {
        "conflict-of-interest": _(
            "This person must not handle the case: there is a conflict of interest, or it is their own."
        ),
        "conflict-declared-already": _("The conflict of interest is noted already."),
        "not-a-handler-there": _("Choose somebody who handles cases in this authority."),
        "not-a-team-there": _("Choose a team of this authority."),
        "not-allowed": _("You may not do this with this case."),
        "not-another-authority": _("Choose a unit of another authority."),
        "name-missing": _("Write the name."),
        "task-empty": _("Write what is to be done."),
        "say-why": _("Say why."),
        "unknown-role": _("Choose a role."),
        "unknown-ground": _("Choose a ground."),
        "unknown-link": _("A case can be linked to another case only."),
        "linked-already": _("The cases are linked already."),
        "case": _("There is no such case that you may see."),
        "too-many-cases": _("Tick at most 100 cases at once."),
        "unknown-question": _("The case does not have this question."),
        "nothing-asked": _("The case does not wait for a completion any more."),
    }


def channel_words(channel: str) -> str:
    """How a case came in, in words."""
    words = {
        "phone": _("Telephone"),
        "visit": _("Visit"),
        "letter": _("Letter"),
        "email": _("E-mail"),
        "referral": _("From another authority"),
    }
    return words.get(channel, _("The e-service"))


def explain(form: SalemForm, refusal: Refusal) -> None:
    """Put a refusal at the field that it is about."""
    field = form["files"] if "file" in refusal.code and "files" in form else form["body"]
    field.errors = [*field.errors, refusal_words(refusal)]


def shown_to_party(case: Case) -> dict[str, Any]:
    """Everything that a party's page of a case shows."""
    messages = messages_for_party(case)
    unread = {each.id for each in messages if _is_news(each)}
    by_room = policy.only_by_room(work().actor, case)
    # Only a reader in a room: everybody else who comes here is the party, or holds its link.
    only_reads = by_room and not policy.sends_in_room(work().actor, case)
    if not by_room:
        commands.opened_by_party(work(), messages)
    timeline = queries.timeline(session(), case.id, public_only=True)
    document = catalogue.version_document(session(), case.version_id)
    known = {case.handler_id, *(each.author_id for each in messages)}
    return {
        **_shown(case, document, messages, secrecy.kept_from_party(session(), case)),
        "status": status_words(case, document, by_another=by_room),
        "by_room": by_room,
        # Whoever holds the link of an order can pay it.
        "orders": [] if only_reads else paying.orders_of(case, document),
        "names": people.names(session(), {each for each in known if each}),
        "unread": unread,
        "asked": completions.waited_for(session(), case),
        "timeline": timeline,
        "may_write": is_possible(case.state, Step.WRITE) and not only_reads,
        "may_withdraw": is_possible(case.state, Step.WITHDRAW) and not by_room,
        "pace": statistics.pace(session(), case.service_id) if case.is_open else None,
        "position": statistics.position(session(), case),
        "six_months": deadlines.six_months(session(), case.id, local_day(work().now)),
        "to_comment": [] if by_room else _to_comment(timeline, case),
        "decisions": _decisions(timeline, case),
    }


def _decisions(timeline: list[CaseEvent], case: Case) -> list[Decision]:
    # Most cases have none yet, and need not be asked for any.
    if not case.decided_at and not any(each.kind == "request_refused" for each in timeline):
        return []
    return decisions.made_in_case(session(), case.id)


def _to_comment(timeline: list[CaseEvent], case: Case) -> list[Consultation]:
    # Most cases have none, and need not be asked for any.
    if not any(each.kind == "communicated" for each in timeline):
        return []
    return consultations.open_for_party(session(), case)


def messages_for_party(case: Case) -> list[CaseMessage]:
    """The messages of a case without what is kept from the party (OSL 10 kap. 3 §)."""
    hidden = secrecy.kept_from_party(session(), case)
    written = queries.messages(session(), case.id, with_notes=False)
    return [each for each in written if f"message-{each.id}" not in hidden]


def _is_news(message: CaseMessage) -> bool:
    return message.kind in (FROM_DESK, COMPLETION) and message.read_at is None


def last_day(case: Case, messages: list[CaseMessage]) -> date | None:
    """The last day to answer the request for completion that a case waits for, if it has one."""
    if case.state != State.AWAITING_COMPLETION:
        return None
    asked = [each.answer_by for each in messages if each.kind == COMPLETION]
    return asked[-1] if asked else None


def shown_at_desk(case: Case) -> dict[str, Any]:
    """Everything that the desk's page of a case shows, internal notes included."""
    messages = queries.messages(session(), case.id, with_notes=True)
    document = catalogue.version_document(session(), case.version_id)
    return {
        **_shown(case, document, messages),
        "status": status_words(case, document, desk=True),
        "timeline": queries.timeline(session(), case.id, public_only=False),
    }


def _shown(
    case: Case,
    document: ServiceDocument,
    messages: list[CaseMessage],
    hidden: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    owners = [case.id, *(message.id for message in messages)]
    files: dict[UUID, list[Any]] = {}
    for attachment in attachments.of_owners(session(), owners):
        if f"paper-{attachment.id}" in hidden:
            continue
        files.setdefault(attachment.owner_id, []).append(attachment)
    return {
        "case": case,
        "document": document,
        "messages": messages,
        "files": files,
        "last_day": last_day(case, messages),
        "today": local_day(work().now),
        "answers": forms_answers.shown(document, case.answers, i18n.language()),
        "is_signed": bool(signatures.signed_of(session(), OWNER, case.id)),
    }


def status_words(
    case: Case, document: ServiceDocument, *, desk: bool = False, by_another: bool = False
) -> str:
    """The status in words: the service's own, or ours where the state is stronger than it.

    `by_another` is for a reader whose own case it is not.
    """
    language = i18n.language()
    if case.state == State.DRAFT:
        return _("Saved – not sent in")
    if case.state == State.AWAITING_SIGNATURE:
        return _("Waiting for signatures")
    if case.state == State.WITHDRAWN:
        others = desk or by_another
        return _("Withdrawn by the applicant") if others else _("Withdrawn by you")
    if case.state == State.DISPOSED:
        return _("Disposed of")
    status = next((each for each in document.statuses if each.key == case.status), None)
    if case.state == State.AWAITING_COMPLETION and (
        status is None or status.state != State.AWAITING_COMPLETION
    ):
        return _("Waiting for completion") if desk else _("We need more from you")
    if status is None:
        return case.status
    return say(status.desk if desk else status.resident, language)


def receipt_answer(case: Case, document: ServiceDocument) -> Response:
    """The receipt of a case as a PDF to keep."""
    made = receipts.pdf(session(), case, document, settings().municipality_name)
    response = Response(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="kvittens-{case.number}.pdf"'
    return response


def file_for_party(case: Case, attachment_id: UUID) -> Response:
    """A file of a case, to its party: not one that is kept from them (OSL 10 kap. 3 §)."""
    if f"paper-{attachment_id}" in secrecy.kept_from_party(session(), case):
        raise NotFound("attachment")
    owners = [case.id, *(each.id for each in messages_for_party(case))]
    return file_answer(attachment_id, owners)


def file_answer(attachment_id: UUID, owners: list[UUID]) -> Response:
    """A file of a case, to whoever may see that case; the caller has made sure of that."""
    attachment = attachments.attachment(session(), attachment_id)
    if attachment.owner_id not in owners:
        raise NotFound("attachment")
    response = Response(
        attachment_commands.opened(work(), attachment), content_type=attachment.media_type
    )
    response.headers.set("Content-Disposition", "attachment", filename=attachment.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
