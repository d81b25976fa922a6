"""How somebody can understand and be understood, in words (förvaltningslagen 13 §)."""

from flask_babel import gettext as _

from services.cases.investigation_models import CaseNeed, Help


def help_words(help_: str) -> str:
    """One kind of help, in words."""
    words = {
        Help.INTERPRETER: _("Interpreter"),
        Help.SIGN_LANGUAGE: _("Interpreter of Swedish sign language"),
        Help.DEAFBLIND: _("Interpreter for the deafblind"),
        Help.TRANSLATION: _("Translation of what is written"),
        Help.READING: _("Help to read or write"),
    }
    return words[Help(help_)]


def need_words(need: CaseNeed) -> str:
    """What is needed in a case, with the language where there is one."""
    words = help_words(need.help)
    return (
        _("%(help)s: %(language)s", help=words, language=need.language) if need.language else words
    )
