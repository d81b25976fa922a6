"""The question types that exist, by key: whatever lies in `types/`."""

from functools import cache

from services.forms import types
from services.forms.question import Question
from services.forms.question_type import QuestionType
from services.kernel.registry import discover


@cache
def kinds() -> dict[str, QuestionType]:
    """Every question type by its key, each found as KIND in a module of its own."""
    found = [module.KIND for module in discover(types)]
    return {kind.key: kind for kind in found}


def kind_of(question: Question) -> QuestionType:
    """The type of a question in a valid document."""
    return kinds()[question.type]
