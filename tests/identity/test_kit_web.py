"""The kit through the whole application: the same answers, no fault, and no person in any log."""

import logging
import re
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from flask import Flask

from identity import attributes
from tests.identity.kit import ACCEPTED, Stage, Variant
from tests.identity.kit_web import SIGN_INS, Web

# What names somebody, or is the message itself: its markup, its base64.
NUMBER = re.compile(r"(?<![0-9a-f])(?:18|19|20)?\d{6}[-+]?\d{4}(?![0-9a-f])")
MARKUP = re.compile(r"<|&lt;|PHNhbW|PD94bW|xmlns")
LONG = 4
NAMING = (
    attributes.PERSONAL_NUMBER,
    attributes.GIVEN_NAME,
    attributes.SURNAME,
    attributes.DISPLAY_NAME,
    attributes.PRID,
    attributes.EIDAS_IDENTIFIER,
    attributes.AFFILIATION,
)


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[StringIO]:
    """Everything that any logger says, at whatever level, and what goes to the terminal."""
    said = StringIO()
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(said))
    handler, root = logging.StreamHandler(said), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield said
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**before)


def test_the_kit_comes_out_the_same_through_the_application_and_is_not_told_of(
    app: Flask, logged: StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    web = Web(app, Stage())
    with web.at_our_desks():
        wrong = [line for line in (_wrong(web, one) for one in SIGN_INS) if line]
    assert wrong == []
    told = logged.getvalue() + "".join(capfd.readouterr())
    assert told.count("sign-in-refused") > 100
    assert told.count("signed-in") > 100
    named = _named(web)
    assert {"Tolvansson", "191212121212"} < named
    assert named & set(re.findall(r"\w+", told)) == set()
    assert MARKUP.findall(told) == []
    assert NUMBER.findall(told) == []


def _wrong(web: Web, variant: Variant) -> str:
    answer = web.play(variant)
    as_expected = answer.signs_in is (variant.expected == ACCEPTED)
    if as_expected and answer.status in (303, 403, 502, 503):
        return ""
    return f"{variant.family}: {variant.name}: {answer}"


def _named(web: Web) -> set[str]:
    """The words by which the kit's people could be known again."""
    said = set()
    for variant in SIGN_INS:
        message = web.stage.desk(variant.scene).message(**variant.changes)
        for name, _, values in message.attributes:
            if name in NAMING:
                said |= {word for value in values for word in re.findall(r"\w+", str(value))}
    return {word for word in said if len(word) > LONG}
