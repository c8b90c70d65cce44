"""Which rows two people are to read: a sample by rule and of rows that nobody fits, the same for the same list; what is promised.

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
NOBODY, NO_CANDIDATE = "TIDAK_PADAN", "TIDAK_PADAN_TANPA_CALON"
"""The strata of rows that nobody fits, as they stand in ops.sampel.aturan."""

DRAW = """
create or replace table ops.sampel as
with calon as (
    select dtks_id, nik_padan as nik, 1 as urut from mart_padan where status_padan = 'PADAN'
    union all
    select calon.dtks_id, calon.nik_calon, calon.urutan
    from mart_calon as calon inner join mart_padan as padan using (dtks_id)
    where padan.status_padan = 'RAGU'
    union all
    select skor.dtks_id, lpad(skor.nik_calon::text, 16, '0'), skor.urutan
    from int_calon_skor as skor inner join mart_padan as padan using (dtks_id)
    where padan.status_padan = 'TIDAK_PADAN' and skor.urutan <= 3
),

lapisan as (
    select
        padan.dtks_id,
        case when padan.status_padan <> 'TIDAK_PADAN' then padan.aturan end as nomor,
        case
            when padan.status_padan <> 'TIDAK_PADAN' then aturan.aturan
            when padan.dtks_id in (select dtks_id from calon) then $nobody
            else $no_candidate
        end as aturan,
        padan.status_padan as keputusan
    from mart_padan as padan
    left join aturan_padan as aturan on aturan.nomor = padan.aturan
    where padan.status_padan in ('PADAN', 'RAGU', 'TIDAK_PADAN')
),

berurut as (
    select
        lapisan.*,
        dtks.berkas,
        dtks.baris,
        md5(concat_ws('|', $period, dtks.berkas, dtks.baris)) as acak,
        count(*) over lapis as populasi,
        row_number() over (lapis order by md5(concat_ws('|', $period, dtks.berkas, dtks.baris)), lapisan.dtks_id) as urut
    from lapisan
    inner join raw.dtks as dtks using (dtks_id)
    where lapisan.aturan is not null
    window lapis as (partition by lapisan.keputusan, lapisan.aturan)
),

baris as (
    select berurut.*, calon.nik, coalesce(calon.urut, 1) as calon,
        concat_ws('|', 'S', $period, berurut.berkas, berurut.baris, calon.nik) as isi
    from berurut
    inner join rencana_sampel as rencana using (keputusan, aturan)
    left join calon using (dtks_id)
    where berurut.urut <= rencana.baris
)

select
    'S' || upper(left(sha256(kunci.luar || unhex(sha256(kunci.dalam || encode(baris.isi)))), 20)) as id_sampel,
    baris.dtks_id,
    baris.nomor,
    baris.aturan,
    baris.keputusan,
    baris.nik,
    baris.populasi,
    -- the candidates of a row stand together, the best first
    row_number() over (order by baris.acak, baris.dtks_id, baris.calon, baris.nik) as urutan
from baris
cross join ops.kunci as kunci
"""
RULES = "select aturan, keputusan, uji_baris from aturan_padan order by nomor"
LINES = """
select
    sampel.id_sampel, dtks.berkas, dtks.baris,
    [dtks.nama_asal, dtks.nik_asal, dtks.no_kk_asal, dtks.tanggal_lahir::text, dtks.jenis_kelamin, dtks.nama_ibu, dtks.kelurahan,
        dtks.rt, dtks.alamat] as di_dtks,
    case when orang.nik is null then [] else [orang.nama, orang.nik, orang.no_kk, orang.tanggal_lahir::text, orang.jenis_kelamin,
        orang.nama_ibu, coalesce(wilayah.kelurahan, orang.kode_kelurahan), orang.rt, orang.alamat] end as di_registri
from ops.sampel as sampel
inner join stg_dtks as dtks on dtks.dtks_id = sampel.dtks_id
left join int_penduduk as orang on orang.nik = sampel.nik
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
    nobody_lines: int
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
        nobody_lines=read["baris_tidak_padan"],
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

    A PADAN row stands beside its person, any other beside each of its (at most three) candidates. Rows are drawn by a
    hash of file and row number: the same list gives the same sample and the same bytes, whatever else ran.

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
        (decision, name, plan().lines_for(name, decision, tested or 0))
        for name, decision, tested in con.execute(RULES).fetchall()
    ]
    wanted += [("TIDAK_PADAN", stratum, plan().nobody_lines) for stratum in (NOBODY, NO_CANDIDATE)]
    fill(con, "rencana_sampel", {"keputusan": "text", "aturan": "text", "baris": "bigint"}, wanted, temporary=True)
    con.execute(DRAW, {"period": period, "nobody": NOBODY, "no_candidate": NO_CANDIDATE})
    con.execute("drop table rencana_sampel")
    lines = [Line(*line) for line in con.execute(LINES).fetchall()]
    folder = private_dir(home.samples(period))
    for reader in READERS if lines else ():
        write_atomically(folder / f"pembaca_{reader}.xlsx", workbook(period, reader, lines))
    rules = con.execute("select count(distinct nomor) from ops.sampel").fetchone()
    return {"aturan": rules[0] if rules else 0, "dagster/row_count": len(lines), "berkas": len(READERS) if lines else 0}
