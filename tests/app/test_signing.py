"""An application is signed, alone or together, and is received when all have signed."""

import base64
import io
import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app import signing as web
from app.demo.eid_setup import STAFF
from services.attachments.models import Attachment
from services.cases.models import Case, State
from services.cases.undersigning import remind
from services.documents import application
from services.kernel.db import new_id
from services.notifications.models import Notification
from services.signatures import commands
from services.signatures.models import Signature, SignatureRequest, SigningAttempt
from tests.pages import number_on
from tests.signing import ALONE, ELSE, NO, TOGETHER, Signer, publish
from tests.town import Town

FACTS = application.Facts(
    language="sv",
    municipality="Salems kommun",
    service="Beslut",
    version="1",
    filled_in_at=datetime.now(UTC),
    filled_in_by="Hilda",
    for_whom="Tolvan",
    signers=[("Hilda", "Beslutsfattare")],
    answers=[],
    attachments=[],
)
pytestmark = pytest.mark.usefixtures("offered")


@pytest.fixture(scope="module")
def offered(town: Town) -> None:
    publish(town)


@pytest.fixture
def tolvan(town: Town) -> Signer:
    return _signed_in(town, "tolvan")


def _signed_in(town: Town, persona: str) -> Signer:
    return Signer(town.app, town.settings).sign_in(persona)  # type: ignore[return-value]


def _newest(town: Town, kind):
    column = kind.created_at if hasattr(kind, "created_at") else kind.asked_at
    return town.ask(select(kind).order_by(column.desc()).limit(1))


def _case(town: Town) -> Case:
    return _newest(town, Case)


def test_what_is_signed_alone_is_received_with_the_signed_document(town, tolvan):
    tolvan.apply(ALONE, post="S-4711").to_signature()
    assert tolvan.heading == "Skriv under: Skriv under själv"
    assert "S-4711" in tolvan.text

    tolvan.sign()

    assert tolvan.heading == "Tack, vi har tagit emot det"
    case = town.ask(select(Case).where(Case.number == number_on(tolvan)))
    assert case.state == State.RECEIVED
    assert case.acting_person_id is not None
    file = town.ask(select(Attachment).where(Attachment.owner_id == case.id))
    assert (file.owner_kind, file.name) == ("case", "Underskriven handling.pdf")


def test_the_signed_document_is_valid_to_others(town, tolvan, tmp_path):
    tolvan.apply(ALONE).to_signature().sign()
    request = _newest(town, SignatureRequest)
    with town.work() as work:
        pdf = commands.document(work, request)

    signed = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert [one.field_name for one in signed] == ["Underskrift1"]
    file = tmp_path / "signed.pdf"
    file.write_bytes(pdf)
    try:
        said = subprocess.run(
            ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False
        ).stdout
    except FileNotFoundError:
        pytest.skip("poppler is not installed")
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_the_proof_can_be_read_and_names_no_number(town, tolvan):
    tolvan.apply(ALONE).to_signature().sign()
    signature = _newest(town, Signature)

    tolvan.get(f"/skriv-under/{signature.id}").click("Bevis om underskrifterna")

    assert tolvan.heading.startswith("Bevis om underskrifterna")
    assert "Tolvan Tolvansson" in tolvan.text
    assert signature.report["signed_sha256"] in tolvan.text
    assert "191212121212" not in tolvan.text
    assert "191212121212" not in str(signature.report)


def test_cancelling_keeps_the_draft_and_says_so(town, tolvan):
    tolvan.apply(ALONE, post="S-1").to_signature().sign(NO)

    assert "Du avbröt. Ingenting är underskrivet" in tolvan.page.text_content()
    assert tolvan.heading == "Skriv under: Skriv under själv"
    assert _case(town).state == State.DRAFT
    tolvan.sign()
    assert tolvan.heading == "Tack, vi har tagit emot det"


def test_somebody_elses_e_id_signs_nothing(town, tolvan):
    tolvan.apply(ALONE).to_signature().sign(ELSE)

    assert tolvan.status == 403
    assert tolvan.heading == "Någon annan legitimerade sig"
    assert _case(town).state == State.DRAFT


def test_an_answer_counts_once(town, tolvan):
    tolvan.apply(ALONE).to_signature()
    form = tolvan.answered(tolvan.away())
    tolvan.bring(form)
    number = number_on(tolvan)

    tolvan.bring(form)

    assert tolvan.status == 403
    tolvan.get("/mina-sidor")
    assert tolvan.text.count(number) >= 1
    made = select(Signature.state).order_by(Signature.asked_at.desc()).limit(1)
    assert town.ask(made) == "signed"


