"""Demo operators, demo bank and the score, on decisions made by hand for a tiny city."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from ssn_assets.demo.bank import UNKNOWN_ID, answer_bank_files
from ssn_assets.demo.operators import UNKNOWN_CASE, answer_worklists
from ssn_assets.demo.score import score
from ssn_assets.demo.sheets import write_sheet
from ssn_assets.demo.truth import TRUTH_FILE
from ssn_assets.home import Home

PERIOD = "2026-10"
AREA = "64.72.03.1005"
A, B, C, D, E, OTHER = (f"64720301019000{i:02d}" for i in range(1, 7))
SHEET = [
    "id_kasus",
    "nama",
    "alamat",
    "rt",
    "nik_akhir",
    "catatan_sistem",
    "keputusan",
    "petugas",
    "tanggal",
    "nik_benar",
    "catatan",
]

# baris, nik_benar, cacat, keadaan, sah | status_padan, nik_padan, metode_padan, keputusan, id_kasus
ROWS: list[tuple[Any, ...]] = [
    (2, A, [], "WARGA", True, "PADAN", A, "NIK", "VALID", "K1"),
    (3, B, ["NIK_KOSONG"], "WARGA", True, "RAGU", None, None, "MENUNGGU", "K2"),
    (4, C, ["NIK_KELUARGA"], "WARGA", True, "PADAN", OTHER, "NIK", "VALID", "K3"),
    (5, D, [], "MENINGGAL", False, "PADAN", D, "NIK", "MENUNGGU", "K4"),
    (6, None, ["ORANG_ASING"], "TIDAK_DITEMUKAN", False, "RAGU", None, None, "MENUNGGU", "K5"),
    (7, E, ["NAMA_PANGGILAN"], "WARGA", True, "TIDAK_PADAN", None, None, "TIDAK_VALID", None),
    (8, A, ["GANDA_NIK_SAMA"], "WARGA", True, "PADAN", A, "NIK", "TIDAK_VALID", None),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path).prepare()
    frame = pd.DataFrame(
        ROWS,
        columns=[
            "baris",
            "nik_benar",
            "cacat",
            "keadaan",
            "sah",
            "status_padan",
            "nik_padan",
            "metode_padan",
            "keputusan",
            "id_kasus",
        ],
    )
    frame["berkas"] = "a.csv"
    truth = frame[["berkas", "baris", "nik_benar", "cacat", "keadaan", "sah"]].assign(kembar=False)
    decisions = frame[["berkas", "baris", "status_padan", "nik_padan", "metode_padan", "keputusan", "id_kasus"]]
    decisions = decisions.assign(
        duplikat_dari=None, alasan=[["PERLU_TINJAUAN"] if s == "RAGU" else [] for s in frame["status_padan"]]
    )
    for path, table in (
        (home.truth / PERIOD / TRUTH_FILE, truth),
        (home.period(PERIOD) / "keputusan.parquet", decisions),
    ):
        path.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path)
    home.worklists(PERIOD).mkdir()
    cases = [(f"K{i}", "NAMA", "JL. X", "001", "0001", "catatan", "", "", "", "", "") for i in range(1, 6)]
    write_sheet(home.worklists(PERIOD) / f"{AREA}.xlsx", [("Daftar kerja",), (), SHEET], cases)
    return home


def answers(home: Home) -> dict[str, dict[str, str]]:
    """id_kasus -> its row in the filled sheets."""
    found = {}
    for path in home.inbox("verifikasi").glob(f"{AREA}*"):
        if path.suffix == ".xlsx":
            rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        else:
            text = path.read_text(encoding="utf-8-sig")
            rows = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text else ","))
        at = next(i for i, row in enumerate(rows) if "id_kasus" in row)
        found.update({row[rows[at].index("id_kasus")]: dict(zip(rows[at], map(str, row), strict=True)) for row in rows[at + 1 :]})
    return found


@pytest.mark.parametrize("seed", range(6))
def test_operators_answer_the_truth_and_name_the_right_nik_where_the_sheet_shows_another(home: Home, seed: int) -> None:
    report = answer_worklists(home, PERIOD, seed=seed)
    assert (report.sheets, report.cases, report.answered) == (1, 5, 5)
    filled = answers(home)
    said = {case: (row["keputusan"].strip().upper(), row["nik_benar"]) for case, row in filled.items()}
    assert said == {
        "K1": ("WARGA", ""),
        "K2": ("WARGA", B),
        "K3": ("WARGA", C),
        "K4": ("MENINGGAL", ""),
        "K5": ("TIDAK_DITEMUKAN", ""),
    }
    assert all(row["petugas"] and row["tanggal"] for row in filled.values())
    assert UNKNOWN_CASE in (home.inbox("verifikasi") / f"kiriman_ulang_{PERIOD}.csv").read_text()


def test_a_share_of_the_cases_is_left_blank_and_a_second_turn_overwrites_nothing(home: Home) -> None:
    first = answer_worklists(home, PERIOD, share=0.5, seed=2)
    assert 0 < first.answered < 5
    before = {p.name: p.read_bytes() for p in home.inbox("verifikasi").iterdir()}
    assert answer_worklists(home, PERIOD, share=0.5, seed=2).answered == first.answered
    after = {p.name: p.read_bytes() for p in home.inbox("verifikasi").iterdir()}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()
    assert sum(1 for row in answers(home).values() if row["keputusan"].strip()) == first.answered


def test_the_score_counts_right_wrong_and_missing(home: Home) -> None:
    result = score(home, PERIOD)
    assert (result.rows, result.with_person, result.padan, result.padan_right) == (7, 6, 4, 3)
    assert result.precision == pytest.approx(3 / 4)
    assert result.recall == pytest.approx(3 / 6)
    assert result.ragu_share == pytest.approx(2 / 7)
    assert (result.lost, result.expected_valid, result.valid) == (1, 4, 2)
    assert (result.wrong_valid, result.missing_valid) == (1, 3)
    assert {d["cacat"]: d["salah"] for d in result.by_defect}["NIK_KELUARGA"] == 1
    assert dict(result.missing_why)["PERLU_TINJAUAN"] == 1
    assert "presisi 0.75000" in result.describe()
    assert "NIK_KELUARGA" in result.table()


def test_without_decisions_or_truth_there_is_no_score(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        score(Home(tmp_path), PERIOD)
    with pytest.raises(FileNotFoundError):
        answer_worklists(Home(tmp_path), PERIOD)


def bank_lines(home: Home) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Lines of all answers, and the total each CSV says it has."""
    lines: list[dict[str, str]] = []
    totals = {}
    for path in sorted(home.inbox("bank").iterdir()):
        if path.suffix == ".xlsx":
            header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
            lines += [dict(zip(header, row, strict=True)) for row in rows]
        else:
            *some, total = csv.DictReader(path.read_text().splitlines())
            lines += some
            totals[path.name] = int(re.sub(r"\D", "", total["id_penerbitan"]))
    return lines, totals


