"""Writes tests/data/pasangan_nama.csv: pairs of names labelled "one person" or "two people", by kind.

A quarter is written by hand (tests/data/pasangan_inti.txt), the rest are systematic variations of made-up names from a word
list (tests/data/kata_pasangan.txt). Nothing of ssn_assets is used: the demo city's own faults must not test the matching.

    .venv/bin/python -m tests.bench.pairs
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.people import Names, People

DATA = Path(__file__).parents[1] / "data"
PAIRS = DATA / "pasangan_nama.csv"
COLUMNS = ["nama_a", "nama_b", "sama", "jenis"]
PER_KIND = 60
KEYS = ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"]
Pair = tuple[str, str]


def _slip(name: str, chance: Names) -> str | None:
    """A neighbouring key, a letter left out, typed twice, or two swapped."""
    places = [i for i in range(1, len(name)) if name[i].isalpha()]
    at = chance.choice(places)
    letter, before, after = name[at], name[:at], name[at + 1 :]
    row = next(r for r in KEYS if letter in r)
    near = row[max(row.index(letter) - 1, 0)] if chance.random() < 0.5 else row[min(row.index(letter) + 1, len(row) - 1)]
    return chance.choice(
        [before + near + after, before + after, before + letter + letter + after, before + after[:1] + letter + after[1:]]
    )


def _by_sound(name: str, chance: Names) -> str | None:
    """As it sounds to the clerk who writes it."""
    steps = [
        ("F", "P"),
        ("V", "P"),
        ("SY", "S"),
        ("KH", "H"),
        ("Z", "J"),
        ("DH", "D"),
        ("Q", "K"),
        ("IY", "Y"),
        ("IA", "IYA"),
        ("TH", "T"),
    ]
    fits = [s for s in steps if s[0] in name]
    return name.replace(*chance.choice(fits)) if fits else None


def _before_1972(name: str, chance: Names) -> str | None:
    """The spelling that older papers have, wholly."""
    old = name
    for new, written in (("Y", "J~"), ("J~", "\0"), ("J", "DJ"), ("\0", "J"), ("C", "TJ"), ("U", "OE")):
        old = old.replace(new, written)
    return old


def _joined(name: str, chance: Names) -> str | None:
    """Two words as one."""
    words = name.split()
    at = chance.randrange(max(len(words) - 1, 1))
    return " ".join([*words[:at], "".join(words[at : at + 2]), *words[at + 2 :]])


def _split(name: str, chance: Names) -> str | None:
    """A long word as two, at a syllable."""
    words = name.split()
    long = [i for i, w in enumerate(words) if len(w) >= 8]
    if not long:
        return None
    i = chance.choice(long)
    cuts = [m.end() for m in re.finditer("[AIUEO](?=[^AIUEO])", words[i]) if 3 <= m.end() <= len(words[i]) - 3]
    return " ".join([*words[:i], words[i][: cuts[-1]], words[i][cuts[-1] :], *words[i + 1 :]]) if cuts else None


def _initial(name: str, chance: Names) -> str | None:
    words = name.split()
    return " ".join([*words[:-1], words[-1][0] + chance.choice(["", "."])])


def _first_initial(name: str, chance: Names) -> str | None:
    words = name.split()
    return " ".join([words[0][0] + ".", *words[1:]]) if len(words) > 2 else None


def _fewer(name: str, chance: Names) -> str | None:
    words = name.split()
    words.pop(chance.randrange(1, len(words)))
    return " ".join(words)


def _turned(name: str, chance: Names) -> str | None:
    words = name.split()
    at = chance.randrange(1, len(words))
    return " ".join(words[at:] + words[:at])


def _short_prefix(name: str, chance: Names) -> str | None:
    forms = {
        "MUHAMMAD": ["M.", "MUH.", "MOH", "MUHAMAD", "MOCH.", "MHD"],
        "ABDUL": ["ABD.", "ABD", "A."],
        "SITI": ["ST.", "ST", "SITTI"],
        "AHMAD": ["ACHMAD", "AKHMAD", "AHM."],
        "ANDI": ["A."],
        "NUR": ["NOR", "NOOR"],
        "AJI": ["A."],
        "DAYANG": ["DYG"],
        "AWANG": ["AWG."],
    }
    first, _, rest = name.partition(" ")
    return f"{chance.choice(forms[first])} {rest}" if first in forms else None


def _titled(name: str, chance: Names) -> str | None:
    return chance.choice(
        ["H. {}", "HJ. {}", "DRS {}", "ALM. {}", "IR. {}", "{}, S.PD", "{} SE", "{}, S.H", "{} AMD", "HAJI {}", "{} S.KOM"]
    ).format(name)


def _child_of(name: str, chance: Names) -> str | None:
    return f"{name} {chance.choice(['BIN', 'BINTI', 'B.', 'BT'])} {People(chance).name(1, False)}"


def _called(name: str, chance: Names) -> str | None:
    other = People(chance).name(1)
    return chance.choice([f"{name} ALIAS {other}", f"{name} / {other}", f"{other}/{name}", f"{name} ALS {other}"])


def _clipped(name: str, chance: Names) -> str | None:
    return name[:15].strip() if len(name) > 17 else None


def _two_slips(name: str, chance: Names) -> str | None:
    once = _slip(name, chance) if len(name) >= 10 else None
    return once and _slip(once, chance)


def _slip_and_order(name: str, chance: Names) -> str | None:
    turned = _turned(name, chance)
    return turned and _slip(turned, chance)


SAME: dict[str, tuple[int, Callable[[str, Names], str | None]]] = {
    "SALAH_KETIK": (1, _slip),
    "SALAH_KETIK_DUA": (1, _two_slips),
    "EJAAN_BUNYI": (1, _by_sound),
    "EJAAN_LAMA": (1, _before_1972),
    "GABUNG_PISAH": (2, _joined),
    "PISAH": (1, _split),
    "INISIAL": (2, _initial),
    "INISIAL_DEPAN": (2, _first_initial),
    "KURANG_KATA": (2, _fewer),
    "URUTAN": (2, _turned),
    "AWALAN_SINGKAT": (2, _short_prefix),
    "GELAR": (1, _titled),
    "BIN": (1, _child_of),
    "ALIAS": (1, _called),
    "TERPOTONG": (2, _clipped),
    "URUTAN_SALAH_KETIK": (2, _slip_and_order),
}
"""Kind -> fewest words a name must have for it, and how the list writes the name of the registry."""


def same_pairs(people: People) -> Iterator[tuple[str, str, int, str]]:
    """One person, twice written."""
    for kind, (least, change) in SAME.items():
        made = 0
        while made < PER_KIND:
            name = people.name(people.chance.choice([n for n in (1, 2, 2, 2, 3, 3, 4) if n >= least]))
            other = change(name, people.chance)
            if other and other != name:
                made += 1
                yield other, name, 1, kind


def two_people(people: People) -> dict[str, Callable[[], Pair]]:
    """Kind -> how to draw two people whom a matching meets side by side: never chosen by how alike their names look."""
    chance = people.chance
    city = people.registry(20_000)
    by_start: dict[str, list[str]] = {}
    for name in city:
        by_start.setdefault(name[:3], []).append(name)

    def brothers() -> Pair:
        group, last = people.group(), people.name(2).split()[-1]
        return f"{people.name(1, False, group)} {last}", f"{people.name(1, False, group)} {last}"

    def child_with_fathers_name() -> Pair:
        father = people.name(1, False)
        return father, f"{people.name(1)} {father}"

    def namesakes_in_part() -> Pair:
        first = people.name(1)
        return f"{first} {people.name(2).split()[-1]}", f"{first} {people.name(2).split()[-1]}"

    def form_of_other_sex() -> Pair:
        (his, hers), first = chance.choice(people.by_sex), people.name(chance.choice([1, 1, 2]))
        return f"{first} {his}", f"{first} {hers}"

    def other_sex() -> Pair:
        group = people.group()
        words = chance.choice([1, 2, 3])
        return people.name(words, True, group), people.name(words, False, group)

    def same_start() -> Pair:
        a = chance.choice(city)
        return a, chance.choice(by_start[a[:3]])

    def initial_of_another() -> Pair:
        a = people.name(2)
        return f"{a.split()[0]} {a.split()[1][0]}", f"{a.split()[0]} {people.name(2).split()[-1]}"

    return {
        "SAUDARA": brothers,
        "ORANG_TUA_ANAK": child_with_fathers_name,
        "DEPAN_SAMA": namesakes_in_part,
        "BENTUK_LAIN_KELAMIN": form_of_other_sex,
        "LAIN_KELAMIN": other_sex,
        "HURUF_AWAL_SAMA": same_start,
        "INISIAL_LAIN": initial_of_another,
        "ACAK": lambda: (chance.choice(city), chance.choice(city)),
    }


def different_pairs(people: People) -> Iterator[tuple[str, str, int, str]]:
    """Two people; namesakes, and those whose whole name is in the other's, are left to the hand-written part."""
    for kind, draw in two_people(people).items():
        made, wanted = 0, PER_KIND if kind in ("ORANG_TUA_ANAK", "BENTUK_LAIN_KELAMIN") else 2 * PER_KIND
        while made < wanted:
            a, b = draw()
            held = set(a.split()) <= set(b.split()) or set(b.split()) <= set(a.split())
            initial = kind == "INISIAL_LAIN" and a.split()[-1] == b.split()[-1][0]
            if (held and kind != "ORANG_TUA_ANAK") or initial or a == b:
                continue
            made += 1
            yield a, b, 0, kind


