"""Many rows between store and warehouse: every value arrives as it was, whichever way it takes."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from ssn_assets.store import transfer
from ssn_assets.store.engine import writing
from ssn_assets.store.schema import jawaban_bank, kasus
from ssn_assets.store.transfer import copy_over, fill, insert_from, insert_rows, read_rows, stream

pytest_plugins = ("tests.unit.store_backends",)

TEXT = {"id_kasus": "text", "kode_kelurahan": "text", "periode_pertama": "text"}
PLAIN = [("K1", None, ""), ("K2", "64.72", "é 😀 '\" \\N \t,"), ("K3", "", "x" * 5000)]
BROKEN = [("K4", "dua\nbaris", "x"), ("K5", "\r", "\n")]


@pytest.mark.parametrize("rows", [PLAIN, PLAIN + BROKEN, []], ids=["plain", "line breaks", "none"])
@pytest.mark.parametrize("at_once", [2, 10_000])
@pytest.mark.parametrize("with_a_query", [True, False])
def test_what_the_warehouse_has_reaches_the_store_and_comes_back(
    engine: Engine, rows: list[tuple[str | None, ...]], at_once: int, with_a_query: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "AT_ONCE", at_once)
    con = duckdb.connect()
    fill(con, "asal", TEXT, rows)
    with writing(engine) as store:
        if with_a_query:
            assert insert_from(store, kasus, tuple(TEXT), con, "from asal", "id_kasus") == len(rows)
        else:
            assert insert_rows(store, kasus, tuple(TEXT), stream(con.execute("from asal order by id_kasus"))) == len(rows)
    with engine.connect() as store:
        assert read_rows(store, "select * from kasus order by id_kasus") == rows
        assert copy_over(store, con, "salinan", TEXT, "kasus") == len(rows)
    assert con.execute("from salinan order by id_kasus").fetchall() == rows


@pytest.mark.parametrize("with_a_query", [True, False])
def test_numbers_stay_numbers_and_a_quote_in_what_is_the_same_for_all_rows_stays_one(engine: Engine, with_a_query: bool) -> None:
    columns = ("berkas_sha256", "baris", "berkas", "id_penerbitan", "status")
    con = duckdb.connect()
    con.execute(
        "create table asal as select 'ab' as sha, i::bigint as baris, 'a.csv', 'P' || i, 'DITERIMA' from range(3) as t(i)"
    )
    with writing(engine) as store:
        same = {"dilihat_pada": "jum'at"}
        if with_a_query:
            assert insert_from(store, jawaban_bank, columns, con, "from asal", "baris", same) == 3
        else:
            assert insert_rows(store, jawaban_bank, columns, stream(con.execute("from asal order by baris")), same) == 3
    with engine.connect() as store:
        kinds = {"baris": "bigint", "dilihat_pada": "text", "alasan": "text"}
        assert copy_over(store, con, "salinan", kinds, "jawaban_bank where baris > 0", temporary=True) == 2
    assert con.execute("from salinan order by baris").fetchall() == [(1, "jum'at", None), (2, "jum'at", None)]


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(st.characters(exclude_characters="\0\x1a", codec="utf-8")), st.none() | st.integers(0, 2**62)
        )
    )
)
def test_rows_of_the_warehouse_are_those_it_fetches_itself(rows: list[tuple[str | None, int | None]]) -> None:
    con = duckdb.connect()
    fill(con, "asal", {"teks": "text", "angka": "bigint"}, rows)
    asked = "select * from asal order by all"
    assert list(stream(con.execute(asked))) == con.execute(asked).fetchall()
