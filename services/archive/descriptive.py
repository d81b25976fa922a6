"""arende.xml: the case in the groups of FGS Ärendehantering (domain reference §3.6)."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from sqlalchemy import select

from services.archive.contents import Contents, File, Piece
from services.archive.xml import added
from services.cases import party
from services.cases.desk_models import CaseLink, CaseParty
from services.cases.models import Case
from services.cases.secrecy_models import SecrecyMark
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.words import say
from services.kernel.work import Work
from services.organisation.models import Authority
from services.people import queries as people
from services.records import documents, retention, secrecy
from services.records.documents import Direction

NAMESPACE = "urn:salem24:arende:1"
SCHEMA = Path(__file__).with_name("arende.xsd")
SWEDISH = "sv"
MOST = 200
DIRECTIONS = {Direction.IN: "I", Direction.OUT: "U", Direction.DRAWN_UP: "UPPR"}


def root(work: Work, contents: Contents, municipality: str) -> etree._Element:
    """The whole description."""
    top = etree.Element(f"{{{NAMESPACE}}}Leveransobjekt", nsmap={"arende": NAMESPACE})
    authority = work.session.get_one(Authority, contents.case.authority_id)
    creator = added(top, "Arkivbildare")
    added(creator, "Namn", say(authority.names, SWEDISH))
    added(creator, "Kod", authority.code)
    added(creator, "Kommun", municipality)
    case = added(added(top, "ArkivobjektListaArenden"), "ArkivobjektArende")
    marks = secrecy.of_case(work.session, contents.case.id)
    _case(case, contents)
    for role, element, name in _agents(work, contents.case):
        agent = added(case, "Agent")
        added(agent, "Roll", role)
        added(agent, element, name)
    _restrictions(case, contents, marks)
    _disposal(case, contents.case, contents.service)
    _relations(work, case, contents.case)
    _answers(case, contents)
    listed = added(case, "ArkivobjektListaHandlingar")
    secret = contents.case.secrecy or contents.case.protected
    for piece in contents.pieces:
        _document(listed, piece, contents.service, marks, secret=secret)
    return top


def _case(case: etree._Element, contents: Contents) -> None:
    found, service = contents.case, contents.service
    status = next((each for each in service.statuses if each.key == found.status), None)
    added(case, "ArkivobjektID", found.number or "")
    if contents.entry is not None:
        added(case, "Diarienummer", contents.entry.designation)
    title = say(service.title, SWEDISH)
    added(case, "Arendemening", f"{title}: {found.headline}" if found.headline else title)
    secret = documents.public_name(found, service, SWEDISH, secret=False)
    added(case, "OffentligArendemening", secret)
    added(case, "ArendeTyp", service.slug)
    added(case, "Status", say(status.desk, SWEDISH) if status else found.state)
    if found.outcome:
        added(case, "Utfall", found.outcome)
    for name, moment in (
        ("Inkommen", found.received_at),
        ("Beslutat", found.decided_at),
        ("Avslutat", found.closed_at),
    ):
        if moment is not None:
            added(case, name, moment.isoformat())
    of_class = added(case, "Klass")
    if service.class_code:
        added(of_class, "Kod", service.class_code)
    added(of_class, "Namn", title)


def _agents(work: Work, case: Case) -> Iterator[tuple[str, str, str]]:
    """Who had which part, by name: (role, Person or Organisation, name)."""
    parts = {
        "inlamnare": case.acting_person_id,
        "part": case.subject_person_id,
        "registrerad_av": case.registered_by_id,
        "handlaggare": case.handler_id,
    }
    names = people.names(work.session, {each for each in parts.values() if each})
    for role, person_id in parts.items():
        if person_id is not None and names.get(person_id):
            yield role, "Person", names[person_id]
    if case.subject_organisation_id is not None:
        organisation = people.organisation(work.session, case.subject_organisation_id)
        if organisation is not None:
            yield "part", "Organisation", organisation.name
    if case.contact_name:
        yield "kontakt", "Person", case.contact_name
    # Those who were removed had a part once: the archive keeps them.
    query = select(CaseParty).where(CaseParty.case_id == case.id).order_by(CaseParty.id)
    for each in work.session.scalars(query.limit(MOST)):
        yield each.role, "Person" if each.organisation_id is None else "Organisation", each.name


def _restrictions(case: etree._Element, contents: Contents, marks: list[SecrecyMark]) -> None:
    if contents.case.secrecy:
        _restriction(case, "Ärenden i tjänsten omfattas av sekretess", "arendet")
    if contents.case.protected:
        _restriction(case, "Skyddade personuppgifter", "arendet", "21 kap. 3 §, 22 kap. 1 § OSL")
    for each in marks:
        if each.what != "document":
            _marked(case, each)


def _marked(parent: etree._Element, mark: SecrecyMark) -> None:
    of_what = f"{mark.what}:{mark.key}" if mark.key else "arendet"
    made = _restriction(parent, "Sekretessmarkering", of_what, mark.law)
    added(made, "Datum", local_day(mark.made_at).isoformat())


def _restriction(
    parent: etree._Element, why: str, of_what: str, law: str | None = None
) -> etree._Element:
    made = added(parent, "Restriktion")
    added(made, "Forklaring", why)
    if law:
        added(made, "Lagrum", law)
    added(made, "Galler", of_what)
    return made


def _disposal(case: etree._Element, found: Case, service: ServiceDocument) -> None:
    years = service.retention.years
    told = added(case, "Gallring")
    added(told, "Gallras", "false" if years is None else "true")
    if years is not None:
        added(told, "Ar", str(years))
        if (earliest := retention.earliest(found, years)) is not None:
            added(told, "Tidigast", earliest.isoformat())


def _relations(work: Work, case: etree._Element, found: Case) -> None:
    rows = work.session.execute(
        select(CaseLink.kind, Case.number)
        .join(
            Case,
            ((CaseLink.case_id == found.id) & (Case.id == CaseLink.other_id))
            | ((CaseLink.other_id == found.id) & (Case.id == CaseLink.case_id)),
        )
        .order_by(CaseLink.made_at, Case.id)
        .limit(MOST)
    )
    for kind, number in rows:
        related = added(case, "ArendeRelation")
        added(related, "Typ", kind)
        added(related, "ArkivobjektID", number)


def _answers(case: etree._Element, contents: Contents) -> None:
    for _, rows in forms_answers.shown(contents.service, contents.case.answers, SWEDISH):
        for question, text in rows:
            own = added(case, "EgetElement")
            added(own, "Namn", question.key)
            added(own, "Fraga", say(question.label, SWEDISH))
            added(own, "Varde", party.as_text(text))


def _document(
    listed: etree._Element,
    piece: Piece,
    service: ServiceDocument,
    marks: list[SecrecyMark],
    *,
    secret: bool,
) -> None:
    document = piece.document
    made = added(listed, "ArkivobjektHandling")
    added(made, "ArkivobjektID", document.key)
    added(made, "Lopnummer", str(document.number))
    added(made, "Handlingstyp", document.kind)
    added(made, "Riktning", DIRECTIONS[document.direction])
    added(made, "Rubrik", documents.title(document, service, SWEDISH))
    public = documents.public_title(document, service, SWEDISH, secret=secret)
    added(made, "OffentligRubrik", public)
    added(made, "Datum", document.at.isoformat())
    for each in marks:
        if each.what == "document" and each.key == document.key:
            _marked(made, each)
    for name in piece.missing:
        added(made, "EjBevarad", name)
    for file in piece.files:
        _file(made, file)


def _file(parent: etree._Element, file: File) -> None:
    added(
        parent,
        "Bilaga",
        Namn=file.name,
        Lank=file.path,
        Storlek=str(len(file.data)),
        Mimetyp=file.media_type,
        Checksumma=file.checksum,
        ChecksummaMetod="SHA-256",
    )
