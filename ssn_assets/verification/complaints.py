"""Open complaints in the warehouse and on the kelurahan's sheets. Tickets themselves are `ssn_assets/complaints/`.

ops.aduan says of each open ticket what the work list needs: the person as the civil registry has him (by the NIK that was
sent), and the story, still sealed: it is opened only while a sheet is written.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ssn_assets.complaints import office, retention, sealed
from ssn_assets.complaints.rules import Rules
from ssn_assets.home import Home, private_dir, write_atomically
from ssn_assets.keys import read_or_create
from ssn_assets.settings import WITA
from ssn_assets.store.transfer import fill
from ssn_assets.verification.complaint_sheet import Line, workbook

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy import Engine

TICKET = {name: "text" for name in ("nomor", "jenis", "tujuan", "kode_kelurahan")}
TICKET |= {"diterima": "date", "tenggat": "date", "status": "text", "suara": "bigint", "nik": "text", "isi": "text"}
DINSOS, NOWHERE = "dinsos", "tanpa_kelurahan"
"""File names of what stays with Dinsos, and of tickets whose kelurahan nobody knows."""

AGES = """case when umur <= 3 then '0-3' when umur <= 7 then '4-7' when umur <= 14 then '8-14' when umur <= 30 then '15-30'
    else '31+' end"""


def refresh(con: duckdb.DuckDBPyConnection, engine: Engine, home: Home, told: Rules, now: datetime) -> dict[str, int]:
    """Apply the retention rule, route what has no kelurahan by the civil registry, and copy the open tickets into ops.aduan.

    Returns:
        Counts of what was deleted, routed (`dialihkan_menurut_registri`), and of texts that do not open (`isi_tidak_terbaca`).
    """
    office.export_key(home)
    deleted = retention.apply(engine, told.simpan, now)
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
    return {**deleted, "dialihkan_menurut_registri": routed, "isi_tidak_terbaca": unreadable}


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


def fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """A text that changes when a sheet would."""
    row = con.execute("select coalesce(md5(string_agg(a::varchar, '' order by nomor)), '') from ops.aduan as a").fetchone()
    return str(row[0]) if row else ""


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
        kind = told.jenis.get(jenis)
        opened = [_opened(private, text) for text in isi.split()]
        story = "\n---\n".join(c.uraian if c else "(tidak dapat dibaca: lihat ssn aduan show)" for c in opened)
        received, until, voices, name, address, rt, last = shown
        title = kind.judul if kind else jenis
        line = Line(sealed.in_groups(nomor), title, received, until, voices, name, address, rt, last, story)
        found.setdefault(place, []).append(line)
    return found


def write_apart(home: Home, period: str, wanted: dict[str, list[Line]]) -> int:
    """Write outbox/<period>/aduan/*.xlsx: what has no work list to stand on. Files of other places are removed.

    Returns:
        The number of files.
    """
    folder = home.period(period) / "aduan"
    for place, its in wanted.items():
        write_atomically(private_dir(folder) / f"{place}.xlsx", workbook(place, period, its))
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stem not in wanted:
            path.unlink()
    return len(wanted)


def _opened(private: bytes, text: str) -> sealed.Content | None:
    try:
        return sealed.unseal(private, text)
    except sealed.Unreadable:
        return None
