"""Shared rooms: a household, a company or an association whose members see the same cases."""
