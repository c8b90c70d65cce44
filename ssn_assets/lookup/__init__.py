"""Lookup: the SANTER service and its page. Reads outbox/santer and its own state; never the warehouse.

Only `clients.py` (the `ssn client` command) opens the store; the service itself runs while the store is down.
"""
