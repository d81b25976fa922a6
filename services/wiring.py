"""Who listens to whom, which job has which handler, and what a unit of work is lent.

Only entry points import this module.
"""

from collections.abc import Callable
from typing import Any

from services.attachments import commands as attachments
from services.cases import drafts
from services.cases.events import CaseChanged, CaseReceived
from services.kernel.work import Event, Work
from services.notifications import commands as notifications
from services.people import commands as people
from services.people.secrets import Keyring

Listener = Callable[[Work, Any], None]
