"""Ports: taken ones are found before anything is started on them."""

import errno
import socket
import time

# The processes of a run that was killed let go of their ports within moments.
PATIENCE_SECONDS = 7.0


class PortFault(Exception):
    """A port cannot be used; the text says which."""


def require_free(ports: list[int]) -> None:
    """Raise PortFault when another program listens on any of the ports.

    Otherwise its answers would be taken for ours.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while taken := [port for port in ports if _is_taken(port)]:
        if time.monotonic() > until:
            numbers = ", ".join(str(port) for port in taken)
            raise PortFault(f"Port {numbers} is used by another program: choose another --port.")
        time.sleep(0.2)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                return True
            raise PortFault(f"Port {port} cannot be used: {fault.strerror}.") from fault
    return False
