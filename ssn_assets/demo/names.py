"""Names: words of several peoples with Zipf frequencies and a long composed tail, drawn as word numbers.

Damage to names does not belong here (`name_noise.py`), nor does who is whose child (`people.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

from ssn_assets.demo.places import MATERIAL

SLOTS = ("awal_tua", "awal_muda", "akhir")
RESOLUTION = 1 << 16
"""Each pool is a table of this many draws, so that drawing a word is one array look-up."""

NO_WORD = 0

AFTER_ABDUL = (
    "RAHMAN",
    "RAHIM",
    "AZIZ",
    "HAKIM",
    "HALIM",
    "LATIF",
    "MAJID",
    "WAHAB",
    "RAZAK",
    "KARIM",
    "JALIL",
    "KADIR",
)
HALF_NAMES = ("SITI", "SRI", "NUR", "DWI", "TRI", "AL", "EL", "LA", "LAI")


@dataclass(frozen=True)
class Names:
    """The words (position 0 is 'no word', the rest alphabetical) and the pools they are drawn from."""

    words: list[str]
    pools: np.ndarray  # people x sex x slot x RESOLUTION -> word
    family_names: np.ndarray  # people x RESOLUTION -> word
    family_name_share: np.ndarray  # people -> probability that a family has one
    islam: np.ndarray  # people -> bool

    def number(self, word: str) -> int:
        """The number of a word that is known to exist."""
        return self.words.index(word)


def load_names(peoples: dict[str, dict[str, Any]]) -> Names:
    """Build the pools of suku.yaml from kata.yaml and rakit.yaml; the same in every city."""
    lists = _word_lists()
    words = sorted({word for sexes in lists.values() for own, _ in sexes.values() for word in own})
    number = {word: i + 1 for i, word in enumerate(words)}
    pools = np.zeros((len(peoples), 2, len(SLOTS), RESOLUTION), dtype=np.uint16)
    family_names = np.zeros((len(peoples), RESOLUTION), dtype=np.uint16)
    family_share = np.zeros(len(peoples))
    for p, people in enumerate(peoples.values()):
        for s, sex in enumerate("LP"):
            for k, slot in enumerate(SLOTS):
                mixture = [(lists[name][sex], share) for name, share in people[slot].items()]
                pools[p, s, k] = _draw_table(mixture, number)
        if "marga" in people:
            name, percent = people["marga"]
            family_share[p] = percent / 100
            family_names[p] = _draw_table([(lists[name]["marga"], 1)], number)
    islam = np.array([bool(people["islam"]) for people in peoples.values()])
    return Names(["", *words], pools, family_names, family_share, islam)


def _word_lists() -> dict[str, dict[str, tuple[list[str], np.ndarray]]]:
    """List name -> sex -> (words, weights). Ready lists fall off as Zipf, composed ones slower: a long tail."""
    ready = yaml.safe_load((MATERIAL / "kata.yaml").read_text(encoding="utf-8"))
    parts = yaml.safe_load((MATERIAL / "rakit.yaml").read_text(encoding="utf-8"))
    lists: dict[str, dict[str, tuple[list[str], np.ndarray]]] = {}
    for name, sexes in ready.items():
        lists[name] = {sex: _ranked(text.split(), 0.75, 2) for sex, text in sexes.items()}
    rng = np.random.default_rng(64)
    for name, sexes in parts.items():
        composed = {}
        for sex, part in sexes.items():
            own = [front + back for front in part["depan"].split() for back in part["belakang"].split()]
            composed[sex] = _ranked([own[i] for i in rng.permutation(len(own))], 0.6, 10)
        lists[f"rakit_{name}"] = composed
    return lists


def _ranked(words: list[str], exponent: float, head: int) -> tuple[list[str], np.ndarray]:
    own = list(dict.fromkeys(words))
    weight = 1 / (np.arange(len(own)) + head) ** exponent
    return own, weight / weight.sum()


def _draw_table(mixture: list[tuple[tuple[list[str], np.ndarray], float]], number: dict[str, int]) -> np.ndarray:
    words = np.concatenate([[number[w] for w in own] for (own, _), _ in mixture])
    weight = np.concatenate([weights * share for (_, weights), share in mixture])
    edges = np.cumsum(weight) / weight.sum()
    quantile = (np.arange(RESOLUTION) + 0.5) / RESOLUTION
    return words[np.minimum(np.searchsorted(edges, quantile), len(words) - 1)].astype(np.uint16)


def draw_names(
    names: Names, rng: np.random.Generator, people: np.ndarray, sex: np.ndarray, age: np.ndarray, family: np.ndarray
) -> np.ndarray:
    """Draw a name of one to four words for each person.

    Args:
        people: position of the people in suku.yaml.
        sex: 0 men, 1 women.
        age: years; older people have older and shorter names.
        family: the word number of the family name, NO_WORD where there is none.

    Returns:
        persons x 4 word numbers, NO_WORD after the last word.
    """
    count = len(people)
    old = rng.random(count) < 1 / (1 + np.exp((41 - age) / 5))
    slot = np.where(old, 0, 1)
    drawn = np.zeros((count, 4), dtype=np.uint16)

    def draw(which: np.ndarray | int) -> np.ndarray:
        return names.pools[people, sex, which, rng.integers(0, RESOLUTION, count)]

    drawn[:, 0] = draw(slot)
    size = rng.random(count)
    two = np.where(old, size > 0.30, size > 0.05)
    three = np.where(old, size > 0.84, size > 0.57)
    four = np.where(old, size > 0.99, size > 0.955)
    for column, present in ((1, two), (2, three), (3, four)):
        word = draw(2)
        repeated = (word[:, None] == drawn[:, :column]).any(axis=1)
        drawn[:, column] = np.where(present & ~repeated, word, NO_WORD)
    _prefix(drawn, names, rng, names.islam[people] & (sex == 0), "MUHAMMAD", np.where(old, 0.09, 0.19))
    _prefix(drawn, names, rng, names.islam[people] & (sex == 1), "SITI", np.where(old, 0.10, 0.05))
    drawn = squeeze(drawn)
    _complete_halves(drawn, names, rng, people, sex)
    return append_word(drawn, family)


def _prefix(drawn: np.ndarray, names: Names, rng: np.random.Generator, may: np.ndarray, word: str, share: np.ndarray) -> None:
    number = names.number(word)
    chosen = may & (rng.random(len(drawn)) < share) & (drawn != number).all(axis=1)
    drawn[chosen, 1:] = drawn[chosen, :3]
    drawn[chosen, 0] = number


def _complete_halves(drawn: np.ndarray, names: Names, rng: np.random.Generator, people: np.ndarray, sex: np.ndarray) -> None:
    """Some words are half a name: ABDUL never stands last, SITI and the like seldom alone."""
    abdul = names.number("ABDUL")
    followers = np.array([names.number(word) for word in AFTER_ABDUL])
    for column in range(3):
        last = (drawn[:, column] == abdul) & (drawn[:, column + 1] == NO_WORD)
        drawn[last, column + 1] = rng.choice(followers, last.sum())
    drawn[drawn[:, 3] == abdul, 3] = NO_WORD
    halves = np.array([names.number(word) for word in HALF_NAMES])
    alone = np.flatnonzero((drawn[:, 1] == NO_WORD) & np.isin(drawn[:, 0], halves) & (rng.random(len(drawn)) < 0.85))
    word = names.pools[people[alone], sex[alone], 2, rng.integers(0, RESOLUTION, len(alone))]
    drawn[alone, 1] = np.where(word == drawn[alone, 0], NO_WORD, word)


def squeeze(drawn: np.ndarray) -> np.ndarray:
    """Move words to the left over empty places, keeping their order."""
    order = np.argsort(drawn == NO_WORD, axis=1, kind="stable")
    return np.take_along_axis(drawn, order, axis=1)


def append_word(drawn: np.ndarray, word: np.ndarray) -> np.ndarray:
    """Put a word behind each name (over the fourth word of a full one); NO_WORD leaves the name as it is."""
    free = np.minimum((drawn != NO_WORD).sum(axis=1), 3)
    rows = np.flatnonzero((word != NO_WORD) & (drawn != word[:, None]).all(axis=1))
    drawn[rows, free[rows]] = word[rows]
    return drawn
