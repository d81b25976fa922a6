"""The attack kit against the whole application: a pending log-in, a posted form, an answer."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.federation import Federation
from app.pending_cookie import NAME
from identity.metadata import Directory
from services.people import commands
from tests.identity.conftest import Desk
from tests.identity.kit import Form, Stage, Variant
from tests.identity.kit_content import CONTENT
from tests.identity.kit_costly import COSTLY
from tests.identity.kit_forged import FORGED
from tests.identity.kit_golden import GOLDEN

SIGN_INS: list[Variant] = [*GOLDEN, *FORGED, *CONTENT, *COSTLY]
RETURN_TO = "/kontakt"
# The RelayState that the kit's forms bring back.
HANDLE = "anything"


@dataclass(frozen=True)
class Posted:
    """A form on its way to us, as the web server hands it over."""

    environ: dict[str, Any]

    def once_more(self) -> "Posted":
        """The same form again, as when somebody reloads the page."""
        sent = self.environ["wsgi.input"]
        sent.seek(0)
        return Posted({**self.environ, "wsgi.input": sent})


@dataclass(frozen=True)
class Answer:
    """What the browser got."""

    status: int
    location: str | None
    body: str

    @property
    def signs_in(self) -> bool:
        """Whether somebody has come in by it."""
        return self.status == 303 and self.location == RETURN_TO


class Web:
    """The application, to which each variant comes from an address of its own."""

    def __init__(self, app: Flask, stage: Stage) -> None:
        self.app, self.stage = app, stage
        self.posted = 0
        self.return_to = RETURN_TO
        # Where all forms come from; else each comes from an address of its own.
        self.only_address: str | None = None

    @contextmanager
    def at_our_desks(self) -> Iterator[None]:
        """While this lasts, the application knows the kit's entities and providers, not its own."""
        held = self.app.extensions.pop("federation", None)
        try:
            yield
        finally:
            self.app.extensions.pop("federation", None)
            if held is not None:
                self.app.extensions["federation"] = held

    def prepare(self, variant: Variant) -> Posted:
        """Mint a variant, and let the log-in that it answers be under way."""
        desk = self.stage.desk(variant.scene)
        self.app.extensions["federation"] = _federation(desk)
        form = (
            desk.minter.form(desk.message(**variant.changes))
            if variant.form is None
            else variant.form(desk)
        )
        return Posted(self._environ(desk, form, self._under_way(desk)))

    def answer(self, posted: Posted) -> Answer:
        """Let the application answer, down to the last byte."""
        parts, status, headers = run_wsgi_app(self.app, posted.environ, buffered=True)
        body = b"".join(parts).decode()
        return Answer(int(status.split()[0]), headers.get("Location"), body)

    def play(self, variant: Variant) -> Answer:
        """Both."""
        return self.answer(self.prepare(variant))

    def _under_way(self, desk: Desk) -> str:
        asked = desk.asked
        with self.app.extensions["open_work"]() as work:
            return commands.begin_login(
                work,
                request_id=asked.request_id,
                entity=asked.entity,
                provider=asked.provider,
                levels=asked.levels,
                force=asked.force,
                return_to=self.return_to,
            )

    def _environ(self, desk: Desk, form: Form, secret: str) -> dict[str, Any]:
        self.posted += 1
        builder = EnvironBuilder(
            f"/saml/{desk.entity.name}/acs",
            method="POST",
            input_stream=io.BytesIO(urlencode(form).encode()),
            content_type="application/x-www-form-urlencoded",
            headers={"Cookie": f"{NAME}={HANDLE}:{secret}"},
            environ_base={"REMOTE_ADDR": self.only_address or self._address()},
        )
        environ = builder.get_environ()
        builder.close()
        return environ

    def _address(self) -> str:
        # So many from one address would be too many.
        return f"10.24.{self.posted // 250}.{self.posted % 250}"


def _federation(desk: Desk) -> Federation:
    directory = Directory({desk.provider.entity_id: desk.provider}, {})
    return Federation({desk.entity.name: desk.entity}, (), {}, False, _directory=directory)
