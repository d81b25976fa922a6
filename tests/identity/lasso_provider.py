"""A provider made of lasso, run by Debian's own Python: a request in, an answer out.

Each line on standard input is a question, each line on standard output its answer, as JSON.
It is no part of the test process, because lasso is only had for the system's Python.
"""

import json
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lasso

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
LIFE = timedelta(minutes=5)


def server_of(folder):
    """The provider whose files are in a folder, acquainted with the service."""
    files = [str(folder / name) for name in ("provider.xml", "key.pem", "certificate.pem")]
    server = lasso.Server(files[0], files[1], None, files[2])
    server.signatureMethod = lasso.SIGNATURE_METHOD_RSA_SHA256
    server.addProvider(lasso.PROVIDER_ROLE_SP, str(folder / "service.xml"))
    for service in server.providers.values():
        service.setEncryptionMode(lasso.ENCRYPTION_MODE_ASSERTION)
        service.setEncryptionSymKeyType(lasso.ENCRYPTION_SYM_KEY_TYPE_AES_256)
    return server


def answer(server, question):
    """What the service is to be posted, and how the request was understood."""
    login = lasso.Login(server)
    login.setSignatureHint(lasso.PROFILE_SIGNATURE_HINT_FORCE)
    login.setSignatureVerifyHint(lasso.PROFILE_SIGNATURE_VERIFY_HINT_FORCE)
    try:
        login.processAuthnRequestMsg(question["query"])
    except lasso.Error as fault:
        return {"refused": type(fault).__name__}
    request = login.request
    levels = list(request.requestedAuthnContext.authnContextClassRef)
    # It raises when nobody has been identified, and has made an answer that says so all the same.
    with suppress(lasso.LoginRequestDeniedError):
        login.validateRequestMsg(question["identified"], True)
        _assert(login, levels[0], question["attributes"])
    login.buildAuthnResponseMsg()
    return {
        "issuer": request.issuer.content,
        "force": request.forceAuthn,
        "levels": levels,
        "url": login.msgUrl,
        "response": login.msgBody,
        "relay_state": login.msgRelayState,
    }


def _assert(login, level, attributes):
    now = datetime.now(UTC)
    moments = (now.strftime(MOMENT), (now + LIFE).strftime(MOMENT))
    login.buildAssertion(level, moments[0], None, *moments)
    statement = lasso.Saml2AttributeStatement()
    statement.attribute = tuple(_attribute(name, text) for name, text in attributes.items())
    login.assertion.attributeStatement = (statement,)


def _attribute(name, text):
    attribute = lasso.Saml2Attribute()
    attribute.name, attribute.nameFormat = name, lasso.SAML2_ATTRIBUTE_NAME_FORMAT_URI
    value = lasso.Saml2AttributeValue()
    value.any = (lasso.MiscTextNode.newWithString(text),)
    value.any[0].textChild = True
    attribute.attributeValue = (value,)
    return attribute


def main(folder):
    """Answer until nobody asks any more."""
    server = server_of(Path(folder))
    for line in sys.stdin:
        print(json.dumps(answer(server, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
