"""Publication: the SANTER lookup table and JSON, released whole or not at all, with a way back."""
