"""Files as a bank sends them: BgMax by the manual's positions, camt.054 by its schema's order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

BANKGIRO = "9912346"
# The domain reference's own example (§5.4), as it stands there.
EXAMPLE = """\
01BGMAX               0120261002173035010331T
050009912346          SEK
200000000000             202600012324000000000000168800210000000001000
200003783511            2026001234536000000000000056300220000000001200
26Testföreningen Exempel
27Testgatan 1                        99999
28TESTSTAD
29008029990002
200000000000                         000000000000090000010000000001300
25Kulturskola HT26 testelev
15000000000000000000584100000100982322026100200036000000000000315100SEK00000003
7000000003000000000000000000000001
"""


@dataclass(frozen=True)
class Paid:
    """A payment as whoever paid it meant it; a negative amount is a deduction."""

    ore: int
    reference: str = ""
    extra: tuple[str, ...] = ()
    code: str = ""
    name: str = ""
    number: str = ""
    text: str = ""
    serial: str = ""


def bgmax(
    payments: Iterable[Paid],
    *,
    paid_on: date = date(2026, 11, 24),
    kind: str = "P",
    serial: int = 1,
) -> bytes:
    """One deposit with these payments, and all its sums right."""
    payments = list(payments)
    lines = [f"01{'BGMAX':<20}0120261124173035010331{kind}", f"05{BANKGIRO:0>10}{'':10}SEK"]
    for place, each in enumerate(payments, start=serial):
        lines += _records(each, place)
    total = sum(each.ore for each in payments)
    lines.append(f"15{'0' * 35}{paid_on:%Y%m%d}{1:05}{total:018}SEK{len(payments):08}")
    plus = sum(each.ore > 0 for each in payments)
    extra = sum(len(each.extra) for each in payments)
    lines.append(f"70{plus:08}{len(payments) - plus:08}{extra:08}{1:08}")
    return "".join(f"{line:<80}\r\n" for line in lines).encode("latin-1")


def _records(each: Paid, place: int) -> list[str]:
    kind = "20" if each.ore > 0 else "21"
    serial = each.serial or f"{place:012}"
    lines = [_paying(kind, abs(each.ore), each.reference, each.code, serial)]
    lines += [_paying("22", 0, reference, "", serial) for reference in each.extra]
    if each.text:
        lines.append(f"25{each.text:<50}")
    if each.name:
        lines.append(f"26{each.name:<35}")
    if each.number:
        lines.append(f"29{each.number:0>12}")
    return lines


def _paying(kind: str, ore: int, reference: str, code: str, serial: str) -> str:
    code = code or ("2" if reference.isdecimal() else "4" if reference else "0")
    place = f"{reference:>25}" if code == "2" else f"{reference:<25}"
    return f"{kind}{'0' * 10}{place}{ore:018}{code}1{serial}0"


def camt054(
    payments: Iterable[Paid], *, paid_on: date = date(2026, 11, 24), name: str = "N1"
) -> bytes:
    """One notice with an entry for each payment."""
    payments = list(payments)
    entries = "".join(_entry(each, place, paid_on) for place, each in enumerate(payments, 1))
    total = sum(each.ore for each in payments if each.ore > 0)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-11-24T18:00:00+01:00</CreDtTm></GrpHdr>
<Ntfctn><Id>{name}</Id><CreDtTm>2026-11-24T18:00:00+01:00</CreDtTm>
<Acct><Id><Othr><Id>{BANKGIRO}</Id></Othr></Id></Acct>
<TxsSummry><TtlNtries><NbOfNtries>{len(payments)}</NbOfNtries></TtlNtries>
<TtlCdtNtries><Sum>{_kronor(total)}</Sum></TtlCdtNtries></TxsSummry>
{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>""".encode()


def _kronor(ore: int) -> str:
    return f"{abs(ore) // 100}.{abs(ore) % 100:02}"


def _entry(each: Paid, place: int, paid_on: date) -> str:
    references = "".join(
        "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        f"<Ref>{escape(one)}</Ref></CdtrRefInf></Strd>"
        for one in (each.reference, *each.extra)
        if one
    )
    payer = f"<Nm>{escape(each.name)}</Nm>" if each.name else ""
    if each.number:
        payer += f"<Id><OrgId><Othr><Id>{each.number}</Id></Othr></OrgId></Id>"
    text = f"<Ustrd>{escape(each.text)}</Ustrd>" if each.text else ""
    direction = "CRDT" if each.ore > 0 else "DBIT"
    amount = f'<Amt Ccy="SEK">{_kronor(each.ore)}</Amt>'
    return f"""<Ntry>{amount}<CdtDbtInd>{direction}</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{paid_on}</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><AcctSvcrRef>{each.serial or f"B{place:08}"}</AcctSvcrRef></Refs>{amount}
<RltdPties><Dbtr><Pty>{payer}</Pty></Dbtr></RltdPties><RmtInf>{text}{references}</RmtInf>
</TxDtls></NtryDtls></Ntry>
"""
