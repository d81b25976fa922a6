"""Catalogues: every .po of a language folder, merged and compiled to what gettext reads."""

import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None}


def compile_catalogues(root: Path) -> None:
    """Write messages.mo for each language whose texts are newer than it."""
    for folder in sorted((root / "translations").glob("*/LC_MESSAGES")):
        sources = sorted(folder.glob("*.po"))
        compiled = folder / "messages.mo"
        newest = max((source.stat().st_mtime for source in sources), default=0.0)
        if compiled.exists() and compiled.stat().st_mtime >= newest:
            continue
        fresh = folder / f"messages.{os.getpid()}.tmp"
        with fresh.open("wb") as file:
            write_mo(file, merged(folder))
        # Whoever reads it meanwhile reads the old one or the new one, whole.
        fresh.replace(compiled)


def merged(folder: Path) -> Catalog:
    """All messages of one language."""
    catalog = Catalog(locale=folder.parent.name)
    for source in sorted(folder.glob("*.po")):
        with source.open("rb") as file:
            for message in read_po(file, locale=folder.parent.name):
                if message.id:
                    catalog.add(message.id, message.string, context=message.context)
    return catalog


def extracted(root: Path) -> set[str]:
    """Every message that the code and the templates show."""
    # A template that cannot be read must not pass for one without words.
    options = {"**.html": {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}}
    found: set[str] = set()
    for place in ("app", "templates"):
        for _, _, message, _, _ in extract_from_dir(
            root / place,
            [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")],
            options_map=options,
            keywords=KEYWORDS,
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found


def missing(root: Path, language: str) -> list[str]:
    """Messages without a translation in a language; English needs none, being the source."""
    catalog = merged(root / "translations" / language / "LC_MESSAGES")
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and message.string
    }
    return sorted(extracted(root) - translated)
