"""SSN: from welfare list to valid recipient. A Dagster code location; import its modules directly, nothing is wired here."""