def test_of_two_tabs_the_one_that_left_last_counts(tolvan):
    tolvan.apply(ALONE).to_signature()
    page = tolvan.address
    first = tolvan.answered(tolvan.away())
    tolvan.get(page)
    second = tolvan.answered(tolvan.away())

    tolvan.bring(first)
    assert tolvan.status == 403
    tolvan.get(page).sign()
    assert tolvan.heading == "Tack, vi har tagit emot det"
    tolvan.bring(second)
    assert tolvan.status == 403


def test_what_is_changed_meanwhile_is_not_received_under_an_old_signature(town, tolvan):
    tolvan.apply(ALONE, post="S-1")
    draft = tolvan.address.removesuffix("/granska")
    form = tolvan.to_signature().answered(tolvan.away())
    tolvan.get(f"{draft}/vad").submit("Nästa", stolpe="S-2")

    tolvan.bring(form)

    assert tolvan.heading == "Du har ändrat det du skulle skriva under"
    assert _case(town).state == State.DRAFT
    tolvan.get(draft).to_signature()
    assert "S-2" in tolvan.text
    tolvan.sign()
    assert tolvan.heading == "Tack, vi har tagit emot det"


def test_an_answer_that_comes_too_late_is_not_taken(town, tolvan):
    tolvan.apply(ALONE).to_signature()
    form = tolvan.answered(tolvan.away())
    with town.work() as work:
        late = update(SigningAttempt).values(expires_at=work.now - timedelta(seconds=1))
        work.session.execute(late)

    tolvan.bring(form)

    assert tolvan.status == 403
    assert _case(town).state == State.DRAFT


def test_an_answer_without_its_browser_is_not_taken(town, tolvan):
    tolvan.apply(ALONE).to_signature()
    form = tolvan.answered(tolvan.away())
    stranger = Signer(town.app, town.settings)

    stranger.bring(form)

    assert stranger.status == 403
    assert _case(town).state == State.DRAFT


def test_nobody_sees_what_others_are_to_sign(town, tolvan):
    tolvan.apply(ALONE).to_signature()
    page = tolvan.address.split("?")[0]
    other = _signed_in(town, "testa")

    for address in (page, f"{page}/handling.pdf", f"{page}/bevis", f"{page}/avsta"):
        assert other.get(address).status == 404, address


def test_the_other_is_asked_when_the_first_has_signed(town, tolvan):
    tolvan.apply(TOGETHER).with_other(email="testa@example.com").to_signature().sign()
    assert "Det är inte inskickat än" in tolvan.text
    case = _case(town)
    assert (case.state, case.number) == (State.AWAITING_SIGNATURE, None)
    letter = town.ask(select(Notification).order_by(Notification.created_at.desc()).limit(1))
    assert (letter.template, letter.to_email) == ("signature-requested", "testa@example.com")

    testa = _signed_in(town, "testa").get("/mina-sidor").click("Skriv under: Skriv under tills")
    assert "S-1" in testa.text
    testa.sign()

    assert testa.heading.startswith("Du har skrivit under")
    assert "Alla har skrivit under" in testa.text
    case = town.ask(select(Case).where(Case.id == case.id))
    assert case.state == State.RECEIVED
    with town.work() as work:
        pdf = commands.document(work, _newest(town, SignatureRequest))
    assert len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) == 2


def test_whoever_only_prepares_signs_nothing_and_the_other_does(town, tolvan):
    tolvan.apply(TOGETHER).with_other(only_prepares=True).submit("Fortsätt till underskriften")
    assert tolvan.heading.startswith("Väntar på underskrifter")
    assert "Testa T" in tolvan.text

    testa = _signed_in(town, "testa").get("/mina-sidor").click("Skriv under: Skriv under tills")
    testa.sign()

    case = _case(town)
    assert case.state == State.RECEIVED
    assert case.subject_person_id == town.founded.personas["testa"]


def test_what_waits_can_be_taken_back_and_the_other_is_told_the_truth(town, tolvan):
    tolvan.apply(TOGETHER).with_other().to_signature().sign()
    draft = _case(town).id
    testa = _signed_in(town, "testa").get("/mina-sidor").click("Skriv under: Skriv under tills")
    page = testa.address

    tolvan.get(f"/e-tjanster/{TOGETHER}/ansok/{draft}").submit("Ta tillbaka och ändra")

    assert tolvan.heading == "Granska dina uppgifter"
    assert _case(town).state == State.DRAFT
    assert testa.get(page).heading.startswith("Det finns inget att skriva under")
    assert "Skriv under:" not in testa.get("/mina-sidor").text


