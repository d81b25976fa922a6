"""Questions of every type, and people who type into them: rightly, carelessly or with ill will."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from services.forms.days import bound
from services.forms.kinds import kind_of, kinds
from services.forms.question import Question
from services.forms.typed import Posted, named

TODAY = date(2026, 11, 24)
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"))
# What hostile or broken programs send: controls, lone surrogates, direction overrides, huge numbers.
NASTY = st.text(st.characters(), max_size=30) | st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\u202e",
        "9" * 400,
        "1e999",
        "NaN",
        "-0",
        "١٢",
        "²",
        "<script>",
        "{label}",
        "%s",
    ]
)
PERSONS = ("191212121212", "640823-3234", "701063-2391", "19701063-2391", "20170101-2393")
ORGANISATIONS = ("212000-2874", "16212000-2874", "5599990008", "802999-0002", "202100-5448")
OPTIONS: dict[str, dict[str, Any]] = {
    "choice": {
        "choices": [{"value": v, "label": {"sv": v, "en": v}} for v in ("lampa", "vag", "annat")]
    },
    "choices": {
        "choices": [{"value": v, "label": {"sv": v, "en": v}} for v in ("lampa", "vag", "annat")]
    },
    "consent": {"text": {"sv": "Jag intygar.", "en": "I certify."}},
    "information": {"text": {"sv": "Ring 112.", "en": "Call 112."}},
    "number": {"decimals": 2, "min": -10, "max": 100000, "unit": {"sv": "meter", "en": "metres"}},
    "bankgiro": {"kinds": ["bankgiro", "account"]},
    "organisation_number": {"allow_sole_trader": True},
    "group": {
        "add_label": {"sv": "Lägg till", "en": "Add"},
        "questions": [
            {"key": "namn", "type": "text", "label": {"sv": "Namn", "en": "Name"}},
            {
                "key": "andel",
                "type": "number",
                "label": {"sv": "Andel", "en": "Share"},
                "required": False,
            },
            {
                "key": "fodd",
                "type": "date",
                "label": {"sv": "Född", "en": "Born"},
                "required": False,
            },
        ],
    },
}


def a_question(kind: str, **facts: Any) -> Question:
    """A question of a type, as a document would ask it."""
    label = {"sv": f"Fråga {kind}", "en": f"Question {kind}"}
    asked = {"key": f"q_{kind}", "type": kind, "label": label, "options": OPTIONS.get(kind, {})}
    personal = kind in ("person_number", "bankgiro", "organisation_number")
    question = Question.model_validate({**asked, "personal": personal, **facts})
    assert list(kinds()[kind].faults(question)) == []
    return question


def _line(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=max(least, 1), max_size=min(most, least + 40)).filter(
        lambda text: len(" ".join(text.split())) >= max(least, 1)
    )


def _text(question: Question) -> st.SearchStrategy[str]:
    options = question.options
    if options.get("pattern"):
        return st.from_regex(options["pattern"], fullmatch=True)
    return _line(options.get("min_length", 1), options.get("max_length", 200))


def _number(question: Question) -> st.SearchStrategy[str]:
    options = question.options
    low, high = int(options.get("min") or 0), int(options.get("max") or 9999)
    return st.integers(low, max(low, high)).map(str)


def _amount(question: Question) -> st.SearchStrategy[str]:
    low, high = question.options.get("min", 0), question.options.get("max", 10_000_000)
    written = st.sampled_from(["{0},{1:02}", "{0}.{1:02} kr"])
    return st.builds(
        lambda ore, form: form.format(ore // 100, ore % 100), st.integers(low, high), written
    )


def _values(question: Question) -> list[str]:
    return [choice["value"] for choice in question.options["choices"]]


def _dates(question: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    options = question.options
    first = bound(options.get("min", "1900-01-01"), TODAY)
    last = bound(options.get("max", "2099-01-01"), TODAY)
    return st.dates(first, last).map(
        lambda d: {"day": [str(d.day)], "month": [str(d.month)], "year": [str(d.year)]}
    )


def _some(question: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    options = question.options
    least = max(options.get("min", 0), int(question.required))
    chosen = st.lists(
        st.sampled_from(_values(question)), unique=True, min_size=least, max_size=options.get("max")
    )
    return chosen.map(lambda values: {"": values})


def _one(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return texts.map(lambda text: {"": [text]})


def _parts(**parts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.fixed_dictionaries(
        {part: texts.map(lambda text: [text]) for part, texts in parts.items()}
    )


ACCOUNTS = st.sampled_from(
    [
        {"kind": ["bankgiro"], "number": ["991-2346"]},
        {"kind": ["account"], "clearing": ["8327-9"], "account": ["123 456 789-0"]},
    ]
)
RIGHT: dict[str, Any] = {
    "text": lambda question: _one(_text(question)),
    "paragraph": lambda question: _one(_line(question.options.get("min_length", 1), 400)),
    "number": lambda question: _one(_number(question)),
    "amount": lambda question: _one(_amount(question)),
    "date": _dates,
    "choice": lambda question: _one(st.sampled_from(_values(question))),
    "choices": _some,
    "yes_no": lambda question: _one(st.sampled_from(["yes", "no"])),
    "email": lambda question: _one(
        st.sampled_from(["tolvan@example.com", "a.b+c@salem24.example"])
    ),
    "phone": lambda question: _one(
        st.sampled_from(["070-174 06 05", "0046 8 465 004 00", "+46(0)701740699"])
    ),
    "person_number": lambda question: _one(st.sampled_from(PERSONS)),
    "organisation_number": lambda question: _one(st.sampled_from(ORGANISATIONS)),
    "postal_address": lambda question: _parts(
        street=st.just("Testgatan 1"), postcode=st.just("999 99"), town=st.just("Teststad")
    ),
    "property_designation": lambda question: _one(
        st.sampled_from(["salem exempelby 1:23", "Testkvarteret 4", "SALEM EXEMPELBY S:1>2"])
    ),
    "bankgiro": lambda question: ACCOUNTS,
    "place": lambda question: _parts(
        text=_line(1, 80),
        lat=st.sampled_from(["", "59.2", "x"]),
        lon=st.sampled_from(["", "17,75"]),
    ),
    "consent": lambda question: _one(st.just("yes")),
    "information": lambda question: st.just({}),
    "files": lambda question: st.just({}),
}


def typed_rightly(question: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    """Texts by part that a person who understands the question would type."""
    return RIGHT[question.type](question)


def typed_anyhow(question: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    """Texts by part that anything might send: parts missing, repeated or nonsense."""
    parts = [each.part for each in kind_of(question).inputs_of(question)]
    return st.dictionaries(st.sampled_from(parts), st.lists(NASTY, max_size=3), max_size=len(parts))


@st.composite
def posted(draw: Any, questions: list[Question], typing: Any = typed_rightly) -> Posted:
    """What a browser posts when somebody has typed into these questions."""
    form: dict[str, list[str]] = {"csrf_token": ["x"]}
    for question in questions:
        rows = kind_of(question).parts(question)
        if not rows:
            _lay(form, question.key, draw(typing(question)))
            continue
        for number in range(draw(st.integers(*_rows(question)))):
            for part in rows:
                _lay(form, f"{question.key}-{number}-{part.key}", draw(typing(part)))
    return Posted(form)


def _rows(question: Question) -> tuple[int, int]:
    least, most = kind_of(question).bounds(question)
    return least, min(most, least + 2)


def _lay(form: dict[str, list[str]], name: str, texts: dict[str, list[str]]) -> None:
    form.update({named(name, part): values for part, values in texts.items()})
