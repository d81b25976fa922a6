"""The facts of a small e-service, for tests that need any service at all."""

from typing import Any


def two(text: str) -> dict[str, str]:
    """The same text in both languages."""
    return {"sv": text, "en": text}


FACTS: dict[str, Any] = {
    "slug": "trasig-lampa",
    "title": two("Trasig lampa"),
    "summary": two("Anmäl en lampa."),
    "category": "gata-trafik",
    "audiences": ["person", "company", "association"],
    "authority": "TN",
    "unit": "gata-park",
    "level": "open",
    "subjects": ["self", "company", "association"],
    "about": {
        "for_whom": two("Du"),
        "steps": [two("Vi lagar.")],
        "fee": two("Kostar inget."),
        "time": two("Tio dagar."),
        "after": two("Vi svarar."),
    },
    "target_days": 10,
    "retention": {"years": 2},
    "texts": {"receipt_next": two("Vi lagar den.")},
    "statuses": [
        {
            "key": "mottagen",
            "state": "received",
            "resident": two("Mottagen"),
            "desk": two("Ny"),
            "next": ["pagar", "klar"],
        },
        {
            "key": "pagar",
            "state": "in_progress",
            "resident": two("Pågår"),
            "desk": two("Pågår"),
            "next": ["klar"],
        },
        {
            "key": "klar",
            "state": "closed",
            "resident": two("Klar"),
            "desk": two("Klar"),
            "outcome": "done",
        },
    ],
    "pages": [
        {
            "key": "vad",
            "title": two("Vad är trasigt?"),
            "questions": [
                {"key": "stolpe", "type": "text", "label": two("Stolpe"), "attribute": True},
                {
                    "key": "epost",
                    "type": "email",
                    "label": two("E-post"),
                    "required": False,
                    "personal": True,
                    "prefill": "email",
                },
            ],
        }
    ],
}
