"""A SIE file read back by a parser that nobody here wrote."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from services.payments import sie
from services.payments.books import Entry, Posting
from tests.builders.payments import FEE, MAPS
from tests.services.payments.test_sie import SALEM, TODAY

ROOT = Path(__file__).resolve().parents[3]


def read_elsewhere(data, folder):
    path = folder / "day.se"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-m", "tests.builders.sie_elsewhere", str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture
def day(office):
    """A day with payments, one with VAT and one with letters that only CP437 has in common."""
    office.paid(office.order_of([("125", MAPS), ("88.50", FEE)]))
    office.paid(office.order("900"))
    office.session.flush()
    return b"".join(sie.encoded(sie.lines(office.session, SALEM, TODAY, TODAY, TODAY)))


def test_somebody_elses_parser_reads_the_same_to_the_ore(office, day, tmp_path):
    told = read_elsewhere(day, tmp_path)
    assert told["name"] == "Salems kommun (TESTDATA)"
    assert told["years"] == [[20260101, 20261231]]

    query = select(Entry).where(Entry.booked_on == TODAY, Entry.series == "B")
    entries = {str(each.number): each for each in office.session.scalars(query)}
    assert set(told["vouchers"]) == set(entries)
    for number, (on, words, registered, rows) in told["vouchers"].items():
        entry = entries[number]
        assert (on, words, registered) == ("20261124", entry.text, "20261124")
        postings = select(Posting).where(Posting.entry_id == entry.id)
        ours = office.session.scalars(postings.order_by(Posting.position)).all()
        read = [(account, int(Decimal(amount) * 100)) for account, _, amount in rows]
        assert read == [(each.account, each.amount_ore) for each in ours]
        assert sum(ore for _, ore in read) == 0
        for (_, objects, _), each in zip(rows, ours):
            assert (f'"1" "{each.responsibility}"' in objects) == (each.responsibility is not None)


def test_it_does_notice_what_is_missing(office, day, tmp_path):
    broken = day.replace(b"#TRANS 1912", b"#TRANZ 1912", 1)
    assert broken != day
    rows = [voucher[3] for voucher in read_elsewhere(broken, tmp_path)["vouchers"].values()]
    assert any(sum(Decimal(amount) for *_, amount in each) for each in rows)
