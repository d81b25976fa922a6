"""Decisions: who may make them, what they say, and how they gain legal force or are appealed."""
