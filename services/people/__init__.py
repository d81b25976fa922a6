"""Persons, organisations, mandates and their ways in."""
