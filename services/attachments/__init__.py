"""What people hand in: looked at, cleaned, kept apart until it is known to be harmless."""
