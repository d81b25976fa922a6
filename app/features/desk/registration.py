"""Registering a case for somebody who calls, visits or writes: the channel and the clerk are on it."""

from flask import redirect, request, url_for

from app import i18n
from app.features.desk.blueprint import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.catalogue import queries as catalogue
from services.kernel.words import say
from services.people import mandates

CHANNELS = ("phone", "visit", "letter", "email")


@bp.route("/handlaggning/registrera")
@staff
def register():
    """Choose the e-service and how the person reached us; then the same pages as for residents."""
    slug, channel = request.args.get("tjanst", ""), request.args.get("kanal", "")
    if slug and channel in CHANNELS:
        catalogue.current(session(), slug)
        return redirect(url_for("applications.begin", slug=slug, kanal=channel), code=303)
    language = i18n.language()
    services = [(each.slug, say(each.title, language)) for each in catalogue.listed(session())]
    return page(
        "desk/register.html",
        services=sorted(services, key=lambda pair: pair[1].lower()),
        channels=CHANNELS,
        incomplete=bool(request.args),
        may_register=mandates.may_register(work().actor),
    )
