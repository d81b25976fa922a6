"""The E-ARK validator without a network: the vocabularies that it fetches, it also ships."""

import gc
import warnings
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

SPEC = find_spec("eark_validator")
assert SPEC is not None
assert SPEC.origin is not None
SHIPPED = Path(SPEC.origin).parent / "ipxml" / "resources" / "vocabs"


def shipped(address: str) -> BytesIO:
    """The vocabulary that the validator looks for on the web, as it lies in its own package."""
    return BytesIO((SHIPPED / address.rsplit("/", 1)[1]).read_bytes())


# It asks for them while it is imported, and nowhere else.
with patch("urllib.request.urlopen", shipped):
    from eark_validator.model.validation_report import Result, Severity, ValidationReport
    from eark_validator.packages import PackageValidator

__all__ = ["Result", "Severity", "validated"]


def validated(folder: Path) -> ValidationReport:
    """What the validator says of an unpacked package. It forgets to close the files it has read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        report = PackageValidator(folder).validation_report
        gc.collect()
    return report
