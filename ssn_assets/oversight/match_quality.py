"""How right the matching is, as one tidy table: from the demo city's truth where there is one, from readers' labels elsewhere.

Only the matching's own decisions are measured (mart_padan), before any kelurahan answered. Shares, nothing of a person.
What is sampled and promised: `sampling.py`; the labels: `labelled.py`; the page: `quality_page.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.home import Home
from ssn_assets.oversight import labelled
from ssn_assets.oversight.facts import QualityFact
from ssn_assets.oversight.sampling import plan

if TYPE_CHECKING:
    import duckdb

TRUTH, COUNTED = "KEBENARAN", "HITUNGAN"
"""Where a figure comes from: the demo's truth, the list itself; what the readers' labels give is `labelled.LABELS`."""

COLUMNS = {
    "periode": "text", "sumber": "text", "jenis_kelompok": "text", "kelompok": "text", "keterangan": "text", "ukuran": "text",
    "nilai": "double", "jumlah": "bigint", "dari": "bigint", "batas_bawah": "double", "batas_atas": "double", "janji": "double",
}  # fmt: skip
"""Of ops.mutu_padan and mutu_padan.csv."""

ROWS = """
create or replace temp table mutu_baris as
select
    dasar.berkas, dasar.baris, padan.dtks_id, padan.status_padan, padan.nik_padan, padan.aturan as nomor,
    coalesce(dasar.kode_kelurahan, '') as kode_kelurahan
from mart_padan as padan
inner join mart_keputusan_dasar as dasar using (dtks_id)
"""
JUDGED = """
create or replace temp table mutu_dinilai as
with calon as (
    select dtks_id, max_by(nik_calon, -urutan) as pertama, list(nik_calon) as semua from mart_calon group by dtks_id
)

select
    mutu_baris.*, truth.nik_benar, truth.cacat, truth.kembar,
    coalesce(status_padan = 'PADAN', false) as padan,
    coalesce(status_padan = 'PADAN' and nik_padan = truth.nik_benar, false) as benar,
    coalesce(status_padan = 'RAGU', false) as ragu,
    coalesce(status_padan = 'RAGU' and calon.pertama = truth.nik_benar, false) as kena_satu,
    coalesce(status_padan = 'RAGU' and list_contains(calon.semua, truth.nik_benar), false) as kena_tiga
from mutu_baris
inner join read_parquet($truth) as truth using (berkas, baris)
left join calon using (dtks_id)
"""
BY_GROUP = """
with semua as (
    select 'SEMUA' as jenis, 'SEMUA' as kelompok, * from mutu_dinilai
    union all
    select 'KELURAHAN', kode_kelurahan, * from mutu_dinilai
    union all
    select 'ATURAN', aturan.aturan, mutu_dinilai.* from mutu_dinilai inner join aturan_padan as aturan using (nomor)
    union all by name
    select 'CACAT' as jenis, unnest(case when len(cacat) = 0 then ['tanpa_cacat'] else cacat end) as kelompok, * from mutu_dinilai
    union all by name
    select 'CACAT' as jenis, 'kembar' as kelompok, * from mutu_dinilai where kembar
)

select
    jenis, kelompok, count(*), count(*) filter (where padan), count(*) filter (where benar), count(nik_benar),
    count(*) filter (where ragu), count(*) filter (where ragu and nik_benar is not null),
    count(*) filter (where kena_satu), count(*) filter (where kena_tiga)
