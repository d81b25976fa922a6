"""What is planned in a transaction and done after it: our face of procrastinate."""
