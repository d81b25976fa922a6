"""`./start test`: the whole suite, with a browser and with foreign e-IDs."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.runner.run import ROOT
from app.runner.translations import compile_catalogues

# One more than there are cores, because a worker waits for Chromium, or for time to pass.
SPREAD = ["-n", "3", "--dist", "worksteal"]


@dataclass(frozen=True)
class Tool:
    """Programs and files that tests use, and the Debian packages that bring them."""

    name: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    needed: bool = False

    @property
    def is_here(self) -> bool:
        """Whether all of it can be used."""
        return all(shutil.which(file) or Path(file).is_file() for file in self.files)


TOOLS = (
    Tool(
        "Chromium",
        ("chromium", "chromedriver", "xmlsec1"),
        ("chromium", "chromium-driver", "xmlsec1"),
        needed=True,
    ),
    # Providers that nobody here wrote; without one of them, its tests are skipped and say so.
    Tool(
        "SimpleSAMLphp",
        ("php", "/usr/share/simplesamlphp/www/module.php"),
        # The last two are there so that no web server is brought along and started.
        ("simplesamlphp", "php-cli", "php-xml", "php-mbstring", "php-cgi", "micro-httpd"),
    ),
    Tool("lasso", ("/usr/lib/python3/dist-packages/lasso.py",), ("python3-lasso",)),
)


def main(arguments: list[str]) -> int:
    """Run pytest as docs/decisions/0040 says; arguments go to pytest."""
    compile_catalogues(ROOT)
    if not _all_is_here():
        return 1
    command = [
        sys.executable,
        "-m",
        "pytest",
        *([] if _spread_otherwise(arguments) else SPREAD),
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _spread_otherwise(arguments: list[str]) -> bool:
    return "no:xdist" in arguments or any(word.startswith("-n") for word in arguments)


def _all_is_here() -> bool:
    """Whether what the tests cannot do without is here, installed if it can be."""
    missing = [tool for tool in TOOLS if not tool.is_here]
    if missing and os.getuid() == 0 and shutil.which("apt-get"):
        names = " and ".join(tool.name for tool in missing)
        print(f"Installing {names} for the tests (the first time only) …", flush=True)
        _run(["apt-get", "update", "-q"])
        for tool in missing:
            _run(_install(tool))
    for tool in missing:
        if not tool.is_here:
            lack = "The tests need it" if tool.needed else "Its tests are skipped"
            told = f"{tool.name} is missing. {lack}. As root: {' '.join(_install(tool))}"
            print(told, file=sys.stderr)
    return all(tool.is_here for tool in missing if tool.needed)


def _install(tool: Tool) -> list[str]:
    return ["apt-get", "install", "-y", "--no-install-recommends", *tool.packages]


def _run(command: list[str]) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, env=environ, stdout=subprocess.DEVNULL)
