"""What was done and read, by whom: append-only and hash-chained."""
