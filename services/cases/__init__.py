"""The case: one aggregate from the first answer to its closing."""
