"""Verification: work lists go out to the kelurahan, their answers come back. What an answer means is in the dbt models."""
