"""Families: who lives together, their sexes, ages and twins. Names are in `kinship.py`, homes in `homes.py`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HEAD, SPOUSE, CHILD, ELDER = 0, 1, 2, 3
YEAR = 365.25

COUPLE, MOTHER, FATHER, ALONE, PAIR = range(5)
FAMILY_KINDS = (0.68, 0.11, 0.02, 0.09, 0.10)
CHILDREN = (0.0, 0.27, 0.38, 0.21, 0.09, 0.035, 0.015)
"""Share of families with none, one, two ... children; a mean family has 3.6 members."""

TWINS = 0.025
"""Share of younger siblings who are born with the one before."""


@dataclass(frozen=True)
class Families:
    """Families, and their members one family after the other."""

    first: np.ndarray  # per family: position of the head
    size: np.ndarray
    family: np.ndarray  # per person
    role: np.ndarray
    female: np.ndarray  # 0 or 1
    birth: np.ndarray  # days since 1970
    twin: np.ndarray  # bool

    def younger_siblings(self) -> np.ndarray:
        """Positions of children whose neighbour before them is a child of the same family."""
        return _after_sibling(self.role == CHILD, self.family)


def make_families(count: int, today: int, rng: np.random.Generator) -> Families:
    """Draw families with exactly `count` members, nobody born after `today` (days since 1970)."""
    kind, children, elder = _family_shapes(count, rng)
    spouse = np.isin(kind, (COUPLE, PAIR)).astype(int)
    size = 1 + spouse + children + elder
    families = int(np.searchsorted(np.cumsum(size), count) + 1)
    kind, children, elder, spouse, size = (a[:families] for a in (kind, children, elder, spouse, size))
    size[-1] -= size.sum() - count
    first = np.cumsum(size) - size
    family = np.repeat(np.arange(families), size)
    inside = np.arange(count) - first[family]
    is_spouse, is_child = inside <= spouse[family], inside <= (spouse + children)[family]
    role = np.select([inside == 0, is_spouse, is_child], [HEAD, SPOUSE, CHILD], ELDER)
    female = _sexes(kind, role, family, rng)
    birth, twin = _birthdays(kind, role, family, first, today, rng)
    return Families(first, size, family, role, female, birth, twin)


def _family_shapes(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    families = count // 2 + 10
    kind = rng.choice(5, families, p=FAMILY_KINDS)
    children = rng.choice(len(CHILDREN), families, p=CHILDREN)
    children[np.isin(kind, (ALONE, PAIR))] = 0
    elder = (rng.random(families) < np.where(kind == ALONE, 0.0, 0.075)).astype(int)
    return kind, children, elder


def _sexes(kind: np.ndarray, role: np.ndarray, family: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    alone, other = rng.random(len(kind)) < 0.45, rng.random(len(kind)) < 0.02
    head = np.select([kind == MOTHER, kind == FATHER, kind == ALONE], [1, 0, alone], other)[family]
    child = rng.random(len(role)) < 0.488
    elder = rng.random(len(role)) < 0.7
    return np.select([role == HEAD, role == SPOUSE, role == CHILD], [head, 1 - head, child], elder).astype(np.int8)


def _birthdays(
    kind: np.ndarray, role: np.ndarray, family: np.ndarray, first: np.ndarray, today: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Ages from the head of family outwards; a twin has the birthday of the child before."""
    families = len(kind)
    head_age = _within(rng.normal(44, 12, families), 21, 88, rng)
    alone = np.where(rng.random(families) < 0.5, rng.uniform(19, 32, families), rng.uniform(50, 86, families))
    head_age = np.where(
        kind == ALONE, alone, np.where(kind == PAIR, _within(rng.normal(46, 17, families), 19, 88, rng), head_age)
    )
    spouse_age = _within(head_age - rng.normal(3, 4, families), 18, 88, rng)
    mother_age = np.where(kind == COUPLE, np.minimum(spouse_age, head_age + 3), head_age)
    count = len(role)
    child = role == CHILD
    step = np.where(child, rng.gamma(3.0, 1.1, count) + 0.9, 0.0)
    total = np.cumsum(step)
    before = total[first] - step[first]
    at_birth = np.clip(rng.normal(21.5, 3.5, families), 16, 36)[family] + total - before[family]
    age = np.where(child, mother_age[family] - at_birth, 0.0)
    unborn = child & (age < 0.02)
    age[unborn] = rng.uniform(0.02, 1, unborn.sum()) * np.minimum(14, np.maximum(mother_age[family][unborn] - 16.5, 1))
    age = np.where(role == HEAD, head_age[family], age)
    age = np.where(role == SPOUSE, spouse_age[family], age)
    age = np.where(role == ELDER, _within(head_age[family] + rng.normal(26, 4, count), 45, 101, rng), age)
    birth = (today - age * YEAR).astype(np.int64)
    twin = np.zeros(count, dtype=bool)
    follows = _after_sibling(child, family)
    younger = follows[rng.random(len(follows)) < TWINS]
    birth[younger] = birth[younger - 1]
    twin[younger] = twin[younger - 1] = True
    return birth, twin


def _within(age: np.ndarray, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """Ages outside are drawn again near the limit, so that no single birthday collects them."""
    near = rng.uniform(0, 8, len(age))
    return np.where(age < low, low + near, np.where(age > high, high - near, age))


def _after_sibling(child: np.ndarray, family: np.ndarray) -> np.ndarray:
    return np.flatnonzero(child[1:] & child[:-1] & (family[1:] == family[:-1])) + 1
