"""Who signs a service of level signed, besides or instead of whoever fills it in (domain §4.3)."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from services.forms.question import Condition, Key, Part, Question, Slug, Words


class CoSigner(Part):
    """Somebody else who signs, named by answers: a personal number, a name, an address if any."""

    key: Slug
    who: Words
    number: Key
    name: Key
    email: Key | None = None
    when: Condition | None = None


class Undersigning(Part):
    """All who sign. When `prepared_when` holds, whoever fills it in only prepares it for them.

    `days` is how long the others have; then it becomes a draft again.
    """

    others: tuple[CoSigner, ...] = Field(min_length=1)
    prepared_when: Condition | None = None
    days: int = Field(30, ge=1, le=180)


TYPES = {"number": "person_number", "name": "text", "email": "email"}


def faults(
    undersigning: Undersigning | None, level: str, questions: Iterable[Question]
) -> Iterator[str]:
    """What does not hold together between the signers, the level and the questions."""
    if undersigning is None:
        return
    if level != "signed":
        yield f"undersigning needs level signed, not {level!r}"
    types = {question.key: question.type for question in questions}
    for signer in undersigning.others:
        for part, kind in TYPES.items():
            key = getattr(signer, part)
            if key is not None and types.get(key) != kind:
                yield f"signer {signer.key!r}: {key!r} is no question of type {kind}"
    for condition in (undersigning.prepared_when, *(each.when for each in undersigning.others)):
        for leaf in condition.leaves() if condition else ():
            if leaf.question not in types:
                yield f"undersigning has a condition on {leaf.question!r}, which is not asked"
