"""The demo city: synthetic people, messy files in the inbox, and the truth about them apart from it.

Nothing here is used by the platform itself; it may import only `settings` and `home`.
"""
