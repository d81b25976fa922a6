"""What was said to whom: letters planned in the transaction and sent after it."""
