"""The bank loop: who needs a card, the file the bank gets, and what the bank answers."""
