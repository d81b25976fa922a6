"""One matter for the tests of the law: an application that is looked into, heard and decided."""

from datetime import UTC, datetime

from services.cases import investigation
from tests.builders import a_case, a_document
from tests.builders.document import two
from tests.services.decisions.test_decisions import DOCUMENT, Town

LATER = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
CHECKLIST = [
    {"key": "uppgifterna", "label": two("Uppgifterna räcker"), "law": two("23 § FL")},
    {
        "key": "stolpen",
        "label": two("Stolpen är besiktigad"),
        "when": {"question": "stolpe", "is": "S-123"},
    },
    {"key": "annat", "label": two("Annat"), "when": {"question": "stolpe", "is": "S-9"}},
]


class Matter(Town):
    """A case with its party, handler and registrar, as the tests of decisions have it."""

    def investigated(self):
        """Everything on the checklist is looked into."""
        for check in investigation.left(self.lent, self.case):
            investigation.tick(self.at(), self.case.id, check.key, "done")
        self.lent.flush()
        return self

    def with_checklist(self):
        """Another case, of a service that has a checklist."""
        document = a_document(**DOCUMENT, slug="med-lista", checklist=CHECKLIST)
        self.case = a_case(self.lent, by=self.resident, now=LATER, document=document)
        self.lent.flush()
        return self
