"""Children are started again when they die, and stop when we stop, however we end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.config import ROOT
from app.runner.supervisor import Child

PATIENCE = 15.0
LIVE = [sys.executable, "-c", "import time; time.sleep(600)"]
# A parent that starts one child, tells its number, and waits to be killed.
PARENT = """
import os, sys, time
from pathlib import Path
from app.runner.supervisor import Child
child = Child("c", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ), Path("."))
child.start()
print(child.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def child(tmp_path):
    made = Child("child", LIVE, dict(os.environ), tmp_path)
    made.start()
    yield made
    made.process.kill()
    made.process.wait()


def test_a_child_that_lives_is_left_alone(child):
    first = child.process.pid
    child.look_after()
    assert child.process.pid == first


def test_a_killed_child_is_started_again(child):
    first = child.process
    first.kill()
    first.wait()

    _until(lambda: child.look_after() or child.process is not first)

    assert child.process.poll() is None


def test_a_child_that_dies_at_once_is_waited_for_longer_each_time(tmp_path):
    child = Child("child", [sys.executable, "-c", "pass"], dict(os.environ), tmp_path)
    pauses = []
    for _ in range(3):
        child.start()
        child.process.wait()
        child.not_before = 0.0
        child.look_after()
        pauses.append(child.pause)

    assert pauses == sorted(set(pauses))


def test_a_child_that_will_not_stop_is_killed(tmp_path):
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    )
    child = Child("deaf", [sys.executable, "-c", deaf], dict(os.environ), tmp_path)
    child.start()
    time.sleep(0.5)

    child.stop()
    child.wait(time.monotonic() + 0.5)

    assert child.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_a_child_dies_with_a_parent_that_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    number = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    _until(lambda: not _alive(number))


def _alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _until(holds) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
