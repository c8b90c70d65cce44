"""The total that a bank writes below its answers, compared with the lines of its file. The lines count whatever it says.

A number may be meant in more than one way (lines of the file or of one part of it, cards, rupiah of all lines or of those paid):
only one that fits none of them is a difference. Another file with all cards of this one and a right total ends it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ssn_assets.intake.headers import INPUTS

if TYPE_CHECKING:
    import duckdb

TOTAL, WRONG = "JUMLAH", "JUMLAH_BERBEDA"
"""Classes of a record: a total; a total that is not that of the lines."""

KINDS = ("bank", "pembayaran")
AMOUNTS = "ops.pembayaran_dikenal"
LEAST_AMOUNT = 10_000
"""A smaller number after the first is a page or a batch, no rupiah."""

_DAY = re.compile(r"\b\d{1,4}[-/]\d{1,2}[-/]\d{1,4}\b")
_NUMBER = r"\d+(?:[.,]\d+)*"
_RUPIAH = re.compile(rf"(?i)\brp\.?\s*({_NUMBER})")
_COUNT = re.compile(rf"(?i)({_NUMBER})\s*(?:baris|data|kartu|transaksi|rekening|pembayaran|penerbitan|record)")


class Stated(NamedTuple):
    """What a total states: how many (None: not said), and amounts in rupiah."""

    lines: int | None
    rupiah: tuple[int, ...]


def stated(words: str) -> Stated:
    """The numbers of a total line."""
    plain = _DAY.sub(" ", words)
    rupiah = [_whole(found) for found in _RUPIAH.findall(plain)]
    plain = _RUPIAH.sub(" ", plain)
    named = _COUNT.search(plain)
    others = [_whole(found) for found in re.findall(_NUMBER, plain)]
    count = _whole(named.group(1)) if named else others[0] if others else None
    if named:
        others.remove(_whole(named.group(1)))
    else:
        others = others[1:]
    return Stated(count, tuple(rupiah + [number for number in others if number >= LEAST_AMOUNT]))


def _whole(number: str) -> int:
    """A number with thousands and decimals marked in either way, without its decimals."""
    return int(re.sub(r"[.,]", "", re.sub(r"(?<=\d)[.,]\d{1,2}$", "", number)))


def differing(con: duckdb.DuckDBPyConnection, kind: str, ready: str) -> dict[tuple[int, int], str]:
    """The totals that are not those of the lines, by file and row, each with a sentence for people.

    Args:
        kind: one of KINDS.
        ready: the input's rows: urut, baris, golongan, kata (a total's words), status, and the input's key.
    """
    found = con.execute(f"select urut, baris, kata from {ready} where golongan = '{TOTAL}' order by urut, baris").fetchall()
    wrong: dict[tuple[int, int], str] = {}
    right: set[int] = set()
    above: dict[int, int] = defaultdict(int)
    for number, row, words in found:
        said = stated(words)
        lines, rupiah = _of_lines(con, kind, ready, number, above[number], row)
        above[number] = row
        fits = (said.lines is None or said.lines in lines | rupiah) and all(amount in rupiah for amount in said.rupiah if rupiah)
        if fits:
            right.add(number)
        else:
            wrong[number, row] = _sentence(said, lines, rupiah)
    return {place: words for place, words in wrong.items() if not _sent_again(con, kind, ready, place[0], right)}


def _of_lines(
    con: duckdb.DuckDBPyConnection, kind: str, ready: str, number: int, above: int, row: int
) -> tuple[set[int], set[int]]:
    """What a total may count: of the whole file, of what stands above it, of its part; amounts only where they are known."""
    key = INPUTS[kind].key
    known = kind == "pembayaran"
    amount = f"left join {AMOUNTS} as p using ({key})" if known else "cross join (select 0 as jumlah) as p"
    lines, rupiah = set(), set()
    for part in ("true", f"baris < {row}", f"baris between {above} and {row}"):
        counted = (
            con.execute(
                f"""select count(*), count(distinct {key}) + count(*) filter (where {key} is null),
                coalesce(sum(jumlah), 0)::bigint, coalesce(sum(jumlah) filter (where s.status = 'BERHASIL'), 0)::bigint
            from {ready} as s {amount}
            where urut = {number} and coalesce(golongan, '') not in ('{TOTAL}', 'KEPALA_BERULANG', 'KOSONG') and {part}"""
            ).fetchone()
            or (0,) * 4
        )
        lines |= set(counted[:2])
        rupiah |= set(counted[2:]) if known else set()
    return lines, rupiah


def _sentence(said: Stated, lines: set[int], rupiah: set[int]) -> str:
    theirs = [f"{said.lines:,} baris"] if said.lines is not None else []
    ours = [f"{max(lines):,} baris"]
    if said.rupiah and rupiah:
        theirs += [f"Rp{amount:,}" for amount in said.rupiah]
        ours.append(f"Rp{max(rupiah):,}")
    told = f"Jumlah menurut bank {', '.join(theirs)}; di berkas ini {', '.join(ours)}."
    return f"{told.replace(',', '.').replace('. ', ', ')} Baris-barisnya tetap dihitung."


def _sent_again(con: duckdb.DuckDBPyConnection, kind: str, ready: str, number: int, right: set[int]) -> bool:
    key, others = INPUTS[kind].key, ", ".join(map(str, sorted(right - {number}))) or "null"
    answer = con.execute(
        f"""with milik as (select distinct {key} from {ready} where urut = {number} and golongan is null)
        select 1 from {ready} inner join milik using ({key})
        where urut in ({others}) and golongan is null
        group by urut having count(distinct {key}) = (select count(*) from milik)"""
    ).fetchone()
    return answer is not None
