"""Objections and complaints (sanggah, pengaduan): tickets in the store. Used by the page, `ssn aduan` and the work lists.

Like `store` no stage: it imports none. What belongs here: the rules, the sealed texts, each side's reads and writes.
Pages are `lookup/`, sheets and the Dagster asset `verification/`.
"""
