"""Telling the resident that something has happened: never what, and never who."""

from services.cases.models import Case
from services.kernel.work import Work
from services.notifications import commands as notifications
from services.people import contact
from services.people.secrets import Keyring

FOLLOW = "follow"


def follow_secret(work: Work, case: Case) -> str:
    """The unguessable word of the case's follow link; made anew from the key, never stored."""
    keyring: Keyring = work.resources["keyring"]
    return case.id.hex + keyring.derive(FOLLOW, case.id.hex)


def link(work: Work, case: Case) -> str:
    """Where the resident reads the case: Mina sidor with an e-ID, else the follow link."""
    root = work.resources["public_url"] + ("" if case.language == "sv" else f"/{case.language}")
    if case.acting_person_id is not None:
        return f"{root}/mina-sidor/arenden/{case.number}"
    return f"{root}/folj/{follow_secret(work, case)}"


def text(work: Work, case: Case, letter: str) -> None:
    """Plan a text message to whoever wants such ones, if there is a number and nobody is protected."""
    who = case.acting_person_id
    if who is None or case.contact_phone is None or case.protected or case.number is None:
        return
    if contact.wants(work.session, who, letter) and contact.by_sms(work.session, who):
        notifications.notify_by_sms(
            work,
            to_phone=case.contact_phone,
            template=letter,
            language=case.language,
            case_number=case.number,
        )


def tell(work: Work, case: Case, letter: str, **values: str) -> None:
    """Plan a letter by mail, if there is an address, the person is not protected (§1.5), and has
    not chosen such letters away.

    `values` are said in the letter besides the case's number and link, or instead of them.
    """
    if case.contact_email is None or case.protected or case.number is None:
        return
    who = case.acting_person_id
    if who is not None and not contact.wants(work.session, who, letter):
        return
    notifications.notify(
        work,
        to_email=case.contact_email,
        template=letter,
        language=case.language,
        values={"number": case.number, "link": link(work, case), **values},
        case_number=case.number,
    )
