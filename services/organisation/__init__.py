"""The authorities, departments and units of the municipality, and who serves in them."""
