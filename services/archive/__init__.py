"""The archive package of one case: made, and read back."""
