"""A reader of SIE 4 files, written from SIE-gruppen's specification and not from our writer.

Fields are parted by spaces or tabs; a field may stand in quotation marks, within which a
backslash takes away the meaning of a quotation mark; lists of objects stand in braces.
"""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Voucher:
    """#VER with its #TRANS: account, objects by dimension, amount, day, text."""

    series: str
    number: int
    day: str
    text: str
    rows: list[tuple[str, dict[str, str], Decimal]] = field(default_factory=list)


@dataclass
class SieFile:
    """What a file says."""

    facts: dict[str, list[str]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=dict)
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)


class SieFault(Exception):
    """The file breaks the specification."""


def fields(line: str) -> list:
    """The fields of a line; a list in braces is a list."""
    found, place = [], 0
    while place < len(line):
        letter = line[place]
        if letter in " \t":
            place += 1
        elif letter == '"':
            text, place = _quoted(line, place + 1)
            found.append(text)
        elif letter == "{":
            end = _closing(line, place + 1)
            found.append(fields(line[place + 1 : end]))
            place = end + 1
        else:
            end = place
            while end < len(line) and line[end] not in ' \t"{':
                end += 1
            found.append(line[place:end])
            place = end
    return found


def _quoted(line: str, place: int) -> tuple[str, int]:
    text = ""
    while line[place] != '"':
        if line[place] == "\\":
            place += 1
        text += line[place]
        place += 1
        if place >= len(line):
            raise SieFault(f"no end of a quotation: {line}")
    return text, place + 1


def _closing(line: str, place: int) -> int:
    inside = False
    for at in range(place, len(line)):
        if line[at] == '"' and line[at - 1] != "\\":
            inside = not inside
        if line[at] == "}" and not inside:
            return at
    raise SieFault(f"no end of a list: {line}")


def read(data: bytes) -> SieFile:
    """The file. Raises SieFault where it breaks the specification."""
    if not data.endswith(b"\r\n") or data.count(b"\n") != data.count(b"\r\n"):
        raise SieFault("lines end with CR and LF")
    told, current = SieFile(), None
    for line in data.decode("cp437").split("\r\n")[:-1]:
        if any(ord(letter) < 32 for letter in line):
            raise SieFault(f"a control character: {line!r}")
        words = fields(line.lstrip(" \t")) if line.strip() not in "{}" else []
        if line.strip() == "}":
            if sum(amount for _, _, amount in current.rows) != 0:
                raise SieFault(f"voucher {current.series} {current.number} does not balance")
            told.vouchers.append(current)
            current = None
        elif line.strip() == "{":
            if current is None or current.rows:
                raise SieFault("rows without a voucher")
        else:
            current = _item(told, current, words)
    if current is not None:
        raise SieFault("the file ends within a voucher")
    return told


def _item(told: SieFile, current: Voucher | None, words: list) -> Voucher | None:
    label, *rest = words
    if label == "#TRANS":
        account, objects, amount, *_ = rest
        pairs = dict(zip(objects[::2], objects[1::2], strict=True))
        _known(told, account, pairs)
        current.rows.append((account, pairs, Decimal(amount)))
        return current
    if current is not None:
        raise SieFault(f"{label} within a voucher")
    if label == "#VER":
        return Voucher(rest[0], int(rest[1]), rest[2], rest[3])
    if label == "#KONTO":
        told.accounts[rest[0]] = rest[1]
    elif label == "#DIM":
        told.dimensions[rest[0]] = rest[1]
    elif label == "#OBJEKT":
        told.objects[(rest[0], rest[1])] = rest[2]
    elif label.startswith("#"):
        told.facts[label] = rest
    else:
        raise SieFault(f"no label: {words}")
    return None


def _known(told: SieFile, account: str, pairs: dict[str, str]) -> None:
    if account not in told.accounts:
        raise SieFault(f"account {account} is not told of")
    for dimension, code in pairs.items():
        if dimension not in told.dimensions or (dimension, code) not in told.objects:
            raise SieFault(f"object {dimension} {code} is not told of")
