"""The lookup service's part of a release: layanan.sqlite (sealed, one record size, padded count), layanan.json (signed);
beside the releases berlaku.json (signed): which of them is in force, for a service that trusts nobody who can write there.

Same content, same key: the same bytes, like the release's other files. What a record is: `ssn_assets/sealing.py`.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets import beside, sealing, trail
from ssn_assets.home import SANTER_FILE, Home, write_atomically
from ssn_assets.keys import hmac_pads, read_or_create
from ssn_assets.publication.content import CHUNK, PLAIN
from ssn_assets.publication.files import ReleaseError, file_sha256, sync_dir, sync_file

if TYPE_CHECKING:
    import duckdb

PADDING = 4096
"""The number of records is a multiple of this."""

SEALED = f"""
with entri as (
    select nik || chr(31) || no_kk as orang, keputusan, alasan, kategori_bantuan, coalesce(kartu, '') as kartu, periode,
        pembayaran
    from ({PLAIN}) as e
    union all
    select 'isian' || chr(31) || i, '', []::varchar[], []::varchar[], '', '', '' from range($padding::bigint) as isian(i)
)
select
    unhex(substr(sha256($find_outer || unhex(sha256($find_inner || encode(orang)))), 1, {2 * sealing.KEY_SIZE})) as kunci,
    unhex(sha256($open_outer || unhex(sha256($open_inner || encode(orang))))) as rahasia,
    to_json([
        keputusan, to_json(alasan)::varchar, to_json(kategori_bantuan)::varchar, kartu, periode, pembayaran
    ])::varchar as isi
from entri
order by kunci
"""

_SCHEMA = "create table entri (kunci blob primary key, isi blob not null) without rowid"


@dataclass(frozen=True)
class Sealing:
    """The table being sealed; the rest of the release may be written meanwhile.

    Attributes:
        records: how many there should be, padding counted.
        table: the work, whose result is how many were written.
    """

    records: int
    table: beside.Begun


def begin(con: duckdb.DuckDBPyConnection, home: Home, folder: Path, publication_id: str, rows: int) -> Sealing:
    """Begin to write layanan.sqlite into a release that is being built.

    Args:
        con: the warehouse with mart_penerima.
        folder: the release.
        rows: its entries.
    """
    secret = read_or_create(home, sealing.SERVICE_KEY)
    read_or_create(home, trail.KEY_FILE)  # not used here: the service is not to start without it
    padding = PADDING - rows % PADDING
    records = _records(con, sealing.publication_keys(secret, publication_id), padding)
    return Sealing(rows + padding, beside.begin(write_table, folder / sealing.SERVICE_TABLE, records))


def finish(begun: Sealing, home: Home, folder: Path, facts: Mapping[str, Any], manifest_sha256: str) -> None:
    """Have layanan.sqlite whole, and add layanan.json.

    Args:
        folder: the release, its other files and manifest.json written.
        facts: of the release: id, period, created, policy_version.
    """
    table = folder / sealing.SERVICE_TABLE
    written = begun.table.result()
    if written != begun.records:
        raise ReleaseError(f"mart_penerima changed while release {facts['id']} was being built: run again.")
    content = {
        "format": 1,
        "id": facts["id"],
        "period": facts["period"],
        "created": facts["created"],
        "policy_version": facts["policy_version"],
        "manifest_sha256": manifest_sha256,
        "file": sealing.SERVICE_TABLE,
        "sha256": file_sha256(table),
        "records": written,
        "key_id": sealing.key_id(read_or_create(home, sealing.SERVICE_KEY)),
    }
    (folder / sealing.SERVICE_MANIFEST).write_bytes(sealing.sign_document(_signing_seed(home), content))
    for name in (sealing.SERVICE_TABLE, sealing.SERVICE_MANIFEST):
        sync_file(folder / name)
    sync_dir(folder)


def check(home: Home, folder: Path, publication_id: str, expected: Iterable[tuple[str, str, str]]) -> None:
    """Read the table back as the service does.

    Args:
        expected: (nik, no_kk, keputusan) of some entries.

    Raises:
        ReleaseError: something differs.
    """
    keys = sealing.publication_keys(read_or_create(home, sealing.SERVICE_KEY), publication_id)
    with closing(sqlite3.connect(f"file:{folder / sealing.SERVICE_TABLE}?mode=ro&immutable=1", uri=True)) as table:
        healthy = table.execute("pragma integrity_check").fetchone()[0] == "ok"
        uneven = table.execute("select count(*) from entri where length(isi) <> ?", [sealing.SEALED_SIZE]).fetchone()[0]
        wrong = sum(_read(table, keys, nik, no_kk) != keputusan for nik, no_kk, keputusan in expected)
    if not healthy or uneven or wrong:
        raise ReleaseError(f"The service's table does not match mart_penerima ({uneven} records uneven, {wrong} differ).")


def write_in_force(home: Home, turn: int, publication_id: str, manifest_sha256: str) -> None:
    """Name the release in force, signed and atomically.

    Args:
        turn: how often another release came into force; the service takes no lower one than it has seen.
    """
    content = {"format": 1, "urutan": turn, "publication_id": publication_id, "manifest_sha256": manifest_sha256}
    signed, path = sealing.sign_document(_signing_seed(home), content), home.santer / sealing.IN_FORCE_FILE
    if not path.exists() or path.read_bytes() != signed:
        write_atomically(path, signed, SANTER_FILE)


def is_intact(home: Home, folder: Path) -> bool:
    """Whether the service can use this release: both files there as made, signed and keyed with the keys of this home."""
    try:
        content = sealing.read_document(sealing.public_key(_signing_seed(home)), (folder / sealing.SERVICE_MANIFEST).read_bytes())
        same_key = content["key_id"] == sealing.key_id(read_or_create(home, sealing.SERVICE_KEY))
        return bool(same_key and file_sha256(folder / sealing.SERVICE_TABLE) == content["sha256"])
    except (FileNotFoundError, sealing.SealError):
        return False


def _signing_seed(home: Home) -> bytes:
    """The platform's signing key; its public half is kept beside it, for the service."""
    seed = read_or_create(home, sealing.SIGNING_KEY)
    public, path = sealing.public_key(seed).hex().encode() + b"\n", home.keys / sealing.VERIFY_KEY
    if not path.exists() or path.read_bytes() != public:
        write_atomically(path, public)
    return seed


