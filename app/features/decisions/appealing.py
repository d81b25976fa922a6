"""What is next with an appeal: test its time, look at the decision again, send it on, settle it."""

from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.features.decisions.words import result_words
from app.forms import AreaField, ChecksField, DayField, RadiosField, SalemForm
from app.transactions import session
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions import appeals, queries
from services.decisions.models import Appeal, Decision
from services.records import documents


class JudgeForm(SalemForm):
    """Whether an appeal came in time, and if not, whether it is tried all the same."""

    in_time = RadiosField(
        lambda: _("Did the appeal come in time?"),
        lambda: [
            ("yes", _("Yes, it shall be sent on")),
            ("wrong_information", _("It came late, but we had told the party wrongly how to appeal")),
            ("higher_instance", _("It came here late, but had reached the higher instance in time")),
            ("no", _("No, it is rejected")),
        ],
    )  # fmt: skip
    reason = AreaField(lambda: _("Why it is rejected"), optional=True, rows=3)


class ReconsiderForm(SalemForm):
    """Whether the decision stands when it has been looked at again."""

    outcome = RadiosField(
        lambda: _("Have you looked at the decision again?"),
        lambda: [
            ("stands", _("Yes, and it stands")),
            ("changed", _("Yes, and we have changed it")),
        ],
        hint=lambda: _("Shall it be changed? Do that first, by a new decision."),
    )


class ForwardForm(SalemForm):
    """When the papers were sent to the higher instance, and which they were."""

    on = DayField(lambda: _("Which day was it sent on?"))
    enclosed = ChecksField(lambda: _("Which documents went with it?"), list, optional=True)


class SettleForm(SalemForm):
    """How the higher instance decided."""

    result = RadiosField(lambda: _("How did it end?"), result_words)
    on = DayField(lambda: _("Which day?"))


STEPS: dict[str, type[SalemForm]] = {
    "prova": JudgeForm,
    "omprova": ReconsiderForm,
    "skicka": ForwardForm,
    "avgjort": SettleForm,
}
Next = tuple[Appeal, SalemForm | None, str, list[str]]


def with_forms(found: Decision, case: Case, typed: dict[str, Any]) -> list[Next]:
    """The appeals against a decision or those before it, each with its next step and its enclosures."""
    if not found.is_made:
        return []
    covering = queries.appeals_covering(session(), found)
    named = dict(named_documents(case)) if covering else {}
    listed = []
    for each in covering:
        what = step_of(each, session().get_one(Decision, each.decision_id))
        form = typed.get(str(each.id)) or (empty(what, case) if what else None)
        listed.append((each, form, what, [named.get(key, key) for key in each.enclosed]))
    return listed


def step_of(appeal: Appeal, decision: Decision) -> str:
    """What is to be done with an appeal now, as a key of STEPS; empty when nothing is."""
    if not appeal.is_open:
        return ""
    if not appeals.is_misdirected(decision):
        if appeal.in_time is None:
            return "prova"
        if appeal.reconsidered is None and appeal.forwarded_on is None:
            return "omprova"
    return "avgjort" if appeal.forwarded_on else "skicka"


def empty(what: str, case: Case) -> SalemForm:
    """The form of a step before anything is typed; everything in the case is enclosed to begin with."""
    if what != "skicka":
        return STEPS[what](formdata=None)
    named = named_documents(case)
    form = ForwardForm(formdata=None, data={"enclosed": [key for key, _name in named]})
    form.enclosed.options = named
    return form


def sent(what: str, case: Case) -> SalemForm:
    """The form of a step as it was sent."""
    form = STEPS[what]()
    if isinstance(form, ForwardForm):
        form.enclosed.options = named_documents(case)
    return form


def named_documents(case: Case) -> list[tuple[str, str]]:
    """The documents of a case, by their keys, as the desk calls them."""
    service = catalogue.version_document(session(), case.version_id)
    return [
        (each.key, f"-{each.number} {documents.title(each, service, i18n.language())}")
        for each in documents.of_case(session(), case)
    ]
