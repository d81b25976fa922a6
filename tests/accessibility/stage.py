"""Every type of page of the platform, in the role that meets it, ready to be opened."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select

from services.payments.models import Order
from tests import deciding
from tests.accessibility import hearing, lawful, paying, persons, records, rooming, talking
from tests.app.test_acting_for import child_token
from tests.browser import Browser
from tests.live import Chromium
from tests.pages import number_on, report
from tests.town import AT_ONCE, Town

REFUSED = 422
APPLY = f"/e-tjanster/{AT_ONCE}/ansok"


@dataclass
class Stage:
    """What has been made for the pages to show, and the cookies of those who look at them."""

    town: Town
    draft: str = ""
    done: str = ""
    follow: str = ""
    number: str = ""
    begun: str = ""
    asked: str = ""
    fresh: str = ""
    helped: str = ""
    decided_case: str = ""
    decision: str = ""
    undecided: str = ""
    draft_decision: str = ""
    visitor: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    made: dict[str, dict[str, str]] = field(default_factory=dict)
    paying: dict[str, str] = field(default_factory=dict)
    hearing: dict[str, str] = field(default_factory=dict)
    lawful: dict[str, str] = field(default_factory=dict)
    rooming: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    order: str = ""

    def cookies(self, who: str | None) -> dict[str, str]:
        """The cookies of a role."""
        if who is None or who == "visitor":
            return self.visitor if who else {}
        if who in self.made:
            return self.made[who]
        if who not in self.tokens:
            self.tokens[who] = self.town.token(who)
        return {self.town.cookie: self.tokens[who]}


def set_up(town: Town) -> Stage:
    """Begin drafts, send in cases, and write in them."""
    stage = Stage(town)
    visitor = report(town.visitor(), email="testa@example.com")
    stage.done = visitor.address.replace("granska", "klart")
    visitor.submit("Skicka in")
    link = re.search(r"/folj/[\w-]+", visitor.page.text_content())
    assert link is not None
    stage.follow = link[0]
    stage.draft = report(visitor).address.removesuffix("/granska")
    stage.visitor = _cookies(visitor)
    resident = town.signed_in("testa")
    stage.number = number_on(report(resident).submit("Skicka in"))
    talking.talk(town, resident, stage.number)
    stage.asked = number_on(report(resident).submit("Skicka in"))
    talking.ask(town, stage.asked)
    stage.fresh = number_on(report(resident).submit("Skicka in"))
    _decide(town, stage)
    resident.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    stage.begun = resident.address
    stage.helped = resident.address.rsplit("/", 1)[0] + "/hjalp"
    stage.made["guardian"] = talking.for_a_child(town)
    stage.made["child"] = {town.cookie: child_token(town)}
    stage.made["interrupted"] = talking.interrupted(town, stage.number)
    stage.paying = paying.set_up(town)
    stage.hearing, stage.made["neighbour"] = hearing.set_up(town)
    stage.lawful = lawful.set_up(town)
    stage.rooming = rooming.set_up(town)
    stage.persons = persons.set_up(town)
    stage.order = town.ask(select(Order.number).order_by(Order.number).limit(1))
    return stage


def _decide(town: Town, stage: Stage) -> None:
    deciding.publish(town)
    number = stage.decided_case = deciding.applied(town)
    deciding.drafted(town, number).submit("Besluta")
    stage.decision = str(deciding.decision_of(town, number).id)
    party = town.signed_in(deciding.RESIDENT).get(f"/mina-sidor/beslut/{stage.decision}/overklaga")
    party.submit("Skicka in överklagandet", body="Jag håller inte med.")
    stage.undecided = deciding.applied(town)
    deciding.drafted(town, stage.undecided)
    stage.draft_decision = str(deciding.decision_of(town, stage.undecided).id)


def _cookies(browser: Browser) -> dict[str, str]:
    held = {name: browser.client.get_cookie(name) for name in ("salem24_draft", "salem24_form")}
    return {name: cookie.value for name, cookie in held.items() if cookie}


@dataclass(frozen=True)
class Page:
    """A type of page: its name, who looks at it, where it is, and what is pressed there."""

    name: str
    who: str | None
    where: Callable[[Stage], str]
    press: tuple[str, str] | None = None
    status: int = 200
    answer: int = REFUSED

    def open(self, chromium: Chromium, stage: Stage, language: str = "sv") -> None:
        """Go there as the one who looks at it."""
        chromium.hold(stage.cookies(self.who))
        address = ("/en" if language == "en" else "") + self.where(stage)
        chromium.get(address)
        assert chromium.driver.current_url == chromium.site + address
        assert chromium.status == self.status
        if self.press:
            chromium.press(self.press[0 if language == "sv" else 1])
            assert chromium.status == self.answer


def _at(address: str) -> Callable[[Stage], str]:
    return lambda stage: address.format(**vars(stage))


NEXT = ("Nästa", "Next")
REGISTER = ("Registrera", "Register")
GIVE = ("Ge fullmakten", "Give the power of attorney")
SEND = ("Skicka meddelandet", "Send the message")
APPEAL = ("Skicka in överklagandet", "Send in the appeal")
PUBLIC = [
    Page("start", None, _at("/")),
    Page("catalogue", None, _at("/e-tjanster")),
    Page("search", None, _at("/e-tjanster?q=lampa")),
    Page("search without hits", None, _at("/e-tjanster?q=xyzzy")),
    Page("topic", None, _at("/e-tjanster?kategori=gata-trafik")),
    Page("service", None, _at("/e-tjanster/felanmalan")),
    Page("service with e-ID", None, _at("/e-tjanster/varmepump")),
    Page("contact", None, _at("/kontakt")),
    Page("statement", None, _at("/tillganglighet")),
    Page("feedback", None, _at("/tillganglighet/rapportera")),
    Page("feedback, faulty", None, _at("/tillganglighet/rapportera"), ("Skicka", "Send")),
    Page("personal data", None, _at("/personuppgifter")),
    Page("cookies", None, _at("/kakor")),
    Page("about", None, _at("/om")),
    Page("sign in", None, _at("/logga-in")),
    Page("sign in as staff", None, _at("/logga-in?som=medarbetare")),
    Page("sign in at school", None, _at("/logga-in?som=skola")),
    Page("signed out", None, _at("/logga-ut")),
    Page("public statistics", None, _at("/statistik")),
    Page("caught mail", None, _at("/demo/mail")),
    Page("not found", None, _at("/finns-inte"), status=404),
    Page("bad request", None, _at("/e-tjanster?q=%01"), status=400),
]
APPLYING = [
    Page("all questions", None, _at(APPLY)),
    Page("all questions, faulty", None, _at(APPLY), NEXT),
    Page("question", "visitor", _at("{draft}/vad")),
    Page("question with files", "visitor", _at("{draft}/beskriv")),
    Page("check answers", "visitor", _at("{draft}/granska")),
    Page("two answers to a question", rooming.OWNER, _at("{rooming[clash]}"), NEXT, answer=409),
    Page("throw away", "visitor", _at("{draft}/ta-bort")),
    Page("receipt", "visitor", _at("{done}")),
    Page("follow", None, _at("{follow}")),
    Page("follow, faulty", None, _at("{follow}"), SEND),
]
SIGNED_IN = [
    Page("start, signed in", "testa", _at("/")),
    Page("question, signed in", "testa", _at("{begun}")),
    Page("my pages", "testa", _at("/mina-sidor")),
    Page("my pages by mandate", "forening", _at("/mina-sidor")),
    Page("my pages, empty", "samo", _at("/mina-sidor")),
    Page("my case", "testa", _at("/mina-sidor/arenden/{number}")),
    Page(
        "my case, faulty",
        "testa",
        _at("/mina-sidor/arenden/{number}"),
        ("Skicka in kompletteringen", "Send in the completion"),
    ),
    Page("complete", "testa", _at("/mina-sidor/arenden/{asked}/komplettera")),
    Page("help by telephone", "testa", _at("{helped}")),
    Page("withdraw", "testa", _at("/mina-sidor/arenden/{number}/aterkalla")),
    Page("decision", "testa", _at("/mina-sidor/beslut/{decision}")),
    Page("my case, decided", "testa", _at("/mina-sidor/arenden/{decided_case}")),
    Page("appeal", "testa", _at("/mina-sidor/beslut/{decision}/overklaga")),
    Page("appeal, faulty", "testa", _at("/mina-sidor/beslut/{decision}/overklaga"), APPEAL),
    Page("ask for a decision", "testa", _at("/mina-sidor/arenden/{number}/begar-avgorande")),
    Page("my sessions", "testa", _at("/mina-sidor/inloggningar")),
    Page("whom to act for", "testa", _at("/mina-sidor/agera-for")),
    Page("whom to act for, nobody", "samo", _at("/mina-sidor/agera-for")),
    Page("my pages for a child", "guardian", _at("/mina-sidor")),
    Page("wrong party", "guardian", _at("/e-tjanster/synpunkt/ansok"), status=403),
    Page(
        "for organisations only",
        "forening",
        _at("/e-tjanster/serveringstillstand/ansok"),
        status=403,
    ),
    Page("my documents", "testa", _at("/mina-sidor/handlingar")),
    Page("contact choices", "testa", _at("/mina-sidor/kontaktval")),
    Page("how it went", "testa", _at("/mina-sidor/arenden/{number}/omdome")),
    Page("powers of attorney", "tolvan", _at("/mina-sidor/fullmakter")),
    Page("give a power", "testa", _at("/mina-sidor/fullmakter/ny")),
    Page("give a power, faulty", "testa", _at("/mina-sidor/fullmakter/ny"), GIVE),
    Page("a power, protected", "skyddad", _at("/mina-sidor/fullmakter/ny")),
    Page("too young", "child", _at("/e-tjanster/bostadsanpassningsbidrag/ansok"), status=403),
    Page("interrupted", "interrupted", _at("/mina-sidor/arenden/{number}")),
    Page("forbidden", "testa", _at("/handlaggning"), status=403),
]
AT_WORK = [
    Page("inbox", "handlaggare-tn", _at("/handlaggning?vy=all")),
    Page("inbox of several", "kontaktcenter", _at("/handlaggning?vy=all")),
    Page("inbox, nothing found", "handlaggare-tn", _at("/handlaggning?q=xyzzy")),
    Page("case at the desk", "handlaggare-tn", _at("/handlaggning/arenden/{number}")),
    Page(
        "case at the desk, faulty",
        "handlaggare-tn",
        _at("/handlaggning/arenden/{number}"),
        ("Spara och skicka", "Save and send"),
    ),
    Page("case for a clerk", "kontaktcenter", _at("/handlaggning/arenden/{number}")),
    Page("register", "kontaktcenter", _at("/handlaggning/registrera")),
    Page("register, faulty", "kontaktcenter", _at("/handlaggning/registrera?tjanst=&kanal=")),
    Page("deadlines", "handlaggare-tn", _at("/handlaggning/frister")),
    Page("deadlines of a case", "handlaggare-tn", _at("/handlaggning/arenden/{number}/frister")),
    Page(
        "deadlines of a case, faulty",
        "handlaggare-tn",
        _at("/handlaggning/arenden/{number}/frister"),
        ("Skicka meddelandet", "Send the message"),
    ),
    Page("write a decision", "handlaggare-tn", _at("/handlaggning/arenden/{undecided}/beslut")),
    Page("draft of a decision", "handlaggare-tn", _at("/handlaggning/beslut/{draft_decision}")),
    Page("decision at the desk", "handlaggare-tn", _at("/handlaggning/beslut/{decision}")),
    Page("delegated decisions", "registrator-tn", _at("/handlaggning/delegationsbeslut")),
    Page("delegation order", "registrator-tn", _at("/handlaggning/delegationsordning")),
    Page("ledger", "ekonom", _at("/ekonomi")),
    Page("ledger sums", "ekonom", _at("/ekonomi/summor")),
    Page("ledger, handed over", "ekonom", _at("/ekonomi/inkasso?lage=alla")),
    Page("ledger, one order", "ekonom", _at("/ekonomi/betalningar/{order}")),
    Page("ledger, to attest", "attestant", _at("/ekonomi/attest")),
    Page("ledger, not placed", "ekonom", _at("/ekonomi/oplacerat")),
    Page("ledger, files", "ekonom", _at("/ekonomi/filer")),
    Page(
        "ledger, files, faulty",
        "ekonom",
        _at("/ekonomi/filer"),
        ("Se vad filen innehåller", "See what the file holds"),
    ),
    Page("ledger, differences", "ekonom", _at("/ekonomi/avstamning")),
    Page("ledger, books", "ekonom", _at("/ekonomi/bokforing")),
    Page("ledger, check", "ekonom", _at("/ekonomi/bokforing/kontroll")),
    Page("statistics", "handlaggare-tn", _at("/handlaggning/statistik")),
    Page("case with tasks", "handlaggare-tn", _at("/handlaggning/arenden/{asked}")),
    Page("inbox by service", "chef-tn", _at("/handlaggning?vy=overdue&enhet=gata-park")),
    Page("help at the desk", "kontaktcenter", _at("/handlaggning/hjalp")),
    Page("search person", "handlaggare-tn", _at("/handlaggning/sok-person")),
    Page(
        "search person, faulty",
        "handlaggare-tn",
        _at("/handlaggning/sok-person"),
        ("Sök", "Search"),
    ),
    Page("distribution", "chef-tn", _at("/handlaggning/fordelning")),
    Page("templates", "handlaggare-tn", _at("/handlaggning/mallar")),
    Page("template", "handlaggare-tn", _at("/handlaggning/mallar/ny")),
    Page(
        "template, faulty",
        "handlaggare-tn",
        _at("/handlaggning/mallar/ny"),
        ("Spara mallen", "Save the template"),
    ),
    Page("completion", "handlaggare-tn", _at("/handlaggning/arenden/{fresh}/komplettering")),
    Page(
        "completion, faulty",
        "handlaggare-tn",
        _at("/handlaggning/arenden/{fresh}/komplettering"),
        ("Skicka begäran", "Send the request"),
    ),
    Page("correct which", "handlaggare-tn", _at("/handlaggning/arenden/{asked}/ratta")),
    Page(
        "correct, faulty",
        "handlaggare-tn",
        _at("/handlaggning/arenden/{asked}/ratta?fraga=stolpnummer"),
        ("Spara rättelsen", "Save the correction"),
    ),
    Page("hand over", "handlaggare-tn", _at("/handlaggning/arenden/{asked}/lamna-over")),
    Page(
        "hand over, faulty",
        "handlaggare-tn",
        _at("/handlaggning/arenden/{asked}/lamna-over"),
        ("Lämna över", "Hand over"),
    ),
    Page("readers", "handlaggare-tn", _at("/handlaggning/arenden/{asked}/lasare")),
    Page("elected", "ledamot-bun", _at("/fortroendevald")),
    Page("school", "elev", _at("/skola")),
    Page("the same person?", "systemagare", _at("/handlaggning/samma-person")),
    Page("sign-ins of staff", "handlaggare-tn", _at("/handlaggning/inloggningar")),
    Page("sign-ins of the elected", "ledamot-bun", _at("/fortroendevald/inloggningar")),
    Page("representatives", "registrator-sn", _at("/handlaggning/foretradare")),
    Page("representatives, faulty", "registrator-sn", _at("/handlaggning/foretradare"), REGISTER),
    Page("choice of role", "bada", _at("/inloggad/roll")),
    Page("no such role", "handlaggare-tn", _at("/fortroendevald"), status=403),
]


def _paying(name: str) -> Callable[[Stage], str]:
    return lambda stage: stage.paying[name]


def _heard(name: str) -> Callable[[Stage], str]:
    return lambda stage: stage.hearing[name]


PAYING = [
    Page("letter's code", None, _at("/betala")),
    Page("letter's code, faulty", None, _at("/betala"), NEXT),
    Page("order to pay", None, _paying("order")),
    Page("order to pay, faulty", None, _paying("order"), NEXT),
    Page("Swish", None, _paying("to-swish")),
    Page("Swish, faulty", None, _paying("to-swish"), ("Skicka till min telefon", "Send it to my phone")),
    Page("words of an invoice", None, _paying("invoice-words")),
    Page("a fee is wrong", None, _paying("dispute")),
    Page("a fee is wrong, faulty", None, _paying("dispute"), ("Skicka", "Send")),
    *(
        Page(f"paying: {name}", None, _paying(name))
        for name in ("preparing", "swish", "card", "card-waiting", "invoice", "counter", "paid",
                     "declined", "expired", "unknown", "stopping", "receipt", "order-paid", "order-begun")
    ),
    Page("my payments", "testa", _at("/mina-sidor/betalningar")),
    Page("check answers, with a fee", "testa", _paying("check")),
    Page("receipt, with a fee to pay", "testa", _paying("done")),
    Page("my case, with a fee to pay", "testa", _paying("case")),
    Page(
        "several fees to pay, faulty",
        "testa",
        _at("/mina-sidor/betalningar"),
        ("Betala de här tillsammans", "Pay these together"),
    ),
    Page("fees paid together", None, _paying("together")),
    Page("order to pay, any part", None, _paying("any-part")),
    Page("fees of a case", "handlaggare-tn", _paying("charge")),
    *(
        Page(f"bank file: {state}", "ekonom", _paying(f"file-{state}"))
        for state in ("waiting", "reading", "done", "refused")
    ),
    Page("ledger, place money", "ekonom", _paying("place")),
    Page("ledger, give money back", "ekonom", _paying("give-back")),
    Page(
        "ledger, give money back, faulty",
        "ekonom",
        _paying("give-back"),
        ("Begär att det betalas tillbaka", "Ask that it is paid back"),
    ),
]  # fmt: skip
ANSWER = ("Skicka ditt svar", "Send your answer")
HEARING = [
    Page("neighbour's code", None, _at("/granne")),
    Page("neighbour's code, faulty", None, _at("/granne"), NEXT),
    Page("neighbour's answer", "neighbour", _heard("answer")),
    Page("neighbour's answer, faulty", "neighbour", _heard("answer"), ANSWER),
    Page("link to a question", None, _heard("link")),
    Page("party's comments", "testa", _heard("mine")),
    Page("party's comments, faulty", "testa", _heard("mine"), ANSWER),
    Page("hearings of a case", "handlaggare-tn", _heard("desk")),
    Page("ask neighbours", "handlaggare-tn", _heard("ask")),
    Page("ask neighbours, faulty", "handlaggare-tn", _heard("ask"), ("Skicka", "Send")),
    Page("let a case rest", "handlaggare-tn", _heard("rest")),
    Page("late answers", "handlaggare-tn", _at("/handlaggning/horande")),
]
RECORDS = [Page(name, who, _at(where)) for name, who, where in records.PAGES]
LAWFUL = [Page(name, who, _at(where), press) for name, who, where, press in lawful.PAGES]
ROOMING = [Page(name, who, _at(where), press) for name, who, where, press in rooming.PAGES]
PERSONS = [Page(name, who, _at(where), press) for name, who, where, press in persons.PAGES]
AT_DESKS = [*AT_WORK, *RECORDS, *LAWFUL, *ROOMING, *PERSONS]
PAGES = [*PUBLIC, *APPLYING, *SIGNED_IN, *PAYING, *HEARING, *AT_DESKS]


def named(*names: str) -> list[Page]:
    """Some of the pages."""
    found = {page.name: page for page in PAGES}
    return [found[name] for name in names]
