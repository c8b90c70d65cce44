"""Monthly payments: who is paid, the file the bank gets, and what the bank answers. Once a family and month."""
