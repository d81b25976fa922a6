"""Writes to the party of a case and dies: `python -m tests.faults.writing CASE AUTHORITY WHEN`.

WHEN is "before commit" or "after commit". Dying is `kill -9`: nothing is tidied up.
"""

import os
import signal
import sys
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.config import Settings
from app.transactions import open_work
from services import wiring
from services.audit.log import AuditedSession
from services.cases import commands
from services.kernel.work import Actor, Duty, Role
from tests.builders import a_person

BEFORE, AFTER = "before commit", "after commit"


def sessions(environ: Mapping[str, str]) -> sessionmaker:
    """Sessions as an entry point opens them."""
    settings = Settings.from_environment(environ)
    return sessionmaker(
        create_engine(settings.database_url),
        class_=AuditedSession,
        expire_on_commit=False,
        info=wiring.resources(settings),
    )


def main(case_id: str, authority_id: str, when: str) -> None:
    """Write as a handler of the authority, and die at the moment that is asked for."""
    with open_work(sessions(os.environ)) as work:
        person = a_person(work.session, "Hilda", when)
        duties = {UUID(authority_id): frozenset({Duty.HANDLER})}
        work.actor = Actor(Role.STAFF, person.id, authorities=duties)
        commands.write_from_desk(work, UUID(case_id), f"Hej {when}.")
        work.session.flush()
        if when == BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
