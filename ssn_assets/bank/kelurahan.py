"""What of the queue waits for a kelurahan: a table for the work lists, and a file each, outbox/bank/kelurahan/<code>.xlsx.

The file is there whether or not the kelurahan has an open case, and so a work list. No NIK or Nomor KK in full.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from ssn_assets import bank_matters, sheets
from ssn_assets.bank_matters import Matter
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.store.schema import penerbitan
from ssn_assets.store.transfer import fill

if TYPE_CHECKING:
    import duckdb

OWNER = "kelurahan"
"""Whose matters these are, as `tindak_lanjut.yaml` writes him (`pemilik`), case apart."""

FOLDER, NOWHERE = "kelurahan", "tanpa_kelurahan"


def hand_on(con: duckdb.DuckDBPyConnection, store: Connection, home: Home, matters: Sequence[Matter]) -> int:
    """Make `bank_matters.TABLE` and the files; files of kelurahan for which nothing waits any more are removed.

    Args:
        matters: without the holders, who are looked up here.

    Returns:
        The number of files.
    """
    holders = _holders(store, {matter.id_penerbitan for matter in matters})
    fill(con, bank_matters.TABLE, dict.fromkeys(Matter._fields, "text"), [_with_holder(m, holders) for m in matters])
    folder, waiting = private_dir(home.bank / FOLDER), bank_matters.waiting(con)
    wanted = {f"{code or NOWHERE}.xlsx": found for code, found in waiting.items()}
    for name, found in wanted.items():
        path, content = folder / name, _workbook(name.removesuffix(".xlsx"), found)
        if not path.exists() or path.read_bytes() != content:
            write_atomically(path, content)
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    return len(wanted)


def _holders(store: Connection, cards: Iterable[str]) -> dict[str, tuple[str, ...]]:
    columns = [penerbitan.c[name] for name in ("id_penerbitan", "nama", "alamat", "rt", "nik")]
    wanted, found = sorted(cards), {}
    for start in range(0, len(wanted), 500):  # databases limit how many values a question may have
        for card, *said, nik in store.execute(select(*columns).where(columns[0].in_(wanted[start : start + 500]))):
            found[card] = (*(value or "" for value in said), (nik or "")[-4:])
    return found


def _with_holder(matter: Matter, holders: dict[str, tuple[str, ...]]) -> Matter:
    name, address, rt, last = holders.get(matter.id_penerbitan, ("",) * 4)
    return matter._replace(nama=name, alamat=address, rt=rt, nik_akhir=last)


def _workbook(place: str, matters: list[Matter]) -> bytes:
    content = io.BytesIO()
    book = sheets.new_book(content, f"Bank {place}")
    bank_matters.draw(book, matters)
    book.close()
    return content.getvalue()
