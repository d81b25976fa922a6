"""When a case must be decided, who says so, and what stops the clock."""