def sheet_lines(home: Home) -> int:
    (path,) = home.inbox("bank").glob("*.xlsx")
    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1


def test_a_rude_bank_repeats_forgets_is_late_adds_up_wrongly_and_sends_the_whole_file_again(home: Home) -> None:
    kinds = {f"P{i:04d}": "BLOKIR" if i % 50 == 0 else "BARU" for i in range(1, 401)}
    lines = [f"D|{i}|{issuance}|{kind}|647200000000|x" for i, (issuance, kind) in enumerate(kinds.items(), 1)]
    text = "H|1|1|0|2026-11-01T16:30:00Z|SAMARINDA-SSN|BANKALTIMTARA|PENERBITAN|2026-10\n" + "\n".join(lines) + "\nT|1|400|x|0\n"
    (home.bank / "penerbitan_0001.txt").write_text(text)
    report = answer_bank_files(home, seed=4)
    assert (report.batches, report.issuances) == (1, 400)
    assert {p.suffix for p in home.inbox("bank").iterdir()} == {".csv", ".xlsx"}
    got, totals = bank_lines(home)
    assert len(got) == report.lines > len({tuple(line.values()) for line in got})  # some twice
    assert totals["jawaban_0001_pusat.csv"] != len(got) - sheet_lines(home)
    answered = {line["id_penerbitan"] for line in got} - {UNKNOWN_ID}
    assert answered < set(kinds) and len(answered) > 380
    assert {line["tanggal"] for line in got} == {"2026-11-02"}  # in Samarinda it is past midnight
    blocked = {line["id_penerbitan"] for line in got if line["status"] == "DIBLOKIR"}
    assert blocked <= {issuance for issuance, kind in kinds.items() if kind == "BLOKIR"}
    statuses = {line["status"] for line in got}
    assert {"DITOLAK", "GAGAL_BUKA", "DISERAHKAN", "BELUM_DIAMBIL", "SIAP_DIAMBIL"} <= statuses

    again = answer_bank_files(home, seed=4)
    assert again.batches == 0 and again.late > 0
    more, totals = bank_lines(home)
    reissued = more[len(got) :]
    assert totals["jawaban_0001_revisi.csv"] == len(reissued)
    assert {line["id_penerbitan"] for line in reissued} == answered
    said = {tuple(line.values()) for line in got if line["id_penerbitan"] != UNKNOWN_ID}
    assert len({tuple(line.values()) for line in reissued} - said) == again.late
    assert answer_bank_files(home, seed=4).late == 0
