"""Cities for the matching benchmark: made once and kept in the cache, handed to the rivals as Parquet, or grown to many shards.

What runs on them and what it cost does not belong here (match.py).
"""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

from ssn_assets.dbt import DbtRun
from ssn_assets.demo.city import write_city
from ssn_assets.home import Home
from ssn_assets.warehouse import open_warehouse
from tests.bench.bench import PERIOD, demo_version
from tests.bench.matchers import intake
from tests.bench.matchers.handover import TIDY_ADDRESS
from tests.bench.other_city import write_other_city
from tests.bench.people import WORDS

LIST = f"""
select
    dtks.dtks_id, raw.nama_asal, raw.nik as nik, case when raw.no_kk_kelas = 'BAIK' then raw.no_kk end as no_kk,
    dtks.nama, dtks.nama_norm, dtks.kelurahan_angka as kelurahan, dtks.rt_angka as rt,
    {TIDY_ADDRESS.replace("alamat", "dtks.alamat")} as alamat,
    dtks.tanggal_lahir, dtks.jenis_kelamin, dtks.nama_ibu
from int_dtks as dtks inner join raw.dtks as raw using (dtks_id)
"""
REGISTRY = f"""
select
    orang.nik, orang.no_kk, orang.nama, orang.nama_norm, kunci.kelurahan_angka as kelurahan, kunci.rt_angka as rt,
    {TIDY_ADDRESS.replace("alamat", "orang.alamat")} as alamat, orang.tanggal_lahir, orang.jenis_kelamin, orang.nama_ibu,
    orang.status
from int_penduduk as orang inner join int_penduduk_kunci as kunci using (nik_angka)
"""
TRUTH = "select dtks_id, nik_benar from raw.dtks inner join read_parquet('{truth}') using (berkas, baris)"


OTHER = "other"
"""The second error model, not so many times the demo's faults. Seeds 511 to 522 changed some rules: judge by others."""


def city(cache: Path, people: int, seed: int, faults: str) -> Path:
    """The folder of a city (inbox and truth only), made on first use.

    Args:
        faults: how many times the demo's faults, or OTHER.
    """
    folder = cache / f"match-{people}-{seed}-{faults}-{other_version() if faults == OTHER else demo_version()}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"Making the city: {people:,} people, seed {seed}, faults {faults} (once) ...", flush=True)
        if faults == OTHER:
            write_other_city(Home(folder), people, seed, PERIOD)
        else:
            write_city(Home(folder), people=people, seed=seed, period=PERIOD, defects=float(faults), with_bad_files=False)
        (folder / "ready").touch()
    return folder


def other_version() -> str:
    """Changes when a city of the other model would."""
    texts = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("other_*.py"))]
    return hashlib.sha256(b"".join([demo_version().encode(), WORDS.read_bytes(), *texts])).hexdigest()[:10]


