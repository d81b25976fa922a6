"""Files of incoming payments from banks, one format each; a new file here is a new format."""

import sys
from typing import BinaryIO, cast

from services.kernel.errors import Invalid
from services.kernel.registry import discover
from services.payments.bank_file import BankFormat

HEAD_BYTES = 4096


def recognised(file: BinaryIO) -> BankFormat:
    """The format of a file, by how it begins. Raises Invalid("bank-file", fault="format")."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    for module in discover(sys.modules[__name__]):
        told = cast(BankFormat, module.FORMAT)
        if told.recognises(head):
            return told
    raise Invalid("bank-file", fault="format", line=1)
