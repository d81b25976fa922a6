"""The demonstration municipality: an example organisation, invented people, and their cases."""