def test_the_other_may_say_no(town, tolvan):
    tolvan.apply(TOGETHER).with_other().to_signature().sign()
    testa = _signed_in(town, "testa").get("/mina-sidor").click("Skriv under: Skriv under tills")

    testa.click("Jag vill inte skriva under").submit("Tacka nej")

    assert "Du har tackat nej" in testa.page.text_content()
    assert _case(town).state == State.DRAFT


def test_what_nobody_signs_in_time_becomes_a_draft_again(town, tolvan):
    tolvan.apply(TOGETHER).with_other(email="testa@example.com").to_signature().sign()
    with town.work() as work:
        work.now += timedelta(days=23, hours=12)
        assert remind(work) >= 1
    newest = select(Notification.template).order_by(Notification.created_at.desc()).limit(1)
    assert town.ask(newest) == "signature-reminder"
    with town.work() as work:
        work.now += timedelta(days=31)
        assert commands.expire(work) >= 1
    assert _case(town).state == State.DRAFT
    assert _newest(town, SignatureRequest).state == "expired"


def test_nobody_at_the_desk_sees_what_is_not_all_signed(town, tolvan):
    tolvan.apply(TOGETHER, post="S-999").with_other().to_signature().sign()

    desk = town.signed_in("handlaggare-tn").get("/handlaggning?vy=all&q=S-999")

    assert "S-999" not in desk.page.xpath("//main")[0].text_content()


def test_the_desk_reads_the_proof_of_a_signed_case(town, tolvan):
    tolvan.apply(ALONE).to_signature().sign()
    number = number_on(tolvan)

    desk = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}/underskrifter")

    assert desk.heading == f"Bevis om underskrifterna: {number}"
    other = town.signed_in("handlaggare-bmn").get(f"/handlaggning/arenden/{number}/underskrifter")
    assert other.status == 404


def test_without_a_service_a_declaration_does_and_is_called_no_signature(town, tolvan, monkeypatch):
    monkeypatch.setitem(town.app.extensions["sessions"].kw["info"], "signs", False)
    tolvan.apply(ALONE)

    assert (
        "skriv" not in tolvan.text.replace("skrivit", "").replace("Skriv under själv", "").lower()
    )
    tolvan.submit("Skicka in")
    assert tolvan.heading == "Tack, vi har tagit emot det"


def test_the_address_of_the_answer_leads_on_when_it_is_loaded_again(tolvan):
    assert tolvan.get(web.RETURN).heading == "Mina sidor"


def test_the_party_finds_the_proof_in_the_case(tolvan):
    tolvan.apply(ALONE).to_signature().sign()
    number = number_on(tolvan)

    tolvan.get(f"/mina-sidor/arenden/{number}").click("Bevis om underskrifterna")

    assert tolvan.heading.startswith("Bevis om underskrifterna")


def test_somebody_at_work_signs_a_document_of_any_kind(town):
    handler = Signer(town.app, town.settings).sign_in(
        "handlaggare-tn", "/logga-in?som=medarbetare", STAFF
    )
    pdf = application.pdf(FACTS)
    with town.work() as work:
        asked = commands.ask(
            work,
            owner_kind="letter",
            owner_id=new_id(),
            pdf=pdf,
            signer=town.founded.personas["handlaggare-tn"],
            title={"sv": "Beslut", "en": "Decision"},
            capacity={"sv": "Beslutsfattare", "en": "Decider"},
        )
        signature = work.session.scalar(select(Signature).where(Signature.request_id == asked.id))
    page = f"/handlaggning/skriv-under/{signature.id}"

    handler.get(page).sign()

    assert "Skrev under" in handler.text
    assert (
        town.ask(select(SignatureRequest.state).where(SignatureRequest.id == asked.id)) == "signed"
    )
    assert _signed_in(town, "tolvan").get(f"/skriv-under/{signature.id}").status == 404


def test_what_is_signed_cannot_be_written_over(town, tolvan):
    tolvan.apply(ALONE).to_signature().sign()
    made = _newest(town, Signature)

    change = update(Signature).where(Signature.id == made.id).values(assurance="none")

    with pytest.raises(DBAPIError), town.work() as work:
        work.session.execute(change)


def test_the_conversation_with_the_service_is_kept_sealed(town, tolvan):
    tolvan.apply(ALONE).to_signature().sign()
    made = _newest(town, Signature)
    keyring = town.app.extensions["sessions"].kw["info"]["keyring"]

    opened = json.loads(keyring.open(made.evidence, f"signature:{made.id}"))

    assert b"SignRequest" in base64.b64decode(opened["request"])
    assert b"SignResponse" in base64.b64decode(opened["response"])
    assert "191212121212" not in made.evidence
