"""The commands that an operator of payments types, and the figures that machines watch."""

import pytest

from tests.builders import sie_reader
from tests.builders.bank_files import EXAMPLE


@pytest.fixture
def tell(app):
    """Types a command, and tells how it ended and what it said."""

    def typed(*words: str):
        told = app.test_cli_runner().invoke(args=["payments", *words])
        return told.exit_code, told.output

    return typed


def test_a_ledger_without_faults_is_said_to_balance(tell):
    assert tell("check") == (0, "The ledger balances and explains every order.\n")


def test_a_period_is_written_as_a_file_that_is_read_back(tell, tmp_path):
    path = tmp_path / "november.se"
    code, _ = tell("sie", "--from", "2026-11-01", "--to", "2026-11-30", "--out", str(path))
    assert code == 0
    assert sie_reader.read(path.read_bytes()).facts["#ORGNR"] == ["212000-2874"]


def test_a_period_of_two_years_leaves_no_file(tell, tmp_path):
    path = tmp_path / "wrong.se"
    code, said = tell("sie", "--from", "2025-12-31", "--to", "2026-01-01", "--out", str(path))
    assert (code, path.exists()) == (1, False)
    assert "period" in said


def test_a_file_that_is_wrong_is_refused_with_its_line(tell, tmp_path):
    path = tmp_path / "bgmax.txt"
    path.write_text(EXAMPLE.replace("315100SEK", "315101SEK"), encoding="latin-1")
    code, said = tell("read", str(path))
    assert code == 1
    assert "bank-file fault: sum line: 11" in said


@pytest.mark.parametrize(
    ("month", "said"), [("2099-01", "month-not-over"), ("november", "A month is written as")]
)
def test_a_month_that_cannot_be_closed_is_refused(tell, month, said):
    code, told = tell("close-month", month)
    assert code == 1
    assert said in told