@dataclass(frozen=True)
class Records:
    """What is to be sealed, as columns.

    Attributes:
        keys: under which the records are found, sorted, end to end.
        secrets: with which they are sealed, end to end.
        texts: what is sealed; a city's entries say few different things.
        said: for each record, which of the texts.
    """

    keys: bytes
    secrets: bytes
    texts: list[bytes]
    said: array[int]


def _records(con: duckdb.DuckDBPyConnection, keys: sealing.PublicationKeys, padding: int) -> Records:
    find_outer, find_inner = hmac_pads(keys.find)
    open_outer, open_inner = hmac_pads(keys.open)
    values = {"find_outer": find_outer, "find_inner": find_inner, "open_outer": open_outer, "open_inner": open_inner}
    result = con.execute(SEALED, {**values, "padding": padding})
    place: dict[str, int] = {}
    found, secrets, said = bytearray(), bytearray(), array("L")
    while chunk := result.fetchmany(CHUNK):
        found += b"".join(row[0] for row in chunk)
        secrets += b"".join(row[1] for row in chunk)
        said.extend(place.setdefault(row[2], len(place)) for row in chunk)
    return Records(bytes(found), bytes(secrets), [_text(*json.loads(text)) for text in place], said)


def _text(keputusan: str, alasan: str, kategori_bantuan: str, *steps: str) -> bytes:
    entry = sealing.Entry(keputusan, tuple(json.loads(alasan)), tuple(json.loads(kategori_bantuan)), *steps)
    try:
        return sealing.encode(entry)
    except sealing.SealError as problem:
        raise ReleaseError(f"An entry cannot be sealed: {problem}.") from problem


def write_table(path: Path, records: Records) -> int:
    """Seal the records and write them as a new table; returns how many."""
    finds = _pieces(records.keys, sealing.KEY_SIZE)
    secrets = _pieces(records.secrets, sealing.SECRET_SIZE)
    texts = (records.texts[i] for i in records.said)
    sealed = ((find, sealing.seal(secret, text)) for find, secret, text in zip(finds, secrets, texts, strict=True))
    path.unlink(missing_ok=True)  # what a second process left that was lost half-way
    with closing(sqlite3.connect(path, isolation_level=None)) as table:
        table.execute("pragma journal_mode = off")  # a new file without readers, checked and synced as a whole
        table.execute("pragma synchronous = off")
        table.execute(_SCHEMA)
        table.execute("begin")
        table.executemany("insert into entri values (?, ?)", sealed)
        table.execute("commit")
    return len(records.said)


def _pieces(column: bytes, size: int) -> Iterator[bytes]:
    return (column[start : start + size] for start in range(0, len(column), size))


def _read(table: sqlite3.Connection, keys: sealing.PublicationKeys, nik: str, no_kk: str) -> str | None:
    who = sealing.person(nik, no_kk)
    row = table.execute("select isi from entri where kunci = ?", [sealing.find_key(keys, who)]).fetchone()
    return sealing.decode(sealing.unseal(sealing.open_key(keys, who), row[0])).keputusan if row else None
