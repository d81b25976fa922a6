"""Who may: small predicates, put together into actions."""
