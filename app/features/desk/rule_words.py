"""The rules of a service's document, as who leads the work reads them: which cases, and to whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app import i18n
from services.cases import party
from services.forms import answers as forms_answers
from services.forms.assigning import AssignmentRule, Receiver
from services.forms.definition import ServiceDocument
from services.forms.question import Condition
from services.kernel.words import say
from services.organisation.models import Unit


@dataclass(frozen=True)
class Told:
    """A rule in words; `lacks` is a team that it names and that nobody has made yet."""

    which: str
    to: str
    lacks: str | None


def told(
    document: ServiceDocument, units: Mapping[str, Unit], teams: Collection[str]
) -> list[Told]:
    """The rules of a document, in the order in which they are tried."""
    return [
        Told(
            _which(document, rule),
            _to(rule.to, units),
            rule.to.team if rule.to.team and rule.to.team not in teams else None,
        )
        for rule in document.assignment
    ]


def _which(document: ServiceDocument, rule: AssignmentRule) -> str:
    title = say(document.title, i18n.language())
    which = _when(document, rule.when) if rule.when else _("all cases")
    statuses = {each.key: say(each.desk, i18n.language()) for each in document.statuses}
    if rule.status is None:
        return f"{title} – {which}"
    becomes = _("when the status becomes %(status)s", status=statuses[rule.status])
    return f"{title} – {which}, {becomes}"


def _to(to: Receiver, units: Mapping[str, Unit]) -> str:
    parts = []
    if to.unit is not None:
        name = say(units[to.unit].names, i18n.language()) if to.unit in units else to.unit
        parts.append(_("Unit: %(name)s", name=name))
    if to.team is not None:
        parts.append(_("Team: %(name)s", name=to.team))
    if to.duty == "manager":
        parts.append(_("who leads the work"))
    elif to.duty is not None:
        parts.append(_("the handlers"))
    if to.balance and (to.team or to.duty):
        parts.append(_("the one with least to do"))
    return ", ".join(parts)


def _when(document: ServiceDocument, condition: Condition) -> str:
    if condition.all_of is not None:
        return _(" and ").join(_when(document, each) for each in condition.all_of)
    if condition.any_of is not None:
        return _(" or ").join(_when(document, each) for each in condition.any_of)
    if condition.none_of is not None:
        inside = _(" or ").join(_when(document, each) for each in condition.none_of)
        return _("not (%(conditions)s)", conditions=inside)
    return _compared(document, condition)


def _compared(document: ServiceDocument, leaf: Condition) -> str:
    labels = {each.key: say(each.label, i18n.language()) for each in document.questions}
    label = labels[leaf.question or ""]
    if leaf.answered is not None:
        return (
            _("%(question)s is answered", question=label)
            if leaf.answered
            else _("%(question)s is not answered", question=label)
        )
    if leaf.is_not is not None:
        return _(
            "%(question)s not %(answer)s", question=label, answer=_said(document, leaf, leaf.is_not)
        )
    if leaf.over is not None:
        return _("%(question)s over %(answer)s", question=label, answer=leaf.over)
    if leaf.under is not None:
        return _("%(question)s under %(answer)s", question=label, answer=leaf.under)
    looked_for = leaf.among or (leaf.equals if leaf.equals is not None else leaf.contains,)
    return f"{label} {', '.join(_said(document, leaf, each) for each in looked_for)}"


def _said(document: ServiceDocument, leaf: Condition, value: Any) -> str:
    stored = [value] if leaf.contains is not None else value
    words = forms_answers.in_words(document, leaf.question or "", stored, i18n.language())
    return party.as_text(words) or str(value)
