"""The web as it is served, with points to stop at: `granian --interface wsgi tests.faults.web:application`."""

from tests.faults import stopping
from wsgi import application

__all__ = ["application"]

stopping.install()
