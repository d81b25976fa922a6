"""Real processes that are killed where it hurts most."""
