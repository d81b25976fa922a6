"""The words of the demonstration signature service, in the languages that it speaks."""

WORDS = {
    "sv": {
        "title": "Skriv under",
        "notice": "Detta är en demonstration. Ingen riktig e-legitimation används, och underskriften binder ingen.",
        "what": "Det här skriver du under",
        "who": "Du skriver under som",
        "sign": "Legitimera och skriv under",
        "cancel": "Avbryt",
        "other": "Legitimera som någon annan",
        "continue": "Fortsätt",
        "forward_title": "Tillbaka till e-tjänsten",
        "forward": "Om du inte skickas vidare av dig själv: välj Fortsätt.",
    },
    "en": {
        "title": "Sign",
        "notice": "This is a demonstration. No real e-ID is used, and the signature binds nobody.",
        "what": "This is what you sign",
        "who": "You sign as",
        "sign": "Identify and sign",
        "cancel": "Cancel",
        "other": "Identify as somebody else",
        "continue": "Continue",
        "forward_title": "Back to the e-service",
        "forward": "If you are not sent on by yourself: choose Continue.",
    },
}
