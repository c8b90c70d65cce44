"""Splink 5 with the best settings we found: exact NIK and name settle most rows, the model judges the rest.

KK and address are one "household" comparison (they are not independent); m of dissimilar names and of foreign NIKs is fixed, for
expectation maximisation would learn "a relative's NIK" as a match; names with term frequency. Training is part of the time: a
committed model would save it, but goes stale with the data.

    .venv-rivals/bin/python -m tests.bench.matchers.splink_five FOLDER
"""

from __future__ import annotations

import logging
import sys
from functools import reduce
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tests.bench.matchers.handover import Work

SETTLED, KEPT = 0.93, 0.5
PREPARED = """
create table {name} as
select
    {key}::varchar as unique_id, case when length(nik) = 16 and nik is distinct from no_kk then nik end as nik,
    case when length(no_kk) = 16 then no_kk end as kk, ejaan as nama, replace(ejaan, ' ', '') as rapat,
    list_sort(string_split(ejaan, ' ')) as kata, left(ejaan, 3) as huruf, kelurahan, rt, nullif(alamat, '') as alamat,
    case when length(nik) = 16 then substr(nik, 7, 6) end as lahir, left(nik, 12) as pangkal, substr(nik, 9, 8) as ujung
from (select *, {spelling} as ejaan from read_parquet('{file}')) where ejaan is not null
"""
OLD_SPELLING = {"OE": "U", "DJ": "J", "TJ": "C", "SJ": "SY", "CH": "KH", "NJ": "NY"}
WORDS_ALIKE = """case when length(x) = 1 or length(y) = 1 then case when left(x, 1) = left(y, 1) then 0.9 else 0 end
    else jaro_winkler_similarity(x, y) end"""
COVERED = f"list_min(list_transform(kata_{{a}}, lambda x: list_max(list_transform(kata_{{b}}, lambda y: {WORDS_ALIKE}))))"
BLOCKS: list[Any] = [
    block_on("nik"),
    block_on("kk"),
    "l.nik = r.kk",
    "l.kk = r.nik",
    block_on("pangkal", "huruf"),
    block_on("ujung", "huruf"),
    block_on("lahir", "kelurahan"),
    block_on("lahir", "huruf"),
    block_on("nama", "kelurahan"),
    block_on("kelurahan", "rt", "huruf"),
    block_on("rapat", "rt"),
]


def level(sql: str, label: str) -> Any:
    """A level of agreement in SQL."""
    return cll.CustomLevel(sql, label_for_charts=label)


def comparisons() -> list[Any]:
    """Name, NIK, household."""
    name = [
        cll.NullLevel("nama"),
        cll.ExactMatchLevel("nama", term_frequency_adjustments=True),
        level("rapat_l = rapat_r or kata_l = kata_r", "same words or letters"),
        level("jaro_winkler_similarity(nama_l, nama_r) >= 0.95", "nearly equal"),
        level(f"{COVERED.format(a='l', b='r')} >= 0.88 and {COVERED.format(a='r', b='l')} >= 0.88", "every word has a partner"),
        level("list_has_all(kata_l, kata_r) or list_has_all(kata_r, kata_l)", "words missing"),
        level("jaro_winkler_similarity(nama_l, nama_r) >= 0.88", "alike"),
        cll.ElseLevel().configure(m_probability=2e-5, fix_m_probability=True),
    ]
    number = [
        cll.NullLevel("nik"),
        cll.ExactMatchLevel("nik"),
        level("damerau_levenshtein(nik_l, nik_r) = 1", "one slip").configure(u_probability=2.5e-5, fix_u_probability=True),
        level("left(nik_l, 12) = left(nik_r, 12)", "same beginning").configure(u_probability=2.5e-5, fix_u_probability=True),
        level("lahir_l = lahir_r", "same birth date"),
        cll.ElseLevel().configure(m_probability=0.012, fix_m_probability=True),
    ]
    household = [
        level("kk_l is null and kelurahan_l is null", "unknown").configure(is_null_level=True),
        cll.ExactMatchLevel("kk"),
        level("hamming(lpad(kk_l, 16, '0'), lpad(kk_r, 16, '0')) = 1", "card with one slip"),
        level("kelurahan_l = kelurahan_r and alamat_l = alamat_r", "same address"),
        level("kelurahan_l = kelurahan_r and rt_l = rt_r", "same RT"),
        cll.ExactMatchLevel("kelurahan"),
        cll.ElseLevel(),
    ]
    levels = {"nama": name, "nik": number, "rumah": household}
    return [cl.CustomComparison(output_column_name=own, comparison_levels=of) for own, of in levels.items()]


def linked(work: Work, con: duckdb.DuckDBPyConnection) -> None:
    """Train on the residual and write table `dugaan`: every pair worth a look with its probability."""
    rows = con.execute("select count(*) from sisa").fetchone() or (0,)
    everyone = con.execute("select count(*) from penduduk").fetchone() or (0,)
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=BLOCKS,
        probability_two_random_records_match=min(0.8 / max(everyone[0], 1), 0.5),
        retain_matching_columns=False,
        em_convergence=0.001,
    )
    tables = [api.register("sisa", table_name="sisa"), api.register("penduduk", table_name="penduduk")]
    linker = Linker(tables, settings, log_level=logging.ERROR, validate_settings=False)
    with work.part("train"):
        linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
        fixed = {"fix_probability_two_random_records_match": True}
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("nik"), **fixed)
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("nama"), **fixed)
    with work.part("predict"):
        found = linker.inference.predict(threshold_match_probability=1e-4)
        con.execute(f"create table dugaan as from {found.physical_name}")
    work.pairs = rows[0] and (con.execute("select count(*) from dugaan").fetchone() or (0,))[0]


def main(folder: Path) -> None:
    """Exact matches, then the model on the rest, the best of each row."""
    work = Work("splink_five", folder)
    (folder / "splink.duckdb").unlink(missing_ok=True)
    con = duckdb.connect(str(folder / "splink.duckdb"), config={"temp_directory": str(folder / "spill")})
    with work.part("prepare"):
        spelling = reduce(lambda sql, pair: f"replace({sql}, '{pair[0]}', '{pair[1]}')", OLD_SPELLING.items(), "nama_norm")
        for name, key, file in (("daftar", "dtks_id", "dtks"), ("penduduk", "nik", "dukcapil")):
            con.execute(PREPARED.format(name=name, key=key, file=folder / f"{file}.parquet", spelling=spelling))
    with work.part("exact"):
        con.execute(
            f"""create table eksak as
            select d.unique_id as dtks_id, p.nik from daftar as d join penduduk as p on p.nik = d.nik
            where jaro_winkler_similarity(d.nama, p.nama) >= {SETTLED}"""
        )
        con.execute("create table sisa as from daftar where unique_id not in (select dtks_id from eksak)")
    linked(work, con)
    with work.part("choose"):
        answer = con.execute(
            f"""select dtks_id, nik, 1.0 as peluang from eksak
            union all
            select * from (
                select case when source_dataset_l = 'sisa' then unique_id_l else unique_id_r end::bigint as dtks_id,
                       case when source_dataset_l = 'sisa' then unique_id_r else unique_id_l end::varchar as nik,
                       match_probability as peluang
                from dugaan where match_probability >= {KEPT}
            ) qualify row_number() over (partition by dtks_id order by round(peluang, 9) desc, nik) = 1"""
        ).df()
    con.close()
    (folder / "splink.duckdb").unlink()
    work.give(answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
