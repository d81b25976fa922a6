"""What Swish demands of a request, and the codes with which it refuses (domain reference §5.2)."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from services.payments.provider import LOCAL

AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
REFERENCE = re.compile(r"[A-Za-z0-9]{1,35}")
PAYER = re.compile(r"[0-9]{8,15}")
MESSAGE = re.compile(r"[A-Za-zÅÄÖåäö0-9 :;.,?!()]{0,50}")
LEAST, MOST = Decimal(1), Decimal("999999999999.99")

# Told at once, when the request is made.
AT_ONCE = {
    "FF08": "PaymentReference is invalid",
    "RP01": "Missing Merchant Swish Number",
    "RP02": "Wrong formatted message",
    "RP03": "Callback URL is missing or does not use HTTPS",
    "RP06": "Another active PaymentRequest already exists for this payerAlias",
    "RP09": "The given instructionUUID is not available",
    "PA01": "The payeeAlias is not that of the certificate",
    "PA02": "Amount value is missing or not a valid number",
    "AM02": "Amount value is too large",
    "AM03": "Invalid or missing Currency",
    "AM06": "Specified transaction amount is less than agreed minimum",
    "BE18": "Payer alias is invalid",
    "ACMT01": "Counterpart is not activated",
    "ACMT03": "Payer not Enrolled",
    "ACMT07": "Payee not Enrolled",
    "VR01": "Payer does not meet age limit",
    "VR02": "The payer alias is not enrolled with the supplied personnummer",
    "RF02": "Original Payment not found or too old",
    "RF03": "Payer alias in the refund does not match payee alias in the original payment",
    "RF08": "Amount value exceeds the original payment minus previous refunds",
}
# Told afterwards, as how the payment ended.
AFTERWARDS = {
    "RF07": "Transaction declined",
    "BANKIDCL": "Payer cancelled BankId signing",
    "BANKIDONGOING": "BankID already in use",
    "BANKIDUNKN": "BankID was not able to authorize the payment",
    "TM01": "Swish timed out before the payment was started",
    "DS24": "Swish timed out waiting for an answer from the banks",
    **dict.fromkeys(("AC05", "AC06", "AC07", "AC15"), "Account cannot be used"),
    **dict.fromkeys(("AM04", "AM14", "AM21", "DS0K"), "Transaction not permitted"),
}
WORDS = {
    **AT_ONCE,
    **AFTERWARDS,
    "RP04": "No payment request found related to a token",
    "RP07": "The payment request cannot be cancelled",
}


def told(code: str) -> dict[str, str]:
    """A code as the protocol tells it."""
    return {"errorCode": code, "errorMessage": WORDS[code], "additionalInformation": ""}


def faults_of_payment(body: dict[str, Any], payee: str) -> list[str]:
    """The codes of everything that is wrong with a payment request; none when it is right."""
    faults = _faults_of_both(body)
    alias = body.get("payeeAlias")
    if not alias:
        faults.append("RP01")
    elif alias != payee:
        faults.append("PA01")
    reference = body.get("payeePaymentReference")
    if reference is not None and not _is_like(REFERENCE, reference):
        faults.append("FF08")
    payer = body.get("payerAlias")
    if payer is not None and not _is_like(PAYER, payer):
        faults.append("BE18")
    if body.get("message") in AT_ONCE:
        faults.append(str(body["message"]))
    return faults


def faults_of_refund(body: dict[str, Any], payee: str) -> list[str]:
    """The same of a refund, apart from what the original payment decides."""
    faults = _faults_of_both(body)
    if body.get("payerAlias") != payee:
        faults.append("RF03")
    return faults


def _faults_of_both(body: dict[str, Any]) -> list[str]:
    faults = []
    amount = body.get("amount")
    if not _is_like(AMOUNT, amount):
        faults.append("PA02")
    elif Decimal(str(amount)) < LEAST:
        faults.append("AM06")
    elif Decimal(str(amount)) > MOST:
        faults.append("AM02")
    if body.get("currency") != "SEK":
        faults.append("AM03")
    if not _may_be_called(str(body.get("callbackUrl") or "")):
        faults.append("RP03")
    if not _is_like(MESSAGE, body.get("message", "")):
        faults.append("RP02")
    return faults


def _may_be_called(address: str) -> bool:
    # Swish demands https. A demonstration has none on this machine, and calls only this machine.
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)


def _is_like(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
