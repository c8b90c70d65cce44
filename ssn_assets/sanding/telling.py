"""An explanation as plain Indonesian text for the terminal. What is said is read in `explanation.py`; nothing is decided here."""

from __future__ import annotations

from ssn_assets.sanding.explanation import NO_LIMIT, NO_SECOND, Candidate, Explanation, Field, Rule

LABELS = {
    "AWAL": "Titik awal",
    "NIK": "NIK",
    "NAMA": "Nama",
    "KK": "Nomor KK",
    "LAHIR": "Tanggal lahir",
    "KELAMIN": "Jenis kelamin",
    "IBU": "Nama ibu",
    "ALAMAT": "Alamat",
    "WILAYAH": "Kelurahan, RT",
    "DIPAKAI": "Dipakai baris lain",
    "LAINNYA": "Lain-lain",
}
STATUS = {
    "PADAN": "PADAN: tepat satu orang, cukup yakin tanpa pemeriksaan petugas",
    "RAGU": "RAGU: petugas yang harus memutuskan",
    "TIDAK_PADAN": "TIDAK_PADAN: tidak ada orang di data kependudukan yang cocok",
    "BELUM": "BELUM: data kependudukan tidak dapat dipakai, jadi baris ini belum dipadankan",
}
NOTES = {
    "NAMA_LAIN": "NIK di DTKS tercatat atas nama yang lain.",
    "NIK_ORANG_LAIN": "NIK di DTKS milik orang lain, dan tidak ada calon lain yang cukup kuat.",
    "BEBERAPA_CALON": "Lebih dari satu orang mungkin.",
    "CALON_LEMAH": "Ada yang mungkin, tetapi buktinya kurang.",
}
LEGEND = (
    "Sumbangan dihitung dalam bit. Tambah 1 bit berarti dua kali lebih mungkin; 10 bit kira-kira seribu kali.",
    "Di atas nol mendukung bahwa baris dan calon orang yang sama; di bawah nol melawan; nol sama cocoknya dengan pembandingnya.",
)
LEAD_LEGEND = (
    "Jarak membandingkan dua calon langsung; keyakinan membandingkan satu calon dengan pembandingnya (baris akhir tabel).",
    "Karena itu keyakinan calon kedua dapat lebih besar walaupun ia tertinggal.",
)
COVERED = "NIK, nama dan isi pribadi lain ditutup. --buka menampilkannya; pemakaiannya dicatat."
OPEN = (
    "Isi pribadi terbuka: siapa yang membukanya, kapan, dan baris mana sudah dicatat. Simpan tampilan dan gambarnya seperti DTKS."
)
WIDTHS = (19, 30, 30)
HOUSEHOLD = "anggota keluarga tak tercatat"
STRANGER = "orang yang tidak tercatat"


def bits(value: float) -> str:
    """A weight as written in Indonesian, with its sign: +12,3."""
    text = f"{value:+.1f}".replace(".", ",")
    return "0,0" if text[1:] == "0,0" else text.replace("-", "−")


def tell(found: Explanation) -> str:
    """The whole explanation, lines of text."""
    lines = [f"{found.file} baris {found.row}, periode {found.period}", STATUS.get(found.status, found.status), *_why(found)]
    if found.later:
        lines.append(f"Sesudah jawaban kelurahan: {found.later}.")
    lines += ["", *_candidates(found)]
    lines += ["", OPEN if found.opened else COVERED]
    return "\n".join(lines)


def rule_words(rule: Rule) -> str:
    """A rule by number, name and what it says."""
    return f"aturan {rule.number} {rule.name} ({rule.words})"


def demands(rule: Rule) -> str:
    """What a rule asks for in bits; empty when for nothing."""
    asked = [
        f"{what} paling sedikit {bits(limit)} bit"
        for what, limit in (("keyakinan", rule.least), ("jarak ke calon kedua", rule.lead))
        if limit > NO_LIMIT
    ]
    return " dan ".join(asked)


def lead_words(lead: float | None) -> str:
    """How far ahead of the second candidate."""
    if lead is None:
        return ""
    if lead >= NO_SECOND:
        return "tidak ada calon kedua"
    return "tetapi calon kedua sama kuatnya" if lead < 1 else f"{bits(lead)} bit di depan calon kedua"


def odds(certainty: float) -> str:
    """Bits as odds that everybody can picture: against somebody whom the registry does not have, not against other candidates."""
    size = abs(certainty)
    many = "lebih dari satu triliun" if size >= 40 else f"{round(2**size):,}".replace(",", ".")
    return (
        f"{many} banding 1 {'bahwa ini orangnya dan bukan orang tak tercatat' if certainty >= 0 else 'bahwa ini BUKAN orangnya'}"
    )


