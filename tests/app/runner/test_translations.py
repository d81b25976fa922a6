"""Catalogues are compiled when they have changed, and only then."""

import os
from gettext import GNUTranslations

import pytest

from app.runner.translations import compile_catalogues, missing

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "translations" / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "app").mkdir()
    (tmp_path / "templates").mkdir()
    (folder / "lamps.po").write_text(f'{HEAD}msgid "Street lamp"\nmsgstr "Gatlykta"\n')
    (folder / "desk.po").write_text(f'{HEAD}msgid "Inbox"\nmsgstr "Inkorg"\n')
    return tmp_path


def _read(root) -> GNUTranslations:
    compiled = root / "translations" / "sv" / "LC_MESSAGES" / "messages.mo"
    with compiled.open("rb") as file:
        return GNUTranslations(file)


def test_all_catalogues_of_a_language_become_one(root):
    compile_catalogues(root)
    assert _read(root).gettext("Street lamp") == "Gatlykta"
    assert _read(root).gettext("Inbox") == "Inkorg"


def test_what_has_not_changed_is_left_alone(root):
    compile_catalogues(root)
    folder = root / "translations" / "sv" / "LC_MESSAGES"
    (folder / "messages.mo").write_bytes(b"as it was")
    os.utime(folder / "messages.mo")

    compile_catalogues(root)

    assert (folder / "messages.mo").read_bytes() == b"as it was"
    assert {path.name for path in folder.iterdir()} == {"lamps.po", "desk.po", "messages.mo"}


def test_what_has_changed_is_compiled_again(root):
    compile_catalogues(root)
    folder = root / "translations" / "sv" / "LC_MESSAGES"
    (folder / "desk.po").write_text(f'{HEAD}msgid "Inbox"\nmsgstr "Inkommet"\n')
    os.utime(folder / "messages.mo", (0, 0))

    compile_catalogues(root)

    assert _read(root).gettext("Inbox") == "Inkommet"


def test_a_message_of_a_page_or_of_the_code_without_translation_is_missing(root):
    (root / "templates" / "lamp.html").write_text("{{ _('Street lamp') }} {{ _('Dark') }}")
    (root / "app" / "desk.py").write_text("def show(_):\n    return _('Inbox'), _('Outbox')\n")

    assert missing(root, "sv") == ["Dark", "Outbox"]
