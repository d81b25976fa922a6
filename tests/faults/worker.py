"""The worker as it is run, with points to stop at: `python -m tests.faults.worker`."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from app import worker
from app.config import Settings
from tests.faults import stopping

# As many as may stand still at once, and some that go on.
THREADS = 48


async def serve() -> None:
    """Run jobs until killed."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    await worker.serve(Settings.from_environment())


if __name__ == "__main__":
    worker.CONCURRENCY, worker.LOOK_SECONDS = THREADS, 0.5
    stopping.install()
    sys.exit(asyncio.run(serve()))
