"""What the stylesheet and the fonts must hold, without a browser."""

import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
SIDES = re.compile(
    r"[{;](?:(?:margin|padding)-(?:left|right)|border-(?:left|right)[a-z-]*|left|right):"
)


def stylesheet() -> str:
    return (STATIC / "salem.css").read_text(encoding="utf-8")


def test_one_stylesheet_serves_both_directions_of_writing():
    assert SIDES.findall(stylesheet()) == []


def test_dark_forced_colours_print_and_less_motion_are_provided_for():
    for query in (
        "prefers-color-scheme:dark",
        "forced-colors:active",
        "print",
        "prefers-reduced-motion",
    ):
        assert query in re.sub(r"\s", "", stylesheet())


def test_nothing_of_gov_uk_that_others_may_not_use_is_left():
    for name in ("GDS Transport", "crest", "crown"):
        assert name not in stylesheet()


def test_every_file_that_the_stylesheet_names_is_there():
    named = re.findall(r'url\("?([^")]+)"?\)', stylesheet())
    assert named
    assert all((STATIC / name).is_file() for name in named)


def test_no_selector_is_broken():
    # A browser drops such a rule without a word.
    for sheet in sorted(STATIC.glob("*.css")):
        assert not re.search(r"\.\.[a-z]|,\s*\{|\{\s*\{", sheet.read_text(encoding="utf-8")), (
            sheet.name
        )