def fresh_home(cache: Path, made: Path) -> Home:
    """A home of that city's inbox and nothing else."""
    root = cache / "match-home"
    shutil.rmtree(root, ignore_errors=True)
    for part in ("inbox", "demo"):
        shutil.copytree(made / part, root / part, copy_function=_link)
    return Home(root).prepare()


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def hand_over(home: Home, folder: Path) -> None:
    """After our own matching: the same rows, cleaned, for the rivals; and the truth beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    truth = TRUTH.format(truth=home.truth / PERIOD / "truth.parquet")
    with open_warehouse(home) as con:
        for name, query in (("dtks", LIST), ("dukcapil", REGISTRY), ("truth", truth)):
            con.execute(f"copy ({query}) to '{folder}/{name}.parquet' (format parquet)")
        con.execute(
            f"""copy (
                select dtks_id, coalesce(nik_padan, nik_calon) as nik, skor as peluang, status_padan from mart_padan
            ) to '{folder}/ours.parquet' (format parquet)"""
        )


def grown(cache: Path, people: int, seed: int, shards: int) -> Home:
    """A home with many cities' worth of people, loaded and ready for the matching.

    Each shard is a demo city of its own seed. Its NIK and KK get other digits in the region part (each digit another one, so that
    a slip of the pen stays a slip), its kelurahan other codes. stg_wilayah is filled here: run the matching without it.
    """
    root = cache / f"match-grown-{people}-{seed}-{shards}-{demo_version()}"
    home = Home(root / "home")
    if (root / "ready").exists():
        return home
    shutil.rmtree(root, ignore_errors=True)
    home.prepare()
    (home.truth / PERIOD).mkdir(parents=True)
    for shard in range(shards):
        one = fresh_home(cache, city(cache, people, seed + shard, "1"))
        intake.main(one, PERIOD)
        _export_shard(one, root, shard)
    _unite(home, root, shards)
    (root / "ready").touch()
    return home


def _export_shard(one: Home, root: Path, shard: int) -> None:
    digits = other_digits(shard)

    def moved(column: str) -> str:
        return f"translate(left({column}, 6), '123456789', '{digits}') || substr({column}, 7)"

    with open_warehouse(one) as con:
        con.execute(
            f"""copy (
                select * replace (
                    'kota{shard}_' || berkas as berkas, {moved("nik")} as nik, {moved("no_kk")} as no_kk,
                    {moved("nik_asal")} as nik_asal, {moved("no_kk_asal")} as no_kk_asal,
                    case when kelurahan <> '' then kelurahan || ' #{shard}' end as kelurahan)
                from raw.dtks
            ) to '{root}/dtks_{shard:02d}.parquet' (format parquet)"""
        )
        con.execute(
            f"""copy (
                select * replace (
                    'kota{shard}_' || berkas as berkas, {moved("nik")} as nik, {moved("no_kk")} as no_kk,
                    {_moved_place("kode_kelurahan", str(shard))} as kode_kelurahan)
                from raw.dukcapil
            ) to '{root}/dukcapil_{shard:02d}.parquet' (format parquet)"""
        )
        con.execute(
            f"""copy (
                select * replace ('kota{shard}_' || berkas as berkas, {moved("nik_benar")} as nik_benar)
                from read_parquet('{one.truth / PERIOD / "truth.parquet"}')
            ) to '{root}/truth_{shard:02d}.parquet' (format parquet)"""
        )


def other_digits(shard: int) -> str:
    """What the digits 1 to 9 become in a shard; the first keeps its own."""
    digits = list("123456789")
    if shard:
        random.Random(shard).shuffle(digits)
    return "".join(digits)


def _moved_place(code: str, shard: str) -> str:
    return f"(left({code}, 2)::integer + {shard})::varchar || substr({code}, 3)"


def _unite(home: Home, root: Path, shards: int) -> None:
    """One list, one registry, one truth, and the kelurahan codes of every shard's ways of writing them."""
    with open_warehouse(home) as con:
        con.execute(
            f"""create table raw.dtks as
            select * replace (row_number() over (order by berkas, baris) as dtks_id) from read_parquet('{root}/dtks_*.parquet')"""
        )
        con.execute(f"create view raw.dukcapil as from read_parquet('{root}/dukcapil_*.parquet')")
        con.execute(f"create table ops.konteks as select '{PERIOD}' as periode, true as registri_dipakai")
        con.execute("create table ops.koreksi_nik (nik_lama text, nik_baru text)")
        con.execute(
            f"copy (from read_parquet('{root}/truth_*.parquet')) to '{home.truth / PERIOD / 'truth.parquet'}' (format parquet)"
        )
        # the platform knows one city: it reads the kelurahan without the shard's mark, then each shard gets its codes
        con.execute(
            "create table tanda as select *, nullif(regexp_extract(kelurahan, ' #([0-9]+)$', 1), '') as kota from raw.dtks"
        )
        con.execute("update raw.dtks set kelurahan = regexp_replace(kelurahan, ' #[0-9]+$', '')")
    run = DbtRun(home, ["+stg_wilayah"])
    run.build()
    assert run.error is None, run.error
    with open_warehouse(home) as con:
        con.execute(
            f"""create table wilayah_kota as
            select wilayah.* replace (
                wilayah.kelurahan || ' #' || kota.n as kelurahan,
                {_moved_place("wilayah.kode_kelurahan", "kota.n")} as kode_kelurahan)
            from stg_wilayah as wilayah cross join range({shards}) as kota (n)
            where wilayah.kelurahan is not null or kota.n = 0"""
        )
        con.execute("drop table stg_wilayah")
        con.execute("alter table wilayah_kota rename to stg_wilayah")
        con.execute("drop table raw.dtks")
        con.execute("create table raw.dtks as select * exclude (kota) from tanda")
        con.execute("drop table tanda")
