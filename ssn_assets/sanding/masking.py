"""A person's values with most of them covered, for explanations that are shown to more than one pair of eyes. Pure.

What may be opened, and who opened it, is in `opened.py`.
"""

from __future__ import annotations

import re

DOT = "•"
KEPT_DIGITS = 4


def number(text: str) -> str:
    """A NIK or KK: its last four digits, as on the work lists; how long it is stays visible."""
    return DOT * max(len(text) - KEPT_DIGITS, 0) + text[-KEPT_DIGITS:] if len(text) > KEPT_DIGITS else DOT * len(text)


def name(text: str) -> str:
    """A name: the first letter of each word, and how many words it has."""
    return " ".join(word[0] + DOT * 3 for word in text.split())


def day(text: str) -> str:
    """A date: its year."""
    return f"{text[:4]}-{DOT * 2}-{DOT * 2}"


def address(text: str) -> str:
    """A street address: numbers covered, words as in `name`."""
    return name(re.sub(r"\d", DOT, text))
