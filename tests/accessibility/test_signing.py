"""The pages of signing, looked at with axe in every role, and at 320 pixels' width."""

from urllib.parse import urlsplit

import pytest

from tests.accessibility.stage import Page, Stage
from tests.accessibility.test_axe import faults
from tests.live import Chromium
from tests.pages import number_on
from tests.signing import ALONE, TOGETHER, Signer, publish
from tests.town import Town

NARROWEST = 320
WHERE = {
    "to sign": "tolvan",
    "signed": "tolvan",
    "proof": "tolvan",
    "waiting": "tolvan",
    "say no": "testa",
    "to sign for another": "testa",
    "proof at the desk": "handlaggare-tn",
    "check answers, then sign": "tolvan",
}


def _path(address: str) -> str:
    return urlsplit(address).path


@pytest.fixture(scope="module")
def made(town: Town) -> dict[str, str]:
    """Where each of the pages is."""
    publish(town)
    tolvan = Signer(town.app, town.settings).sign_in("tolvan")
    where = {"check answers, then sign": _path(tolvan.apply(ALONE, post="S-1").address)}
    where["to sign"] = _path(tolvan.to_signature().address)
    signed = _path(tolvan.apply(ALONE, post="S-2").to_signature().address)
    number = number_on(tolvan.sign())
    where |= {"signed": signed, "proof": f"{signed}/bevis"}
    where["proof at the desk"] = f"/handlaggning/arenden/{number}/underskrifter"
    tolvan.apply(TOGETHER, post="S-3").with_other()
    draft = tolvan.address.removesuffix("/granska")
    tolvan.to_signature().sign()
    where["waiting"] = _path(f"{draft}/vantar")
    testa = Signer(town.app, town.settings).sign_in("testa").get("/mina-sidor")
    asked = _path(testa.click("Skriv under: Skriv under tills").address)
    return where | {"to sign for another": asked, "say no": f"{asked}/avsta"}


@pytest.fixture
def visitors(town: Town) -> Stage:
    """Whoever looks at them: nothing else needs to be on the stage."""
    return Stage(town)


def _page(name: str, made: dict[str, str]) -> Page:
    return Page(name, WHERE[name], lambda _: made[name])


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", WHERE)
def test_axe_finds_no_fault(
    chromium: Chromium, visitors: Stage, made: dict[str, str], name: str, language: str
):
    _page(name, made).open(chromium, visitors, language)
    for scheme in ("light", "dark"):
        chromium.prefer(color_scheme=scheme)
        assert faults(chromium) == "", scheme


@pytest.mark.parametrize("name", WHERE)
def test_nothing_is_cut_off_on_a_narrow_screen(
    chromium: Chromium, visitors: Stage, made: dict[str, str], name: str
):
    chromium.narrow(NARROWEST)
    _page(name, made).open(chromium, visitors)
    assert chromium.run("return document.documentElement.scrollWidth") <= NARROWEST
