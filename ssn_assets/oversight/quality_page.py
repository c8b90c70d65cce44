"""What the auditors' page shows of match quality: which figures, in which order, in which words. Layout is the template's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ssn_assets.oversight.facts import QualityFact
from ssn_assets.oversight.wording import number

MEASURES = {
    "presisi": "Presisi: orangnya benar di antara yang diputuskan PADAN",
    "presisi_sementara": "Presisi sementara: juga baris sampel yang baru dibaca satu orang",
    "presisi_terburuk": "Presisi bila setiap baris sampel yang belum disepakati dihitung salah",
    "recall": "Recall: diputuskan PADAN dengan benar di antara yang orangnya ada di data kependudukan",
    "bagian_ragu": "Bagian yang RAGU dan diserahkan kepada petugas",
    "calon_pertama_benar": "Baris RAGU yang calon pertamanya orang yang benar",
    "calon_tiga_benar": "Baris RAGU yang orangnya ada di antara tiga calon",
    "sepakat": "Kedua pembaca memberi putusan yang sama",
    "kappa": "Kesepakatan pembaca di luar kebetulan (kappa Cohen)",
    "ac1": "Kesepakatan pembaca di luar kebetulan (AC1 Gwet), juga bila hampir semua SAMA",
    "belum_sepakat": "Baris sampel yang dibaca dua orang dan belum disepakati; pembaca ketiga dapat memutuskan",
    "satu_pembaca": "Baris sampel yang baru dibaca satu orang, dan belum dihitung",
}
SOURCES = {
    "KEBENARAN": "kota contoh",
    "SAMPEL": "sampel terbaca",
    "HITUNGAN": "semua baris",
}
GLUE = "\N{NO-BREAK SPACE}"
WORST = 10
"""Kelurahan shown: those where the matching did worst; all are in mutu_padan.csv."""


@dataclass(frozen=True)
class Line:
    """One line of a table. kind: lulus or catatan where there is a promise, else empty."""

    code: str
    words: str
    cells: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the page; the first column is the group."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def tables(facts: Sequence[QualityFact]) -> list[Table]:
    """The tables of the section; [] when nothing was measured."""
    return [t for t in (_overall(facts), _rules(facts), _defects(facts), _kelurahan(facts)) if t.lines]


def is_judged(facts: Sequence[QualityFact]) -> bool:
    """Whether anything says what is right: truth or labels."""
    return any(f.measure in ("presisi", "presisi_sementara") and f.value is not None for f in facts)


def share(value: float | None) -> str:
    """A share as written in Indonesian, in one piece: 99,954 %."""
    return "" if value is None else f"{value * 100:.3f}{GLUE}%".replace(".", ",")


def out_of(fact: QualityFact) -> str:
    """Counts behind a share."""
    return f"{number(fact.hits)}{GLUE}dari{GLUE}{number(fact.of)}"


def interval(fact: QualityFact) -> str:
    """The interval of an estimate."""
    return "" if fact.low is None else f"{share(fact.low)} s.d. {share(fact.high)}"


def _overall(facts: Sequence[QualityFact]) -> Table:
    found = [f for f in facts if f.group == "SEMUA"]
    order = list(MEASURES)
    lines = [
        Line(
            f.measure,
            MEASURES[f.measure],
            (f"{f.value:.3f}".replace(".", ",") if f.measure in ("kappa", "ac1") and f.value is not None else share(f.value),
             out_of(f), interval(f), SOURCES[f.source]),
        )
        for f in sorted(found, key=lambda f: (order.index(f.measure), f.source))
        if f.measure in MEASURES
    ]  # fmt: skip
    return Table("Seluruh daftar", ("Ukuran", "Nilai", "Jumlah", "Selang 95 %", "Sumber"), tuple(lines))


def _rules(facts: Sequence[QualityFact]) -> Table:
    found = [f for f in facts if f.kind == "ATURAN" and f.measure in ("presisi", "presisi_sementara", "calon_pertama_benar")]
    lines = []
    for f in sorted(found, key=lambda f: (f.promise is None, f.value if f.value is not None else 2, f.group, f.source)):
        kept = f.promise is None or f.value is None or f.value >= f.promise
        words = f.words if f.promise is not None else f"{f.words} (RAGU: calon pertama)"
        words += " (sementara: satu pembaca)" if f.measure == "presisi_sementara" else ""
        kind = "" if f.promise is None else "lulus" if kept else "catatan"
        promise = "" if f.promise is None else share(f.promise)
        lines.append(Line(f.group, words, (share(f.value), out_of(f), interval(f), promise, SOURCES[f.source]), kind))
    columns = ("Aturan", "Benar", "Jumlah", "Selang 95 %", "Janji", "Sumber")
    return Table("Menurut aturan, yang terlemah lebih dulu", columns, tuple(lines))


def _defects(facts: Sequence[QualityFact]) -> Table:
    return Table(
        "Menurut cacat data pada kota contoh",
        ("Cacat", "Presisi", "Recall", "RAGU", "Baris"),
        tuple(_by_group([f for f in facts if f.kind == "CACAT"])),
    )


def _kelurahan(facts: Sequence[QualityFact]) -> Table:
    lines = _by_group([f for f in facts if f.kind == "KELURAHAN"])[:WORST]
    return Table(
        f"Menurut kelurahan, {WORST} yang paling rendah", ("Kelurahan", "Presisi", "Recall", "RAGU", "Baris"), tuple(lines)
    )


def _by_group(facts: Sequence[QualityFact]) -> list[Line]:
    """A line a group: precision, recall, doubtful share and rows; the lowest recall first, then the most doubtful."""
    groups: dict[str, dict[str, QualityFact]] = defaultdict(dict)
    for f in facts:
        groups[f.group][f.measure] = f

    def weakness(item: tuple[str, dict[str, QualityFact]]) -> tuple[float, float, str]:
        group, measures = item
        recall, doubtful = measures.get("recall"), measures.get("bagian_ragu")
        known = recall.value if recall and recall.value is not None else 1.0
        return (known, -(doubtful.value or 0.0) if doubtful else 0.0, group)

    lines = []
    for group, measures in sorted(groups.items(), key=weakness):
        any_fact = next(iter(measures.values()))
        shares = [share(measures[m].value) if m in measures else "" for m in ("presisi", "recall", "bagian_ragu")]
        rows = number(measures["bagian_ragu"].of) if "bagian_ragu" in measures else ""
        lines.append(Line(group or "(tidak dikenal)", any_fact.words, (*shares, rows)))
    return lines
