"""An explanation as a picture: bars from where the matching starts, field by field, to the certainty that the rule asks about.

One SVG without scripts, fonts or anything from outside; a title and a description read aloud say the same. The words are
`telling.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from ssn_assets.sanding.explanation import NO_LIMIT, NO_SECOND, Candidate, Explanation
from ssn_assets.sanding.telling import (
    LABELS,
    STATUS,
    bits,
    compared,
    lead_words,
    other_explanation,
    rule_words,
    start_words,
    tells_nothing,
)

WIDTH = 960
LEFT, RIGHT = 330, 830
"""Where the bars stand; to the left the field and what was found, to the right the weight."""
TOP, ROW = 118, 40
FOOT = {"tebal": 104, "": 118, "kecil": 138}
"""Letters of each kind that fit below the bars."""
FOOT_LINE = 19
STYLE = """
text { font: 14px 'Noto Sans', 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #17262e; }
.judul { font-size: 19px; font-weight: 700; } .kecil { font-size: 12px; fill: #50636d; } .tebal { font-weight: 700; }
.naik { fill: #0b5a6f; } .turun { fill: #c2571a; } .jumlah { fill: #17262e; } .sambung { stroke: #8aa0aa; stroke-dasharray: 2 3; }
.nol { stroke: #17262e; } .batas { stroke: #a11d1d; stroke-width: 2; stroke-dasharray: 7 4; }
.tepi { stroke: #fff; stroke-width: 6; } .ambang { fill: #a11d1d; font-size: 12px; }
"""


@dataclass(frozen=True)
class Bar:
    """One line of the picture, in bits from the left."""

    label: str
    words: str
    start: float
    end: float
    total: bool = False
    limit: float | None = None
    limit_words: str = ""

    @property
    def size(self) -> float:
        return self.end - self.start


def draw(found: Explanation) -> str:
    """The picture of a row's best candidate.

    Returns:
        SVG text. Where nothing was weighed (same NIK and name, no candidate, no registry) it says so in words.
    """
    bars, silent = _bars(found)
    return _svg(found, bars, silent)


def _bars(found: Explanation) -> tuple[list[Bar], list[str]]:
    """The bars, and a sentence each on the fields that have none."""
    candidate = next((c for c in found.candidates if c.certainty is not None), None)
    if candidate is None:
        return [], []
    bars: list[Bar] = []
    blank: list[str] = []
    even: list[str] = []
    at = 0.0
    for field in candidate.fields:
        if field.name == "AWAL" or not tells_nothing(field):
            words = start_words(found, candidate) if field.name == "AWAL" else field.words
            bars.append(Bar(LABELS[field.name], words, at, at + (field.bits or 0)))
            at += field.bits or 0
        elif field.name not in ("DIPAKAI", "LAINNYA"):
            (even if compared(field) else blank).append(LABELS[field.name])
    silent = [f"Tidak dapat dibandingkan: {', '.join(blank)}."] if blank else []
    if even:
        silent.append(f"Dibandingkan tetapi tidak membedakan dari {other_explanation(candidate)}: {', '.join(even)}.")
    return [*bars, *_totals(found, candidate)], silent


def _totals(found: Explanation, candidate: Candidate) -> list[Bar]:
    """Certainty and lead, each with what a rule asks for: the one that held, or the PADAN rule that lacked least."""
    judged = found.nearest or found.rule
    asks = "untuk PADAN diminta" if found.nearest else "diminta"

    def limit(value: float | None) -> tuple[float | None, str]:
        return (value, f"{asks} {bits(value)}") if value is not None and value > NO_LIMIT else (None, "")

    other = f"dibanding {other_explanation(candidate)}"
    bars = [Bar("Keyakinan", other, 0, candidate.certainty or 0.0, True, *limit(judged.least if judged else None))]
    if found.lead is not None and found.lead < NO_SECOND:
        words = "seberapa jauh calon ini di depan"
        bars.append(Bar("Jarak ke calon kedua", words, 0, found.lead, True, *limit(judged.lead if judged else None)))
    return bars


def _svg(found: Explanation, bars: Sequence[Bar], silent: Sequence[str]) -> str:
    feet = _feet(found, silent)
    top = TOP + ROW * max(len(bars), 2) + 34
    height = top + FOOT_LINE * len(feet) + 8
    title = f"Penjelasan pemadanan {found.file} baris {found.row}, periode {found.period}"
    body = _rows(bars) if bars else _nothing_weighed(found)
    foot = "".join(
        f'<text class="{kind}" x="24" y="{top + FOOT_LINE * i}">{escape(_short(text, FOOT[kind]))}</text>\n'
        for i, (kind, text) in enumerate(feet)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="judul uraian" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" lang="id">\n'
        f'<title id="judul">{escape(title)}</title>\n<desc id="uraian">{escape(_description(found, bars, silent))}</desc>\n'
        f'<style>{STYLE}</style>\n<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        f"{_head(found, title)}{body}{foot}</svg>\n"
    )


def _head(found: Explanation, title: str) -> str:
    who = found.candidates[0] if found.candidates else None
    whom = f"Dibandingkan dengan {who.name}, NIK {who.nik}" if who else "Tanpa calon"
    lines = (("judul", 34, title), ("tebal", 60, STATUS.get(found.status, found.status)), ("kecil", 82, whom))
    return "".join(f'<text class="{kind}" x="24" y="{y}">{escape(_short(text, 96))}</text>\n' for kind, y, text in lines)


def _rows(bars: Sequence[Bar]) -> str:
    ends = [0.0, *(b.start for b in bars), *(b.end for b in bars), *(b.limit for b in bars if b.limit is not None)]
    low, high = min(ends), max(ends)
    scale = (RIGHT - LEFT) / ((high - low) or 1)

    def x(value: float) -> float:
        return LEFT + (value - low) * scale

    parts = [f'<line class="nol" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="{TOP - 12}" y2="{TOP + ROW * len(bars)}"/>\n']
    parts.append(f'<text class="kecil" x="{x(0):.1f}" y="{TOP - 17}" text-anchor="middle">0 bit</text>\n')
    for place, bar in enumerate(bars):
        top = TOP + place * ROW
        gap = 8 if bar.total else 0
        parts.append(_bar(bar, x, top + gap))
        if not bar.total:
            parts.append(
                f'<line class="sambung" x1="{x(bar.end):.1f}" x2="{x(bar.end):.1f}" y1="{top + 26}" y2="{top + ROW + 6}"/>\n'
            )
    return "".join(parts)


def _bar(bar: Bar, x, top: float) -> str:  # type: ignore[no-untyped-def]
    left, right = sorted((x(bar.start), x(bar.end)))
    kind = "jumlah" if bar.total else "naik" if bar.size >= 0 else "turun"
    weight = "tebal" if bar.total else ""
    text = (
        f'<text class="{weight}" x="24" y="{top + 15}">{escape(bar.label)}</text>\n'
        f'<text class="kecil" x="24" y="{top + 30}">{escape(_short(bar.words, 44))}</text>\n'
        f'<rect class="{kind}" x="{left:.1f}" y="{top + 6}" width="{max(right - left, 1.5):.1f}" height="20" rx="2"/>\n'
        f'<text class="tebal" x="{WIDTH - 24}" y="{top + 21}" text-anchor="end">{bits(bar.size)}</text>\n'
    )
    if bar.limit is None:
        return text
    at = x(bar.limit)
    anchor = "end" if at > (LEFT + RIGHT) / 2 else "start"
    shift = -6 if anchor == "end" else 6
    return (
        f'{text}<line class="tepi" x1="{at:.1f}" x2="{at:.1f}" y1="{top + 4}" y2="{top + 28}"/>\n'
        f'<line class="batas" x1="{at:.1f}" x2="{at:.1f}" y1="{top + 4}" y2="{top + 28}"/>\n'
        f'<text class="ambang" x="{at + shift:.1f}" y="{top + 40}" text-anchor="{anchor}">{escape(bar.limit_words)}</text>\n'
    )


def _nothing_weighed(found: Explanation) -> str:
    if found.exact:
        words = ["NIK sama persis dan nama sama persis.", "Bukti lain tidak dapat mengalahkannya, jadi tidak ada yang ditimbang."]
    elif found.status == "BELUM":
        words = ["Data kependudukan tidak dapat dipakai, jadi tidak ada yang dibandingkan."]
    else:
        words = ["Tidak ada orang di data kependudukan yang dapat dibandingkan dengan baris ini."]
    return "".join(f'<text x="24" y="{TOP + 14 + 26 * i}">{escape(text)}</text>\n' for i, text in enumerate(words))


def _feet(found: Explanation, silent: Sequence[str]) -> list[tuple[str, str]]:
    """What stands below the bars: (kind of text, sentence)."""
    rule = f"Diputuskan oleh {rule_words(found.rule)}." if found.rule else "Tidak ada aturan yang terpenuhi."
    lines = [("tebal", rule)]
    if found.status != "PADAN" and found.nearest and found.certainty is not None:
        lines.append(("", f"Belum PADAN: garis merah adalah batas aturan terdekat, {found.nearest.number} {found.nearest.name}."))
    lines += [("kecil", sentence) for sentence in silent]
    if found.certainty is not None:
        lines.append(
            (
                "kecil",
                "Biru ke kanan mendukung, jingga ke kiri melawan. Tambah 1 bit: dua kali lebih mungkin; 10 bit: seribu kali.",
            )
        )
    return lines


def _description(found: Explanation, bars: Sequence[Bar], silent: Sequence[str]) -> str:
    said = [STATUS.get(found.status, found.status) + "."]
    said += [f"{b.label} ({b.words}): {bits(b.size)} bit{f', {b.limit_words}' if b.limit_words else ''}." for b in bars]
    said += silent
    if found.lead is not None:
        said.append(f"{lead_words(found.lead).capitalize()}.")
    said.append(f"Diputuskan oleh {rule_words(found.rule)}." if found.rule else "Tidak ada aturan yang terpenuhi.")
    return " ".join(said)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
