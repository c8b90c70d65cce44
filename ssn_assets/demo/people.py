"""The people: families with ages, twins, deaths and moves, as arrays of numbers (no text; see `registry.py`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ssn_assets.demo.names import NO_WORD, RESOLUTION, Names, append_word, draw_names, squeeze
from ssn_assets.demo.numbering import local_region, make_kk, make_nik, next_free, years
from ssn_assets.demo.places import Origins, Places

HEAD, SPOUSE, CHILD, ELDER = 0, 1, 2, 3
ACTIVE, DEAD, MOVED = 0, 1, 2
YEAR = 365.25

COUPLE, MOTHER, FATHER, ALONE, PAIR = range(5)
FAMILY_KINDS = (0.68, 0.11, 0.02, 0.09, 0.10)
CHILDREN = (0.0, 0.27, 0.38, 0.21, 0.09, 0.035, 0.015)
MIXED_MARRIAGE = 0.22
TWINS = 0.025


@dataclass
class Former:
    """Where each family lived before its present KK: what an old list still says of those who moved."""

    kelurahan: np.ndarray
    rt: np.ndarray
    street: np.ndarray
    alley: np.ndarray
    house: np.ndarray
    kk: np.ndarray


@dataclass
class City:
    """All people (one entry a person, family by family) and all families."""

    today: int  # days since 1970: the day of the registry
    # families
    first: np.ndarray  # position of the head
    size: np.ndarray
    kelurahan: np.ndarray
    rt: np.ndarray
    street: np.ndarray
    alley: np.ndarray  # 0 = on the street itself
    house: np.ndarray
    kk: np.ndarray
    poverty: np.ndarray
    former: Former
    # persons
    family: np.ndarray
    role: np.ndarray
    female: np.ndarray  # 0 or 1
    people: np.ndarray
    birth: np.ndarray
    birthplace: np.ndarray
    nik: np.ndarray
    words: np.ndarray  # persons x 4
    mother: np.ndarray  # persons x 4
    status: np.ndarray
    status_day: np.ndarray
    title: np.ndarray  # the registry itself has titles on some names: position in registry.TITLES
    twin: np.ndarray  # bool

    def __len__(self) -> int:
        return len(self.family)


def make_city(count: int, today: int, places: Places, origins: Origins, names: Names, weights: np.ndarray,
              rng: np.random.Generator) -> City:
    """Draw exactly `count` registered people in families of 3.5 on average.

    Args:
        today: day of the registry, days since 1970; nobody is born later.
        weights: share of families of each people of suku.yaml.
    """
    kind, children, elder = _family_shapes(count, rng)
    spouse = np.isin(kind, (COUPLE, PAIR)).astype(int)
    size = 1 + spouse + children + elder
    families = int(np.searchsorted(np.cumsum(size), count) + 1)
    kind, children, elder, spouse, size = (a[:families] for a in (kind, children, elder, spouse, size))
    size[-1] -= size.sum() - count
    first = np.cumsum(size) - size
    family = np.repeat(np.arange(families), size)
    inside = np.arange(count) - first[family]
    role = np.where(
        inside == 0, HEAD,
        np.where(inside <= spouse[family], SPOUSE, np.where(inside <= (spouse + children)[family], CHILD, ELDER)),
    )
    female = _sexes(kind, role, family, rng)
    birth, twin = _birthdays(kind, role, family, first, female, today, rng)
    own_people = rng.choice(len(weights), families, p=weights / weights.sum())
    people = np.where((role == SPOUSE) & (rng.random(count) < MIXED_MARRIAGE), rng.choice(len(weights), count, p=weights / weights.sum()), own_people[family])
    words, mother = _names(names, own_people, people, female, birth, today, role, family, twin, first, rng)
    home = _homes(families, places, rng)
    recorded = _recording_days(birth, first, size, today, rng)
    region, birthplace = _registration(people, birth, role, places.kecamatan[home["kelurahan"]][family], origins, rng)
    status, status_day = _status(birth, family, families, today, rng)
    kk = make_kk(places.kecamatan[home["kelurahan"]], recorded, rng)
    return City(
        today=today, first=first, size=size, kk=kk, **home, former=_former(home, kk, recorded, places, rng),
        poverty=_poverty(home, size, places, rng),
        family=family, role=role, female=female, people=people, birth=birth, birthplace=birthplace,
        nik=make_nik(region, birth, female, rng), words=words, mother=mother, status=status, status_day=status_day,
        title=_titles(count, today - birth, female, rng), twin=twin,
    )


def _family_shapes(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    families = count // 2 + 10
    kind = rng.choice(5, families, p=FAMILY_KINDS)
    children = rng.choice(len(CHILDREN), families, p=CHILDREN)
    children[np.isin(kind, (ALONE, PAIR))] = 0
    elder = (rng.random(families) < np.where(kind == ALONE, 0.0, 0.075)).astype(int)
    return kind, children, elder


def _sexes(kind: np.ndarray, role: np.ndarray, family: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    head = np.where(kind == MOTHER, 1, np.where(kind == ALONE, rng.random(len(kind)) < 0.45, rng.random(len(kind)) < 0.02)).astype(np.int8)
    head[kind == FATHER] = 0
    child = rng.random(len(role)) < 0.488
    elder = rng.random(len(role)) < 0.7
    own = head[family]
    return np.where(role == HEAD, own, np.where(role == SPOUSE, 1 - own, np.where(role == CHILD, child, elder))).astype(np.int8)


def _birthdays(kind, role, family, first, female, today, rng):  # type: ignore[no-untyped-def]
    """Ages from the head of family outwards; a twin has the birthday of the child before."""
    families = len(kind)
    head_age = _within(rng.normal(44, 12, families), 21, 88, rng)
    alone = np.where(rng.random(families) < 0.5, rng.uniform(19, 32, families), rng.uniform(50, 86, families))
    head_age = np.where(kind == ALONE, alone, np.where(kind == PAIR, _within(rng.normal(46, 17, families), 19, 88, rng), head_age))
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
    follows = np.flatnonzero(child[1:] & child[:-1] & (family[1:] == family[:-1])) + 1
    younger = follows[rng.random(len(follows)) < TWINS]
    birth[younger] = birth[younger - 1]
    twin[younger] = twin[younger - 1] = True
    return birth, twin


def _within(age: np.ndarray, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """Ages outside are drawn again near the limit, so that no single birthday collects them."""
    near = rng.uniform(0, 8, len(age))
    return np.where(age < low, low + near, np.where(age > high, high - near, age))


def _names(names: Names, own_people, people, female, birth, today, role, family, twin, first, rng):  # type: ignore[no-untyped-def]
    """Names of all, with the family name, the father's last word and the siblings' common first word."""
    count = len(people)
    has = rng.random(len(own_people)) < names.family_name_share[own_people]
    own = np.where(has, names.family_names[own_people, rng.integers(0, RESOLUTION, len(own_people))], NO_WORD)
    shared = own[family]
    married_in = role == SPOUSE
    shared = np.where(married_in, np.where(people == own_people[family], names.family_names[people, rng.integers(0, RESOLUTION, count)], NO_WORD), shared)
    age = (today - birth) / YEAR
    words = draw_names(names, rng, people, female, age, shared)
    child = role == CHILD
    follows = np.flatnonzero(child[1:] & child[:-1] & (family[1:] == family[:-1])) + 1
    alike = follows[rng.random(len(follows)) < 0.13]
    alike = alike[female[alike] == female[alike - 1]]
    words[alike, 0] = words[alike - 1, 0]
    heirs = child & (shared == NO_WORD) & (rng.random(count) < 0.25) & (female[first][family] == 0)
    head_words = words[first][family]
    last = np.take_along_axis(head_words, (np.maximum((head_words != NO_WORD).sum(axis=1), 1) - 1)[:, None], axis=1)[:, 0]
    heirs &= (head_words[:, 1] != NO_WORD) & (words != last[:, None]).all(axis=1)
    columns = np.clip((words != NO_WORD).sum(axis=1) - 1, 1, 3)
    rows = np.flatnonzero(heirs)
    words[rows, columns[rows]] = last[rows]
    second = np.flatnonzero(twin[1:] & twin[:-1] & (birth[1:] == birth[:-1]) & (family[1:] == family[:-1])) + 1
    second = second[rng.random(len(second)) < 0.6]
    words[second] = words[second - 1]
    words[second, 0] = np.minimum(words[second - 1, 0] + 1, len(names.words) - 1)  # the next word of the alphabet: nearly the same
    words = squeeze(words)
    return words, _mothers(names, words, people, female, role, family, first, age, rng)


def _mothers(names: Names, words, people, female, role, family, first, age, rng):  # type: ignore[no-untyped-def]
    mother = draw_names(names, rng, people, np.ones(len(people), dtype=int), age + 26, np.full(len(people), NO_WORD))
    mother[:, 2:] = NO_WORD
    is_mother = ((role == SPOUSE) | (role == HEAD)) & (female == 1)
    of_family = np.full(len(first), -1)
    of_family[family[is_mother]] = np.flatnonzero(is_mother)
    known = (role == CHILD) & (of_family[family] >= 0)
    mother[known] = words[of_family[family[known]]]
    elder = np.full(len(first), -1)
    grandmother = (role == ELDER) & (female == 1)
    elder[family[grandmother]] = np.flatnonzero(grandmother)
    heads = (role == HEAD) & (elder[family] >= 0)
    mother[heads] = words[elder[family[heads]]]
    return mother


def _homes(families: int, places: Places, rng: np.random.Generator) -> dict[str, np.ndarray]:
    kelurahan = rng.choice(len(places.code), families, p=places.share)
    rt = 1 + (rng.random(families) * places.rt_count[kelurahan]).astype(int)
    pick = (rt * 7 + kelurahan * 3 + rng.integers(0, 2, families)) % places.streets_of.shape[1]
    alley = np.where(rng.random(families) < 0.22, 0, 1 + (rt * 5 + rng.integers(0, 3, families)) % 12)
    return {
        "kelurahan": kelurahan, "rt": rt, "street": places.streets_of[kelurahan, pick], "alley": alley,
        "house": rng.integers(1, 180, families),
    }


def _former(home: dict[str, np.ndarray], kk: np.ndarray, recorded: np.ndarray, places: Places, rng: np.random.Generator) -> Former:
    """The home before: two in three in another kelurahan of the same kecamatan; an older KK number that nobody has now."""
    before = _homes(len(kk), places, rng)
    neighbours = [np.flatnonzero(places.kecamatan == k) for k in range(1, places.kecamatan.max() + 1)]
    size = np.array([len(n) for n in neighbours])
    table = np.array([np.resize(n, size.max()) for n in neighbours])
    kecamatan = places.kecamatan[home["kelurahan"]] - 1
    near = rng.random(len(kk)) < 0.65
    before["kelurahan"] = np.where(near, table[kecamatan, rng.integers(0, 1 << 20, len(kk)) % size[kecamatan]], before["kelurahan"])
    before["rt"] = 1 + before["rt"] % places.rt_count[before["kelurahan"]]
    day = np.maximum(recorded - rng.integers(200, 4000, len(kk)), 12_800)
    old = make_kk(places.kecamatan[before["kelurahan"]], day, rng)
    return Former(**before, kk=next_free(old, np.sort(kk)))


def _recording_days(birth, first, size, today, rng):  # type: ignore[no-untyped-def]
    """The KK was recorded on a working day after the birth of the youngest child, since each birth renews it at times."""
    families = len(first)
    youngest = np.maximum.reduceat(birth, first)
    earliest = np.maximum(np.where(rng.random(families) < 0.55, youngest, birth[first] + int(18 * YEAR)), 13_150)  # 2006
    day = (earliest + rng.beta(1.0, 1.25, families) * np.maximum(today - earliest - 1, 1)).astype(np.int64)
    day = np.clip(day, 13_150, today - 1)
    weekday = (day + 3) % 7
    return np.where(weekday >= 5, day - (weekday - 4), day)


def _registration(people, birth, role, kecamatan, origins: Origins, rng):  # type: ignore[no-untyped-def]
    """Region of first registration (NIK) and place of birth. Children are mostly born here, their elders less often."""
    count = len(people)
    year = years(birth)
    stays_local = np.where(role == CHILD, 0.93, np.where(year < 1975, 0.66, 0.74))
    local = rng.random(count) < stays_local
    elsewhere = rng.random(count) < 0.12  # registered in another kecamatan of the city than that of today
    registered = np.where(elsewhere, rng.integers(1, 11, count), kecamatan)
    region = local_region(registered, np.maximum(year, 2004), rng)
    origin = np.zeros(count, dtype=np.int64)
    for p in range(len(origins.start)):
        mine = np.flatnonzero(people == p)
        origin[mine] = origins.start[p] + rng.choice(len(origins.weight[p]), len(mine), p=origins.weight[p])
    region = np.where(local, region, origins.region[origin])
    born_here = np.where(local, rng.random(count) < np.where(role == CHILD, 0.97, 0.72), rng.random(count) < 0.03)
    return region, np.where(born_here, 0, origins.place[origin]).astype(np.int16)


def _status(birth, family, families, today, rng):  # type: ignore[no-untyped-def]
    """3 % dead (most of them old), 4 % moved away (half of them as whole families); the day it was recorded."""
    count = len(birth)
    age = (today - birth) / YEAR
    dead = rng.random(count) < np.clip(0.014 * np.exp((age - 35) / 16), 0.003, 0.6)
    moved = (rng.random(families) < 0.02)[family] | (rng.random(count) < 0.02)
    status = np.where(dead, DEAD, np.where(moved, MOVED, ACTIVE)).astype(np.int8)
    since = np.where(status == ACTIVE, rng.integers(0, 3000, count), rng.integers(15, 2200, count))
    return status, np.maximum(today - since, birth + 1)


def _poverty(home, size, places: Places, rng):  # type: ignore[no-untyped-def]
    """Poor families live near each other: kelurahan, RT and chance add up; large families are poorer."""
    around = np.random.default_rng(99).normal(0, 0.8, (len(places.code), int(places.rt_count.max()) + 1))
    return (
        1.1 * places.poverty[home["kelurahan"]] + around[home["kelurahan"], home["rt"]] + 0.12 * size
        + rng.normal(0, 1.0, len(size))
    ).astype(np.float32)


def _titles(count, age_days, female, rng):  # type: ignore[no-untyped-def]
    """0 none, 1 H., 2 HJ., 3 DRS., 4 S.PD, 5 SE: adults registered before titles were left off."""
    adult = age_days > 30 * YEAR
    draw = rng.random(count)
    hajj = np.where(female == 1, 2, 1)
    title = np.where(draw < 0.012, hajj, np.where(draw < 0.014, 3 - 0 * hajj, np.where(draw < 0.02, 4, np.where(draw < 0.024, 5, 0))))
    return np.where(adult, title, 0).astype(np.int8)
