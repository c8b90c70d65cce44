"""Made-up Indonesian names, drawn from a word list (tests/data/kata_pasangan.txt) as common as they are. How they are written
again, and paired: `pairs.py`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

WORDS = Path(__file__).parents[1] / "data" / "kata_pasangan.txt"
SHARES = {"UMUM": 40, "JAWA": 22, "BANJAR": 16, "BUGIS": 10, "KUTAI": 5, "KRISTEN": 7}
Names = random.Random


@dataclass(frozen=True)
class Pool:
    """Words with how often each is drawn: the n-th commonest n times less often than the first, kindly flattened."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, text: str) -> Pool:
        """A pool of words written commonest first."""
        words = tuple(text.split())
        return cls(words, tuple(accumulate(1 / (n + 4) for n in range(len(words)))))

    def draw(self, chance: Names) -> str:
        """One word."""
        return chance.choices(self.words, cum_weights=self.weights)[0]


def word_list() -> dict[str, str]:
    """Group -> its words, as written."""
    lines = [line for line in WORDS.read_text().splitlines() if not line.startswith("#")]
    return {line.partition(":")[0]: line.partition(":")[2] for line in lines}


class People:
    """Draws made-up names."""

    def __init__(self, chance: Names) -> None:
        self.chance = chance
        words = word_list()
        self.by_sex = [tuple(pair.split("/")) for pair in words.pop("PASANGAN").split()]
        # first words of men, of women, last words of men, of women
        self._pools = {group: [Pool.of(part) for part in parts.split("|")] for group, parts in words.items()}

    def group(self) -> str:
        """One of the peoples of the city."""
        return self.chance.choices(list(SHARES), list(SHARES.values()))[0]

    def name(self, words: int = 0, woman: bool | None = None, group: str = "") -> str:
        """A name of so many words (0: one to four, as people have)."""
        group = group or self.group()
        sex = int(self.chance.random() < 0.5 if woman is None else woman)
        words = words or self.chance.choices([1, 2, 3, 4], [17, 53, 25, 5])[0]
        first, last = self._pools[group][sex], self._pools[group][2 + sex]
        chosen = [first.draw(self.chance)]
        if chosen[0] in ("ABDUL", "SITI", "SRI", "AJI", "NUR") and words == 1:
            words = 2
        while len(chosen) < words:
            pool = last if len(chosen) == words - 1 or self.chance.random() < 0.6 else first
            word = pool.draw(self.chance) if self.chance.random() > 0.08 else self.chance.choice(self.by_sex)[sex]
            if word not in chosen:
                chosen.append(word)
        return " ".join(chosen)

    def registry(self, people: int) -> list[str]:
        """Names of a whole city, to make words as common as they are."""
        return [self.name() for _ in range(people)]
