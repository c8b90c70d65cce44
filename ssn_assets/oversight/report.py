"""laporan_mutu.html: one run for people who were not there. Words are `wording.py`'s, layout the template's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ssn_assets.oversight import charts, journey_page, quality_page, wording
from ssn_assets.oversight.facts import AssetFact, CheckFact, Column, Evidence, RunFacts
from ssn_assets.oversight.provenance import origins
from ssn_assets.oversight.wording import number, plain

if TYPE_CHECKING:
    from jinja2 import Template

LOCAL = ZoneInfo("Asia/Makassar")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
OWN_KEY = "laporan_mutu"
"""The page itself is a product of the run that is never finished when it is drawn."""

SKIPPED = "dilewati"
"""How the note of an asset begins whose step had nothing to do (`steps.py`)."""

PUBLISHED = {
    "marts/mart_keputusan": "Keputusan (keputusan.parquet)",
    "marts/mart_penerima": "Penerima yang dipublikasikan (SANTER, JSON, berkas bank)",
}


@dataclass(frozen=True)
class Verdict:
    """The run in one sentence. kind: lulus, catatan or berhenti."""

    kind: str
    title: str
    sentence: str


def render(run: RunFacts, evidence: Evidence, now: datetime) -> str:
    """The whole page.

    Args:
        run: the run, perhaps not quite ended.
        evidence: counts from the warehouse.
        now: when the page is drawn.
    """
    skipped = [a for a in run.assets if a.note.startswith(SKIPPED)]
    return _template().render(
        periode=month(run.period),
        verdict=verdict(run),
        facts=_key_facts(run, evidence, now),
        unmet=sorted((c for c in run.checks if c.passed is False), key=lambda c: not c.gate),
        corong=charts.funnel(evidence.funnel) if evidence.funnel else "",
        evidence=evidence,
        journey=journey_page.tables(evidence.journey, evidence.holders),
        days=journey_page.days(evidence.journey),
        quality=quality_page.tables(evidence.quality),
        quality_judged=quality_page.is_judged(evidence.quality),
        stages=_by_stage(run.checks, lambda c: c.stage),
        flow=_by_stage((a for a in run.assets if a.key != OWN_KEY), lambda a: a.stage),
        rows_in=_rows_in(run),
        files=_files(evidence),
        refused=[f for f in evidence.files if not f.accepted],
        sources=_sources(run),
        skipped=skipped,
        skipped_by_stage=_by_stage(skipped, lambda a: a.stage),
        missing=[a for a in run.assets if not a.done and a.key != OWN_KEY],
        run=run,
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    folder.filters.update(
        angka=number,
        kata=plain,
        samar=wording.masked,
        tren=charts.trend,
        sumber=_sources_in_words,
        jenis=_kind,
        hasil=result,
        keluar=_rows_out,
        tentang=_about,
    )
    return folder.get_template("laporan_mutu.html")


def verdict(run: RunFacts) -> Verdict:
    """Stopped when a gate did not hold or a step failed; with remarks when only a warning did not hold; else passed."""
    ran = [c for c in run.checks if c.passed is not None]
    gates = [c for c in ran if c.gate and not c.passed]
    failed = [s for s in run.steps if s.failed]
    remarks = [c for c in ran if not c.passed]
    if gates or failed:
        trouble = f"{len(failed)} langkah gagal karena gangguan, bukan karena data"
        why = f"{len(gates)} gerbang mutu tidak terpenuhi" if gates else trouble
        rest = "Yang ada di hilirnya tidak dijalankan, dan publikasi yang berlaku tidak berubah."
        return Verdict("berhenti", "Run ini dihentikan", f"{why}. {rest}")
    counted = f"{number(len(ran))} pemeriksaan dijalankan"
    if remarks:
        rest = f"{len(remarks)} tidak terpenuhi tetapi bukan gerbang, jadi tidak menghentikan run."
        return Verdict("catatan", "Lulus dengan catatan", f"{counted}; {rest}")
    return Verdict("lulus", "Lulus", f"{counted}, semuanya terpenuhi.")


def result(check: CheckFact) -> tuple[str, str]:
    """(kind, word) of a check's result; kind: lulus, catatan, berhenti or belum."""
    if check.passed is None:
        return "belum", "tidak dijalankan"
    if check.passed:
        return "lulus", "terpenuhi"
    return ("berhenti", "tidak terpenuhi, menghentikan run") if check.gate else ("catatan", "tidak terpenuhi, dicatat")


def month(period: str) -> str:
    """2026-10 -> Oktober 2026."""
    year, number_of_month = period.split("-")
    return f"{MONTHS[int(number_of_month) - 1]} {year}"


