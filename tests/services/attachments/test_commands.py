"""From upload to download, by way of quarantine."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.attachments import commands, queries
from services.attachments.models import Attachment, FileState
from services.attachments.scanners.pretend import EICAR, PretendScanner
from services.attachments.scanning import Verdict
from services.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from services.kernel.work import ANYONE, Work
from services.storage.store import checksum_of
from services.storage.stores.local import LocalStore
from tests.services.attachments import files

NOW = datetime(2026, 10, 1, 12, 32, tzinfo=UTC)
KINDS = ("image", "pdf", "document")


class SlowScanner(PretendScanner):
    """Scans nothing while somebody waits."""

    at_once_bytes = 0


class AbsentScanner:
    """Is asked and does not answer."""

    at_once_bytes = 1024

    def scan(self, data: bytes) -> Verdict:
        raise Unavailable("scanner-away")


@pytest.fixture
def work(session: Session, tmp_path: Path) -> Work:
    session.info["store"] = LocalStore(tmp_path / "files")
    session.info["scanner"] = PretendScanner()
    return Work(session=session, actor=ANYONE, now=NOW)


def received(work: Work, data: bytes, name: str = "lykta.jpg", **wishes: Any) -> Attachment:
    given = {"owner_id": uuid4(), "kinds": KINDS, "max_bytes": 100_000, **wishes}
    attachment = commands.receive(work, io.BytesIO(data), name, **given)
    work.session.flush()
    return attachment


def jobs(work: Work, kind: str) -> list[dict[str, Any]]:
    query = text("SELECT args FROM procrastinate_jobs WHERE task_name = :kind ORDER BY id")
    return [row.args for row in work.session.execute(query, {"kind": kind})]


def test_a_photo_is_kept_as_it_came_and_shown_without_metadata(work: Work) -> None:
    photo = files.photo()
    attachment = received(work, photo)
    assert attachment.state == FileState.CLEAN
    assert commands.opened_original(work, attachment) == photo
    assert b"Testa" not in commands.opened(work, attachment)


def test_an_iphone_photo_is_given_out_as_a_jpeg(work: Work) -> None:
    attachment = received(work, files.photo("HEIF"), "foto.HEIC")
    assert (attachment.name, attachment.media_type) == ("foto.jpg", "image/jpeg")
    assert attachment.original_media_type == "image/heic"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"x" * 100_001, "file-too-large"),
        (b"MZ\x90", "file-kind"),
        (b"\xff\xd8\xff", "file-broken"),
    ],
)
def test_a_file_that_cannot_be_taken_in_says_so_by_name(work: Work, data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        received(work, data)
    assert (refusal.value.code, refusal.value.details["name"]) == (code, "lykta.jpg")


def test_an_infected_file_is_refused_by_name_and_not_kept(work: Work, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        received(work, files.photo() + EICAR)
    assert (refusal.value.code, refusal.value.details["name"]) == ("file-infected", "lykta.jpg")
    assert not list(tmp_path.rglob("*/*"))


def test_a_question_for_pictures_takes_no_pdf(work: Work) -> None:
    with pytest.raises(Invalid, match="file-kind"):
        received(work, files.pdf(), "brev.pdf", kinds=("image",))


@pytest.mark.parametrize("scanner", [SlowScanner(), AbsentScanner()])
def test_an_unscanned_file_waits_in_quarantine_for_its_job(work: Work, scanner: Any) -> None:
    work.resources["scanner"] = scanner
    attachment = received(work, files.pdf(), "brev.pdf")
    assert jobs(work, "attachments.scan") == [{"attachment_id": str(attachment.id)}]
    with pytest.raises(Conflict, match="not-scanned-yet"):
        commands.opened(work, attachment)


def test_the_job_lets_a_clean_file_out_and_may_be_repeated(work: Work) -> None:
    work.resources["scanner"] = SlowScanner()
    attachment = received(work, files.photo())
    for _ in range(2):
        commands.scan(work, {"attachment_id": str(attachment.id)})
    assert commands.opened(work, attachment)


def test_the_job_refuses_an_infected_file(work: Work) -> None:
    work.resources["scanner"] = SlowScanner()
    attachment = received(work, files.photo() + EICAR)
    commands.scan(work, {"attachment_id": str(attachment.id)})
    assert (attachment.state, attachment.refusal) == ("refused", "file-infected")
    with pytest.raises(Conflict, match="file-refused"):
        commands.opened_original(work, attachment)


def test_the_job_for_a_file_that_is_gone_does_nothing(work: Work) -> None:
    commands.scan(work, {"attachment_id": str(uuid4())})


def test_a_removed_file_is_forgotten_once_nobody_points_to_its_bytes(work: Work) -> None:
    photo, owner = files.photo(), uuid4()
    first, second = (received(work, photo, owner_id=owner) for _ in range(2))
    checksum = checksum_of(photo)

    commands.remove(work, first.id, owner_id=owner)
    work.session.flush()
    commands.discard(work, {"checksum": checksum})
    assert work.resources["store"].has(checksum)

    commands.remove(work, second.id, owner_id=owner)
    work.session.flush()
    assert {"checksum": checksum} in jobs(work, "attachments.discard")
    commands.discard(work, {"checksum": checksum})
    assert not work.resources["store"].has(checksum)


def test_somebody_elses_file_is_not_found(work: Work) -> None:
    attachment = received(work, files.photo())
    with pytest.raises(NotFound):
        commands.remove(work, attachment.id, owner_id=uuid4())
    with pytest.raises(NotFound):
        queries.attachment(work.session, UUID(int=0))


def test_files_follow_a_draft_into_its_case_and_stay_there(work: Work) -> None:
    draft, case = uuid4(), uuid4()
    attachment = received(work, files.photo(), owner_id=draft)
    commands.adopt(work, owner_id=draft, new_owner_kind="case", new_owner_id=case)
    assert queries.of_owner(work.session, draft) == []
    assert queries.of_owner(work.session, case) == [attachment]
    with pytest.raises(Conflict, match="file-handed-in"):
        commands.remove(work, attachment.id, owner_id=case)


def test_a_discarded_draft_takes_its_files_along(work: Work) -> None:
    owner = uuid4()
    received(work, files.photo(), owner_id=owner)
    received(work, files.pdf(), "brev.pdf", owner_id=owner)
    commands.remove_all(work, owner)
    assert queries.of_owner(work.session, owner) == []


def test_a_photo_tells_where_it_was_taken_only_when_asked(work: Work) -> None:
    attachment = received(work, files.photo())
    place = queries.photo_position(work.session, attachment.id)
    assert place is not None
    assert round(place.lat, 1) == 59.2
    assert queries.photo_position(work.session, received(work, files.pdf(), "brev.pdf").id) is None