from semua
group by jenis, kelompok
order by jenis, kelompok
"""
DOUBTFUL = """
select 'SEMUA', 'SEMUA', count(*), count(*) filter (where status_padan = 'RAGU') from mutu_baris
union all
select 'KELURAHAN', kode_kelurahan, count(*), count(*) filter (where status_padan = 'RAGU') from mutu_baris group by all
order by all
"""
GROUP_WORDS = """
select 'KELURAHAN', kode_kelurahan, kelurahan from samarinda_kelurahan
union all
select 'ATURAN', aturan, keterangan from aturan_padan
"""


def measure(con: duckdb.DuckDBPyConnection, home: Home, period: str) -> dict[str, Any]:
    """Fill ops.mutu_padan.

    Args:
        con: the warehouse, with mart_padan, mart_calon, mart_keputusan_dasar, ops.sampel and raw.sampel.
        home: where the truth lies, if anywhere.
        period: YYYY-MM.

    Returns:
        Counts; `_di_bawah_janji`: the rules that fall under their promise, in words; `_kesepakatan`: agreement of the
        readers (AC1) or None; `_dibaca`: lines read, and those that one reader alone has read.
    """
    from ssn_assets.store.transfer import fill

    con.execute(ROWS)
    facts = list(_doubtful(con))
    truth = truth_file(home, period)
    if truth:
        facts += _from_truth(con, truth)
    said, strangers = labelled.labels(con)
    facts += labelled.label_facts(con, said)
    words = {(kind, group): text for kind, group, text in con.execute(GROUP_WORDS).fetchall()}
    lines = [(period, *astuple(_with_words(fact, words))) for fact in facts]
    fill(con, "ops.mutu_padan", COLUMNS, lines)
    for table in ("mutu_baris", "mutu_dinilai"):
        con.execute(f"drop table if exists {table}")
    agreed = next((f.value for f in facts if f.measure == "ac1"), None)
    return {
        "dagster/row_count": len(lines),
        "label": sum(len(given) for given in said.values()),
        "label_di_luar_sampel": strangers,
        "_di_bawah_janji": [broken_promise(f) for f in facts if is_broken(f)],
        "_kesepakatan": agreed,
        "_dibaca": (len(said), sum(len(given) == 1 for given in said.values())),
    }


def truth_file(home: Home, period: str) -> Path | None:
    """The demo city's truth about a period; None for a real city."""
    if not home.truth.is_dir():
        return None
    from ssn_assets.demo.truth import TRUTH_FILE

    path = home.truth / period / TRUTH_FILE
    return path if path.is_file() else None


def is_broken(fact: QualityFact) -> bool:
    """Whether a rule's share of right rows is under what it promises."""
    return fact.promise is not None and fact.value is not None and fact.value < fact.promise


def broken_promise(fact: QualityFact) -> str:
    """The rule and its figures: KK_NAMA 801 dari 802 (SAMPEL; pasti di bawah janji)."""
    early = "; satu pembaca" if fact.measure == "presisi_sementara" else ""
    sure = "; pasti di bawah janji" if fact.high is None or fact.high < (fact.promise or 0) else "; perlu sampel lebih besar"
    return f"{fact.group} {fact.hits} dari {fact.of} ({fact.source}{early}{sure})"


def _fact(source: str, kind: str, group: str, measure: str, hits: int, of: int, promise: float | None = None) -> QualityFact:
    return QualityFact(source, kind, group, "", measure, round(hits / of, 6) if of else None, hits, of, None, None, promise)


def _with_words(fact: QualityFact, words: dict[tuple[str, str], str]) -> QualityFact:
    from dataclasses import replace

    return replace(fact, words=words.get((fact.kind, fact.group), ""))


def _doubtful(con: duckdb.DuckDBPyConnection) -> Iterator[QualityFact]:
    for kind, group, rows, doubtful in con.execute(DOUBTFUL).fetchall():
        yield _fact(COUNTED, kind, group, "bagian_ragu", doubtful, rows)


def _from_truth(con: duckdb.DuckDBPyConnection, truth: Path) -> Iterator[QualityFact]:
    con.execute(JUDGED, {"truth": str(truth)})
    promises = {name: plan().promise_of(name) for name in _padan_rules(con)}
    for kind, group, rows, matched, right, known, doubtful, findable, first, three in con.execute(BY_GROUP).fetchall():
        if kind == "ATURAN":
            if matched:
                yield _fact(TRUTH, kind, group, "presisi", right, matched, promises.get(group))
        else:
            yield _fact(TRUTH, kind, group, "presisi", right, matched)
            yield _fact(TRUTH, kind, group, "recall", right, known)
        if kind == "CACAT":
            yield _fact(TRUTH, kind, group, "bagian_ragu", doubtful, rows)
        if findable:
            yield _fact(TRUTH, kind, group, "calon_pertama_benar", first, findable)
            yield _fact(TRUTH, kind, group, "calon_tiga_benar", three, findable)


def _padan_rules(con: duckdb.DuckDBPyConnection) -> Sequence[str]:
    return [name for (name,) in con.execute("select aturan from aturan_padan where keputusan = 'PADAN'").fetchall()]
