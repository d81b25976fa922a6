"""A file from the bank takes no more memory the longer it is."""

import gc
import tracemalloc

from sqlalchemy.orm import sessionmaker

from app.transactions import open_work
from services.audit.log import AuditedSession
from services.payments import reading
from tests.builders.bank_files import Paid, bgmax

ROWS = (500, 1500)
# What a list of the ids alone would take is more.
MOST_BYTES = 100_000


def test_a_longer_file_is_booked_in_no_more_memory(office, tmp_path):
    connection, lent = office.session.connection(), office.session.info
    sessions = sessionmaker(
        connection,
        class_=AuditedSession,
        expire_on_commit=False,
        info=lent,
        join_transaction_mode="create_savepoint",
    )
    order = office.order(str(sum(ROWS) * 10))
    office.session.commit()
    peaks = [_peak(sessions, tmp_path, order.ocr, rows) for rows in (50, *ROWS)]
    assert peaks[2] - peaks[1] < MOST_BYTES, peaks


def _peak(sessions, folder, reference, rows):
    """The most that was held while a file was read and booked, in bytes."""
    path = folder / f"{rows}.bgmax"
    serial = rows * 10
    path.write_bytes(bgmax([Paid(100, reference) for _ in range(rows)], serial=serial))
    with path.open("rb") as file:
        with open_work(sessions) as work:
            taken = reading.take(work, file, allow_test=False)
        gc.collect()
        # What is there already need not be gone through after each part.
        gc.freeze()
        tracemalloc.start()
        try:
            for part in reading.parts(file, taken):
                with open_work(sessions) as work:
                    done = reading.book(work, taken.file_id, part)
                # What is held counts, not what waits to be thrown away.
                gc.collect()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            gc.unfreeze()
            assert done == rows
