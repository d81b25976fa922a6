"""A place: in words first, with coordinates where somebody wants to give them."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import Field

from services.forms.characters import one_line
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Input, Look, QuestionType, Stored
from services.forms.typed import Typed

Spot = dict[str, Any]
PRECISION = 6


class Options(Part):
    """Whether the browser's own position may help, and how long the description may be."""

    near: bool = False
    max_length: int = Field(300, ge=20, le=1000)


class Place(QuestionType):
    """Where something is, so that somebody finds it."""

    key = "place"
    template = "place"
    model = Options
    missing = "missing-place"
    inputs = (
        Input("text", {"sv": "Adress eller beskrivning", "en": "Address or description"}),
        Input("lat", {"sv": "Latitud", "en": "Latitude"}, inputmode="decimal", width=10),
        Input("lon", {"sv": "Longitud", "en": "Longitude"}, inputmode="decimal", width=10),
    )

    def parse(self, question: Question, typed: Typed, today: date) -> Spot | None:
        text = one_line(typed.one("text"))
        lat, lon = _degrees(typed.one("lat"), 90), _degrees(typed.one("lon"), 180)
        if lat is None or lon is None:
            lat = lon = None
        if not text and lat is None:
            return None
        return {"text": text, "lat": lat, "lon": lon}

    def typed(self, question: Question, value: Spot) -> Typed:
        texts = {
            part: "" if value[part] is None else str(value[part]) for part in ("text", "lat", "lon")
        }
        return Typed({part: [text] for part, text in texts.items()})

    def rules(self, question: Question, value: Spot, today: date) -> Iterator[Fault]:
        most = question.understood(Options).max_length
        if not value["text"]:
            yield Fault("missing-place", part="text")
        elif len(value["text"]) > most:
            yield Fault("too-long", part="text", most=most, count=len(value["text"]))

    def load(self, stored: Stored) -> Spot:
        if not isinstance(stored, dict) or set(stored) != {"text", "lat", "lon"}:
            raise ValueError("not a place")
        pair = (stored["lat"], stored["lon"])
        if not isinstance(stored["text"], str) or not all(
            n is None or isinstance(n, int | float) for n in pair
        ):
            raise ValueError("not a place")
        return dict(stored)

    def display(
        self, question: Question, value: Spot, language: str, *, masked: bool = False
    ) -> str:
        if value["lat"] is None:
            return str(value["text"])
        return f"{value['text']} ({value['lat']:.5f}, {value['lon']:.5f})"

    def look(self, question: Question, language: str) -> Look:
        options = question.understood(Options)
        return Look(near=options.near, limit=options.max_length)


def _degrees(text: str, most: int) -> float | None:
    # Coordinates are an extra: where they cannot be read, the words alone are kept.
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return round(number, PRECISION) if math.isfinite(number) and abs(number) <= most else None


KIND = Place()
