"""What every virus scanner promises."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Verdict:
    """What a scanner found: the signature's name, or None for nothing."""

    signature: str | None

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return self.signature is None


class Scanner(Protocol):
    """Looks for harm in bytes.

    Files up to `at_once_bytes` are scanned while the person waits; larger ones by a job.
    """

    at_once_bytes: int

    def scan(self, data: bytes) -> Verdict:
        """The verdict. Raises Unavailable("scanner-away") when there can be none now."""
        ...
