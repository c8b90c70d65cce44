"""The two drawings of the auditors' page, as inline SVG that prints and reads aloud. Colours are the template's."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from ssn_assets.oversight.wording import number

STEP, RADIUS, HEIGHT = 12, 4, 14
BAR_WIDTH, ROW_HEIGHT = 400, 42


def trend(history: Sequence[bool]) -> Markup:
    """The last results, oldest first: a dot where the check held, a cross where it did not, whatever the colour."""
    words = trend_words(history)
    if not history:
        return Markup('<span class="sunyi">{}</span>').format(words)
    marks = []
    for place, passed in enumerate(history):
        x, y = place * STEP + STEP // 2, HEIGHT // 2
        if passed:
            marks.append(f'<circle class="ya" cx="{x}" cy="{y}" r="{RADIUS}"/>')
        else:
            marks.append(f'<path class="tidak" d="M{x - 4} {y - 4}l8 8m0 -8l-8 8"/>')
    width = len(history) * STEP
    return Markup(
        f'<svg class="tren" role="img" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}"'
        f' aria-label="{escape(words)}"><title>{escape(words)}</title>{"".join(marks)}</svg>'
    )


def trend_words(history: Sequence[bool]) -> str:
    """The same as a sentence."""
    if not history:
        return "belum pernah dijalankan"
    failed = [len(history) - 1 - place for place, passed in enumerate(history) if not passed]
    if not failed:
        return f"{len(history)} kali terakhir selalu terpenuhi"
    ago = failed[-1]
    last = "pada run ini" if ago == 0 else f"{ago} run sebelum ini"
    return f"{len(history)} kali terakhir: {len(failed)} kali tidak terpenuhi, terakhir {last}"


def funnel(bars: Sequence[tuple[str, int]]) -> Markup:
    """Bars from the first count to the last, each with its words and number above it; a table says the same."""
    widest = max((count for _, count in bars), default=0) or 1
    rows = []
    for place, (label, count) in enumerate(bars):
        top = place * ROW_HEIGHT
        width = max(count / widest * BAR_WIDTH, 2 if count else 0)
        rows.append(
            f'<text x="0" y="{top + 14}">{escape(label)}</text>'
            f'<text class="jumlah" x="{BAR_WIDTH}" y="{top + 14}" text-anchor="end">{number(count)}</text>'
            f'<rect class="alas" x="0" y="{top + 20}" width="{BAR_WIDTH}" height="10" rx="2"/>'
            f'<rect class="isi" x="0" y="{top + 20}" width="{width:.1f}" height="10" rx="2"/>'
        )
    height = len(bars) * ROW_HEIGHT
    return Markup(
        f'<svg class="corong" role="img" viewBox="0 0 {BAR_WIDTH} {height}"'
        f' aria-label="Grafik batang; angkanya ada di tabel sesudah ini">{"".join(rows)}</svg>'
    )
