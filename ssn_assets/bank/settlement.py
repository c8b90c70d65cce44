"""Where the bank's answers about a card contradict each other, two people say which is true; the card goes on from there.

What is contradictory: `steps.py`. A settlement answers everything the bank had said by then; what it says later counts
again, but for the same words once more (same status, no later day). Every line is kept all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Engine, insert, select

from ssn_assets.bank import steps
from ssn_assets.store.bank_schema import LEAST_REASON, putusan_jawaban
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import jawaban_bank, penerbitan
from ssn_assets.store.transfer import read_rows

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ACTION = "PUTUSAN-JAWABAN"

_LINES = """
select id_penerbitan, jawaban_bank_id, status, coalesce(tanggal, '')
from jawaban_bank
where id_penerbitan in (select id_penerbitan from putusan_jawaban)
"""


class Said(NamedTuple):
    """One line of the bank about a card: its number in the store, its status, its day (ISO)."""

    number: int
    status: str
    day: str


class Settled(NamedTuple):
    """What two people said is true, and the newest line they knew."""

    step: str
    until: int


def counting(lines: Iterable[Said], settled: Settled | None) -> list[str]:
    """The statuses that count, after the newest settlement if there is one."""
    every = list(lines)
    if settled is None:
        return [line.status for line in every]
    known = [line for line in every if line.number <= settled.until]
    words, day = {line.status for line in known}, max((line.day for line in known), default="")
    later = [line for line in every if line.number > settled.until]
    return [settled.step, *(line.status for line in later if line.status not in words or line.day > day)]


def applied(store: Connection, summary: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The bank's lines by card and status, (id_penerbitan, status, number), with what counts where it was settled."""
    settled = _in_force(store)
    if not settled:
        return list(summary)
    lines: dict[str, list[Said]] = {card: [] for card in settled}
    for card, *said in read_rows(store, _LINES):
        if card in lines:
            lines[card].append(Said(*said))
    kept = [row for row in summary if row[0] not in settled]
    return kept + [(card, status, 1) for card, said in lines.items() for status in set(counting(said, settled[card]))]


def settle(engine: Engine, issuance: str, step: str, reason: str, by: Sequence[Ed25519PrivateKey], now: datetime) -> None:
    """Two registered people say which of the bank's contradicting answers is true. Said twice it is one settlement.

    Args:
        issuance: id_penerbitan.
        step: one of the steps the bank reported of it.
        reason: how they know; it is kept with both signatures.

    Raises:
        ControlError: not two people, no reason, no such card, or nothing contradicts there.
    """
    from ssn_assets.batches import officers
    from ssn_assets.batches.officers import ControlError

    why = reason.strip()
    if len(why) < LEAST_REASON:
        raise ControlError(f"Tulis dari mana diketahui mana yang benar, sedikitnya {LEAST_REASON} huruf.")
    with writing(engine) as con:
        signers = [officers.identify(con, key) for key in by]
        if len(signers) != 2 or signers[0].name == signers[1].name:
            raise ControlError("Dua petugas yang berbeda menandatanganinya: --by BERKAS --by BERKAS.")
        of_card = penerbitan.c.id_penerbitan == issuance
        card = con.execute(select(penerbitan.c.jenis, penerbitan.c.status).where(of_card)).one_or_none()
        if card is None or card.status != "DITULIS":
            raise ControlError(f"Tidak ada penerbitan {issuance} di berkas bank; periksa id_penerbitan.")
        lines = _lines_of(con, issuance)
        before = _in_force(con, issuance).get(issuance)
        reported = set(counting(lines, before))
        if not steps.contradict(card.jenis, reported):
            if before and before.step == step:
                return
            raise ControlError(f"Jawaban bank tentang {issuance} tidak bertentangan; tidak ada yang diputuskan.")
        if step not in reported:
            raise ControlError(f"Bank tidak melaporkan {step!r}; pilih salah satu dari: {', '.join(sorted(reported))}.")
        number = len(con.execute(select(putusan_jawaban.c.urut).where(putusan_jawaban.c.id_penerbitan == issuance)).all()) + 1
        line = {"id_penerbitan": issuance, "urut": number, "langkah": step, "sampai": max(said.number for said in lines)}
        line |= {"alasan": why, "waktu": timestamp(now)}
        text = officers.statement(ACTION, **line)
        for which, who in zip(("", "_2"), signers, strict=True):
            line |= {f"oleh{which}": who.name, f"kunci{which}": who.public, f"tanda_tangan{which}": who.sign(text)}
        con.execute(insert(putusan_jawaban).values(**line))


def _lines_of(con: Connection, issuance: str) -> list[Said]:
    columns = (jawaban_bank.c.jawaban_bank_id, jawaban_bank.c.status, jawaban_bank.c.tanggal)
    rows = con.execute(select(*columns).where(jawaban_bank.c.id_penerbitan == issuance)).all()
    return [Said(number, status, day or "") for number, status, day in rows]


def _in_force(con: Connection, issuance: str | None = None) -> dict[str, Settled]:
    """The newest settlement of each card that two registered people signed; one put in by hand counts for nothing."""
    table = putusan_jawaban
    asked = select(table).order_by(table.c.id_penerbitan, table.c.urut)
    rows = con.execute(asked if issuance is None else asked.where(table.c.id_penerbitan == issuance)).mappings().all()
    if not rows:
        return {}
    from ssn_assets.batches import officers

    people, found = officers.admitted(con), {}
    for row in rows:
        facts = {name: row[name] for name in ("id_penerbitan", "urut", "langkah", "sampai", "alasan", "waktu")}
        text = officers.statement(ACTION, **facts)
        names = set()
        for which in ("", "_2"):
            owner = people.get(row[f"kunci{which}"])
            if (
                owner
                and owner.name == row[f"oleh{which}"]
                and officers.is_signed(row[f"kunci{which}"], row[f"tanda_tangan{which}"], text)
            ):
                names.add(owner.name)
        if len(names) == 2:
            found[row["id_penerbitan"]] = Settled(row["langkah"], row["sampai"])
    return found