def by_hand() -> Iterator[tuple[str, str, int, str]]:
    """The pairs of pasangan_inti.txt."""
    kind, same = "", 0
    for line in (DATA / "pasangan_inti.txt").read_text().splitlines():
        if line.startswith("## "):
            kind, same = line.split()[1], int(line.split()[2])
        elif " ; " in line and not line.startswith("#"):
            a, b = line.split(" ; ")
            yield a, b, same, kind


def all_pairs() -> list[tuple[str, str, int, str]]:
    """Every pair once; hand-written kinds end in _TULIS so that the report keeps them apart."""
    hand = [(a, b, same, f"{kind}_TULIS") for a, b, same, kind in by_hand()]
    people = People(random.Random(1960))
    made = [*hand, *same_pairs(people), *different_pairs(people)]
    return list({(a, b): (a, b, same, kind) for a, b, same, kind in reversed(made)}.values())[::-1]


def read_pairs() -> list[dict[str, str]]:
    """The pairs as they stand in the file."""
    with PAIRS.open(newline="") as handle:
        return list(csv.DictReader(handle))


def main() -> None:
    """Write the file."""
    with PAIRS.open("w", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(all_pairs())
    print(f"{PAIRS}: {len(read_pairs())} pairs")


if __name__ == "__main__":
    main()
