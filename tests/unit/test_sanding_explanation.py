"""The words and the picture of one row's explanation, what they cover, and the log of who uncovered it."""

from __future__ import annotations

import json
import stat
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ssn_assets.home import Home
from ssn_assets.sanding import masking, opened
from ssn_assets.sanding.explanation import Candidate, Explanation, Field, Rule
from ssn_assets.sanding.telling import bits, odds, tell
from ssn_assets.sanding.waterfall import draw

NIK, NAME = "6472010101900001", "SITI AMINAH"
RULE = Rule(
    72,
    "WILAYAH_NAMA",
    "kelurahan cocok & nama yang jarang",
    "*",
    "*",
    "KELURAHAN_SAMA",
    "*",
    "*",
    5,
    1,
    False,
    12.0,
    8.0,
    "PADAN",
)
WEAK = Rule(84, "CALON_LEMAH", "seseorang mungkin", "*", "*", "*", "*", "*", 2, 1, False, -4.0, -99.0, "RAGU")
FIELDS = (
    Field("AWAL", "ORANG", "satu di antara semua orang", "", "", -7.3, 0.0, -7.3),
    Field("NIK", "TIDAK_ADA", "NIK kosong", "", NIK, -6.0, -5.0, -1.0),
    Field("NAMA", "KELAS_5", "nama sama", NAME, NAME, -0.2, -21.7, 21.5),
    Field("KK", "BEDA", "nomor KK lain", "64", "65", -22.0, -22.0, 0.0),
    Field("IBU", "TIDAK_ADA", "nama ibu tidak ditulis", "", "FATIMAH", 0.0, 0.0, 0.0),
    Field("DIPAKAI", "TIDAK", "", "", "", 0.0, 0.0, 0.0),
)


def explanation(**changes: object) -> Explanation:
    plain = Explanation(
        dtks_id=7, period="2026-10", file="a <1>.csv", row=9, status="PADAN", note="", rule=RULE, exact=False, score=0.99,
        certainty=13.2, lead=99.0, considered=1, people=5000, row_values=(("NIK", ""), ("NAMA", NAME)),
        candidates=(Candidate(1, NIK, NAME, "AKTIF", FIELDS, 13.2),),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def picture(found: Explanation) -> tuple[ET.Element, str]:
    svg = draw(found)
    return ET.fromstring(svg), svg


@pytest.mark.parametrize(
    ("covered", "plain"),
    [
        (masking.number(NIK), "••••••••••••0001"),
        (masking.number("123"), "•••"),
        (masking.name("SITI  AMINAH"), "S••• A•••"),
        (masking.day("1990-01-31"), "1990-••-••"),
        (masking.address("JL. MAWAR 12"), "J••• M••• ••••"),
        (masking.name(""), ""),
    ],
)
def test_covered_values(covered: str, plain: str) -> None:
    assert covered == plain


def test_bits_and_odds_in_words() -> None:
    assert (bits(12.34), bits(-7.0), bits(0.0), bits(-0.01)) == ("+12,3", "−7,0", "0,0", "0,0")
    assert odds(10) == "1.024 banding 1 bahwa ini orangnya dan bukan orang tak tercatat"
    assert "BUKAN" in odds(-3) and "triliun" in odds(60)


def test_a_sure_row_names_its_rule_its_demands_and_each_field() -> None:
    said = tell(explanation())
    for words in (
        "a <1>.csv baris 9, periode 2026-10",
        "PADAN: tepat satu orang",
        "aturan 72 WILAYAH_NAMA",
        "Keyakinan +13,2 bit: 9.410 banding 1 bahwa ini orangnya dan bukan orang tak tercatat; tidak ada calon kedua.",
        "keyakinan paling sedikit +12,0 bit dan jarak ke calon kedua paling sedikit +8,0 bit",
        "satu dari 5.000 orang di registri",
        "(tidak ditulis)",
        "--buka",
    ):
        assert words in said, words
    assert "Dipakai" not in said


def test_a_doubtful_row_says_what_was_lacking_and_what_came_of_it() -> None:
    found = explanation(status="RAGU", rule=WEAK, nearest=RULE, note="CALON_LEMAH", certainty=0.9, later="PADAN (KELURAHAN)")
    said = tell(found)
    assert "Belum PADAN: yang terdekat, aturan 72 WILAYAH_NAMA" in said
    assert "buktinya kurang" in said and "Sesudah jawaban kelurahan: PADAN (KELURAHAN)." in said
    assert "untuk PADAN diminta +12,0" in picture(found)[1]
    nobody = explanation(status="RAGU", rule=WEAK, nearest=None, certainty=0.9)
    assert "Tidak ada aturan yang membolehkan PADAN" in tell(nobody)


@pytest.mark.parametrize(
    ("levels", "name", "fits"),
    [
        (("SUNTING", "COCOK", "RT_SAMA", "LAHIR_IBU", "TIDAK"), (3, 2, True), True),
        (("KK", "COCOK", "RT_SAMA", "LAHIR_IBU", "TIDAK"), (3, 2, True), False),
        (("SUNTING", "BEDA", "RT_SAMA", "LAHIR_IBU", "TIDAK"), (3, 2, True), False),
        (("SUNTING", "COCOK", "BEDA", "LAHIR_IBU", "TIDAK"), (3, 2, True), False),
        (("SUNTING", "COCOK", "RT_SAMA", "TIDAK_ADA", "TIDAK"), (3, 2, True), False),
        (("SUNTING", "COCOK", "RT_SAMA", "LAHIR_IBU", "YA"), (3, 2, True), False),
        (("SUNTING", "COCOK", "RT_SAMA", "LAHIR_IBU", "TIDAK"), (2, 2, True), False),
        (("SUNTING", "COCOK", "RT_SAMA", "LAHIR_IBU", "TIDAK"), (3, 1, True), False),
        (("SUNTING", "COCOK", "RT_SAMA", "LAHIR_IBU", "TIDAK"), (3, 2, False), False),
    ],
)
def test_a_rule_is_near_only_when_every_level_it_asks_for_is_there(
    levels: tuple[str, ...], name: tuple[int, ...], fits: bool
) -> None:
    """Without a birth date on the row no rule that asks for one may be called the nearest."""
    rule = Rule(27, "A", "", "SUNTING", "COCOK|SETARA", "RT_SAMA", "LAHIR_IBU", "TIDAK", 3, 2, True, 4.0, 8.0, "PADAN")
    assert rule.fits(levels, name) is fits


def test_how_far_ahead_is_explained_where_there_is_a_second_candidate() -> None:
    words = "keyakinan calon kedua dapat lebih besar"
    assert words in tell(explanation(lead=0.7)) and words not in tell(explanation(lead=99.0))


def test_open_values_come_with_the_word_that_it_was_logged() -> None:
    assert "sudah dicatat" in tell(explanation(opened=True)) and "sudah dicatat" not in tell(explanation())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exact": True, "certainty": None, "lead": None}, "tidak ada yang ditimbang"),
        (
            {"status": "TIDAK_PADAN", "rule": None, "certainty": None, "lead": None, "candidates": (), "considered": 0},
            "Tidak ada",
        ),
        ({"status": "BELUM", "rule": None, "certainty": None, "lead": None, "candidates": (), "considered": 0}, "dapat dipakai"),
    ],
)
def test_rows_without_anything_weighed_say_so(changes: dict[str, object], words: str) -> None:
    if changes.get("exact"):
        changes["candidates"] = (Candidate(1, NIK, NAME, "AKTIF", tuple(replace(f, bits=None) for f in FIELDS)),)
    found = explanation(**changes)
    assert words in tell(found)
    tree, svg = picture(found)
    assert words in svg and not tree.findall(".//{*}rect[@class]")


