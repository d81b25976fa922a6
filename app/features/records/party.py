"""The party's side: the documents of the own case, and who has opened it."""

from app import i18n
from app.features.records.blueprint import bp
from app.features.records.words import direction_words, duty_words, reading_words
from app.my_cases import my_case
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.audit.log import record
from services.cases import policy
from services.catalogue import queries as catalogue
from services.records import diary, documents, readers, secrecy


@bp.route("/mina-sidor/arenden/<number>/handlingar")
@signed_in
def mine(number: str):
    """What has come into the case, gone out and been drawn up (förvaltningslagen 10 §)."""
    found = my_case(number)
    service = catalogue.version_document(session(), found.version_id)
    kept_from = secrecy.kept_from_party(session(), found)
    listed = [each for each in documents.of_case(session(), found) if each.kind != "note"]
    return page(
        "records/mine.html",
        case=found,
        document=service,
        entry=diary.entry(session(), found.id),
        listed=[each for each in listed if each.key not in kept_from],
        kept_from=len([each for each in listed if each.key in kept_from]),
        titles={each.key: documents.title(each, service, i18n.language()) for each in listed},
        directions=direction_words,
    )


@bp.route("/mina-sidor/arenden/<number>/oppnat")
@signed_in
def readers_of_mine(number: str):
    """Who of staff has opened the case, by duty and time; never by name."""
    found = my_case(number, policy.ACT_AS_PARTY)
    record(work(), "case:read-readers-as-party", found.id)
    return page(
        "records/readers.html",
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        readings=readers.of_case(session(), found),
        duties=duty_words,
        doings=reading_words,
    )
