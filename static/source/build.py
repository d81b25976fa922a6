"""Compiles the stylesheet and fetches the fonts and the script, when the look changes.

Run by hand with a folder in which npm has installed the packages named in PACKAGES:

    npm install --ignore-scripts govuk-frontend@6.6.0 sass@1.108.2 \\
        @fontsource-variable/source-sans-3@5.3.0 source-sans@3.52.0
    python static/source/build.py FOLDER

The results are committed, so that the site needs no Node to run.
"""

import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent
STATIC = SOURCE.parent

# GOV.UK writes left and right; we serve languages of both directions from one stylesheet.
LOGICAL = {
    r"(?<![\w-])(margin|padding)-left(?=:)": r"\1-inline-start",
    r"(?<![\w-])(margin|padding)-right(?=:)": r"\1-inline-end",
    r"(?<![\w-])border-left(?=[:-])": "border-inline-start",
    r"(?<![\w-])border-right(?=[:-])": "border-inline-end",
    r"(?<![\w-])border-top-left-radius(?=:)": "border-start-start-radius",
    r"(?<![\w-])border-top-right-radius(?=:)": "border-start-end-radius",
    r"(?<![\w-])border-bottom-left-radius(?=:)": "border-end-start-radius",
    r"(?<![\w-])border-bottom-right-radius(?=:)": "border-end-end-radius",
    r"(?<=[{;])left(?=:)": "inset-inline-start",
    r"(?<=[{;])right(?=:)": "inset-inline-end",
    r"(?<![\w-])(float|clear):left": r"\1:inline-start",
    r"(?<![\w-])(float|clear):right": r"\1:inline-end",
    r"text-align:left": "text-align:start",
    r"text-align:right": "text-align:end",
}
COPIED = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2": (
        "fonts/source-sans-3-latin.woff2"
    ),
    "@fontsource-variable/source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2": (
        "fonts/source-sans-3-latin-ext.woff2"
    ),
    "source-sans/TTF/SourceSans3-Regular.ttf": "fonts/SourceSans3-Regular.ttf",
    "source-sans/TTF/SourceSans3-Bold.ttf": "fonts/SourceSans3-Bold.ttf",
    "source-sans/LICENSE.md": "fonts/OFL.md",
}


def compiled(modules: Path) -> str:
    """The stylesheet as sass makes it."""
    sass = [str(modules / ".bin" / "sass"), "--style=compressed", "--no-source-map", "--quiet-deps"]
    command = [*sass, f"--load-path={modules}", str(SOURCE / "salem.scss")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def made_logical(css: str) -> str:
    """The same stylesheet, with start and end instead of left and right."""
    for physical, logical in LOGICAL.items():
        css = re.sub(physical, logical, css)
    return css


def main() -> None:
    """Write static/salem.css and copy what is served as it is."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    modules = Path(sys.argv[1]) / "node_modules"
    (STATIC / "salem.css").write_text(made_logical(compiled(modules)), encoding="utf-8")
    for origin, target in COPIED.items():
        (STATIC / target).parent.mkdir(exist_ok=True)
        text = (modules / origin).read_bytes()
        (STATIC / target).write_bytes(
            text.split(b"//# sourceMappingURL")[0] if target.endswith(".js") else text
        )
    # The sources say left and right nowhere that a direction of writing could change.
    print(f"salem.css: {(STATIC / 'salem.css').stat().st_size} bytes")


if __name__ == "__main__":
    main()
