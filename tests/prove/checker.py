"""`make prove`: damage every byte of a small hand-over, and random bytes of a large one; the bank's checker finds all.

python -m tests.prove.checker [--random 10000] [--lines 5000]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ssn_assets.bank.kind import CARDS, FORM
from ssn_assets.batches import handover, layout
from tests.unit.bank_people import checker

PARTS = ("content", "note", "signature")


@dataclass(frozen=True)
class Handed:
    """What the bank holds of one batch, the first of a chain, and our public key."""

    content: bytes
    note: bytes
    signature: bytes
    public: bytes

    def problems(self, content: bytes, note: bytes, signature: bytes) -> list[str]:
        """What the checker says of these bytes."""
        found: list[str] = checker().check_batch(content, note, signature, self.public, 1, layout.NO_PREVIOUS)
        return found


@dataclass(frozen=True)
class Damage:
    """One damaged copy: which part, what was done where, and the bytes."""

    part: str
    what: str
    place: int
    damaged: bytes


def small() -> Handed:
    """Two lines."""
    return _handed(2)


def large(lines: int) -> Handed:
    """Many lines."""
    return _handed(lines)


def _handed(lines: int) -> Handed:
    rows = []
    for number in range(1, lines + 1):
        row = dict.fromkeys(FORM.fields, "X") | {
            "id_penerbitan": f"P{number:016X}",
            "jenis": "BARU",
            "nomor_ssn": f"6472{number:08d}",
            "nik": f"{6472010101900000 + number}",
            "no_kk": f"{6472010101150000 + number}",
            "nama": "SITI É",
            "tanggal_lahir": "1980-01-01",
            "id_rujukan": "",
        }
        rows.append("|".join(row.values()))
    file = layout.render(1, layout.NO_PREVIOUS, "2026-10-31T09:00:00Z", "2026-10", rows, FORM)
    facts = {
        "batch_no": 1,
        "berkas": CARDS.file_name(1),
        "sha256": file.sha256,
        "byte": len(file.content),
        "baris": file.count,
        "hash_total": file.hash_total,
        "sha256_sebelumnya": layout.NO_PREVIOUS,
        "sandi": {"sha256": "0" * 64},
    }
    note = json.dumps(facts, indent=1).encode() + b"\n"
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = key.sign(handover.signed_text(file.sha256, note)).hex().encode() + b"\n"
    return Handed(file.content, note, signature, key.public_key().public_bytes_raw())


KINDS = ("changed", "removed", "added", "swapped")


def damages(handed: Handed, kinds: int = 0, count: int = 0, seed: int = 1) -> Iterator[Damage]:
    """Damaged copies.

    Args:
        kinds: every position of every part is damaged in so many of the KINDS (in turn): 4 is all.
        count: instead, so many damages at random places.
    """
    rnd = random.Random(seed)
    sizes = [(part, len(getattr(handed, part))) for part in PARTS]
    for part, size in sizes if kinds else ():
        for place in range(size):
            for turn in range(kinds):
                yield from _damage(handed, part, KINDS[(place + turn) % len(KINDS)], place, rnd)
    yield from islice(_anywhere(handed, sizes, rnd), count)


def _anywhere(handed: Handed, sizes: list[tuple[str, int]], rnd: random.Random) -> Iterator[Damage]:
    """Damages at random places, without end."""
    while True:
        part, size = rnd.choices(sizes, [size for _, size in sizes])[0]
        yield from _damage(handed, part, rnd.choice(KINDS), rnd.randrange(size), rnd)


def _damage(handed: Handed, part: str, what: str, place: int, rnd: random.Random) -> Iterator[Damage]:
    whole: bytes = getattr(handed, part)
    before, byte, after = whole[:place], whole[place : place + 1], whole[place + 1 :]
    other = bytes([(byte[0] + rnd.randrange(1, 256)) % 256])
    made = {
        "changed": before + other + after,
        "removed": before + after,
        "added": before + other + byte + after,
        "swapped": before + after[:1] + byte + after[1:],
    }[what]
    if made != whole:  # two equal neighbours swapped are no damage
        yield Damage(part, what, place, made)


def missed(handed: Handed, tried: Iterator[Damage]) -> list[str]:
    """The damages the checker did not find; [] is right."""
    found = []
    for damage in tried:
        parts = {part: getattr(handed, part) for part in PARTS} | {damage.part: damage.damaged}
        if not handed.problems(**parts):
            found.append(f"{damage.part} {damage.what} at {damage.place}")
    return found


def main() -> int:
    """Entry point; 1 when a damage was not found."""
    parser = argparse.ArgumentParser(prog="checker", description="damage what the bank gets; its checker must see it")
    parser.add_argument("--random", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=5_000)
    arguments = parser.parse_args()
    failed = 0
    for name, handed, tried in (
        ("small, every byte", small(), lambda h: damages(h, kinds=len(KINDS))),
        (f"{arguments.lines:,} lines, random", large(arguments.lines), lambda h: damages(h, count=arguments.random)),
    ):
        wrong = missed(handed, tried(handed))
        failed += len(wrong)
        print(f"checker: {name}: {sum(1 for _ in tried(handed)):,} damages, {len(wrong)} not found {wrong[:5]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
