"""Revisions of the store's schema, oldest first by number."""
