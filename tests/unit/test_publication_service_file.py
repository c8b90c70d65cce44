"""The lookup service's part of a release: what the right numbers open, and what a thief sees without the key."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets import sealing
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.publication.release import release
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import KK, NIK, NOW, OTHERS, PEOPLE, tree, warehouse


def records(home: Home, publication_id: str = "2026-10-0001") -> dict[bytes, bytes]:
    with sqlite3.connect(home.santer / publication_id / "layanan.sqlite") as table:
        return dict(table.execute("select kunci, isi from entri").fetchall())


def opened(home: Home, nik: str, no_kk: str, publication_id: str = "2026-10-0001") -> sealing.Entry | None:
    keys = sealing.publication_keys(read_or_create(home, sealing.SERVICE_KEY), publication_id)
    who = sealing.person(nik, no_kk)
    sealed = records(home, publication_id).get(sealing.find_key(keys, who))
    return sealed and sealing.decode(sealing.unseal(sealing.open_key(keys, who), sealed))


def test_the_right_numbers_open_the_entry(home: Home) -> None:
    release(warehouse(PEOPLE), open_store(home), home, "2026-10", NOW)
    assert opened(home, NIK, KK) == sealing.Entry("VALID", (), ("BLT", "SEMBAKO"), "DIPESAN", "2026-10")
    assert opened(home, *PEOPLE[1][:2]) == sealing.Entry("TIDAK_VALID", ("GANDA", "BANSOS_PUSAT"), (), "", "2026-10")
    assert opened(home, NIK, PEOPLE[2][1]) is None
    said = (home.santer / "2026-10-0001" / "layanan.json").read_bytes()
    facts = sealing.read_document(bytes.fromhex((home.keys / "publikasi.pub").read_text()), said)
    assert (facts["id"], facts["records"]) == ("2026-10-0001", 4096)
    with pytest.raises(sealing.SealError):
        sealing.read_document(sealing.public_key(bytes(32)), said)


def test_the_payment_stands_in_the_sealed_record_only(home: Home) -> None:
    paid = {NIK: "2026-10 BERHASIL"}
    release(warehouse(PEOPLE, payments=paid), open_store(home), home, "2026-10", NOW)
    assert opened(home, NIK, KK) == sealing.Entry("VALID", (), ("BLT", "SEMBAKO"), "DIPESAN", "2026-10", "2026-10 BERHASIL")
    assert opened(home, *PEOPLE[1][:2]) == sealing.Entry("TIDAK_VALID", ("GANDA", "BANSOS_PUSAT"), (), "", "2026-10")
    assert {len(sealed) for sealed in records(home).values()} == {sealing.SEALED_SIZE}
    assert not [name for name, content in tree(home).items() if b"BERHASIL" in content]


def test_records_from_before_there_were_payments_are_read_and_still_written_so() -> None:
    old = b'["VALID","",["BLT"],"DISERAHKAN","2026-09"]'.ljust(sealing.PLAIN_SIZE)
    entry = sealing.Entry("VALID", (), ("BLT",), "DISERAHKAN", "2026-09")
    assert sealing.decode(old) == entry and sealing.encode(entry) == old
    new = sealing.encode(replace(entry, pembayaran="2026-09 RETUR"))
    assert sealing.decode(new).pembayaran == "2026-09 RETUR" and len(new) == sealing.PLAIN_SIZE


def test_every_reason_at_once_leaves_room_for_card_and_payment() -> None:
    from ssn_assets.decision.schema import REASONS

    entry = sealing.Entry("TIDAK_VALID", tuple(REASONS), ("PKH",) * 9, "REKENING_DIBUKA", "2026-10", "2026-10 BERHASIL")
    back = sealing.decode(sealing.encode(entry))
    assert back == replace(entry, kategori_bantuan=back.kategori_bantuan)


def test_a_thief_without_the_key_sees_one_size_a_padded_count_and_no_link(home: Home) -> None:
    store = open_store(home)
    release(warehouse(PEOPLE), store, home, "2026-10", NOW)
    release(warehouse(OTHERS), store, home, "2026-10", NOW)
    first, second = records(home), records(home, "2026-10-0002")
    assert len(first) == len(second) == 4096
    assert {len(v) for v in first.values()} == {sealing.SEALED_SIZE} and {len(k) for k in first} == {sealing.KEY_SIZE}
    assert len(set(first.values())) == 4096  # equal entries do not look equal
    assert not first.keys() & second.keys()
    wrong = sealing.publication_keys(bytes(32), "2026-10-0001")
    assert not any(sealing.find_key(wrong, sealing.person(*row[:2])) in first for row in PEOPLE)


def test_lost_damaged_or_rekeyed_it_comes_back_and_same_content_keeps_its_bytes(home: Home) -> None:
    store = open_store(home)
    release(warehouse(PEOPLE), store, home, "2026-10", NOW)
    before = tree(home)
    (home.santer / "2026-10-0001" / "layanan.sqlite").write_bytes(b"rusak")
    assert release(warehouse(PEOPLE), store, home, "2026-10", NOW + timedelta(days=1)).status == "DIPULIHKAN"
    (home.santer / "2026-10-0001" / "layanan.json").unlink()
    assert release(warehouse(PEOPLE), store, home, "2026-10", NOW).status == "DIPULIHKAN"
    assert tree(home) == before
    assert release(warehouse(PEOPLE), store, home, "2026-10", NOW).status == "TETAP"
    shutil.move(home.keys / "layanan.key", home.keys / "lama.key")
    assert release(warehouse(PEOPLE), store, home, "2026-10", NOW).status == "DIPULIHKAN"
    assert opened(home, NIK, KK) is not None


@given(
    st.builds(
        sealing.Entry,
        st.sampled_from(["VALID", "MENUNGGU", "TIDAK_VALID"]),
        st.lists(st.sampled_from(["GANDA", "BANSOS_BELUM_DIPERIKSA"]), max_size=4, unique=True).map(tuple),
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=9).map(tuple),
        st.sampled_from(["", "DIPESAN"]),
        st.just("2026-10"),
        st.sampled_from(["", "2026-10 DIPESAN", "2026-09 BERHASIL"]),
    )
)
def test_every_entry_has_one_size_and_loses_only_kinds_of_aid(entry: sealing.Entry) -> None:
    text = sealing.encode(entry)
    back = sealing.decode(text)
    assert len(text) == sealing.PLAIN_SIZE
    assert back.kategori_bantuan == entry.kategori_bantuan[: len(back.kategori_bantuan)]
    assert back == replace(entry, kategori_bantuan=back.kategori_bantuan)
    assert len(json.loads(sealing.sign_document(bytes(32), [])).keys()) == 2
