"""The policy of a day: dated files, each mistake told with its place and what to do."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from ssn_assets.decision.policy import POLICIES, PolicyError, copy_policy, load_policy
from ssn_assets.decision.schema import FACTS, REASONS
from ssn_assets.settings import PROJECT_ROOT

GIVEN = (POLICIES / "2026-01.yaml").read_text()


def write(folder: Path, name: str = "2027-01.yaml", content: str = GIVEN, **changes: str) -> Path:
    """A policy file; changes replace the value of a top-level key, None removes it."""
    for key, value in changes.items():
        line = f"{key}: {value}" if value is not None else ""
        content, found = re.subn(rf"(?m)^{key}: .*$", line, content)
        if not found:
            content = f"{line}\n{content}"
    (folder / name).write_text(content)
    return folder


def test_the_policy_in_force_says_what_the_contract_says():
    policy = load_policy(date(2026, 10, 31))
    assert policy.versi == "2026-01" and policy.dasar_hukum == ["Perwali Samarinda 58/2022", "Perwali Samarinda 18/2024"]
    assert [rule.alasan for rule in policy.kriteria] == REASONS
    assert [rule.alasan for rule in policy.kriteria if rule.jenis == "tunda"] == REASONS[9:]
    assert policy.umur_minimal_pemegang == 17


def test_a_policy_holds_until_the_next_starts(tmp_path):
    write(tmp_path, "a.yaml")
    write(tmp_path, "b.yaml", versi='"2027-01"', berlaku_mulai="2027-01-01")
    assert load_policy(date(2026, 12, 31), tmp_path).versi == "2026-01"
    assert load_policy(date(2027, 1, 1), tmp_path).versi == "2027-01"


def test_dates_may_end_the_day_before_the_next(tmp_path):
    write(tmp_path, "a.yaml", berlaku_sampai="2026-12-31")
    write(tmp_path, "b.yaml", versi='"2027-01"', berlaku_mulai="2027-01-01")
    assert load_policy(date(2027, 1, 31), tmp_path).versi == "2027-01"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"bulan_verivikasi": "12"}, r"2027-01.yaml, baris 1, bulan_verivikasi: kunci ini tidak dikenal"),
        ({"bulan_verifikasi": '"12"'}, r"baris \d+, bulan_verifikasi: harus bilangan bulat"),
        ({"bulan_verifikasi": "0"}, r"bulan_verifikasi: harus sedikitnya 1"),
        ({"bulan_bansos": None}, r"bulan_bansos: kunci ini wajib ada"),
        ({"berlaku_mulai": '"2026-01-01"'}, r"berlaku_mulai: harus tanggal"),
        ({"berlaku_mulai": "2026-02-31"}, r"2027-01.yaml: ada nilai yang tidak mungkin"),
        ({"berlaku_sampai": "2025-12-31"}, r"berlaku_sampai lebih awal"),
        ({"versi": "[1]"}, r"versi: harus teks"),
        ({"versi": '"a"\nversi: "b"'}, r"kunci 'versi' ditulis dua kali"),
        ({"versi": '"a'}, r"2027-01.yaml, baris \d+: bukan YAML yang benar"),
    ],
)
def test_a_wrong_key_is_told_with_its_place(tmp_path, changes, says):
    with pytest.raises(PolicyError, match=says):
        load_policy(date(2026, 10, 31), write(tmp_path, **changes))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "alasan: MAMPU",
            "alasan: KAYA",
            r"baris \d+, kriteria\[8\].alasan: alasan 'KAYA' tidak dikenal; pakai salah satu dari TIDAK_TERDAFTAR",
        ),
        ("bila: {jawaban: [MAMPU]}", "bila: {gaji: [9]}", r"kriteria\[8\].bila: fakta 'gaji' tidak dikenal"),
        ("jawaban: [MAMPU]", "jawaban: [KAYA]", r"nilai 'KAYA' tidak mungkin bagi fakta 'jawaban'"),
        ("jawaban: [MAMPU]", "jawaban: MAMPU", r"harus daftar"),
        ("alasan: MAMPU", "alasan: MENOLAK", r"kriteria MENOLAK ditulis dua kali"),
        ("bila: {duplikat: [YA]}", "bila: {duplikat: [TIDAK]}", r"kriteria GANDA dengan 'bila: \{duplikat: \[YA\]\}' wajib ada"),
        (
            "jenis: tunda\n    bila: {tinjauan",
            "jenis: nanti\n    bila: {tinjauan",
            r"kriteria\[10\].jenis: harus salah satu dari 'gagal' atau 'tunda'",
        ),
        ("hanya_bila_lolos: true", "hanya_bila_lolos: ya", r"hanya_bila_lolos: harus true atau false"),
        ("bagian_blokir: 0.05", "bagian_blokir: 5", r"rem.bagian_blokir: harus paling banyak 1"),
    ],
)
def test_a_wrong_rule_is_told_with_its_place(tmp_path, old, new, says):
    assert GIVEN.count(old) == 1
    with pytest.raises(PolicyError, match=says):
        load_policy(date(2026, 10, 31), write(tmp_path, content=GIVEN.replace(old, new)))


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({"berlaku_sampai": "2026-11-30"}, {}, r"a.yaml dan b.yaml: tidak ada kebijakan dari 2026-12-01 sampai 2026-12-31"),
        ({"berlaku_sampai": "2027-01-01"}, {}, r"a.yaml dan b.yaml: masa berlaku bertumpuk dari 2027-01-01"),
        ({}, {"berlaku_mulai": "2026-01-01"}, r"keduanya mulai 2026-01-01"),
        ({}, {"versi": '"2026-01"'}, r"b.yaml: versi '2026-01' sudah dipakai a.yaml"),
    ],
)
def test_policies_that_do_not_fit_together(tmp_path, first, second, says):
    write(tmp_path, "a.yaml", **first)
    write(tmp_path, "b.yaml", **{"versi": '"2027-01"', "berlaku_mulai": "2027-01-01", **second})
    with pytest.raises(PolicyError, match=says):
        load_policy(date(2026, 10, 31), tmp_path)


@pytest.mark.parametrize(
    ("day", "changes", "says"),
    [
        (date(2025, 12, 31), {}, "baru berlaku 2026-01-01, sedangkan periode berakhir 2025-12-31"),
        (date(2027, 1, 31), {"berlaku_sampai": "2026-12-31"}, "hanya berlaku sampai 2026-12-31"),
    ],
)
def test_a_day_without_policy(tmp_path, day, changes, says):
    with pytest.raises(PolicyError, match=says):
        load_policy(day, write(tmp_path, **changes))


def test_an_empty_folder_or_file(tmp_path):
    with pytest.raises(PolicyError, match="tidak ada berkas kebijakan"):
        load_policy(date(2026, 10, 31), tmp_path)
    with pytest.raises(PolicyError, match="kosong"):
        load_policy(date(2026, 10, 31), write(tmp_path, content="# nanti"))


def test_programmes_that_exclude_become_patterns(tmp_path):
    con = duckdb.connect()
    con.execute("create schema ops")
    copy_policy(con, load_policy(date(2026, 10, 31)))

    def excluded(programme: str) -> list[str | None]:
        query = "select program from ops.program_pusat where ? like pola escape '!'"
        return [name for (name,) in con.execute(query, [programme]).fetchall()]

    assert excluded("BPNT") == excluded("SEMBAKO") == ["SEMBAKO"]
    assert excluded("BLT-KESRA") == excluded("BLT") == [None]
    assert excluded("PBI-JKN") == excluded("PAKET-SEMBAKO-KOTA") == excluded("PKH2") == []


def test_facts_of_the_schema_are_those_of_the_model():
    """A fact that a policy may name and that no model gives would be a rule that never holds."""
    sql = (PROJECT_ROOT / "dbt_project/models/intermediate/decision/int_fakta.sql").read_text()
    assert set(re.findall(r"'(\w+)=(?:PERLU)?'", sql)) == set(FACTS)
    described = yaml.safe_load((PROJECT_ROOT / "dbt_project/models/intermediate/decision/int_fakta.yml").read_text())
    assert all(fact in described["models"][0]["description"] for fact in FACTS)
    macro = (PROJECT_ROOT / "dbt_project/macros/keputusan.sql").read_text()
    assert re.findall(r"'(\w+)'", macro[macro.index("macro reasons") : macro.index("macro card_steps")]) == REASONS
