"""Open complaints in the warehouse and on sheets for the offices. Tickets themselves are `ssn_assets/complaints/`.

ops.aduan says of each open ticket what a sheet needs: the person as the civil registry has him (by the NIK that was sent), and
the story, still sealed: it is opened only while a sheet is written. Those sheets are in one folder of no period, outbox/aduan/.
A work list names the tickets and nobody: a story must not stay in an older period's file, nor come back into the inbox with a
filled-in list.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ssn_assets.complaints import office, retention, sealed
from ssn_assets.complaints.rules import Rules
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.keys import read_or_create
from ssn_assets.settings import WITA
from ssn_assets.store.transfer import fill
from ssn_assets.verification.complaint_sheet import Line, Waiting, workbook

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy import Engine

TICKET = {name: "text" for name in ("nomor", "jenis", "tujuan", "kode_kelurahan")}
TICKET |= {"diterima": "date", "tenggat": "date", "status": "text", "suara": "bigint", "nik": "text", "isi": "text"}
FOLDER = "aduan"
DINSOS, NOWHERE = "dinsos", "tanpa_kelurahan"
"""File names of what stays with Dinsos, and of tickets whose kelurahan nobody knows."""

AGES = """case when umur <= 3 then '0-3' when umur <= 7 then '4-7' when umur <= 14 then '8-14' when umur <= 30 then '15-30'
    else '31+' end"""


def forget(engine: Engine, home: Home, told: Rules, now: datetime) -> dict[str, int]:
    """Apply the retention rule. Sheets that may hold a text that goes are removed before it: `write_sheets` makes them again.

    Returns:
        Counts of what was deleted, `berkas_dihapus` among them.
    """
    removed = _remove_sheets(home) if retention.is_due(engine, told.simpan, now) else 0
    return {**retention.apply(engine, told.simpan, now), "berkas_dihapus": removed}


def refresh(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, now: datetime) -> dict[str, int]:
    """Route what has no kelurahan by the civil registry, and copy the open tickets into ops.aduan.

    Returns:
        Counts of what was routed (`dialihkan_menurut_registri`), and of texts that do not open (`isi_tidak_terbaca`).
    """
    office.export_key(home, now)
    private, texts, unreadable = read_or_create(home, sealed.KEY_FILE), office.sealed_texts(engine), 0
    rows: list[tuple[Any, ...]] = []
    for t in office.tickets(engine):
        opened = [_opened(private, text) for text in texts.get(t.nomor, [])]
        unreadable += opened.count(None)
        nik = next((c.nik for c in reversed(opened) if c and c.nik), None)
        received = datetime.fromisoformat(t.diterima_pada).astimezone(WITA).date().isoformat()
        isi = " ".join(texts.get(t.nomor, []))
        rows.append((t.nomor, t.jenis, t.tujuan, t.kode_kelurahan, received, t.tenggat, t.status, t.suara, nik, isi))
    fill(con, "aduan_terbuka", TICKET, rows, temporary=True)
    con.execute(
        """
        create or replace table ops.aduan as
        select a.* replace (
                case when a.tujuan = 'kelurahan' then coalesce(a.kode_kelurahan, p.kode_kelurahan) end as kode_kelurahan
            ),
            p.no_kk, p.nama, p.alamat, p.rt, right(a.nik, 4) as nik_akhir
        from aduan_terbuka as a
        left join int_penduduk as p on p.nik = a.nik
        order by a.tenggat, a.nomor
        """
    )
    found = con.execute(
        "select o.nomor, o.kode_kelurahan from ops.aduan as o join aduan_terbuka as a using (nomor)"
        " where a.kode_kelurahan is null and o.kode_kelurahan is not null"
    ).fetchall()
    con.execute("drop table aduan_terbuka")
    routed = office.route(engine, dict(found), now) if found else 0
    return {"dialihkan_menurut_registri": routed, "isi_tidak_terbaca": unreadable}


def ageing(con: duckdb.DuckDBPyConnection, today: date) -> list[dict[str, Any]]:
    """Open tickets by kind, kelurahan and age in days; counts only."""
    found = con.execute(
        f"""
        select jenis, coalesce(kode_kelurahan, tujuan) as kelurahan, {AGES} as umur_hari,
            count(*) as tiket, sum(suara)::bigint as suara,
            count(*) filter (where status = 'BARU' and tenggat < $today) as lewat_tenggat
        from (select *, date_diff('day', diterima, $today) as umur from ops.aduan)
        group by all
        order by all
        """,
        {"today": today},
    )
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def lines(con: duckdb.DuckDBPyConnection, home: Home, told: Rules) -> dict[str, list[Line]]:
    """The open tickets as lines of a sheet, by kelurahan code, DINSOS or NOWHERE; the next deadline first."""
    private = read_or_create(home, sealed.KEY_FILE)
    found: dict[str, list[Line]] = {}
    wanted = """
        select coalesce(kode_kelurahan, case tujuan when 'kelurahan' then $nowhere else $dinsos end),
            nomor, jenis, diterima::text, tenggat::text, suara,
            coalesce(nama, ''), coalesce(alamat, ''), coalesce(rt, ''), coalesce(nik_akhir, ''), isi
        from ops.aduan where status = 'BARU' order by tenggat, nomor
    """
    for place, nomor, jenis, *shown, isi in con.execute(wanted, {"nowhere": NOWHERE, "dinsos": DINSOS}).fetchall():
        opened = [_opened(private, text) for text in isi.split()]
        story = "\n---\n".join(c.uraian if c else "(tidak dapat dibaca: lihat ssn aduan show)" for c in opened)
        received, until, voices, name, address, rt, last = shown
        line = Line(sealed.in_groups(nomor), _title(told, jenis), received, until, voices, name, address, rt, last, story)
        found.setdefault(place, []).append(line)
    return found


def waiting(con: duckdb.DuckDBPyConnection, told: Rules) -> dict[str | None, list[Waiting]]:
    """What waits for an answer of each kelurahan (None: nobody knows which), the next deadline first; nothing of the persons."""
    found: dict[str | None, list[Waiting]] = {}
    wanted = """
        select kode_kelurahan, nomor, jenis, diterima::text, tenggat::text, suara
        from ops.aduan where status = 'BARU' and tujuan = 'kelurahan' order by tenggat, nomor
    """
    for code, nomor, jenis, received, until, voices in con.execute(wanted).fetchall():
        line = Waiting(sealed.in_groups(nomor), _title(told, jenis), received, until, voices)
        found.setdefault(code, []).append(line)
    return found


def write_sheets(home: Home, wanted: dict[str, list[Line]]) -> int:
    """Write outbox/aduan/<place>.xlsx: what waits for an answer now, whatever the period. Files of other places are removed.

    Returns:
        The number of files.
    """
    folder = private_dir(home.outbox / FOLDER)
    for place, its in wanted.items():
        path, content = folder / f"{place}.xlsx", workbook(place, its)
        if not path.exists() or path.read_bytes() != content:
            write_atomically(path, content)
    _remove_sheets(home, besides={f"{place}.xlsx" for place in wanted})
    return len(wanted)


def _remove_sheets(home: Home, besides: Collection[str] = ()) -> int:
    folder = home.outbox / FOLDER
    stale = [path for path in folder.iterdir() if path.name not in besides] if folder.is_dir() else []
    for path in stale:
        path.unlink()
    return len(stale)


def _title(told: Rules, jenis: str) -> str:
    kind = told.jenis.get(jenis)
    return kind.judul if kind else jenis


def _opened(private: bytes, text: str) -> sealed.Content | None:
    try:
        return sealed.unseal(private, text)
    except sealed.Unreadable:
        return None
