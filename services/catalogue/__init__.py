"""The catalogue: which services there are, in which published versions."""
