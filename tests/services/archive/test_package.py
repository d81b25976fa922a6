"""The archive package of a whole decided case: it reads back complete, and a changed byte is found."""

import io
import zipfile
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.archive import contents, package, reading, xml
from services.attachments import commands as attachments
from services.cases import commands as cases
from services.cases import links, notes
from services.cases.models import State
from services.decisions import appeals
from services.decisions.commands import Wording
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import Duty
from services.records import diary
from tests.builders import a_case, a_document, a_handler, a_resident, a_work, an_authority
from tests.services.attachments.files import photo
from tests.services.decisions.test_decisions import DECIDED, DOCUMENT, START
from tests.services.decisions.test_decisions import Town as Deciding

SALEM = "Salems kommun"
NO = Wording("Vi avslår <ansökan> & mer.\x0b", reasons="För att …", communication="own_material")


@pytest.fixture
def town(lent):
    """A case with a photo, messages, a note, a decision and an appeal, in the diary, linked."""
    town = Deciding(lent)
    work = a_work(lent, town.resident, START + timedelta(minutes=5))
    sent(lent, work, town.case.id)
    notes.note(town.at(START + timedelta(hours=1)), town.case.id, "Ring entreprenören.")
    other = a_case(lent, by=town.resident, document=a_document(slug="annat"), now=START)
    links.link(town.at(START + timedelta(hours=2)), town.case.id, other.number or "")
    decision = town.made(wording=NO)
    appeals.register(town.at(DECIDED + timedelta(hours=1)), decision.id, "Fel!", "letter")
    diary.enter_missing(town.at())
    lent.flush()
    lent.refresh(town.case)
    return town


def sent(lent, work, case_id):
    """The resident writes, with a photo."""
    message_id = new_id()
    attachments.receive(
        work, io.BytesIO(photo()), "gunga.jpg", owner_kind="message", owner_id=message_id,
        kinds=("image",), max_bytes=10_000_000,
    )  # fmt: skip
    cases.write_from_party(work, case_id, "Här är en bild.", message_id=message_id)
    lent.flush()


def exported(town):
    return package.export(town.at(who=town.registrar), town.case.id, SALEM)


def test_fgs_a_whole_decided_case_reads_back_complete(town):
    made = exported(town)
    found = reading.read_back(made)
    assert found.faults == []
    assert reading.differences(found, contents.of(town.at(), town.case, SALEM)) == []
    kinds = [key.split("-")[0] for key in found.documents]
    assert kinds == ["application", "message", "message", "decision", "appeal"]
    text = found.files["metadata/descriptive/arende.xml"].decode()
    for said in (
        "TN 2026/1",
        "<arende:Riktning>UPPR</arende:Riktning>",
        "ArendeRelation",
        "gunga.jpg",
    ):
        assert said in text
    data = [path for path in found.files if path.startswith("representations/rep1/data/")]
    assert {path.rsplit("/", 1)[-1] for path in data} >= {
        *("kvittens.pdf", "text.txt", "bilaga-01.jpg", "beslut.pdf", "svar.json", "handelser.json")
    }


def test_an_unchanged_case_gives_the_same_bytes_again(town):
    assert exported(town) == exported(town)


def tampered(made, path, change):
    """The package with one file changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            data = old.read(each)
            new.writestr(each, change(data) if each.filename.endswith(path) else data)
    return out.getvalue()


def found_in(data):
    """What reading a package back finds wrong, by codes."""
    try:
        return {each.code for each in reading.read_back(data).faults}
    except Invalid as refusal:
        return {refusal.code}


def test_a_changed_byte_is_found_in_every_file(town):
    made = exported(town)
    for path in reading.read_back(made).files:
        if path == package.METS:
            continue
        changed = tampered(made, path, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
        assert found_in(changed), path


def test_what_is_taken_out_or_slipped_in_is_found(town):
    made = exported(town)
    out = io.BytesIO(made)
    with zipfile.ZipFile(out, "a") as zipped:
        zipped.writestr(f"arkiv-{town.case.number}/representations/rep1/data/mer.txt", "mer")
    codes = {each.code for each in reading.read_back(out.getvalue()).faults}
    assert "unlisted" in codes
    with zipfile.ZipFile(io.BytesIO(made)) as old:
        kept = {each.filename: old.read(each) for each in old.infolist()}
    gone = next(name for name in kept if name.endswith("beslut.pdf"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, data in kept.items():
            if name != gone:
                new.writestr(name, data)
    assert "missing" in {each.code for each in reading.read_back(out.getvalue()).faults}


def test_a_package_of_an_older_case_differs_from_the_case_of_today(town, lent):
    found = reading.read_back(exported(town))
    notes.note(town.at(DECIDED + timedelta(days=1)), town.case.id, "En rad till.")
    lent.flush()
    differing = reading.differences(found, contents.of(town.at(), town.case, SALEM))
    assert {"document", "events"} <= {each.code for each in differing}


@pytest.mark.parametrize("name", ["a/../b", "../b", "a//b", "lös", "a/b\\c"])
def test_paths_that_lead_out_of_the_package_are_refused(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr(name, "x")
    with pytest.raises(Invalid, match="archive-zip"):
        reading.read_back(out.getvalue())


def test_a_document_type_is_never_read():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(Invalid, match="archive-xml"):
        xml.read(bomb)


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_at_all_break_the_reader(data):
    with pytest.raises(Invalid, match="archive-zip"):
        reading.read_back(data)


def test_only_registrar_and_manager_of_the_authority_take_a_case_out(town, lent):
    elsewhere = a_handler(lent, an_authority(lent, "BMN"), Duty.REGISTRAR)
    for who in (town.handler, town.resident, elsewhere, a_resident(lent)):
        with pytest.raises(NotAllowed):
            package.export(town.at(who=who), town.case.id, SALEM)


def test_a_case_that_is_worked_on_is_not_archived(lent):
    document = a_document(**{**DOCUMENT, "slug": "pagaende"})
    authority = an_authority(lent)
    case = a_case(lent, by=a_resident(lent), document=document)
    assert case.state == State.RECEIVED
    registrar = a_handler(lent, authority, Duty.REGISTRAR)
    with pytest.raises(Conflict, match="case-not-ended"):
        package.export(a_work(lent, registrar), case.id, SALEM)