def _day(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def _moment(value: datetime) -> str:
    local = value.astimezone(LOCAL)
    return f"{_day(local.date())} pukul {local:%H.%M.%S} WITA"


def _key_facts(run: RunFacts, evidence: Evidence, now: datetime) -> list[tuple[str, str]]:
    registry = {
        None: "tidak diketahui: langkah ini tidak dijalankan",
        True: f"per {_day(date.fromisoformat(evidence.registry_date))}" if evidence.registry_date else "dapat dipakai",
        False: "tidak dapat dipakai: semua baris BELUM dipadankan, tidak ada publikasi baru",
    }[evidence.registry_used]
    return [
        ("Tanggal acuan", _day(evidence.reference_date) if evidence.reference_date else "tidak diketahui"),
        ("Data kependudukan", registry),
        ("Bantuan pusat terakhir", month(evidence.aid_period) if evidence.aid_period else "tidak ada yang diterima"),
        ("Kebijakan", f"versi {evidence.policy}" if evidence.policy else "tidak diketahui"),
        ("Dasar hukum", evidence.legal_basis or "tidak diketahui"),
        ("Run dimulai", _moment(run.began) if run.began else "tidak diketahui"),
        ("Halaman dibuat", _moment(now)),
        ("Nomor run", run.run_id),
    ]


def _by_stage(facts: Iterable[Any], stage: Callable[[Any], str]) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        groups[stage(fact)].append(fact)
    known = [(words, groups.pop(name)) for name, words in wording.STAGES.items() if name in groups]
    return known + [(plain(name).capitalize() or "Lain-lain", rest) for name, rest in groups.items()]


def _rows_in(run: RunFacts) -> dict[str, str]:
    """Per asset what it read: each parent with its rows, or the rows of the files for what comes from an office."""
    rows = {a.key: a.rows for a in run.assets}
    return {a.key: _read(a, rows) for a in run.assets}


def _read(asset: AssetFact, rows: dict[str, int | None]) -> str:
    if "baris_masuk" in asset.counts:
        return f"{number(asset.counts['baris_masuk'])} baris berkas"
    parts = []
    for parent in asset.parents:
        count = rows.get(parent)
        parts.append(parent.rsplit("/", 1)[-1] + (f" {number(count)}" if count is not None else ""))
    return "; ".join(parts)


def _rows_out(asset: AssetFact) -> str:
    if not asset.done:
        return "tidak dijalankan"
    if asset.rows is not None:
        return number(asset.rows)
    return "tampilan" if wording.is_dbt(asset.key) else ""


def _about(asset: AssetFact) -> str:
    return wording.table(asset.key) if wording.is_dbt(asset.key) else asset.description


def _files(evidence: Evidence) -> list[tuple[str, int, int, int, int, int]]:
    """Per kind: files accepted, refused, rows in, loaded, quarantined."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for f in evidence.files:
        for place, value in enumerate((f.accepted, not f.accepted, f.rows_in, f.loaded, f.quarantined)):
            sums[f.kind][place] += int(value)
    return [(_kind(kind), *sums[kind]) for kind in wording.KINDS if kind in sums]  # type: ignore[misc]


def _kind(kind: str) -> str:
    return wording.KINDS.get(kind, plain(kind))


def _sources(run: RunFacts) -> list[tuple[str, list[tuple[str, str, str, tuple[tuple[str, str], ...]]]]]:
    """Per published asset its columns: name, meaning, steps passed, source columns."""
    tables = []
    for key, title in PUBLISHED.items():
        lines = [
            (o.column, wording.column(o.column), " ← ".join(step.rsplit("/", 1)[-1] for step in o.steps), o.sources)
            for o in sorted(origins(run.lineage, key), key=lambda o: wording.column_order(o.column))
        ]
        if lines:
            tables.append((title, lines))
    return tables


def _sources_in_words(sources: Iterable[Column]) -> list[tuple[str, str]]:
    """(place, its columns) pairs: files first, then what the offices decided; reference tables in one line, by name."""
    groups: dict[str, list[str]] = defaultdict(list)
    reference: dict[str, None] = {}
    for asset, column in sorted(sources, key=lambda source: (not source[0].startswith("raw/"), source)):
        if wording.is_dbt(asset):
            reference.setdefault(asset.rsplit("/", 1)[-1])
        else:
            groups[wording.origin(asset)].append(column)
    lines = [(place, ", ".join(columns)) for place, columns in groups.items()]
    return lines + ([("Tabel acuan", ", ".join(reference))] if reference else [])
