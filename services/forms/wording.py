"""What the forms say when an answer does not hold, in every language, by code."""

from typing import Any

from services.kernel.words import say

SENTENCES: dict[str, dict[str, str]] = {
    "missing": {"sv": "Fyll i ”{label}”.", "en": "Fill in “{label}”."},
    "missing-choice": {"sv": "Välj ett svar på ”{label}”.", "en": "Choose an answer to “{label}”."},
    "missing-choices": {
        "sv": "Välj minst ett svar på ”{label}”.",
        "en": "Choose at least one answer to “{label}”.",
    },
    "missing-date": {
        "sv": "Fyll i dag, månad och år för ”{label}”.",
        "en": "Fill in day, month and year for “{label}”.",
    },
    "missing-files": {"sv": "Lägg till en fil vid ”{label}”.", "en": "Add a file at “{label}”."},
    "missing-place": {
        "sv": "Skriv var det är vid ”{label}”, till exempel en adress.",
        "en": "Write where it is at “{label}”, for example an address.",
    },
    "missing-rows": {"sv": "Fyll i minst en rad i ”{label}”.", "en": "Fill in at least one row in “{label}”."},
    "missing-consent": {
        "sv": "Kryssa i rutan vid ”{label}” om du vill gå vidare.",
        "en": "Tick the box at “{label}” if you want to go on.",
    },
    "new-question": {
        "sv": "Ditt svar gör att vi också behöver veta: ”{label}”.",
        "en": "Because of your answer we also need to know: “{label}”.",
    },
    "unreadable": {"sv": "Svara igen på ”{label}”.", "en": "Answer “{label}” again."},
    "characters": {
        "sv": "”{label}” innehåller tecken som inte går att läsa. Skriv om texten för hand.",
        "en": "“{label}” contains characters that cannot be read. Write the text by hand.",
    },
    "too-long": {
        "sv": "Korta ner ”{label}” till högst {most} tecken. Nu är det {count}.",
        "en": "Shorten “{label}” to at most {most} characters. It has {count} now.",
    },
    "too-short": {
        "sv": "Skriv lite mer i ”{label}”, minst {least} tecken.",
        "en": "Write a little more in “{label}”, at least {least} characters.",
    },
    "pattern": {"sv": "Kontrollera ”{label}”: {explanation}", "en": "Check “{label}”: {explanation}"},
    "pattern-plain": {
        "sv": "”{label}” är inte skrivet på rätt sätt.",
        "en": "“{label}” is not written in the right way.",
    },
    "number": {"sv": "Skriv ”{label}” med siffror, till exempel 12.", "en": "Write “{label}” in figures, such as 12."},
    "number-whole": {
        "sv": "Skriv ”{label}” som ett heltal, utan decimaler.",
        "en": "Write “{label}” as a whole number, without decimals.",
    },
    "number-decimals": {
        "sv": "Skriv ”{label}” med högst {most} decimaler.",
        "en": "Write “{label}” with at most {most} decimals.",
    },
    "number-low": {"sv": "”{label}” måste vara minst {least}.", "en": "“{label}” must be at least {least}."},
    "number-high": {"sv": "”{label}” får vara högst {most}.", "en": "“{label}” can be at most {most}."},
    "amount": {
        "sv": "Skriv ”{label}” i kronor, till exempel 1 200 eller 1 200,50.",
        "en": "Write “{label}” in kronor, for example 1 200 or 1 200,50.",
    },
    "date-part-day": {"sv": "Fyll i dagen för ”{label}”.", "en": "Fill in the day for “{label}”."},
    "date-part-month": {"sv": "Fyll i månaden för ”{label}”.", "en": "Fill in the month for “{label}”."},
    "date-part-year": {"sv": "Fyll i året för ”{label}”.", "en": "Fill in the year for “{label}”."},
    "date-day": {
        "sv": "Dagen för ”{label}” ska vara ett tal mellan 1 och 31.",
        "en": "The day for “{label}” must be a number between 1 and 31.",
    },
    "date-month": {
        "sv": "Månaden för ”{label}” ska vara ett tal mellan 1 och 12.",
        "en": "The month for “{label}” must be a number between 1 and 12.",
    },
    "date-year": {
        "sv": "Året för ”{label}” ska ha fyra siffror, till exempel 2026.",
        "en": "The year for “{label}” must have four figures, for example 2026.",
    },
    "date-unreal": {
        "sv": "Datumet för ”{label}” finns inte i kalendern. Kontrollera dagen.",
        "en": "The date for “{label}” is not in the calendar. Check the day.",
    },
    "date-early": {
        "sv": "Datumet för ”{label}” får inte vara före {least}.",
        "en": "The date for “{label}” cannot be before {least}.",
    },
    "date-late": {
        "sv": "Datumet för ”{label}” får inte vara efter {most}.",
        "en": "The date for “{label}” cannot be after {most}.",
    },
    "date-early-doubt": {
        "sv": "Datumet för ”{label}” är före {least}. Det kan göra att vi inte hinner i tid.",
        "en": "The date for “{label}” is before {least}. We may not be able to make it in time.",
    },
    "date-late-doubt": {
        "sv": "Datumet för ”{label}” är efter {most}. Stämmer det?",
        "en": "The date for “{label}” is after {most}. Is that right?",
    },
    "choice": {
        "sv": "Välj ett av svaren som finns vid ”{label}”.",
        "en": "Choose one of the answers listed at “{label}”.",
    },
    "choices-few": {
        "sv": "Välj minst {least} svar vid ”{label}”.",
        "en": "Choose at least {least} answers at “{label}”.",
    },
    "choices-many": {
        "sv": "Välj högst {most} svar vid ”{label}”.",
        "en": "Choose at most {most} answers at “{label}”.",
    },
    "email": {
        "sv": "Skriv ”{label}” som namn@exempel.se.",
        "en": "Write “{label}” in the form name@example.com.",
    },
    "phone": {
        "sv": "Skriv ”{label}” med riktnummer, till exempel 070-174 06 05. Börja med + och landskod om det är utländskt.",
        "en": "Write “{label}” with area code, for example 070-174 06 05. Start a foreign number with + and country code.",
    },
    "person-number": {
        "sv": "Skriv ”{label}” med tolv siffror: år, månad, dag och de fyra sista.",
        "en": "Write “{label}” with twelve figures: year, month, day and the last four.",
    },
    "person-number-wrong": {
        "sv": "”{label}” stämmer inte. Kontrollera siffrorna, särskilt de fyra sista.",
        "en": "“{label}” is not right. Check the figures, especially the last four.",
    },
    "person-number-coordination": {
        "sv": "Här kan du inte använda samordningsnummer. Skriv ett personnummer i ”{label}”.",
        "en": "A coordination number cannot be used here. Write a personal identity number in “{label}”.",
    },
    "organisation-number": {
        "sv": "Skriv ”{label}” med tio siffror, till exempel 212000-2874.",
        "en": "Write “{label}” with ten figures, for example 212000-2874.",
    },
    "organisation-number-wrong": {
        "sv": "”{label}” stämmer inte. Kontrollera siffrorna.",
        "en": "“{label}” is not right. Check the figures.",
    },
    "organisation-number-person": {
        "sv": "”{label}” ser ut som ett personnummer. Skriv organisationens nummer.",
        "en": "“{label}” looks like a personal identity number. Write the organisation's number.",
    },
    "address-street": {"sv": "Fyll i gatuadress vid ”{label}”.", "en": "Fill in the street address at “{label}”."},
    "address-postcode": {
        "sv": "Skriv postnumret vid ”{label}” med fem siffror.",
        "en": "Write the postcode at “{label}” with five figures.",
    },
    "address-town": {"sv": "Fyll i postort vid ”{label}”.", "en": "Fill in the town at “{label}”."},
    "property-designation": {
        "sv": "Skriv ”{label}” som Salem Exempelby 1:23. Den står på lagfarten och på skattebeskedet.",
        "en": "Write “{label}” as Salem Exempelby 1:23. It is on the title deed and on the tax decision.",
    },
    "account-kind": {
        "sv": "Välj bankgiro eller bankkonto vid ”{label}”.",
        "en": "Choose bankgiro or bank account at “{label}”.",
    },
    "bankgiro": {
        "sv": "Skriv bankgironumret vid ”{label}” med sju eller åtta siffror.",
        "en": "Write the bankgiro number at “{label}” with seven or eight figures.",
    },
    "bankgiro-wrong": {
        "sv": "Bankgironumret vid ”{label}” stämmer inte. Kontrollera siffrorna.",
        "en": "The bankgiro number at “{label}” is not right. Check the figures.",
    },
    "clearing": {
        "sv": "Skriv clearingnumret vid ”{label}” med fyra eller fem siffror.",
        "en": "Write the clearing number at “{label}” with four or five figures.",
    },
    "account": {
        "sv": "Skriv kontonumret vid ”{label}” med siffror, utan clearingnummer.",
        "en": "Write the account number at “{label}” in figures, without the clearing number.",
    },
    "files-many": {
        "sv": "Ta bort filer vid ”{label}”: högst {most} får följa med.",
        "en": "Remove files at “{label}”: at most {most} can be sent.",
    },
    "rows-few": {"sv": "Fyll i minst {least} rader i ”{label}”.", "en": "Fill in at least {least} rows in “{label}”."},
    "rows-many": {"sv": "Ta bort rader i ”{label}”: högst {most} får plats.", "en": "Remove rows in “{label}”: there is room for {most}."},
}  # fmt: skip


def sentence(code: str, language: str, **values: Any) -> str:
    """What is said of a fault, in the language asked for."""
    return say(SENTENCES[code], language).format(**values)
