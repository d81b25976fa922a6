"""What is written in cases before their pages are looked at."""

from tests.browser import Browser
from tests.desk import desk_of
from tests.town import Town


def talk(town: Town, resident: Browser, number: str) -> None:
    """The resident writes, and the desk notes and asks for completion."""
    resident.get(f"/mina-sidor/arenden/{number}")
    resident.submit("Skicka meddelandet", body="När blir den lagad?")
    desk_of(town, number, kind="note", body="Ring entreprenören.")
    day = {"answer_by__day": "1", "answer_by__month": "12", "answer_by__year": "2030"}
    desk_of(town, number, kind="completion", body="Vilken stolpe är det?", **day)


def ask(town: Town, number: str) -> None:
    """A handler asks for completion answer by answer, and has noted this and that in the case."""
    desk = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}")
    desk.submit("Anteckna uppgiften", uppgift__vad="Ring bolaget", uppgift__dag="2030-01-02")
    desk.submit("Lägg till parten", part__roll="neighbour", part__namn="Greta Grannberg")
    desk.get(f"/handlaggning/arenden/{number}/komplettering")
    day = {"answer_by__day": "1", "answer_by__month": "12", "answer_by__year": "2030"}
    ticked = {"brist": ["beskrivning"], "varfor-beskrivning": "Det framgår inte när."}
    desk.submit("Skicka begäran", body="Vi behöver veta mer.", **ticked, **day)
