"""Nomor SSN: one number a person, for life."""
