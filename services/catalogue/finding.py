"""Finding a service by the words that people use for it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.forms.definition import ServiceDocument
from services.kernel.words import LANGUAGES, say

MOST_WORDS = 8
SHORTEST_STEM = 3
SHORTEST_PART = 5
TITLE, KEYWORD, SUMMARY = 8, 6, 2
# Endings that Swedish and English words lose or gain without meaning something else.
ENDINGS = ("arnas", "ernas", "arna", "erna", "orna", "ning", "ande", "ens", "ets", "ing", "ar", "er", "or",
           "en", "et", "an", "na", "es", "a", "e", "n", "t", "s")  # fmt: skip

Indexed = tuple[tuple[str, int], ...]


def matches(
    documents: Iterable[ServiceDocument], text: str, language: str
) -> list[ServiceDocument]:
    """The documents that fit the most words of a search, the best first; all where nothing is sought."""
    wanted = words(text)[:MOST_WORDS]
    if not wanted:
        return list(documents)
    weighed = [(_weights(document, wanted, language), document) for document in documents]
    most = max((_count(weights) for weights, _ in weighed), default=0)
    fitting = [
        (sum(weights), document)
        for weights, document in weighed
        if most and _count(weights) == most
    ]
    return [document for _, document in sorted(fitting, key=lambda pair: -pair[0])]


def _count(weights: list[int]) -> int:
    return sum(1 for weight in weights if weight)


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, composed, without punctuation."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, so that lampor finds lampa."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _weights(document: ServiceDocument, wanted: list[str], language: str) -> list[int]:
    # People write in the language they think in: both are searched, their own weighs double.
    indexed = [
        (known, weight * (2 if each == language else 1))
        for each in LANGUAGES
        for known, weight in _indexed(document, each)
    ]
    return [
        max((weight * _closeness(word, known) for known, weight in indexed), default=0)
        for word in wanted
    ]


def _closeness(word: str, known: str) -> int:
    if word == known:
        return 4
    if known.startswith(word):
        return 3
    if stem(word) == stem(known):
        return 2
    # Swedish joins words: lykta is sought in gatlykta, and gatlampa finds lampa.
    joined = len(word) >= SHORTEST_PART and stem(word) in known
    parted = len(known) >= SHORTEST_PART and stem(known) in word
    return int(joined or parted)


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
