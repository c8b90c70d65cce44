"""A second way in which welfare lists go wrong: its rates, and what it does to names. Numbers are in `other_numbers.py`.

It shares no code and no rates with the demo's (ssn_assets/demo/*_noise.py). Source: the rates of our first study of the matching,
and what clerks do: copy handwriting, hit the key beside, write as they hear, shorten. One function an error: it takes the name
and a random source, and gives the damaged name, or None where it cannot happen. Who has which error is in `other_people.py`
(numbers) and `other_city.py` (the rest). Rules are not tuned to these; but what went wrong in seeds 511 to 514 made some of them
stricter, and what a human was asked in vain in 511 to 522 others wider.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

NIK_ERRORS = {
    "NIK_KETIK": 0.032,
    "NIK_EXCEL": 0.021,
    "NIK_KOSONG": 0.017,
    "NIK_GANTI": 0.015,  # a number given anew, or never given
    "NIK_TUKAR": 0.011,
    "NIK_KELUARGA": 0.007,
    "NIK_DARI_KK": 0.0065,
    "NIK_POTONG": 0.005,
    "NIK_ORANG_LAIN": 0.003,
}
NAME_ERRORS = {
    "NAMA_KETIK": 0.1,  # and where another error cannot happen: 12 % of rows
    "NAMA_GELAR": 0.04,
    "NAMA_EJAAN_LAMA": 0.034,
    "NAMA_KATA_HILANG": 0.03,
    "NAMA_KATA_LEBIH": 0.027,
    "NAMA_INISIAL": 0.018,
    "NAMA_RAPAT": 0.015,
    "NAMA_TERBALIK": 0.012,
    "NAMA_BUNYI": 0.045,
    "NAMA_TANDA": 0.03,
    "NAMA_BIN": 0.012,
    "NAMA_PUTUS": 0.01,
    "NAMA_CATATAN": 0.008,
}
MUHAMMAD_SHORT = 0.27
"""Of those with the word: 1.9 % of all rows."""
TWICE = 0.12
CARE = 1.5
"""Shape of how careless the clerk of an RT is, around 1: one RT in twelve has more than 2.5 times the errors."""
KK_OLD, KK_TYPED, KK_MISSING = 0.10, 0.04, 0.03
MOVED_FAMILIES, MOVED_ALONE, RT_WRONG = 0.05, 0.02, 0.16
SAME_AGAIN, OTHER_NIK_AGAIN, UNREGISTERED, STRANGERS = 0.012, 0.010, 0.008, 0.02


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.partition(">")[0], pair.partition(">")[2]) for pair in text.split()]


def grid(*rows: str, shift: float = 0.0) -> dict[str, tuple[float, int]]:
    """Where each key is."""
    return {key: (column + shift * row, row) for row, keys in enumerate(rows) for column, key in enumerate(keys)}


KEYS = grid("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM", shift=0.4)
BADLY_READ = _pairs(
    "RN>M M>RN U>V V>U N>H H>N A>O O>A I>L L>I E>C C>E G>C K>R W>VV D>O T>F J>I F>P Y>V H>K U>N O>0 S>5 I>1 B>8 Z>2 G>6"
)
AS_HEARD = _pairs(
    "F>P P>F V>F Z>J J>Z SY>S S>SY KH>H H>KH AI>E IY>I Y>I I>Y IN>IEN U>O O>U DH>D TH>T T>TH DZ>Z Q>K K>Q UDDIN>UDIN GH>G A>AA"
    " X>KS AH>A"
)
DUTCH = (("DJ", "J"), ("TJ", "C"), ("NJ", "NY"), ("SJ", "SY"), ("CH", "KH"), ("OE", "U"), ("J", "Y"))
FRONT = {"L": "H. |H |HAJI |DRS. H. |IR. |UST. |KH. |BPK. |TN. |SDR. |R. ", "P": "HJ. |HJ |HAJJAH |DRA. |IBU |NY. |SDRI |BU |HJ."}
BACK = {"L": ", S.PD|, S.PD.I|, SE| ST|, A.MD", "P": ", S.PD|, A.MD.KEB|, SE| S.KM"}
DEAD = (" (ALM)", " ALM.", " (ALMH)")
NOTES = (" (KK)", " - ISTRI", " (ANAK)", "*", " ,", " .", " (PINDAH)", " 2")
SHORT = ("MUH.", "MUHAMAD", "MOH.", "M.", "MHD.", "MOHAMAD", "MUCH.", "MUHAMMAD.", "MOCHAMAD", "M", "MD.", "MUHD")


def beside(places: dict[str, tuple[float, int]], key: str, rnd: random.Random) -> str:
    """The key that a finger hits instead."""
    x, y = places[key]
    near = [k for k, (a, b) in places.items() if k != key and (a - x) ** 2 + (b - y) ** 2 < 1.7]
    return rnd.choice(near)


def mistyped(name: str, rnd: random.Random) -> str | None:
    """The key beside, a letter badly read, doubled, dropped, or typed one too early."""
    at = [i for i, letter in enumerate(name) if letter in KEYS]
    if len(at) < 3:
        return None
    i, way = rnd.choice(at), rnd.random()
    if way < 0.38:
        return name[:i] + beside(KEYS, name[i], rnd) + name[i + 1 :]
    if way < 0.62:
        return _replaced(name, BADLY_READ, rnd)
    if way < 0.76:
        return name[:i] + name[i] + name[i:]
    if way < 0.92:
        return " ".join((name[:i] + name[i + 1 :]).split())
    j = rnd.choice(at[:-1])
    return name[:j] + name[j + 1] + name[j] + name[j + 2 :] if name[j + 1] in KEYS else None


def _replaced(name: str, pairs: list[tuple[str, str]], rnd: random.Random) -> str | None:
    fits = [pair for pair in pairs if pair[0] in name]
    if not fits:
        return None
    old, new = rnd.choice(fits)
    found = rnd.choice([m.start() for m in re.finditer(old, name)])
    return name[:found] + new + name[found + len(old) :]


def as_heard(name: str, rnd: random.Random) -> str | None:
    """Written as the clerk would spell what he hears."""
    return _replaced(name, AS_HEARD, rnd)


def dutch(name: str, rnd: random.Random) -> str | None:
    """The spelling before 1972, in the whole name or in one word of it."""
    words = name.split()
    one = rnd.randrange(len(words)) if rnd.random() < 0.4 else None
    for i, word in enumerate(words):
        if one is None or i == one:
            for new, old in DUTCH:  # small letters: what one pair made is nothing to the next
                word = word.replace(old, new.lower())
            words[i] = word.upper()
    return " ".join(words)


def titled(name: str, rnd: random.Random, sex: str) -> str:
    """A title or a word of address before or behind."""
    if rnd.random() < 0.65:
        return rnd.choice(FRONT[sex].split("|")) + name
    return name + rnd.choice(DEAD if rnd.random() < 0.3 else BACK[sex].split("|"))


def word_lost(name: str, rnd: random.Random) -> str | None:
    """Only the part in daily use: first word, last word, or all but one."""
    words = name.split()
    if len(words) < 2:
        return None
    if len(words) == 2 or rnd.random() < 0.3:
        return words[0] if rnd.random() < 0.75 else words[-1]
    gone = rnd.randrange(len(words))
    return " ".join(w for i, w in enumerate(words) if i != gone)


def initialled(name: str, rnd: random.Random) -> str | None:
    """One word, or all but the first, as initials."""
    words = name.split()
    if len(words) < 2:
        return None
    if len(words) > 2 and rnd.random() < 0.3:
        return words[0] + " " + "".join(w[0] + "." for w in words[1:])
    i = rnd.choice([0, *range(1, len(words)), len(words) - 1])
    return " ".join(w[0] + rnd.choice((".", "")) if k == i else w for k, w in enumerate(words))


def run_together(name: str, rnd: random.Random) -> str | None:
    """No blank at all, one blank gone, or one in the middle of a word."""
    words = name.split()
    if len(words) > 1 and rnd.random() < 0.75:
        i = rnd.randrange(1, len(words)) if rnd.random() < 0.6 else 0
        return "".join(words) if i == 0 else " ".join(words[:i]) + " ".join(words[i:])
    i = max(range(len(words)), key=lambda k: len(words[k]))
    if len(words[i]) < 6:
        return None
    cut = rnd.randrange(2, len(words[i]) - 2)
    return " ".join([*words[:i], words[i][:cut], words[i][cut:], *words[i + 1 :]])


def turned(name: str, rnd: random.Random) -> str | None:
    """Family name first, with or without comma, or two words changed over."""
    words = name.split()
    if len(words) < 2:
        return None
    if len(words) > 2 and rnd.random() < 0.3:
        return " ".join([words[0], words[2], words[1], *words[3:]])
    return words[-1] + rnd.choice((" ", " ", ", ")) + " ".join(words[:-1])


def marked(name: str, rnd: random.Random) -> str | None:
    """Signs and blanks that mean nothing."""
    i = rnd.randrange(1, len(name))
    return rnd.choice(
        (
            name.replace(" ", "  "),
            name[:i] + "'" + name[i:],
            name.replace(" ", "-", 1),
            name + ".",
            name.replace(" ", "_", 1),
            "`" + name,
        )
    )


def of_father(name: str, rnd: random.Random, sex: str, other: str) -> str:
    """BIN, BINTI and how they are abbreviated."""
    return (
        name
        + rnd.choice((" BIN ", " B. ", " BN. ", " BIN.") if sex == "L" else (" BINTI ", " BT. ", " BTE ", " BINTI."))
        + other.split()[0]
    )


def with_more(name: str, rnd: random.Random, other: str) -> str:
    """One more word: a husband's or father's name, a name in daily use."""
    words, more = name.split(), rnd.choice(other.split())
    way = rnd.random()
    if way < 0.55:
        return f"{name} {more}"
    if way < 0.75:
        return " ".join([words[0], more, *words[1:]])
    return name + rnd.choice((f" AL. {more}", f" ALS {more}", f" ({more})", f"/{more}", f" PGL {more}", f' "{more}"'))


def broken_off(name: str, rnd: random.Random) -> str | None:
    """A form with so many boxes."""
    boxes = rnd.choice((10, 14, 18, 22))
    return name[:boxes].strip() if len(name) > boxes else None


def shortened(name: str, rnd: random.Random) -> str | None:
    """MUHAMMAD written shorter or otherwise."""
    return name.replace("MUHAMMAD", rnd.choice(SHORT), 1) if "MUHAMMAD" in name and " " in name else None


PLAIN: dict[str, Callable[[str, random.Random], str | None]] = {
    "NAMA_KETIK": mistyped,
    "NAMA_EJAAN_LAMA": dutch,
    "NAMA_KATA_HILANG": word_lost,
    "NAMA_INISIAL": initialled,
    "NAMA_RAPAT": run_together,
    "NAMA_TERBALIK": turned,
    "NAMA_BUNYI": as_heard,
    "NAMA_TANDA": marked,
    "NAMA_PUTUS": broken_off,
    "NAMA_CATATAN": lambda name, rnd: name + rnd.choice(NOTES),
    "NAMA_MUHAMMAD": shortened,
}


def wrong_name(name: str, error: str, sex: str, other: str, rnd: random.Random) -> tuple[str, str]:
    """The name with an error of NAME_ERRORS, and which it became: a slip of the pen where that one cannot happen.

    Args:
        other: somebody else's name, for the errors that add a word.
    """
    if error in PLAIN:
        made = PLAIN[error](name, rnd)
    elif error == "NAMA_GELAR":
        made = titled(name, rnd, sex)
    else:
        made = of_father(name, rnd, sex, other) if error == "NAMA_BIN" else with_more(name, rnd, other)
    if made and made != name:
        return made, error
    return mistyped(name, rnd) or name + name[-1], "NAMA_KETIK"
