"""The auditors' page: what it says, what it must never show, and that it needs nothing from outside."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from ssn_assets.oversight import charts, journey_page, wording
from ssn_assets.oversight.facts import AssetFact, CheckFact, Evidence, FileFact, HolderFact, RunFacts, StepFact
from ssn_assets.oversight.provenance import origins, trace
from ssn_assets.oversight.report import render, verdict

NOW = datetime(2026, 11, 1, 1, 30, tzinfo=UTC)
A_NIK = "6472031703810001"

LINEAGE = {
    "marts/mart_penerima": {
        "nik": (("intermediate/int_penduduk", "nik"), ("marts/mart_keputusan_dasar", "nik_padan")),
        "periode": (("ops/konteks", "periode"),),
        "tetap": (),
    },
    "marts/mart_keputusan_dasar": {"nik_padan": (("intermediate/int_penduduk", "nik"), ("staging/stg_dtks", "nik"))},
    "intermediate/int_penduduk": {"nik": (("raw/dukcapil", "nik_asal"),)},
    "staging/stg_dtks": {"nik": (("raw/dtks", "nik_asal"),)},
}


def check(**changes: object) -> CheckFact:
    plain = {
        "asset": "raw/dtks",
        "name": "nik__between",
        "stage": "intake",
        "sentence": "Bagian NIK yang terisi",
        "passed": True,
        "gate": True,
        "threshold": "paling sedikit 0.9",
        "measured": "0.97",
        "before": "0.96",
        "history": (True, False, True),
    }
    return CheckFact(**{**plain, **changes})  # type: ignore[arg-type]


def run(**changes: object) -> RunFacts:
    plain = {
        "run_id": "5f1d2a90-0000-4000-8000-aaaaaaaaaaaa",
        "period": "2026-10",
        "began": NOW,
        "assets": (
            AssetFact(
                "raw/dtks",
                "intake",
                "Daftar kesejahteraan",
                rows=571,
                counts={"baris_masuk": 580, "baris_karantina": 9},
            ),
            AssetFact(
                "marts/mart_penerima",
                "publication",
                rows=300,
                parents=("raw/dtks",),
                note="dilewati: masukan tidak berubah",
            ),
        ),
        "checks": (check(),),
        "lineage": LINEAGE,
    }
    return RunFacts(**{**plain, **changes})  # type: ignore[arg-type]


def evidence(**changes: object) -> Evidence:
    plain = {
        "policy": "2026-01",
        "legal_basis": "Perwali Samarinda 58/2022",
        "reference_date": date(2026, 10, 31),
        "registry_used": True,
        "registry_date": "2026-10-01",
        "files": (
            FileFact("dtks", "2026-10", f"data {A_NIK}.csv", True, 580, 571, 9, ""),
            FileFact("dtks", "2026-10", "biner.csv", False, 0, 0, 0, "Berkas ini kosong."),
        ),
        "quarantine": (("dtks", "Baris ini jumlah; bukan data.", 9),),
        "funnel": (("Baris DTKS yang dimuat", 571), ("Orang yang VALID", 300)),
        "reasons": (("GANDA", 12),),
    }
    return Evidence(**{**plain, **changes})  # type: ignore[arg-type]


def generic(kind: str, **kwargs: object) -> dict[str, object]:
    return {"name": f"{kind}_m", "test_metadata": {"name": kind, "kwargs": kwargs}}


class Page(HTMLParser):
    """The page's text, its references to the outside and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.ids = "", [], []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self._note(dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(dict(attrs))

    def _note(self, values: dict[str, str | None]) -> None:
        self.links += [values[name] for name in ("href", "src", "action", "data") if values.get(name)]
        self.ids += [values["id"]] if values.get("id") else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_is_whole_offline_and_without_long_numbers() -> None:
    html = render(run(), evidence(), NOW)
    page = Page(html)
    assert page.open == []
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not re.search(r"https?:|//|@import|url\(|<script", html)
    assert not re.search(r"\d{12,}", html)
    for words in (
        "Oktober 2026",
        "Bagian NIK yang terisi",
        "paling sedikit 0.9",
        "580 baris berkas",
        "Perwali Samarinda 58/2022",
        "Berkas ini kosong.",
        "dipakai lagi apa adanya",
        "NIK untuk kunci pencarian",
        "Baris ini jumlah",
    ):
        assert words.lower() in page.text.lower(), words


def test_page_of_a_run_that_never_got_anywhere() -> None:
    html = render(RunFacts("x", "2026-10", None), Evidence(), NOW)
    assert "belum membaca berkas" in html
    assert "belum sampai pada keputusan" in html


