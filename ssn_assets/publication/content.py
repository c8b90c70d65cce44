"""What is published: the entries of mart_penerima under their lookup keys, as lines and as rows.

Writing files is `files.py`; whether a release is made at all is `release.py`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.keys import hmac_pads

if TYPE_CHECKING:
    import duckdb

KEY_FILE = "santer.key"
CHUNK = 50_000

PLAIN = """
select
    nik, no_kk, keputusan,
    coalesce(alasan, []::varchar[]) as alasan,
    coalesce(list_sort(kategori_bantuan), []::varchar[]) as kategori_bantuan,
    kartu, periode, coalesce(pembayaran, '') as pembayaran
from mart_penerima
"""

CONDITION = f"""
select
    count(*),
    count(*) - count(distinct nik || no_kk),
    count(*) filter (not coalesce(regexp_full_match(nik || no_kk, '[0-9]{{32}}'), false))
from ({PLAIN}) as e
"""

KEYED = f"""
create or replace temp table entri as
select
    sha256($outer || unhex(sha256($inner || encode(nik || no_kk)))) as kunci,
    keputusan, to_json(alasan)::varchar as alasan, to_json(kategori_bantuan)::varchar as kategori_bantuan, kartu, periode,
    pembayaran
from ({PLAIN}) as e
order by kunci
"""

ROWS = "select kunci, keputusan, alasan, kategori_bantuan, kartu, periode from entri order by kunci"

LINES = """
copy (
    select
        '{"kunci":"' || kunci || '","keputusan":' || to_json(keputusan)::varchar || ',"alasan":' || alasan
        || ',"kategori_bantuan":' || kategori_bantuan || ',"kartu":' || coalesce(to_json(kartu)::varchar, 'null')
        || ',"periode":' || to_json(periode)::varchar || '}'
    from entri
    order by kunci
) to '{path}' (format csv, header false, quote '', escape '', delimiter '\x01')
"""
"""JSON has no control characters, so nothing in a line is taken for a delimiter."""

PAYMENTS = "select sha256(string_agg(kunci || ' ' || pembayaran, chr(10) order by kunci)) from entri where pembayaran <> ''"

WITHOUT_ENTRY = """
select lower(nasib), baris from mart_penerima_ringkas where nasib not in ('TERBIT', 'KUNCI_SAMA') order by nasib
"""


class ContentError(RuntimeError):
    """mart_penerima breaks its own contract; nothing is published."""


def lookup_key(key: bytes, nik: str, no_kk: str) -> str:
    """The key under which a person's entry is found: HMAC-SHA256 of NIK and Nomor KK (32 ASCII digits), in hex."""
    return hmac.new(key, f"{nik}{no_kk}".encode("ascii"), hashlib.sha256).hexdigest()


def key_entries(con: duckdb.DuckDBPyConnection, key: bytes) -> int:
    """Bring the entries under their lookup keys, in a temporary table `entri` of this connection.

    Values appear in SQL only as bound parameters: the key is nowhere in the warehouse.

    Returns:
        The number of entries.

    Raises:
        ContentError: an entry without 16-digit NIK and KK, or two under one key.
    """
    rows, double, malformed = _one(con.execute(CONDITION))
    if double or malformed:
        raise ContentError(
            f"mart_penerima has {double} double and {malformed} malformed keys; it must have one line per NIK and KK."
        )
    outer, inner = hmac_pads(key)
    con.execute(KEYED, {"outer": outer, "inner": inner})
    return int(rows)


def write_lines(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the keyed entries as JSON lines, sorted by key: same entries and key, same bytes."""
    con.execute(LINES.replace("{path}", str(path).replace("'", "''")))


def content_sha256(con: duckdb.DuckDBPyConnection, lines_sha256: str) -> str:
    """What tells one content from another: the lines, and the payments, which only the service's sealed table says.

    Args:
        lines_sha256: of penerima.jsonl; without payments it is the answer.
    """
    payments = _one(con.execute(PAYMENTS))[0]
    return hashlib.sha256(f"{lines_sha256}\n{payments}".encode()).hexdigest() if payments else lines_sha256


def entries(con: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    """The keyed entries sorted by key, in chunks of (kunci, keputusan, alasan, kategori_bantuan, kartu, periode).

    The two lists are JSON texts.
    """
    result = con.execute(ROWS)
    while chunk := result.fetchmany(CHUNK):
        yield chunk


def samples(con: duckdb.DuckDBPyConnection, count: int = 50) -> list[tuple[str, str, str]]:
    """Some entries in plain, to check the keyed ones against: (nik, no_kk, keputusan), chosen by hash."""
    statement = "select nik, no_kk, keputusan from mart_penerima order by hash(nik || no_kk), nik, no_kk limit ?"
    return con.execute(statement, [count]).fetchall()


def rows_without_entry(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows of the list have no entry, by reason (README, Formats and codes)."""
    return dict(con.execute(WITHOUT_ENTRY).fetchall())


def input_hashes(con: duckdb.DuckDBPyConnection) -> list[str]:
    """SHA-256 of every input file the run accepted."""
    return [h for (h,) in con.execute("select distinct sha256 from raw.berkas where diterima order by 1").fetchall()]


def policy_version(con: duckdb.DuckDBPyConnection) -> str:
    """The version of the policy that decided."""
    return str(_one(con.execute("select versi from ops.kebijakan"))[0])


def _one(result: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    row = result.fetchone()
    if row is None:
        raise ContentError("a table that always has a row is empty")
    return row
