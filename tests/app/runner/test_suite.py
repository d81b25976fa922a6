"""`./start test` never leaves out the browser in silence."""

import pytest

from app.runner import suite


@pytest.fixture
def ran(monkeypatch):
    """The commands that would have been run."""
    commands = []

    class Done:
        returncode = 0

    def run(command, **_):
        commands.append(command)
        return Done()

    monkeypatch.setattr(suite.subprocess, "run", run)
    monkeypatch.setattr(suite, "compile_catalogues", lambda _: None)
    return commands


def test_the_suite_is_spread_over_one_worker_more_than_it_has_cores(ran, monkeypatch):
    monkeypatch.setattr(suite.shutil, "which", lambda program: f"/usr/bin/{program}")
    assert suite.main([]) == 0
    assert ran[0][1:] == ["-m", "pytest", "-n", "3", "--dist", "worksteal"]


@pytest.mark.parametrize("wish", [["-n", "4"], ["-n0"], ["-p", "no:xdist"]])
def test_another_spread_is_respected(ran, monkeypatch, wish):
    monkeypatch.setattr(suite.shutil, "which", lambda program: f"/usr/bin/{program}")
    suite.main(wish)
    assert ran[0][1:] == ["-m", "pytest", *wish]


def test_without_a_browser_an_ordinary_user_is_told_the_command(ran, monkeypatch, capsys):
    monkeypatch.setattr(suite.shutil, "which", lambda _: None)
    monkeypatch.setattr(suite.os, "getuid", lambda: 1000)

    assert suite.main([]) == 1
    assert "apt-get install -y" in capsys.readouterr().err
    assert ran == []


def test_a_browser_that_cannot_be_installed_is_a_failure(ran, monkeypatch):
    monkeypatch.setattr(
        suite.shutil, "which", lambda program: "/usr/bin/apt-get" if program == "apt-get" else None
    )
    monkeypatch.setattr(suite.os, "getuid", lambda: 0)

    assert suite.main([]) == 1
    update, *installs = ran
    assert update[:2] == ["apt-get", "update"]
    assert [command[:2] for command in installs] == [["apt-get", "install"]] * len(installs)
    assert "chromium" in installs[0]


def test_without_foreign_e_ids_the_suite_runs_and_tells_that_tests_are_skipped(
    ran, monkeypatch, capsys
):
    monkeypatch.setattr(
        suite.shutil, "which", lambda program: None if program == "php" else f"/bin/{program}"
    )
    monkeypatch.setattr(suite.os, "getuid", lambda: 1000)
    assert suite.main([]) == 0
    assert "SimpleSAMLphp is missing. Its tests are skipped" in capsys.readouterr().err
