"""Hearing the party, other authorities and neighbours before a decision, and letting a case rest."""
