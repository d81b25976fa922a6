"""The pages of persons at the desk: their names, who looks at them, where, and what is pressed."""

from tests.desk import at_desk
from tests.pages import number_on, report
from tests.town import Town

PROPOSE = ("Föreslå att markeringen tas bort", "Propose that the mark is taken away")
TAKE_OUT = ("Ta ut som pdf", "Take out as PDF")
PAGES = [
    ("persons in cases", "handlaggare-tn", "/handlaggning/personer?namn=test", None),
    ("persons in cases, for the manager", "chef-tn", "/handlaggning/personer?namn=skyddad", None),
    ("persons in cases, none found", "kontaktcenter", "/handlaggning/personer?namn=xyzzy", None),
    ("extract of a person", "registrator-tn", "/handlaggning/registerutdrag", None),
    ("extract of a person, faulty", "registrator-tn", "/handlaggning/registerutdrag", TAKE_OUT),
    ("extract of a person, for a handler", "handlaggare-tn", "/handlaggning/registerutdrag", None),
    ("take protection away", "registrator-tn", "{persons[marked]}", None),
    ("take protection away, faulty", "registrator-tn", "{persons[marked]}", PROPOSE),
    ("take protection away, proposed", "registrator-tn", "{persons[proposed]}", None),
    ("take protection away, to confirm", "chef-tn", "{persons[proposed]}", None),
    ("proposals to take protection away", "chef-tn", "/handlaggning/skydd", None),
]


def set_up(town: Town) -> dict[str, str]:
    """Where each page is, by what it shows."""
    marked, proposed = (number_on(report(town.visitor()).submit("Skicka in")) for _each in range(2))
    for number in (marked, proposed):
        desk = at_desk(town, number, "registrator-tn")
        desk.get(f"/handlaggning/arenden/{number}/handlingar").submit("Skydda personen")
    at = f"/handlaggning/arenden/{proposed}/skydd"
    first = town.signed_in("registrator-tn").get(at)
    first.submit(PROPOSE[0], reason="Personen har visat Skatteverkets beslut.")
    return {"marked": f"/handlaggning/arenden/{marked}/skydd", "proposed": at}
