"""Names of a bench city that share neither words nor shares with the demo's: of tests/data/kata_pasangan.txt and a composed tail.

How they are damaged is in `other_errors.py`; who stands on the list in `other_city.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ssn_assets.demo.families import CHILD, SPOUSE, Families
from tests.bench.people import SHARES, word_list

NONE = 0
LENGTHS = (0.17, 0.53, 0.25, 0.05)
MUHAMMAD_MEN, SITI_WOMEN, AS_SIBLING, AS_FATHER, AS_TWIN = 0.14, 0.10, 0.15, 0.25, 0.6
FROM_TAIL, FROM_ALL = 0.22, 0.25
"""Words drawn from the composed tail; from the words of all peoples instead of one's own."""
STARTS = "SU WA KAR MAR DAR RUS HAR SAM JUM BAH NAS ZUL FAT HUS RAM LUK MAN TAU SYA PAR LAM GUS BUD HIM YAN RIZ TAM NOR KAM AL"
MIDDLES = " MA DI RI TA NA JA SI BU WI LA KI HA"
"""Split at single blanks: the first is none."""
ENDS = (
    "NTO RMAN DIN RUDIN ONO YADI NSYAH LIL WAN RUL KIR TORO",
    "WATI NINGSIH NIAH YANTI RIAH LINA SARI NAH MILA TUN RINI LIA",
)
TAIL = 1_500
MAP_OF_WORDS = 2026
"""Seed of the composed words: a language does not depend on the seed of its people."""


@dataclass(frozen=True)
class Language:
    """Words by number (0 is none), and for people x sex x (first, last) which are drawn how often."""

    words: list[str]
    pools: dict[tuple[int, int, int], tuple[np.ndarray, np.ndarray]]

    def text(self, drawn: np.ndarray) -> pa.Array:
        """Names of word numbers, persons x words."""
        words = pa.array([None, *self.words[1:]], pa.string())
        return pc.binary_join_element_wise(*(words.take(pa.array(column)) for column in drawn.T), " ", null_handling="skip")

    def number(self, word: str) -> int:
        """The number of a word that is in the list."""
        return self.words.index(word)


def load_language() -> Language:
    """Read the words and compose the tail; the same for every city."""
    rng = np.random.default_rng(MAP_OF_WORDS)
    lists = {group: [part.split() for part in text.split("|")] for group, text in word_list().items() if group != "PASANGAN"}
    composed = [["".join(parts) for parts in product(STARTS.split(), MIDDLES.split(" "), ends.split())] for ends in ENDS]
    tails = [[str(word) for word in rng.permutation(words)[:TAIL]] for words in composed]
    words = ["", *sorted({word for parts in (*lists.values(), tails) for part in parts for word in part})]
    number = {word: n for n, word in enumerate(words)}
    pools = {}
    for place, group in enumerate(SHARES):
        for sex, last in product((0, 1), (0, 1)):
            kind = 2 * last + sex
            everyone = [word for each in SHARES for word in lists[each][kind]]
            mixture = [(lists[group][kind], 1 - FROM_TAIL - FROM_ALL), (everyone, FROM_ALL), (tails[sex], FROM_TAIL)]
            own = np.array([number[word] for part, _ in mixture for word in part], dtype=np.int32)
            weight = np.concatenate([share * _falling(len(part)) for part, share in mixture])
            pools[place, sex, last] = own, np.cumsum(weight) / weight.sum()
    return Language(words, pools)


def _falling(count: int) -> np.ndarray:
    weight = 1 / (np.arange(count) + 4) ** 0.75
    return weight / weight.sum()


def draw_names(language: Language, group: np.ndarray, sex: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Names of people who have nothing to do with each other: persons x 4 word numbers.

    Args:
        group: position in SHARES.
        sex: 0 men, 1 women.
    """
    count = len(group)
    size = np.searchsorted(np.cumsum(LENGTHS), rng.random(count)) + 1
    drawn = np.zeros((count, 4), dtype=np.int32)
    for column in range(4):
        last = (column > 0) & ((column == size - 1) | (rng.random(count) < 0.6))
        word = np.zeros(count, dtype=np.int32)
        for key, (own, edges) in language.pools.items():
            mine = np.flatnonzero((group == key[0]) & (sex == key[1]) & (last == key[2]))
            word[mine] = own[np.minimum(np.searchsorted(edges, rng.random(len(mine))), len(own) - 1)]
        repeated = (drawn == word[:, None]).any(axis=1)
        drawn[:, column] = np.where((column < size) & ~repeated, word, NONE)
    for word_text, which, share in (("MUHAMMAD", 0, MUHAMMAD_MEN), ("SITI", 1, SITI_WOMEN)):
        number = language.number(word_text)
        chosen = (sex == which) & (rng.random(count) < share) & (drawn != number).all(axis=1)
        drawn[chosen] = np.column_stack([np.full(chosen.sum(), number), drawn[chosen, :3]])
    return _pushed(drawn)


def name_families(language: Language, families: Families, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The names of a city, of its mothers, and the group of each family: siblings, twins and fathers share words."""
    group = rng.choice(len(SHARES), len(families.first), p=np.array(list(SHARES.values())) / sum(SHARES.values()))
    drawn = draw_names(language, group[families.family], families.female, rng)
    child = families.role == CHILD
    head = families.first[families.family]
    father = child & (families.female[head] == 0) & (rng.random(len(child)) < AS_FATHER)
    give_last(drawn, np.flatnonzero(father), drawn[head[father]])
    younger = families.younger_siblings()
    alike = younger[rng.random(len(younger)) < AS_SIBLING]
    drawn[alike, 0] = drawn[alike - 1, 0]
    twins = younger[families.twin[younger] & families.twin[younger - 1] & (rng.random(len(younger)) < AS_TWIN)]
    give_last(drawn, twins, drawn[twins - 1])
    for _ in range(4):
        same = same_name(families.family, drawn)
        drawn[same] = draw_names(language, group[families.family[same]], families.female[same], rng)
    mother = draw_names(language, group[families.family], np.ones(len(child), dtype=np.int8), rng)
    wife = np.full(len(families.first), -1)
    women = np.flatnonzero((families.role <= SPOUSE) & (families.female == 1))
    wife[families.family[women]] = women
    known = child & (wife[families.family] >= 0)
    mother[known] = drawn[wife[families.family[known]]]
    return drawn, mother, group


def same_name(family: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Rows whose family has somebody of that very name before them: nobody is called as his brother."""
    key = np.column_stack([family, drawn])
    order = np.lexsort(key.T)
    return order[1:][(key[order[1:]] == key[order[:-1]]).all(axis=1)]


def give_last(drawn: np.ndarray, rows: np.ndarray, givers: np.ndarray) -> None:
    """Put the giver's last word in place of each row's own last one (behind it where there is only one)."""
    word = givers[np.arange(len(rows)), np.maximum((givers != NONE).sum(axis=1) - 1, 0)]
    size = (drawn[rows] != NONE).sum(axis=1)
    new = (drawn[rows] != word[:, None]).all(axis=1)
    drawn[rows[new], np.maximum(size[new] - 1, 1)] = word[new]


def _pushed(drawn: np.ndarray) -> np.ndarray:
    """Words to the left, in order."""
    return np.take_along_axis(drawn, np.argsort(drawn == NONE, axis=1, kind="stable"), axis=1)
