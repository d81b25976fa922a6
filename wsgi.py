"""The application as a WSGI server finds it."""

import ctypes
import gc
import os
import signal
import sys

from app import create_app
from app.config import ConfigurationFault

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """End when the server's main process ends: a worker left alone would go on answering."""
    if sys.platform == "linux" and os.environ.get("SALEM24_SUPERVISED"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


die_with_parent()
try:
    application = create_app()
except ConfigurationFault as fault:
    for each in fault.faults:
        print(each, file=sys.stderr)
    sys.exit(2)

# What has been loaded stays: it need not be searched for garbage at every hundredth request.
gc.collect()
gc.freeze()
