"""What a document says of one question, and of the conditions under which it is asked."""

import builtins
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from services.kernel.words import LANGUAGES

KEY = r"^[a-z][a-z0-9_]*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Options = TypeVar("Options", bound=BaseModel)


def _in_every_language(words: dict[str, str]) -> dict[str, str]:
    if set(words) != set(LANGUAGES):
        raise ValueError(f"needs a text in each of {', '.join(LANGUAGES)}, and no other")
    if not all(text.strip() for text in words.values()):
        raise ValueError("has an empty text")
    return {
        language: unicodedata.normalize("NFC", text.strip()) for language, text in words.items()
    }


Words = Annotated[dict[str, str], AfterValidator(_in_every_language)]
Key = Annotated[str, Field(pattern=KEY, max_length=60)]
Slug = Annotated[str, Field(pattern=SLUG, max_length=80)]
Scalar = bool | int | float | str


class Part(BaseModel):
    """What all parts of a document share: nothing unknown is let in, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Condition(Part):
    """A comparison with one earlier answer, or several conditions taken together."""

    question: Key | None = None
    equals: Scalar | None = Field(None, alias="is")
    is_not: Scalar | None = None
    among: tuple[Scalar, ...] | None = Field(None, alias="in")
    contains: str | None = None
    over: Scalar | None = None
    under: Scalar | None = None
    answered: bool | None = None
    all_of: "tuple[Condition, ...] | None" = Field(None, alias="all")
    any_of: "tuple[Condition, ...] | None" = Field(None, alias="any")
    none_of: "tuple[Condition, ...] | None" = Field(None, alias="none")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Condition":
        groups = [group for group in (self.all_of, self.any_of, self.none_of) if group is not None]
        compared = (
            self.equals,
            self.is_not,
            self.among,
            self.contains,
            self.over,
            self.under,
            self.answered,
        )
        comparisons = [value for value in compared if value is not None]
        if self.question is None:
            if len(groups) != 1 or comparisons:
                raise ValueError(
                    "a condition is a question with one comparison, or one of all, any, none"
                )
        elif groups or len(comparisons) != 1:
            raise ValueError(f"the condition on {self.question!r} needs exactly one comparison")
        return self

    def leaves(self) -> Iterator["Condition"]:
        """The single comparisons that the condition is made of."""
        if self.question is not None:
            yield self
        for group in (self.all_of, self.any_of, self.none_of):
            for condition in group or ():
                yield from condition.leaves()

    @property
    def looks_for(self) -> tuple[Scalar, ...]:
        """The very answers that a comparison names; none where it compares sizes."""
        named = (self.equals, self.is_not, self.contains, *(self.among or ()))
        return tuple(value for value in named if value is not None)


class Question(Part):
    """One question. What `options` may hold, the question's type decides."""

    key: Key
    type: str
    label: Words
    hint: Words | None = None
    required: bool = True
    when: Condition | None = None
    attribute: bool = False
    personal: bool = False
    prefill: Literal["name", "email", "phone", "address"] | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    _understood: Any = PrivateAttr(default=None)

    def understood(self, model: builtins.type[Options]) -> Options:
        """The options as the question's type understands them; read once, then remembered."""
        if self._understood is None:
            self._understood = model.model_validate(self.options)
        if not isinstance(self._understood, model):
            raise TypeError(f"{self.key} has been understood as another type")
        return self._understood

    @model_validator(mode="after")
    def _keeps_personal_data_apart(self) -> "Question":
        if self.attribute and self.personal:
            raise ValueError(f"{self.key}: personal data is never an attribute")
        if self.prefill and not self.personal:
            raise ValueError(
                f"{self.key}: what is prefilled is personal data, so it needs `personal: true`"
            )
        return self