def test_the_picture_is_whole_by_itself_and_says_what_it_shows() -> None:
    tree, svg = picture(explanation(lead=10.0))
    assert tree.get("role") == "img" and tree.get("aria-labelledby") == "judul uraian"
    assert "a <1>.csv baris 9" in tree.find("{*}title").text  # type: ignore[union-attr, operator]
    described = tree.find("{*}desc").text or ""  # type: ignore[union-attr]
    assert "Keyakinan" in described and "diminta +12,0" in described and "Tidak dapat dibandingkan: Nama ibu." in described
    assert "Dibandingkan tetapi tidak membedakan dari orang yang tidak tercatat: Nomor KK." in described
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "") and "<script" not in svg
    bars = [r for r in tree.findall(".//{*}rect") if r.get("class")]
    assert [b.get("class") for b in bars] == ["turun", "turun", "naik", "jumlah", "jumlah"]
    assert len(tree.findall(".//{*}line[@class='batas']")) == 2


def test_bars_start_where_the_one_before_ended() -> None:
    tree, _ = picture(explanation())
    start, nik, name = [r for r in tree.findall(".//{*}rect") if r.get("class") in ("naik", "turun")]
    left = {r: float(r.get("x")) for r in (start, nik, name)}  # type: ignore[arg-type]
    assert left[start] == pytest.approx(left[nik] + float(nik.get("width")), abs=0.2)  # type: ignore[arg-type]
    assert left[name] == pytest.approx(left[nik], abs=0.2)


def test_who_uncovered_which_row_is_kept_and_nothing_else(home: Home) -> None:
    for row in (7, 8):
        opened.record_opening(home, datetime(2026, 11, 1, tzinfo=UTC), "ani", "2026-10", row, row + 1, "ab12")
    lines = [json.loads(line) for line in opened.log_path(home).read_text().splitlines()]
    row = {"periode": "2026-10", "dtks_id": 8, "baris": 9, "berkas_sha256": "ab12"}
    assert lines[1] == {"waktu": "2026-11-01T00:00:00+00:00", "siapa": "ani", **row}
    assert len(lines) == 2 and stat.S_IMODE(opened.log_path(home).stat().st_mode) == 0o600
