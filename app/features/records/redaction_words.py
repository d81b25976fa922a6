"""What goes and what stays of a case, in words."""

from flask_babel import gettext as _


def right_words(ground: str) -> str:
    """By which right one case is redacted, in words."""
    words = {
        "erasure": _(
            "The data must be erased (GDPR article 17.1), for example because it came here by mistake"
        ),
        "order": _(
            "The data protection authority or a court has ordered it (GDPR article 58.2 g)"
        ),
        "decision": _("The committee has decided that this very case is disposed of (Archives Act 10 §)"),
    }  # fmt: skip
    return words[ground]


def goes_words(name: str) -> str:
    """What is taken out of a case, in words."""
    words = {
        "files": _("Files, with what was made of them to be shown"),
        "decision_letters": _("Letters of decisions"),
        "answers": _("Answers in the application"),
        "contact": _("Who the party is, and how they are reached"),
        "changes": _("Earlier versions of answers"),
        "completions": _("What was asked for in completions"),
        "mentions": _("Colleagues named in notes"),
        "messages": _("Messages and official notes"),
        "tasks": _("Tasks"),
        "parties": _("Parties and other persons in the case"),
        "shares": _("Rooms that the case was shared with"),
        "assistance": _("Help on the telephone"),
        "consulted": _("Those who were heard, with their answers"),
        "consultations": _("Questions to those who were heard"),
        "draft answers": _("Who answered what last in the draft"),
        "places": _("Places that were held while somebody paid"),
        "dormancies": _("Why the case has rested"),
        "referrals": _("Why the case was handed over"),
        "letters": _("E-mails about the case"),
        "marks": _("Marks of secrecy"),
        "attempts": _("Signatures that were begun"),
        "signatures": _("Signatures, with their proof"),
        "signed": _("Documents that were to be signed"),
        "notices": _("How decisions reached the party"),
        "appeals": _("The text of appeals"),
        "decisions": _("The text and reasons of decisions"),
        "actors": _("Who of the party did what on the timeline"),
        "charges": _("What the fee was counted from"),
        "unmarkings": _("Proposals to take a mark of protected identity away"),
        "needs": _("Need of an interpreter or an adaptation"),
        "checks": _("Notes of the investigation"),
    }
    return words.get(name, name)


def stays_words(name: str) -> str:
    """What is left of a case, in words."""
    words = {
        "answers": _("Answers chosen from a list, which tell of nobody"),
        "orders": _("Orders and payments, which the Accounting Act wants kept for seven years"),
        "timeline": _("Days and steps on the timeline"),
        "diary": _("The line in the diary"),
        "handlers": _("Case handlers"),
        "conflicts": _("Declared conflicts of interest"),
        "links": _("Links to other cases, by their numbers"),
        "deadlines": _("Deadlines"),
        "pauses": _("Days when the case has waited"),
        "rated": _("That the question about satisfaction was answered"),
        "holds": _("Stops of disposal"),
        "referred": _("That the case came from another authority"),
        "disposals": _("Records of disposals"),
    }
    return words.get(name, name)
