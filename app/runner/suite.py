"""`./start test`: the whole suite, with a browser."""

import os
import shutil
import subprocess
import sys

from app.runner.run import ROOT
from app.runner.translations import compile_catalogues

PACKAGES = ["chromium", "chromium-driver", "xmlsec1"]
PROGRAMS = ["chromium", "chromedriver", "xmlsec1"]


def main(arguments: list[str]) -> int:
    """Run pytest on two cores; arguments go to pytest."""
    compile_catalogues(ROOT)
    if not _browser_is_here():
        return 1
    command = [
        sys.executable,
        "-m",
        "pytest",
        *([] if _spread_otherwise(arguments) else ["-n", "2"]),
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _spread_otherwise(arguments: list[str]) -> bool:
    return "no:xdist" in arguments or any(word.startswith("-n") for word in arguments)


def _browser_is_here() -> bool:
    if all(shutil.which(program) for program in PROGRAMS):
        return True
    install = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    if os.getuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the tests (the first time only) …", flush=True)
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(
            ["apt-get", "update", "-q"], check=False, env=environ, stdout=subprocess.DEVNULL
        )
        subprocess.run(install, check=False, env=environ, stdout=subprocess.DEVNULL)
    if all(shutil.which(program) for program in PROGRAMS):
        return True
    print(f"The tests need Chromium. As root: {' '.join(install)}", file=sys.stderr)
    return False
