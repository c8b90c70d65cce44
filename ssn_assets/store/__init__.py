"""The operational database: what the inbox cannot give back."""
