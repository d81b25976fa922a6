"""A scanner for development and tests: it knows the EICAR test string, and nothing else."""

from services.attachments.scanning import Verdict

# Written in two halves, so that no real scanner takes this file for a virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def answers_to(address: str | None) -> bool:
    """Whether no real scanner was named."""
    return address is None


def open_scanner(address: str | None, *, production: bool) -> "PretendScanner":
    """The pretend scanner. Raises ValueError in production: files would go unscanned."""
    if production:
        raise ValueError("the pretend scanner is not for production")
    return PretendScanner()


class PretendScanner:
    """Finds the EICAR string anywhere in the bytes."""

    at_once_bytes = 1024**3

    def scan(self, data: bytes) -> Verdict:
        """Infected when the string is there."""
        return Verdict("Eicar-Test-Signature" if EICAR in data else None)
