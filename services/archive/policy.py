"""Who may take a whole case out of the system for the archive."""

from services.access.rules import action
from services.cases.policy import LEAD

# The registrar and the manager of the very authority; with everything, so it is logged.
EXPORT = action("case:export", *LEAD.any_of, unless=LEAD.unless)
