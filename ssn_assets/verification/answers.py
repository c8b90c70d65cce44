"""Answers and cases between the warehouse and the store: every answer kept once, every case remembered.

Which answer counts is not decided here (dbt model int_verifikasi), nor how sheets are read (intake) or written (`worklist.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ssn_assets.store.engine import timestamp, writing
from ssn_assets.store.schema import jawaban, jawaban_keadaan, kasus
from ssn_assets.store.transfer import fill, insert_rows, read_rows

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy import Engine

RECEIVED = ("berkas_sha256", "baris", "berkas", "id_kasus", "keputusan", "petugas", "tanggal", "nik_benar", "catatan")
ANSWER = {
    "jawaban_id": "bigint",
    "id_kasus": "text",
    "keputusan": "text",
    "petugas": "text",
    "tanggal": "date",
    "nik_benar": "text",
    "catatan": "text",
    "baris": "bigint",
    "berkas": "text",
}
STATE = ("nik_awal", "kode_kelurahan", "no_kk", "status")


def save_answers(con: duckdb.DuckDBPyConnection, engine: Engine, now: datetime) -> int:
    """Keep the answers of raw.verifikasi in the store; an answer already there (same file content, same row) stays as it is.

    They are numbered in the order in which they count among answers of the same date: when first seen, then row, then file.

    Args:
        con: the warehouse.
        engine: the store.
        now: the moment of this run; all answers first seen in it share it.

    Returns:
        How many answers were new.
    """
    received = con.execute("select berkas_sha256, count(*) from raw.verifikasi group by all").fetchall()
    with writing(engine) as store:
        stored = dict(read_rows(store, "select berkas_sha256, count(*) from jawaban group by berkas_sha256"))
        changed = [sha256 for sha256, count in received if stored.get(sha256) != count]
        if not changed:
            return 0
        partly = set(read_rows(store, "select berkas_sha256, baris from jawaban")) if stored else set()
        rows = con.execute(
            """
            select berkas_sha256, baris, berkas, id_kasus, keputusan, petugas, tanggal::text, nik_benar, catatan, $seen
            from raw.verifikasi
            where list_contains($changed::text[], berkas_sha256)
            order by baris, berkas
            """,
            {"changed": changed, "seen": timestamp(now)},
        ).fetchall()
        return insert_rows(store, jawaban, (*RECEIVED, "dilihat_pada"), [row for row in rows if row[:2] not in partly])


def copy_answers(con: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Copy all answers, each with the person's state when it first took effect, into ops.jawaban. Returns their number."""
    answer, state = (", ".join(f"{alias}.{name}" for name in names) for alias, names in (("j", ANSWER), ("k", STATE)))
    with engine.connect() as store:
        rows = read_rows(
            store,
            f"select {answer}, {state} from jawaban as j"
            " left join jawaban_keadaan as k on k.jawaban_id = j.jawaban_id order by j.jawaban_id",
        )
    return fill(con, "ops.jawaban", {**ANSWER, **{f"keadaan_{name}": "text" for name in STATE}}, rows)


def copy_cases(con: duckdb.DuckDBPyConnection, engine: Engine) -> int:
    """Copy every case ever sent, with the kelurahan it was first sent to, into ops.kasus. Returns their number."""
    with engine.connect() as store:
        rows = read_rows(store, "select id_kasus, kode_kelurahan from kasus order by id_kasus")
    return fill(con, "ops.kasus", {"id_kasus": "text", "kode_kelurahan": "text"}, rows)


def record_cases(con: duckdb.DuckDBPyConnection, engine: Engine, period: str) -> dict[str, int]:
    """Remember the cases that mart_keputusan_dasar opens, and the person's state where an answer takes effect for the first time.

    Args:
        con: the warehouse, with the decisions of the period.
        engine: the store.
        period: YYYY-MM, kept with cases that are new.

    Returns:
        Counts of new cases (`kasus_baru`) and of answers that took effect (`jawaban_mulai_berlaku`).
    """
    opened = con.execute(
        """
        select id_kasus, min(kode_kelurahan), $period
        from mart_keputusan_dasar
        where kasus_terbuka
        group by id_kasus
        order by id_kasus
        """,
        {"period": period},
    ).fetchall()
    in_force = con.execute(
        """
        select jawaban_id, min(nik_awal), min(kode_kelurahan), min(no_kk_padan), min(status_registri)
        from mart_keputusan_dasar
        where verifikasi is not null and nik_awal is not null
        group by jawaban_id
        order by jawaban_id
        """
    ).fetchall()
    with writing(engine) as store:
        sent = {case for (case,) in read_rows(store, "select id_kasus from kasus")}
        effective = {answer for (answer,) in read_rows(store, "select jawaban_id from jawaban_keadaan")}
        new_cases = [row for row in opened if row[0] not in sent]
        new_states = [row for row in in_force if row[0] not in effective]
        return {
            "kasus_baru": insert_rows(store, kasus, ("id_kasus", "kode_kelurahan", "periode_pertama"), new_cases),
            "jawaban_mulai_berlaku": insert_rows(store, jawaban_keadaan, ("jawaban_id", *STATE), new_states),
        }
