"""Lookup: the SANTER service and its page. Reads outbox/santer and its own state; never the warehouse.

Only `clients.py` (the `ssn client` command) and, when somebody sends or follows a complaint, `complaint_desk.py` open the store;
the service answers questions while the store is down.
"""
