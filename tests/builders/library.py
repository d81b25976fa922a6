"""The services that are shipped, read once for all tests: nothing changes a document."""

from services.catalogue import library

SHIPPED = {each.slug: each for each in library.load()}