def test_the_cards_way_is_told_with_days_only_where_they_are_known() -> None:
    reached = dict.fromkeys((*journey_page.REACHED, "hari_ke_uang_diketahui"), 3)
    known = {"hari_ke_kartu_median": 12, "hari_ke_kartu_p90": 20, "hari_ke_kartu_diketahui": 1200}
    city = {
        **reached,
        **known,
        "hari_ke_kartu_tidak_diketahui": 4,
        "hari_ke_uang_diketahui": 0,
        "hari_ke_uang_tidak_diketahui": 0,
    }
    held = (
        HolderFact("KARTU", "BANK", "SEMUA", 7, 9, 14, 0),
        HolderFact("KARTU", "BANK", "JAWABAN", 5, None, None, 5),
        HolderFact("UANG", "KANTOR_BARU", "HAL_BARU", 1, 0, 0, 0),
    )
    html = render(run(), evidence(journey=city, holders=held), NOW)
    text = " ".join(Page(html).text.split())
    for words in (
        "Dari VALID sampai kartu di tangan: separuh dalam 12 hari, sembilan dari sepuluh dalam 20 hari (1.200 orang).",
        "Tanggal tidak diketahui: 4.",
        "Dari VALID sampai uang pertama: belum ada yang diketahui.",
        "Bankaltimtara: terkirim, bank belum menjawab kartu5tidak diketahuitidak diketahui5",
        "kantor baru: hal baru",
    ):
        assert words in text, words
    assert "Run ini belum sampai pada kartu" in render(run(), evidence(), NOW)


def test_outside_text_is_escaped_and_masked() -> None:
    html = render(run(), evidence(files=(FileFact("dtks", "", f"<b>{A_NIK}</b>.csv", False, 0, 0, 0, "X"),)), NOW)
    assert "<b>" not in html
    assert A_NIK not in html


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "lulus"),
        ({"checks": (check(), check(passed=False, gate=False))}, "catatan"),
        ({"checks": (check(passed=False),)}, "berhenti"),
        ({"steps": (StepFact("santer", 0, 1, failed=True),)}, "berhenti"),
        ({"checks": (check(), check(passed=None))}, "lulus"),
    ],
)
def test_verdict(changes: dict[str, object], kind: str) -> None:
    assert verdict(run(**changes)).kind == kind


def test_columns_are_followed_to_the_files() -> None:
    found = {o.column: o for o in origins(LINEAGE, "marts/mart_penerima")}
    assert found["nik"].sources == (("raw/dtks", "nik_asal"), ("raw/dukcapil", "nik_asal"))
    assert found["nik"].steps == ("intermediate/int_penduduk", "marts/mart_keputusan_dasar", "staging/stg_dtks")
    assert found["periode"].sources == (("ops/konteks", "periode"),)
    assert found["tetap"].sources == ()


def test_lineage_that_runs_in_a_circle_ends() -> None:
    circle = {"a": {"x": (("b", "x"),)}, "b": {"x": (("a", "x"), ("raw/dtks", "nik"))}}
    assert trace(circle, ("a", "x")).sources == (("raw/dtks", "nik"),)


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ((), "belum pernah"),
        ((True,) * 3, "3 kali terakhir selalu terpenuhi"),
        ((True, False, True, True), "1 kali tidak terpenuhi, terakhir 2 run sebelum ini"),
        ((True, False), "terakhir pada run ini"),
    ],
)
def test_trend_in_words(history: tuple[bool, ...], words: str) -> None:
    assert words in charts.trend_words(history)
    assert words in charts.trend(history)


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        ({"name": "x", "description": "Sudah  ada\nkalimatnya"}, "Sudah ada kalimatnya"),
        (generic("not_null", column_name="nik"), "Kolom nik selalu terisi"),
        (generic("unique", column_name="id"), "Tidak ada dua baris dengan id yang sama"),
        (generic("row_key", column_name="id"), "Kolom id selalu terisi dan tidak ada dua baris dengan isi yang sama"),
        (generic("accepted_values", column_name="k", values=["A", "B"]), "Kolom k hanya berisi A, B"),
        (
            generic("relationships", column_name="k", to="ref('m')", field="f"),
            "Setiap isi kolom k ada di kolom f tabel m",
        ),
        (generic("unique_together", columns=["a", "b"]), "Tidak ada dua baris dengan gabungan a, b yang sama"),
        (generic("no_row_where", condition="a  < 0"), "Tidak ada baris dengan a < 0"),
        (
            {**generic("expression_is_true", expression="a >= 0"), "config": {"where": "b = 1"}},
            "Selalu berlaku: a >= 0 (hanya baris dengan b = 1)",
        ),
        (
            {
                **generic("unique_together", columns=["a"]),
                "name": "mart_x_nik_satu_per_orang",
                "attached_node": "model.ssn.mart_x",
            },
            "NIK satu per orang",
        ),
        ({"name": "assert_baris_sama"}, "Baris sama"),
    ],
)
def test_dbt_tests_in_words(node: dict[str, object], sentence: str) -> None:
    assert wording.test_sentence(node) == sentence
