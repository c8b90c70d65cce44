"""NIK and Nomor KK as people type them: tidied without loss, and the class of their damage. SQL expressions only.

What is lost is never guessed: letters O and l are not made digits, 15 digits are not padded.
"""

from __future__ import annotations

WELL_FORMED = "[1-9][0-9]{15}"
"""Sixteen digits; no province begins with 0."""

EASY = """[ \t='"]*[1-9][0-9]{15}([.,]0{1,2})?[ \t='"]*"""
"""The commonest dressings, told apart cheaply: apostrophe, ="...", blanks, a trailing .0."""

SOUND = "[1-9][0-9]{5}(?:0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(?:0[1-9]|1[0-2])[0-9]{6}"
"""Sixteen digits with a day (women: + 40) and a month that exist."""

LOSSLESS_POWER = "[1-9][.,][0-9]{15}[eE][+]?15"
"""Scientific notation that still holds all sixteen digits (Java writes so); anything shorter has lost some."""

SCIENTIFIC = "[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]{1,3}"

WIDE_DIGITS = "０１２３４５６７８９"
INVISIBLE = r"\x00-\x20\x7f-\xa0\x{ad}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}-\x{2064}\x{3000}\x{feff}"
"""Blanks of every width and signs that nobody sees. (Unicode classes would say the same, but compile slowly.)"""

SIGNS = INVISIBLE + """'"‘’ʼ`´“”=:;_‐-―−-"""
"""What stands around a number without belonging to it: blanks, invisible signs, apostrophes, ="...", dashes."""

EDGES, NOISE, BLANK = f"^[{SIGNS}]+|[{SIGNS}]+$", f"[.,{SIGNS}]+", f"[{INVISIBLE}'’]*"

ABSENT = "TIDAK ?ADA|TDK ?ADA|BELUM ?ADA|TIDAK ?TAHU|TIDAK ?PUNYA|TANPA|NIHIL|KOSONG|NULL|NONE|NAN|N/?A|X+"
"""Words written where there is no number."""

DUMMIES = "0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|[0-9]{6}0{10}|1234567890123456"

DAMAGED = "'KOSONG', 'TIRUAN', 'ILMIAH', 'HURUF'"
"""Classes that leave no number to work with."""


def tidied(raw: str) -> str:
    """SQL: a number without the signs around it; letters stay, so that nothing is hidden.

    Args:
        raw: SQL of the text as received.
    """
    return (
        f"case when regexp_full_match({raw}, '{WELL_FORMED}') then {raw}"
        f" when regexp_full_match({raw}, {quoted(EASY)}) then regexp_extract({raw}, '{WELL_FORMED}')"
        f" else {_tidied_slowly(raw)} end"
    )


def _tidied_slowly(raw: str) -> str:
    text = _core(raw)
    return (
        f"case when regexp_full_match({text}, '{LOSSLESS_POWER}')"
        f" then regexp_replace(regexp_replace({text}, '[eE][+]?15$', ''), '[.,]', '')"
        f" when regexp_full_match({text}, '{SCIENTIFIC}') then {text}"
        f" else regexp_replace(regexp_replace({text}, '[.,]0{{1,2}}$', ''), {quoted(NOISE)}, '', 'g') end"
    )


def _core(raw: str) -> str:
    """SQL: the text without the signs around it, digits of East Asian width made plain."""
    return f"regexp_replace(translate({raw}, '{WIDE_DIGITS}', '0123456789'), {quoted(EDGES)}, '', 'g')"


def damage(raw: str, bare: str, family: str | None = None) -> str:
    """SQL: the class of a number's damage, BAIK when there is none.

    Args:
        raw: SQL of the text as received.
        bare: SQL of `tidied(raw)`.
        family: SQL of the tidied Nomor KK of the same row, to find a NIK that is a copy of it.

    Returns:
        KOSONG, TIRUAN, ILMIAH, HURUF, PANJANG, SAMA_KK, EXCEL15, TANGGAL or BAIK.
    """
    copy = f"{bare} is not distinct from {family}" if family else "false"
    sound = f"regexp_full_match({bare}, '{SOUND}') and right({bare}, 4) <> '0000' and {bare} <> repeat('1', 16)"
    return f"""case
        when {sound} and not ({copy}) then 'BAIK'
        when {raw} is null or regexp_full_match({raw}, {quoted(BLANK)}) then 'KOSONG'
        when {bare} = '' or regexp_full_match({bare}, '{DUMMIES}') then 'TIRUAN'
        when regexp_full_match(upper({_core(raw)}), '{ABSENT}') then 'TIRUAN'
        when regexp_full_match({bare}, '{SCIENTIFIC}') then 'ILMIAH'
        when not regexp_full_match({bare}, '[0-9]+') then 'HURUF'
        when length({bare}) <> 16 then 'PANJANG'
        when {copy} then 'SAMA_KK'
        when right({bare}, 4) = '0000' then 'EXCEL15'
        when not regexp_full_match({bare}, '{SOUND}') then 'TANGGAL'
        else 'BAIK' end"""


def usable(bare: str, kind: str) -> str:
    """SQL: the digits, of any length; null when nothing, a dummy, or something else than digits was written.

    Args:
        bare: SQL of the tidied text.
        kind: SQL of its damage class.
    """
    return f"case when {kind} not in ({DAMAGED}) then {bare} end"


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
