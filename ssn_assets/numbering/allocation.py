"""Who gets a nomor SSN: each VALID person, once, for life. How a number is written is in `digits.py`.

Numbers live in the store (`nomor_ssn`), under the first NIK known of the person; a corrected NIK finds the same number.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from ssn_assets.home import Home
from ssn_assets.keys import hmac_pads, read_or_create
from ssn_assets.numbering.digits import CAPACITY, numbers
from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.identity import load_chains
from ssn_assets.store.schema import nomor_ssn
from ssn_assets.store.transfer import fill, insert_rows, is_copy_of, mark_copy, read_rows

if TYPE_CHECKING:
    import duckdb

KEY_FILE = "nomor_ssn.key"

WITHOUT_NUMBER = """
select distinct k.nik_awal
from mart_keputusan_dasar as k
anti join ops.nomor_ssn as n using (nik_awal)
where k.keputusan = 'VALID' and k.nik_awal is not null
"""

IN_KEYED_ORDER = f"""
with orang as ({WITHOUT_NUMBER})
select nik_awal from orang order by sha256($outer || unhex(sha256($inner || encode(nik_awal)))), nik_awal
"""


VERSION = "select count(*), max(urut), min(nomor), max(nomor) from nomor_ssn"
"""Numbers are only ever added."""

BY_FIRST_NIK = """
create or replace table ops.nomor_ssn as
select coalesce(r.nik_awal, n.nik_awal) as nik_awal, arg_min(n.nomor, n.urut) as nomor
from nomor_di_toko as n
left join rantai_nik as r on r.nik = n.nik_awal
group by 1
"""


class NumbersExhausted(RuntimeError):
    """All ten million numbers are given out."""


def allocate(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, period: str, now: datetime) -> int:
    """Give each VALID person of mart_keputusan_dasar that has none a number, in one store transaction.

    Safe when two runs do it at once, and when it is repeated: a person has one number, a number one person.

    Args:
        con: the warehouse. `copy_numbers` brings the new numbers into it.
        home: its key file `nomor_ssn.key` scrambles the running counter. Should it ever be lost, numbers stay unique.
        period: YYYY-MM, kept with the number.
        now: kept with the number.

    Returns:
        How many numbers were given.

    Raises:
        NumbersExhausted: there are not enough numbers left; nobody got one.
    """
    key = read_or_create(home, KEY_FILE)
    outer, inner = hmac_pads(key)
    with writing(engine) as transaction:
        _copy(con, transaction)
        people = [nik for (nik,) in con.execute(IN_KEYED_ORDER, {"outer": outer, "inner": inner}).fetchall()]
        if not people:
            return 0
        known = dict(read_rows(transaction, "select nomor, urut from nomor_ssn"))
        free = itertools.islice(_free_numbers(key, 1 + max(known.values(), default=-1), known), len(people))
        made = timestamp(now)
        rows = [(nik, counter, number, period, made) for nik, (counter, number) in zip(people, free, strict=True)]
        rows.sort()  # in the order of the table's key: its index grows at the end
        insert_rows(transaction, nomor_ssn, ("nik_awal", "urut", "nomor", "periode", "dibuat_pada"), rows)
    return len(people)


def copy_numbers(con: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Copy all numbers of the store into ops.nomor_ssn(nik_awal, nomor), one line a person.

    Returns:
        The number of lines.
    """
    with engine.connect() as store:
        return _copy(con, store)


def _copy(con: duckdb.DuckDBPyConnection, store: Connection) -> int:
    version = " ".join((*map(str, *read_rows(store, VERSION)), load_chains(con)))
    if not is_copy_of(con, "ops.nomor_ssn", version):
        rows = read_rows(store, "select nik_awal, urut, nomor from nomor_ssn")
        fill(con, "nomor_di_toko", {"nik_awal": "text", "urut": "bigint", "nomor": "text"}, rows, temporary=True)
        con.execute(BY_FIRST_NIK)
        con.execute("drop table nomor_di_toko")
        mark_copy(con, "ops.nomor_ssn", version)
    row = con.execute("select count(*) from ops.nomor_ssn").fetchone()
    return int(row[0]) if row else 0


def _free_numbers(key: bytes, first: int, taken: Container[str]) -> Iterator[tuple[int, str]]:
    """Running counters with their numbers; numbers taken under a key that was lost are passed over."""
    block = 10_000
    while first < CAPACITY:
        count = min(block, CAPACITY - first)
        for counter, number in zip(range(first, first + count), numbers(key, first, count), strict=True):
            if number not in taken:
                yield counter, number
        first += count
    raise NumbersExhausted("All numbers of the form 6472 + 7 digits are given out; a longer form has to be decided.")
