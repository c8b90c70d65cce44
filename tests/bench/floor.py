"""The floor: what the same job costs as a bare hand-written DuckDB script, with no gate, no history, no second chance.

Reads the same inbox files, joins on NIK with a name score, writes the same three outputs: decisions (Parquet), a keyed
lookup (JSONL and SQLite), a bank file. Stands alone on purpose: nothing of ssn_assets may make it faster or slower.

    python tests/bench/floor.py HOME PERIOD OUT
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import secrets
import sqlite3
import sys
import time
from pathlib import Path

import duckdb
import python_calamine

NAMES = {
    "nik": "nik",
    "nama": "nama",
    "namalengkap": "nama",
    "nokk": "no_kk",
    "nomorkk": "no_kk",
    "alamat": "alamat",
    "rt": "rt",
    "kelurahan": "kelurahan",
    "desakeluarahan": "kelurahan",
}
WANTED = ("nik", "nama", "no_kk", "alamat", "rt", "kelurahan")
REGISTRY = """nik, no_kk, nama, tempat_lahir, tanggal_lahir, jenis_kelamin, hubungan_keluarga, nama_ibu, alamat, rt,
    kode_kelurahan, kelurahan, kecamatan, kode_pos, status"""
SURE = 0.9


def plain(header: object) -> str:
    """A header as in NAMES."""
    return re.sub("[^a-z]", "", str(header).lower())


def read_grid(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """An XLSX file, or text that DuckDB cannot decode, into table dtks."""
    import pyarrow as pa

    if path.suffix == ".xlsx":
        rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    else:
        rows = list(csv.reader(io.StringIO(path.read_text("cp1252"), newline="")))
    top = next(i for i, row in enumerate(rows) if any(plain(cell) == "nik" for cell in row))
    place = {NAMES[plain(cell)]: i for i, cell in enumerate(rows[top]) if plain(cell) in NAMES}
    body = [row for row in rows[top + 1 :] if len(row) == len(rows[top])]
    columns = {
        name: pa.array([str(int(v)) if isinstance(v, float) else str(v) for v in (row[place[name]] for row in body)])
        for name in WANTED
    }
    lines = pa.table({"baris": pa.array(range(top + 2, top + 2 + len(body)), pa.int64()), **columns})
    con.register("lines", lines)
    con.execute(f"insert into dtks select ?, baris, {', '.join(WANTED)} from lines", [path.name])


def read_text(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """A CSV file of any of the usual dialects into table dtks."""
    content = path.read_bytes()
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        first = content.decode("utf-16" if utf16 else "utf-8-sig").partition("\n")[0]
    except UnicodeDecodeError:
        return read_grid(con, path)
    separator = max(",;|\t", key=first.count)
    chosen = {NAMES[plain(h)]: h.strip() for h in first.split(separator) if plain(h) in NAMES}
    columns = ", ".join(f'"{chosen[name]}"' for name in WANTED)
    con.execute(
        f"""insert into dtks select ?, row_number() over () + 1, {columns}
        from read_csv(?, delim=?, encoding=?, header=true, all_varchar=true, quote='"')""",
        [path.name, str(path), separator, "utf-16" if utf16 else "utf-8"],
    )


def read_inbox(con: duckdb.DuckDBPyConnection, home: Path, period: str) -> None:
    """All welfare files of the period into table dtks; the numbers stripped to digits."""
    con.execute(f"create table dtks (berkas text, baris bigint, {', '.join(f'{n} text' for n in WANTED)})")
    for path in sorted((home / "inbox" / "dtks" / period).iterdir()):
        if path.stat().st_size < 10_000:
            continue  # the three files that must be refused are told by size here; the platform looks inside
        if path.suffix == ".parquet":
            con.execute(
                """insert into dtks select ?, row_number() over () + 1, NIK, Nama, "Nomor KK", Alamat, RT, Kelurahan
                from read_parquet(?)""",
                [path.name, str(path)],
            )
        elif path.suffix == ".xlsx":
            read_grid(con, path)
        else:
            read_text(con, path)
    con.execute("update dtks set nik = regexp_replace(nik, '[^0-9]', '', 'g'), no_kk = regexp_replace(no_kk, '[^0-9]', '', 'g')")


def match(con: duckdb.DuckDBPyConnection, home: Path, period: str) -> None:
    """Join on NIK with a name score; central aid of the family; one verdict a row."""
    registry = sorted((home / "inbox" / "dukcapil").iterdir())[-1] / "*.csv"
    aid = home / "inbox" / "bansos" / period / "*.csv"
    con.execute(
        f"""create table penduduk as select {REGISTRY}
        from read_csv('{registry}', header=true, all_varchar=true, delim=',', quote='"')
        where nik in (select nik from dtks) or hubungan_keluarga = 'KEPALA KELUARGA'"""
    )
    con.execute(
        f"""create table pusat as select distinct no_kk from read_csv('{aid}', header=true, all_varchar=true)
        where sumber = 'PUSAT' and status = 'AKTIF' and regexp_matches(program, '^(PKH|SEMBAKO|BPNT|BLT)')"""
    )
    con.execute(
        f"""create table keputusan as
        with skor as (
            select d.*, p.no_kk as kk, p.nik as nik_registri, p.status, p.kode_kelurahan,
                   jaro_winkler_similarity(upper(d.nama), p.nama) as skor
            from dtks as d left join penduduk as p on p.nik = d.nik
        ), padan as (
            select *, coalesce(skor >= {SURE}, false) as padan,
                   row_number() over (partition by nik_registri, coalesce(skor >= {SURE}, false)
                                      order by skor desc, berkas, baris) as ke
            from skor
        )
        select '{period}' as periode, berkas, baris, nik as nik_asal, nama as nama_asal,
               case when padan then 'PADAN' when skor is not null then 'RAGU' else 'TIDAK_PADAN' end as status_padan,
               skor, case when padan then nik_registri end as nik_padan, case when padan then kk end as no_kk_padan,
               kode_kelurahan, coalesce(case when padan then kk end, no_kk) as kk_kunci,
               case when skor is null then 'TIDAK_TERDAFTAR' when not padan then 'PERLU_TINJAUAN'
                    when status <> 'AKTIF' then status when ke > 1 then 'GANDA'
                    when kk in (select no_kk from pusat) then 'BANSOS_PUSAT' end as alasan
        from padan"""
    )


def write_decisions(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Output one."""
    con.execute(f"copy (from keputusan order by berkas, baris) to '{out}/keputusan.parquet' (format parquet, compression zstd)")


