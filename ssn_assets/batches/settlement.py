"""Two people say what is true where the bank's answers do not decide it: their words, signed, and which lines still count.

A settlement answers everything the bank had said of a line by then; what it says later counts again, but for the same words
once more (same status, no later day). Every line is kept all the same. What is contradictory: the stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Table, insert, select

from ssn_assets.batches.kinds import Kind
from ssn_assets.store.bank_schema import LEAST_REASON
from ssn_assets.store.engine import timestamp
from ssn_assets.store.transfer import fill

if TYPE_CHECKING:
    import duckdb
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SIGNED = tuple(f"{what}{which}" for which in ("", "_2") for what in ("oleh", "kunci", "tanda_tangan"))


class Said(NamedTuple):
    """One line of the bank: its number in the store, its status, its day (ISO)."""

    number: int
    status: str
    day: str


class Settled(NamedTuple):
    """What two people said is true, and the newest line they knew."""

    step: str
    until: int


def counting(lines: Iterable[Said], settled: Settled | None) -> list[Said]:
    """The lines that count, after the newest settlement if there is one: what is true in place of all that was known."""
    every = list(lines)
    if settled is None:
        return every
    known = [line for line in every if line.number <= settled.until]
    words, day = {line.status for line in known}, max((line.day for line in known), default="")
    true = Said(settled.until, settled.step, max((line.day for line in known if line.status == settled.step), default=""))
    later = [line for line in every if line.number > settled.until]
    return [true, *(line for line in later if line.status not in words or line.day > day)]


def settled_lines(con: Connection, kind: Kind) -> dict[str, list[Said]]:
    """Of every line of the ledger that was settled what counts now, by its id."""
    found = in_force(con, kind)
    if not found:
        return {}
    said: dict[str, list[Said]] = {about: [] for about in found}
    answers, settled = kind.answers, kind.settled
    asked = _columns(kind).where(answers.c[kind.key].in_(select(settled.c[kind.key])))
    for about, *line in con.execute(asked):
        if about in said:
            said[about].append(_said(line))
    return {about: counting(lines, found[about]) for about, lines in said.items()}


def apply(con: duckdb.DuckDBPyConnection, store: Connection, kind: Kind, table: str) -> None:
    """In a warehouse copy of the bank's lines have what counts in place of what was said of lines that were settled.

    Args:
        table: with the kind's key, `status`, and `tanggal` if need be.
    """
    settled = settled_lines(store, kind)
    if not settled:
        return
    columns = {kind.key: "text", "status": "text", "tanggal": "text"}
    count = [(about, line.status, line.day or None) for about, said in settled.items() for line in said]
    fill(con, "berlaku", columns, count, temporary=True)
    fill(con, "diputuskan", {kind.key: "text"}, [(about,) for about in settled], temporary=True)
    wanted = ", ".join(name for (name, *_) in con.execute(f"describe {table}").fetchall())
    con.execute(f"delete from {table} where {kind.key} in (select {kind.key} from diputuskan)")
    con.execute(f"insert into {table} select {wanted} from berlaku")


def of_line(con: Connection, kind: Kind, about: str) -> tuple[list[Said], Settled | None]:
    """Everything the bank said of one line of the ledger, and its settlement in force."""
    rows = con.execute(_columns(kind).where(kind.answers.c[kind.key] == about))
    return [_said(line) for _, *line in rows], in_force(con, kind, about).get(about)


def settle(
    con: Connection,
    kind: Kind,
    about: str,
    step: str,
    reason: str,
    by: Sequence[Ed25519PrivateKey],
    now: datetime,
    contradict: Callable[[list[Said]], bool],
) -> None:
    """Two registered people say which of the bank's contradicting answers is true. Said twice it is one settlement.

    Args:
        con: inside `engine.writing`.
        about: the id of a line of the ledger that is in a batch.
        step: one of the steps the bank reported of it.
        reason: how they know; it is kept with both signatures.
        contradict: whether lines cannot all be true.

    Raises:
        ControlError: not two people, no reason, or nothing contradicts there.
    """
    from ssn_assets.batches.officers import ControlError

    lines, before = of_line(con, kind, about)
    count = counting(lines, before)
    reported = sorted({line.status for line in count})
    if not contradict(count):
        if before and before.step == step:
            return
        raise ControlError(f"Jawaban bank tentang {about} tidak bertentangan; tidak ada yang diputuskan.")
    if step not in reported:
        raise ControlError(f"Bank tidak melaporkan {step!r}; pilih salah satu dari: {', '.join(reported)}.")
    table = kind.settled
    number = len(con.execute(select(table.c.urut).where(table.c[kind.key] == about)).all()) + 1
    newest = max(line.number for line in lines)
    sign(con, table, kind.settled_as, by, now, **{kind.key: about}, urut=number, langkah=step, sampai=newest, alasan=reason)


def in_force(con: Connection, kind: Kind, about: str | None = None) -> dict[str, Settled]:
    """The newest settlement of each line that two registered people signed; one put in by hand counts for nothing."""
    facts = (kind.key, "urut", "langkah", "sampai", "alasan", "waktu")
    rows = signed_by_two(con, kind.settled, kind.settled_as, facts, **({kind.key: about} if about else {}))
    return {row[kind.key]: Settled(row["langkah"], row["sampai"]) for row in sorted(rows, key=lambda row: row["urut"])}


def sign(con: Connection, table: Table, action: str, by: Sequence[Ed25519PrivateKey], now: datetime, **facts: Any) -> None:
    """Add what two registered people say to a table, with both signatures over it.

    Args:
        con: inside `engine.writing`.
        facts: the table's columns that say what it is about; `alasan` among them.

    Raises:
        ControlError: not two people, or no reason.
    """
    from ssn_assets.batches import officers

    line = facts | {"alasan": facts["alasan"].strip(), "waktu": timestamp(now)}
    text = officers.statement(action, **line)
    for which, who in zip(("", "_2"), two_people(con, by, line["alasan"]), strict=True):
        line |= {f"oleh{which}": who.name, f"kunci{which}": who.public, f"tanda_tangan{which}": who.sign(text)}
    con.execute(insert(table).values(**line))


def two_people(con: Connection, by: Sequence[Ed25519PrivateKey], reason: str) -> list[Any]:
    """The two registered people whose keys these are.

    Raises:
        ControlError: they are not two, not registered, or gave no reason.
    """
    from ssn_assets.batches import officers

    if len(reason.strip()) < LEAST_REASON:
        raise officers.ControlError(f"Tulis dari mana diketahui mana yang benar, sedikitnya {LEAST_REASON} huruf.")
    signers = [officers.identify(con, key) for key in by]
    if len(signers) != 2 or signers[0].name == signers[1].name:
        raise officers.ControlError("Dua petugas yang berbeda menandatanganinya: --by BERKAS --by BERKAS.")
    return signers


def signed_by_two(con: Connection, table: Table, action: str, facts: Sequence[str], **where: str) -> list[dict[str, Any]]:
    """The lines of a table that two different registered people signed."""
    asked = select(table)
    for column, value in where.items():
        asked = asked.where(table.c[column] == value)
    rows = [dict(row) for row in con.execute(asked).mappings()]
    if not rows:
        return []
    from ssn_assets.batches import officers

    people, found = officers.admitted(con), []
    for row in rows:
        text = officers.statement(action, **{name: row[name] for name in facts})
        names = set()
        for name, key, signature in (tuple(row[c] for c in _SIGNED[start : start + 3]) for start in (0, 3)):
            owner = people.get(key)
            if owner and owner.name == name and officers.is_signed(key, signature, text):
                names.add(name)
        if len(names) == 2:
            found.append(row)
    return found


def _columns(kind: Kind) -> Any:
    table = kind.answers
    (number,) = table.primary_key.columns
    return select(table.c[kind.key], number, table.c.status, table.c.tanggal)


def _said(line: Sequence[Any]) -> Said:
    number, status, day = line
    return Said(number, status, day or "")
