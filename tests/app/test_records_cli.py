"""The commands of the diary and the archive, as they are typed."""

from sqlalchemy import select

from services.cases.models import Case


def test_the_diary_is_whole_and_a_package_is_written_and_verified(town, tmp_path):
    run = town.app.test_cli_runner().invoke
    assert run(args=["diary", "enter"]).exit_code == 0
    assert run(args=["diary", "check"]).output == "No gaps.\n"
    ended = select(Case.number).where(Case.state.in_(["decided", "closed", "withdrawn"]))
    number = town.ask(ended.order_by(Case.id).limit(1))
    file = tmp_path / "arkiv.zip"
    done = run(args=["archive", "export", number, "--out", str(file)])
    assert "read back whole" in done.output, done.output
    assert "Whole." in run(args=["archive", "verify", str(file)]).output
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert run(args=["archive", "verify", str(file)]).exit_code == 1
