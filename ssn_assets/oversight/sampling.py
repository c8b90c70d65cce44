"""Which matched rows two people are to read: a sample by rule, the same one for the same list, and what the rules promise.

How the sheets look is in `reader_sheet.py`; what the labels say in `match_quality.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home, private_dir, write_atomically

if TYPE_CHECKING:
    import duckdb

PLAN = Path(__file__).with_name("sampel.yaml")
READERS = (1, 2)

EMPTY = """
create table if not exists ops.sampel
(id_sampel text, dtks_id bigint, nomor integer, aturan text, keputusan text, nik text, populasi bigint, urutan bigint)
"""
DRAW = """
create or replace table ops.sampel as
with orang as (
    select padan.dtks_id, padan.aturan as nomor, coalesce(padan.nik_padan, padan.nik_calon) as nik
    from mart_padan as padan
    where padan.aturan is not null and coalesce(padan.nik_padan, padan.nik_calon) is not null
),

berurut as (
    select
        orang.*,
        count(*) over (partition by orang.nomor) as populasi,
        row_number() over (
            partition by orang.nomor order by md5(concat_ws('|', $period, dtks.berkas, dtks.baris)), orang.dtks_id
        ) as urut,
        concat_ws('|', 'S', $period, dtks.berkas, dtks.baris, orang.nik) as isi
    from orang
    inner join raw.dtks as dtks using (dtks_id)
)

select
    'S' || upper(left(sha256(kunci.luar || unhex(sha256(kunci.dalam || encode(berurut.isi)))), 20)) as id_sampel,
    berurut.dtks_id,
    berurut.nomor,
    aturan.aturan,
    aturan.keputusan,
    berurut.nik,
    berurut.populasi,
    row_number() over (order by md5(berurut.isi)) as urutan
from berurut
inner join aturan_padan as aturan on aturan.nomor = berurut.nomor
inner join rencana_sampel as rencana on rencana.nomor = berurut.nomor
cross join ops.kunci as kunci
where berurut.urut <= rencana.baris
"""
RULES = "select nomor, aturan, keputusan, uji_baris from aturan_padan order by nomor"
LINES = """
select
    sampel.id_sampel, dtks.berkas, dtks.baris,
    [dtks.nama_asal, dtks.nik_asal, dtks.no_kk_asal, dtks.tanggal_lahir::text, dtks.jenis_kelamin, dtks.nama_ibu, dtks.kelurahan,
        dtks.rt, dtks.alamat] as di_dtks,
    [orang.nama, orang.nik, orang.no_kk, orang.tanggal_lahir::text, orang.jenis_kelamin, orang.nama_ibu,
        coalesce(wilayah.kelurahan, orang.kode_kelurahan), orang.rt, orang.alamat] as di_registri
from ops.sampel as sampel
inner join stg_dtks as dtks on dtks.dtks_id = sampel.dtks_id
left join int_penduduk_terkait as orang on orang.nik = sampel.nik
left join samarinda_kelurahan as wilayah on wilayah.kode_kelurahan = orang.kode_kelurahan
order by sampel.urutan
"""


@dataclass(frozen=True)
class Plan:
    """sampel.yaml."""

    lines: int
    weak_below: int
    weak_lines: int
    doubtful_lines: int
    promise: float
    agreement: float
    own_lines: dict[str, int] = field(default_factory=dict)
    own_promise: dict[str, float] = field(default_factory=dict)

    def lines_for(self, rule: str, decision: str, tested: int) -> int:
        """How many rows of a rule are read. tested: its rows in the test cities."""
        if rule in self.own_lines:
            return self.own_lines[rule]
        if decision != "PADAN":
            return self.doubtful_lines
        return self.weak_lines if tested < self.weak_below else self.lines

    def promise_of(self, rule: str) -> float:
        """The least share of right rows that a PADAN rule promises."""
        return self.own_promise.get(rule, self.promise)


@lru_cache(maxsize=1)
def plan() -> Plan:
    """The plan as committed."""
    import yaml

    read: dict[str, Any] = yaml.safe_load(PLAN.read_text(encoding="utf-8"))
    return Plan(
        lines=read["baris_per_aturan"],
        weak_below=read["aturan_lemah"]["uji_baris_kurang_dari"],
        weak_lines=read["aturan_lemah"]["baris"],
        doubtful_lines=read["baris_per_aturan_ragu"],
        promise=read["janji"],
        agreement=read["kesepakatan"],
        own_lines=read["baris_khusus"],
        own_promise=read["janji_khusus"],
    )


def ensure_sample(con: duckdb.DuckDBPyConnection) -> None:
    """Make ops.sampel where no run has drawn one yet."""
    con.execute(EMPTY)


def draw_sample(con: duckdb.DuckDBPyConnection, home: Home, period: str) -> dict[str, Any]:
    """Draw the sample into ops.sampel and write a sheet for each reader to outbox/<period>/sampel/.

    Rows are drawn by a hash of file and row number: the same list gives the same sample and the same bytes, whatever else ran.

    Args:
        con: the warehouse, with mart_padan built.
        home: where the sheets go.
        period: YYYY-MM.

    Returns:
        Counts of rules (`aturan`), of rows (`dagster/row_count`) and of files (`berkas`).
    """
    from ssn_assets.oversight.reader_sheet import Line, workbook
    from ssn_assets.store.transfer import fill

    wanted = [
        (number, plan().lines_for(name, decision, tested or 0))
        for number, name, decision, tested in con.execute(RULES).fetchall()
    ]
    fill(con, "rencana_sampel", {"nomor": "bigint", "baris": "bigint"}, wanted, temporary=True)
    con.execute(DRAW, {"period": period})
    con.execute("drop table rencana_sampel")
    lines = [Line(*line) for line in con.execute(LINES).fetchall()]
    folder = private_dir(home.samples(period))
    for reader in READERS if lines else ():
        write_atomically(folder / f"pembaca_{reader}.xlsx", workbook(period, reader, lines))
    rules = con.execute("select count(distinct nomor) from ops.sampel").fetchone()
    return {"aturan": rules[0] if rules else 0, "dagster/row_count": len(lines), "berkas": len(READERS) if lines else 0}
