"""What is wrong with an answer, as a code and the part of the answer that it concerns."""

from typing import Any

from services.forms.question import Question
from services.forms.wording import sentence
from services.kernel.words import say


class Fault(Exception):
    """An answer that does not hold. `part` names the input; `about` a question inside a group."""

    def __init__(
        self, code: str, part: str = "", about: Question | None = None, **values: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.about = about
        self.values = values

    def text(self, question: Question, language: str) -> str:
        """The fault in words, naming the question that it is about."""
        label = say((self.about or question).label, language)
        said = {name: _in(value, language) for name, value in self.values.items()}
        return sentence(self.code, language, label=label, **said)


def _in(value: Any, language: str) -> Any:
    return say(value, language) if isinstance(value, dict) else value
