"""What happens to a name between the register and the welfare list: one function a fault.

Each takes the name and a random source and returns the damaged name, or None when that fault cannot happen to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

LETTERS = "ABCDEFGHIJKLMNOPRSTUWYZ"
NEIGHBOURS = dict(zip("ABDEGHIKLMNOPRSTUWYZ", "SVFRHJUOKNMIOTDRYEUX", strict=True))
OLD_SPELLING = (("U", "OE"), ("J", "DJ"), ("C", "TJ"), ("SY", "SJ"), ("KH", "CH"), ("Y", "J"))
MUHAMMAD = ("M.", "M", "MUH.", "MUH", "MOH.", "MOHD", "MUHAMAD", "MOHAMMAD", "MUCHAMMAD", "MOCH.", "MUHMMAD")
FRONT = {"L": ("H.", "H", "DRS.", "IR.", "ALM."), "P": ("HJ.", "HJ", "DRA.", "ALM.", "IR.")}
BACK = ("S.PD", "SE", "S.E.", "AMD", "S.SOS", "ST", "S.H.", "S.KOM")


def typo(name: str, rnd: random.Random) -> str | None:
    """One letter wrong, missing, too many, or two neighbours swapped."""
    places = [i for i, letter in enumerate(name) if letter.isalpha()]
    if len(places) < 4:
        return None
    at = places[rnd.randrange(len(places))]
    kind = rnd.random()
    if kind < 0.35:
        letter = NEIGHBOURS.get(name[at], "A") if rnd.random() < 0.5 else rnd.choice(LETTERS)
        changed = name[:at] + letter + name[at + 1 :]
    elif kind < 0.6:
        changed = name[:at] + name[at + 1 :]
    elif kind < 0.8:
        changed = name[:at] + rnd.choice(LETTERS) + name[at:]
    else:
        changed = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    changed = " ".join(changed.split())
    return changed if changed != name else None


def old_spelling(name: str, rnd: random.Random) -> str | None:
    """U as OE, J as DJ and so on, as before 1972."""
    fits = [pair for pair in OLD_SPELLING if pair[0] in name and pair[1] not in name]
    return name.replace(*rnd.choice(fits)) if fits else None


def missing_word(name: str, rnd: random.Random) -> str | None:
    """One of several words left out; the first one seldom."""
    words = name.split()
    if len(words) < 2:
        return None
    words.pop(0 if rnd.random() < 0.2 else rnd.randrange(1, len(words)))
    return " ".join(words)


def initials(name: str, rnd: random.Random) -> str | None:
    """The last word as an initial, or a middle one."""
    words = name.split()
    if len(words) < 2:
        return None
    at = len(words) - 1 if rnd.random() < 0.8 else rnd.randrange(1, len(words))
    words[at] = words[at][0] + rnd.choice((".", ".", " ")).strip()
    return " ".join(words)


def no_space(name: str, rnd: random.Random) -> str | None:
    """Words run together: all, or two of them."""
    words = name.split()
    if len(words) < 2:
        return None
    at = rnd.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def misplaced_space(name: str, rnd: random.Random) -> str | None:
    """The blank one letter late, or a blank inside a long word (NUR HAYATI for NURHAYATI)."""
    words = name.split()
    if len(words) > 1 and len(words[1]) > 2 and rnd.random() < 0.5:
        return " ".join([words[0] + words[1][0], words[1][1:], *words[2:]])
    if len(words[0]) > 6:
        return " ".join([words[0][:3], words[0][3:], *words[1:]])
    return None


def swapped(name: str, rnd: random.Random) -> str | None:
    """Last word first."""
    words = name.split()
    return " ".join([words[-1], *words[:-1]]) if len(words) > 1 and words[0] != words[-1] else None


def punctuation(name: str, rnd: random.Random) -> str | None:
    """An apostrophe inside (MA'RUF), a comma or hyphen between words."""
    if " " in name and rnd.random() < 0.5:
        return name.replace(" ", rnd.choice((", ", "-", ". ", "  ")), 1)
    at = next((i for i in range(2, len(name) - 2) if name[i] in "AIU" and name[i - 1] not in " AIUEO"), None)
    return None if at is None else name[:at] + "'" + name[at:]


def doubled_letter(name: str, rnd: random.Random) -> str | None:
    """A letter doubled, or a double one single."""
    twice = [i for i in range(len(name) - 1) if name[i] == name[i + 1]]
    if twice and rnd.random() < 0.6:
        at = rnd.choice(twice)
        return name[:at] + name[at + 1 :]
    at = rnd.randrange(1, len(name))
    return name[:at] + name[at] + name[at:] if name[at].isalpha() else None


def digits(name: str, rnd: random.Random) -> str | None:
    """A digit typed for a letter."""
    letter, digit = rnd.choice((("O", "0"), ("I", "1"), ("A", "4"), ("S", "5"), ("E", "3")))
    return name.replace(letter, digit, 1) if letter in name else None


def muhammad(name: str, rnd: random.Random) -> str | None:
    """Another form of MUHAMMAD; on a one-word name only those that are words."""
    if "MUHAMMAD" not in name.split():
        return None
    forms = MUHAMMAD if " " in name else MUHAMMAD[6:9]
    return " ".join(rnd.choice(forms) if word == "MUHAMMAD" else word for word in name.split())


def cut(name: str, rnd: random.Random) -> str | None:
    """A column that ends after some letters."""
    width = rnd.choice((12, 15, 20))
    return name[:width].rstrip() if len(name) > width else None


def damage(name: str, fault: str, sex: str, other: str, rnd: random.Random) -> tuple[str, str]:
    """Damage a name.

    Args:
        fault: a code of listing.NAME_FAULTS.
        sex: L or P.
        other: a name (of the father, or one in daily use) for the faults that need one.

    Returns:
        The damaged name and the code of what was done: a typing error where the fault could not happen.
    """
    plain = SIMPLE.get(fault)
    changed = plain(name, rnd) if plain else _with_other(name, fault, sex, other, rnd)
    if changed and changed != name:
        return changed, fault
    return typo(name, rnd) or name + "A", "NAMA_SALAH_KETIK"


def _with_other(name: str, fault: str, sex: str, other: str, rnd: random.Random) -> str | None:
    first = other.split()[0]
    made = {
        "NAMA_GELAR_DEPAN": f"{rnd.choice(FRONT[sex])} {name}",
        "NAMA_GELAR_BELAKANG": f"{name} {rnd.choice(BACK)}",
        "NAMA_SAPAAN": f"{'BPK' if sex == 'L' else 'IBU'} {name}",
        "NAMA_TAMBAH_KATA": f"{name} {other.split()[-1]}",
        "NAMA_BIN": f"{name} {'BIN' if sex == 'L' else 'BINTI'} {first}",
        "NAMA_ALIAS": f"{name} ALIAS {first}",
        "NAMA_GARIS_MIRING": f"{name} / {first}" if rnd.random() < 0.7 else f"{first}/{name}",
        "NAMA_PANGGILAN": other,
    }
    return made[fault]


SIMPLE: dict[str, Callable[[str, random.Random], str | None]] = {
    "NAMA_SALAH_KETIK": typo,
    "NAMA_EJAAN_LAMA": old_spelling,
    "NAMA_KURANG_KATA": missing_word,
    "NAMA_INISIAL": initials,
    "NAMA_TANPA_SPASI": no_space,
    "NAMA_SPASI_SALAH": misplaced_space,
    "NAMA_TERBALIK": swapped,
    "NAMA_TANDA_BACA": punctuation,
    "NAMA_HURUF_GANDA": doubled_letter,
    "NAMA_ANGKA": digits,
    "NAMA_MUHAMMAD": muhammad,
    "NAMA_TERPOTONG": cut,
}
