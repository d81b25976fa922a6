"""Every text that is shown exists in every language, and every template compiles strictly."""

import pytest
from jinja2 import meta

from app.config import ROOT
from app.runner.translations import merged, missing


def test_no_message_lacks_swedish():
    assert missing(ROOT, "sv") == []


def test_translations_name_the_same_values():
    catalog = merged(ROOT / "translations" / "sv" / "LC_MESSAGES")
    wrong = [
        message.id
        for message in catalog
        if isinstance(message.id, str)
        and message.id
        and "%(" in message.id
        and _values(message.id) != _values(str(message.string))
    ]
    assert wrong == []


def _values(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize(
    "name",
    sorted(
        str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")
    ),
)
def test_a_template_compiles(app, name):
    environment = app.jinja_env
    source, _, _ = environment.loader.get_source(environment, name)
    meta.find_undeclared_variables(environment.parse(source))
    assert environment.get_template(name)