def _why(found: Explanation) -> list[str]:
    if found.status == "BELUM":
        return ["Tidak ada calon yang dibandingkan. Sesudah data kependudukan yang lolos pemeriksaan datang, jalankan `ssn run`."]
    if found.exact and found.rule:
        return [
            f"Diputuskan oleh {rule_words(found.rule)}.",
            "NIK dan nama yang keduanya sama persis tidak dapat dikalahkan bukti lain, jadi tidak ada yang ditimbang.",
        ]
    lines = [f"Diputuskan oleh {rule_words(found.rule)}." if found.rule else "Tidak ada aturan yang terpenuhi."]
    if found.note:
        lines.append(NOTES.get(found.note, found.note))
    if found.certainty is not None:
        lines.append(f"Keyakinan {bits(found.certainty)} bit: {odds(found.certainty)}; {lead_words(found.lead)}.")
    if found.rule and found.certainty is not None and demands(found.rule):
        lines.append(f"Aturan ini minta {demands(found.rule)}.")
    if found.status != "PADAN":
        lines.append(_why_not(found))
    return [line for line in lines if line]


def _why_not(found: Explanation) -> str:
    """What was lacking for a decision without an operator."""
    if found.certainty is None:
        return ""
    near = found.nearest
    if near is None:
        return "Tidak ada aturan yang membolehkan PADAN untuk gabungan NIK, KK, wilayah, nama dan tanggal lahir seperti ini."
    return f"Belum PADAN: yang terdekat, {rule_words(near)}, minta {demands(near)}."


def _candidates(found: Explanation) -> list[str]:
    if not found.candidates:
        values = ", ".join(f"{LABELS[name]} {text}" for name, text in found.row_values if text)
        return [
            f"Di DTKS: {values}.",
            "" if found.status == "BELUM" else "Tidak ada calon dengan NIK, KK atau nama yang mendekati.",
        ]
    lines = []
    for candidate in found.candidates:
        lines += [*_candidate(found, candidate), ""]
    hidden = found.considered - len(found.candidates)
    if hidden > 0:
        lines.append(f"{hidden} calon lain lebih lemah lagi dan tidak diuraikan.")
    if found.certainty is not None:
        lines += LEGEND
        lines += LEAD_LEGEND if found.lead is not None and found.lead < NO_SECOND else ()
    return lines


def _candidate(found: Explanation, candidate: Candidate) -> list[str]:
    state = {"MENINGGAL": ", tercatat meninggal", "PINDAH": ", tercatat pindah"}.get(candidate.status, "")
    what = "Orangnya" if found.exact else f"Calon {candidate.place} dari {max(found.considered, 1)}"
    if not found.exact and candidate.certainty is None:
        what = "Pemilik NIK (namanya tidak dapat dibandingkan)"
    lines = [f"{what}: {candidate.name}, NIK {candidate.nik}{state}"]
    lines.append(_line("Bidang", "Di DTKS", "Di data kependudukan", "Sumbangan", "Artinya"))
    for field in candidate.fields:
        if field.name in ("DIPAKAI", "LAINNYA") and tells_nothing(field):
            continue
        words = start_words(found, candidate) if field.name == "AWAL" else field.words
        lines.append(_line(LABELS[field.name], _value(field.on_list), _value(field.in_registry), _weight(field), words))
    if candidate.certainty is not None:
        lines.append(_line("Keyakinan", "", "", bits(candidate.certainty), f"dibanding dengan {other_explanation(candidate)}"))
    return lines


def other_explanation(candidate: Candidate) -> str:
    """Who else could have written the row: what the certainty is measured against."""
    return HOUSEHOLD if candidate.household else STRANGER


def tells_nothing(field: Field) -> bool:
    """Whether the field says as much for the candidate as for the other explanation."""
    return field.bits is not None and abs(field.bits) < 0.05


def compared(field: Field) -> bool:
    """Whether both sides say something of this field."""
    return field.level != "TIDAK_ADA" and bool(field.on_list) and bool(field.in_registry)


def start_words(found: Explanation, candidate: Candidate) -> str:
    """What is to be expected before anything is compared."""
    if candidate.household:
        return "orang tercatat lebih mungkin daripada tidak"
    return f"satu dari {found.people:,} orang di registri".replace(",", ".")


def _weight(field: Field) -> str:
    return "" if field.bits is None else bits(field.bits)


def _value(text: str) -> str:
    return text if text else "(tidak ditulis)"


def _line(label: str, left: str, right: str, weight: str, words: str) -> str:
    if label in (LABELS["AWAL"], LABELS["DIPAKAI"], LABELS["LAINNYA"]):
        left = right = ""
    cells = [_fit(text, width) for text, width in zip((label, left, right), WIDTHS, strict=True)]
    return f"  {' '.join(cells)} {weight:>9}  {words}".rstrip()


def _fit(text: str, width: int) -> str:
    return f"{text if len(text) <= width else text[: width - 1] + '…':<{width}}"
