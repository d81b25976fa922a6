"""The pages of shared rooms: their names, who looks at them, where, and what is pressed."""

from sqlalchemy import select

from services.rooms.models import Room, RoomMember
from tests.browser import Browser
from tests.pages import number_on, report
from tests.town import Town

ROOMS = "/mina-sidor/gemensamma-rum"
OWNER, GUEST, READER = "tolvan", "testo", "eidas"
PAGES = [
    ("my rooms", OWNER, ROOMS, None),
    ("my rooms, with protected data", "skyddad", ROOMS, None),
    ("rooms of who signs", "bolagsforetradare", ROOMS, None),
    ("make a room", OWNER, f"{ROOMS}/nytt", None),
    ("make a room, faulty", OWNER, f"{ROOMS}/nytt", ("Skapa rummet", "Make the room")),
    ("room for its owner", OWNER, "{rooming[room]}", None),
    ("room for a reader", READER, "{rooming[room]}", None),
    ("invite to a room", OWNER, "{rooming[room]}/bjud-in", None),
    ("invite to a room, faulty", OWNER, "{rooming[room]}/bjud-in",
     ("Skapa inbjudan", "Make the invitation")),
    ("member of a room", OWNER, "{rooming[member]}", None),
    ("share with a room", OWNER, "{rooming[room]}/dela", None),
    ("share with a room, faulty", OWNER, "{rooming[room]}/dela",
     ("Dela med rummet", "Share with the room")),
    ("leave a room", OWNER, "{rooming[room]}/lamna", None),
    ("code of an invitation", GUEST, f"{ROOMS}/inbjudan", None),
    ("code of an invitation, faulty", GUEST, f"{ROOMS}/inbjudan", ("Fortsätt", "Go on")),
    ("answer an invitation", GUEST, "{rooming[answer]}", None),
    ("my pages with an invitation", GUEST, "/mina-sidor", None),
    ("shared draft for a reader", READER, "{rooming[draft]}", None),
    ("shared case for a reader", READER, "{rooming[case]}", None),
]  # fmt: skip


def a_room(town: Town, owner: str, name: str = "Familjen på Exempelvägen") -> str:
    """The address of a room that somebody has made."""
    browser = town.signed_in(owner).get(f"{ROOMS}/nytt")
    assert browser.submit("Skapa rummet", name=name).heading == name
    return browser.address


def code_for(town: Town, owner: str, room: str, role: str, **answers: str) -> str:
    """The code of an invitation."""
    browser = town.signed_in(owner).get(f"{room}/bjud-in")
    given = {"name": "Den jag bjuder in", "role": role, **answers}
    browser.submit("Skapa inbjudan", **given)
    assert browser.heading == "Inbjudan är klar", browser.text
    return str(browser.page.xpath("//main//strong/text()")[0])


def opened(town: Town, guest: str, code: str) -> Browser:
    """Somebody at the page where an invitation is answered."""
    browser = town.signed_in(guest).get(f"{ROOMS}/inbjudan?kod={code}")
    return browser.submit("Fortsätt")


def come(town: Town, owner: str, room: str, guest: str, role: str) -> Browser:
    """Somebody who has been invited and has come in."""
    return opened(town, guest, code_for(town, owner, room, role)).submit("Ja, gå med")


def share(town: Town, owner: str, room: str, words: str) -> None:
    """Share what has these words in its name."""
    browser = town.signed_in(owner).get(f"{room}/dela")
    label = browser.page.xpath("//label[contains(., $words)]/@for", words=words)[0]
    value = browser.page.xpath("//input[@id=$id]/@value", id=label)[0]
    assert "Det är delat" in browser.submit("Dela med rummet", case=value).page.text_content()


def a_clash(town: Town) -> str:
    """The page of a draft that was answered in another tab meanwhile, and what was typed there."""
    one = report(town.signed_in(OWNER))
    at = one.address.replace("/granska", "/beskriv")
    other = town.signed_in(OWNER).get(at)
    one.get(at).submit("Nästa", beskrivning="Den blinkar.")
    assert other.submit("Nästa", beskrivning="Den är trasig.").status == 409
    return at


def set_up(town: Town) -> dict[str, str]:
    """Where each page is, by what it shows."""
    room = a_room(town, OWNER)
    come(town, OWNER, room, READER, "reader")
    number = number_on(report(town.signed_in(OWNER)).submit("Skicka in"))
    share(town, OWNER, room, number)
    report(town.signed_in(OWNER))
    share(town, OWNER, room, "Utkast: Felanmälan")
    report(town.signed_in(OWNER))
    code_for(town, OWNER, room, "sender")
    reader = town.signed_in(READER).get(room)
    member = town.ask(
        select(RoomMember.id)
        .join(Room, Room.id == RoomMember.room_id)
        .where(
            RoomMember.person_id == town.founded.personas[READER],
            Room.id == room.rsplit("/", 1)[1],
        )
    )
    return {
        "clash": a_clash(town),
        "room": room,
        "member": f"{room}/medlemmar/{member}",
        "answer": opened(town, GUEST, code_for(town, OWNER, room, "reader")).address,
        "draft": reader.page.xpath("//a[contains(@href, '/utkast/')]/@href")[0],
        "case": f"/mina-sidor/arenden/{number}",
    }