def write_lookup(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Output two: HMAC of NIK + KK as key, as JSONL and as an SQLite table."""
    key = secrets.token_bytes(32).ljust(64, b"\0")
    outer, inner = bytes(b ^ 0x5C for b in key), bytes(b ^ 0x36 for b in key)
    con.execute(
        """create table entri as
        select sha256(?::blob || unhex(sha256(?::blob || encode(coalesce(nik_padan, nik_asal) || kk_kunci)))) as kunci,
               case when alasan is null then 'VALID' when alasan = 'PERLU_TINJAUAN' then 'MENUNGGU'
                    else 'TIDAK_VALID' end as keputusan,
               [alasan] as alasan, null::text as kartu, periode
        from keputusan where length(coalesce(nik_padan, nik_asal)) = 16 and length(kk_kunci) = 16
        qualify row_number() over (partition by coalesce(nik_padan, nik_asal), kk_kunci
                                   order by skor desc nulls last, berkas, baris) = 1
        order by kunci""",
        [outer, inner],
    )
    con.execute(f"copy entri to '{out}/penerima.jsonl' (format json)")
    lookup = sqlite3.connect(out / "penerima.sqlite")
    lookup.execute(
        """create table penerima (kunci text primary key, keputusan text, alasan text, kartu text, periode text)
        without rowid"""
    )
    rows = con.execute("select kunci, keputusan, to_json(alasan)::text, kartu, periode from entri").fetchall()
    lookup.executemany("insert into penerima values (?, ?, ?, ?, ?)", rows)
    lookup.commit()
    lookup.close()


def write_bank_file(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Output three: one line for the head of each family that has somebody without a reason against."""
    lines = con.execute(
        """select 'D|' || concat_ws('|', row_number() over (order by p.nik), p.nik, p.no_kk, p.nama, p.tempat_lahir,
                  p.tanggal_lahir, p.jenis_kelamin, p.nama_ibu, p.alamat, p.rt, p.kelurahan, p.kecamatan, p.kode_pos),
               p.nik
        from penduduk as p
        where p.hubungan_keluarga = 'KEPALA KELUARGA'
              and p.no_kk in (select no_kk_padan from keputusan where alasan is null)
        order by p.nik"""
    ).fetchall()
    body = "".join(f"{line}\n" for line, _ in lines).encode()
    total = sum(int(nik[-6:]) for _, nik in lines)
    head, tail = "H|1|1\n", f"T|1|{len(lines)}|{hashlib.sha256(body).hexdigest()}|{total}\n"
    (out / "penerbitan_0001.txt").write_bytes(head.encode() + body + tail.encode())


def main(home: Path, period: str, out: Path) -> None:
    """Run it and say how long each part took."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    con = duckdb.connect(config={"preserve_insertion_order": "true"})
    parts = {
        "read": lambda: read_inbox(con, home, period),
        "match": lambda: match(con, home, period),
        "decisions": lambda: write_decisions(con, out),
        "lookup": lambda: write_lookup(con, out),
        "bank": lambda: write_bank_file(con, out),
    }
    for name, part in parts.items():
        began = time.perf_counter()
        part()
        print(f"{name} {time.perf_counter() - began:.3f}")
    row = con.execute(
        """select count(*), count(*) filter (where status_padan = 'PADAN'), count(*) filter (where alasan is null)
        from keputusan"""
    )
    print("rows {} padan {} no_reason {}".format(*(row.fetchone() or ())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
