"""What happens to NIK, KK and RT between the register and the welfare list. Names are in `name_noise.py`."""

from __future__ import annotations

import random

DUMMIES = ("0", "-", "9999999999999999", "0000000000000000", "TIDAK ADA", "BELUM ADA")
LOOKALIKES = {"0": "O", "1": "l", "5": "S"}


def digit_typo(number: str, rnd: random.Random) -> str:
    """One digit replaced by another; the first one never becomes 0."""
    at = rnd.randrange(len(number))
    digit = rnd.choice([d for d in "0123456789" if d != number[at] and (at or d != "0")])
    return number[:at] + digit + number[at + 1 :]


def swap(number: str, rnd: random.Random) -> str:
    """Two different neighbours change places (a typing error where there are none)."""
    places = [i for i in range(1, len(number) - 1) if number[i] != number[i + 1]]
    if not places:
        return digit_typo(number, rnd)
    at = rnd.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def shortened(number: str, rnd: random.Random) -> str:
    """12 to 15 digits: the end, or one digit inside, is gone."""
    if rnd.random() < 0.65:
        return number[: rnd.choice((15, 15, 15, 14, 13, 12))]
    at = rnd.randrange(1, len(number))
    return number[:at] + number[at + 1 :]


def lengthened(number: str, rnd: random.Random) -> str:
    """17 digits: one typed twice."""
    at = rnd.randrange(len(number))
    return number[:at] + number[at] + number[at:]


def excel(number: str) -> str:
    """Excel keeps 15 digits; the last becomes 0."""
    return number[:15] + "0"


def letters(number: str, rnd: random.Random) -> str:
    """A letter typed for the digit it looks like."""
    fits = [i for i in range(len(number)) if number[i] in LOOKALIKES]
    at = rnd.choice(fits)
    return number[:at] + LOOKALIKES[number[at]] + number[at + 1 :]


def damage_nik(nik: str, fault: str, rnd: random.Random) -> str:
    """Apply a fault of listing.NIK_FAULTS that needs nothing but the number itself."""
    if fault == "NIK_SALAH_KETIK":
        return digit_typo(nik, rnd)
    if fault == "NIK_TERTUKAR":
        return swap(nik, rnd)
    if fault == "NIK_DUA_ANGKA":
        return digit_typo(digit_typo(nik, rnd), rnd)
    if fault == "NIK_EXCEL":
        return excel(nik) if nik[15] != "0" else digit_typo(nik, rnd)
    if fault == "NIK_TIRUAN":
        return rnd.choice(DUMMIES)
    if fault == "NIK_TERPOTONG":
        return shortened(nik, rnd)
    if fault == "NIK_PANJANG":
        return lengthened(nik, rnd)
    if fault == "NIK_HURUF":
        return letters(nik, rnd)
    return ""


def decorated(number: str, rnd: random.Random) -> str:
    """The same number in a dress that can be taken off without loss."""
    if not number.isdigit() or len(number) != 16:
        return number
    dress = rnd.randrange(7)
    if dress == 0:
        return number + " "
    if dress == 1:
        return "\u00a0" + number
    if dress == 2:
        return f"{number[:2]}.{number[2:6]}.{number[6:12]}.{number[12:]}"
    if dress == 3:
        return number + ".0"
    if dress == 4:
        return "'" + number
    if dress == 5:
        return f"{number[:6]} {number[6:12]} {number[12:]}"
    return '="' + number + '"'


def rt_form(rt: int, style: str, rnd: random.Random) -> str:
    """The RT as this file writes it; one row in twenty is written otherwise."""
    if rnd.random() < 0.05:
        style = rnd.choice(("005", "5", "05", "RT.005", "RT 5", "5/2", "005/000", "005 / 001"))
    return {
        "005": f"{rt:03d}",
        "5": f"{rt}",
        "05": f"{rt:02d}",
        "RT.005": f"RT.{rt:03d}",
        "RT 5": f"RT {rt}",
        "5/2": f"{rt}/{rt % 4}",
        "005/000": f"{rt:03d}/000",
        "005 / 001": f"{rt:03d} / 001",
    }[style]
