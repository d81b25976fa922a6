"""What `./start run` makes of its options and of the environment."""

import signal

import pytest

from app.runner import run
from app.runner.run import Options, environment_of


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("ENV", "DATA", "PUBLIC_URL", "EID_DEMO_URL", "SMTP_PORT", "DATABASE_URL"):
        monkeypatch.delenv(f"SALEM24_{name}", raising=False)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_what_stands_beside_takes_the_next_ports(tmp_path):
    options = Options(port=9000, data=tmp_path)

    environ = environment_of(options)

    assert environ["SALEM24_PUBLIC_URL"] == "http://localhost:9000"
    assert environ["SALEM24_EID_DEMO_URL"] == "http://127.0.0.1:9001"
    assert environ["SALEM24_SMTP_PORT"] == "9002"
    assert environ["SALEM24_SWISH_URL"] == "https://127.0.0.1:9003/swish-cpcapi"
    assert environ["SALEM24_CARD_URL"] == "https://127.0.0.1:9004"
    assert options.ports == [9000, 9001, 9002, 9003, 9004]


def test_an_address_that_the_environment_names_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("SALEM24_PUBLIC_URL", "https://e.salem24.example")
    assert environment_of(Options(data=tmp_path))["SALEM24_PUBLIC_URL"].startswith("https:")


def test_production_has_no_demonstration_beside_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SALEM24_ENV", "production")
    options = Options(data=tmp_path)

    children = run._children(options, environment_of(options))

    assert [child.name for child in children] == ["web", "worker"]
    assert options.ports == [8024]


@pytest.mark.parametrize(
    ("ways", "simulators"), [("swish card counter", {"swish", "card"}), ("counter", set())]
)
def test_a_demonstration_simulates_the_ways_to_pay_that_are_on(tmp_path, ways, simulators):
    options = Options(port=9000, data=tmp_path)
    environ = {
        **environment_of(options),
        "SALEM24_DATABASE_URL": "postgresql://unused",
        "SALEM24_PAYMENT_WAYS": ways,
    }

    children = {child.name: child.command for child in run._children(options, environ)}

    assert {"swish", "card"} & set(children) == simulators
    assert all(str(9000 + run.SIMULATORS[name]) in children[name] for name in simulators)


def test_production_never_starts_an_embedded_database(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SALEM24_ENV", "production")
    monkeypatch.setattr(run, "database_of", lambda _: pytest.fail("an embedded database"))

    assert run.main(["--port", "18024", "--data", str(tmp_path / "data")]) == 2
    assert "SALEM24_DATABASE_URL: expected" in capsys.readouterr().err


def test_a_folder_with_other_things_is_not_reset(tmp_path, capsys):
    (tmp_path / "letter").write_text("dear")

    assert run.main(["--port", "18024", "--data", str(tmp_path), "--reset"]) == 2
    assert "letter" in capsys.readouterr().err
    assert (tmp_path / "letter").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "0"],
        ["--port", "65532"],
        ["--port", "web"],
        ["--workers", "0"],
        ["--reset", "--database-url", "postgresql://x"],
    ],
)
def test_options_that_cannot_be_meant_are_refused(arguments, tmp_path, capsys):
    with pytest.raises(SystemExit) as refused:
        run.main([*arguments, "--data", str(tmp_path / "data")])
    assert refused.value.code == 2
    assert "error:" in capsys.readouterr().err
