"""Finding a service by the words that people use for it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.forms.definition import ServiceDocument
from services.kernel.words import LANGUAGES, say

MOST_WORDS = 8
SHORTEST_STEM = 4
TITLE, KEYWORD, SUMMARY = 8, 6, 2
# Endings that Swedish and English words lose or gain without meaning something else.
ENDINGS = ("arnas", "ernas", "arna", "erna", "orna", "ning", "ande", "ens", "ets", "ing", "ar", "er", "or",
           "en", "et", "an", "na", "es", "a", "e", "n", "t", "s")  # fmt: skip

Indexed = tuple[tuple[str, int], ...]


def matches(
    documents: Iterable[ServiceDocument], text: str, language: str
) -> list[ServiceDocument]:
    """The documents that fit every word of a search, the best first, in the given order otherwise."""
    wanted = words(text)[:MOST_WORDS]
    if not wanted:
        return list(documents)
    weighed = [(_weight(document, wanted, language), document) for document in documents]
    fitting = [pair for pair in weighed if pair[0]]
    return [document for _, document in sorted(fitting, key=lambda pair: -pair[0])]


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, composed, without punctuation."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, so that lampor finds lampa."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM - 1:
            return word.removesuffix(ending)
    return word


def _weight(document: ServiceDocument, wanted: list[str], language: str) -> int:
    # People write in the language they think in: both are searched, their own weighs double.
    indexed = [(known, weight * (2 if each == language else 1)) for each in LANGUAGES
               for known, weight in _indexed(document, each)]  # fmt: skip
    total = 0
    for word in wanted:
        best = max((weight * _closeness(word, known) for known, weight in indexed), default=0)
        if not best:
            return 0
        total += best
    return total


def _closeness(word: str, known: str) -> int:
    if word == known:
        return 4
    if known.startswith(word):
        return 3
    if stem(word) == stem(known):
        return 2
    # Swedish joins words: somebody who writes lykta looks for gatlykta as well.
    return int(len(word) >= SHORTEST_STEM and stem(word) in known)


_index: dict[tuple[str, str], tuple[ServiceDocument, Indexed]] = {}


def _indexed(document: ServiceDocument, language: str) -> Indexed:
    key = (document.slug, language)
    known = _index.get(key)
    if known is None or known[0] is not document:
        known = _index[key] = (document, tuple(_words_of(document, language)))
    return known[1]


def _words_of(document: ServiceDocument, language: str) -> Iterator[tuple[str, int]]:
    yield from ((word, TITLE) for word in words(say(document.title, language)))
    for keyword in document.keywords.get(language, ()):
        yield from ((word, KEYWORD) for word in words(keyword))
    yield from ((word, SUMMARY) for word in words(say(document.summary, language)))
