"""What the auditors' page shows of the cards' way: which counts, in which order, in which words. Layout is the template's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ssn_assets.oversight.facts import HolderFact
from ssn_assets.oversight.quality_page import Line, Table
from ssn_assets.oversight.wording import number, plain

REACHED = {
    "valid": "Orang yang VALID",
    "bernomor": "Di antaranya sudah bernomor SSN",
    "kartu_dipesan": "Kartu dipesan, satu per keluarga",
    "disegel": "Kartu disegel dalam batch",
    "dikirim": "Kartu dikirim ke bank",
    "diterima_bank": "Kartu diterima bank",
    "rekening_dibuka": "Rekening dibuka",
    "kartu_dicetak": "Kartu dicetak",
    "siap_diambil": "Kartu siap diambil",
    "diserahkan": "Kartu diserahkan",
    "uang_pertama": "Uang pertama masuk",
    "dikembalikan": "Kartu kembali ke bank, tidak diambil",
    "ditutup": "Kartu diblokir atau diganti",
}
"""Column of perjalanan_kartu.csv -> its words, in the order of the way."""

HOLDERS = {
    "KELURAHAN": "Kelurahan",
    "DINSOS": "Dinas Sosial",
    "BANK": "Bankaltimtara",
    "DISDUKCAPIL": "Disdukcapil",
    "WARGA": "Warga, atau petugas yang mengantar",
}
WAITS_FOR = {
    "SEMUA": "semuanya",
    "PENYEGELAN": "belum masuk batch",
    "PENGIRIMAN": "belum disetujui atau dikirim",
    "VERIFIKASI_ULANG": "pemegang ditanyakan lagi kepada kelurahan",
    "PEMBETULAN": "ditolak bank, data dibetulkan",
    "JAWABAN": "terkirim, bank belum menjawab",
    "PROSES": "sedang dikerjakan bank",
    "PENGAMBILAN": "siap, belum diambil",
    "KARTU_KEMBALI": "kembali ke bank, perlu diputuskan",
    "PERINTAH_BAYAR": "belum ada perintah bayar yang dikirim",
    "PEMBAYARAN": "perintah bayar ada di bank",
    "PEMBAYARAN_GAGAL": "pembayaran gagal atau kembali",
}
STAGES = {"KARTU": "kartu", "UANG": "uang pertama"}


def days(city: Mapping[str, int]) -> list[str]:
    """How long it took, a sentence for the card and one for the money."""
    if not city:
        return []
    return [_days(city, "kartu", "kartu di tangan"), _days(city, "uang", "uang pertama")]


def tables(city: Mapping[str, int], holders: Sequence[HolderFact]) -> list[Table]:
    """The tables of the section; [] when the run did not come as far."""
    if not city:
        return []
    reached = [Line("", words, (number(city[name]),)) for name, words in REACHED.items()]
    return [t for t in (Table("Seluruh kota", ("Tahap", "Jumlah"), tuple(reached)), _holders(holders)) if t.lines]


def _holders(holders: Sequence[HolderFact]) -> Table:
    lines = [
        Line(
            "",
            f"{HOLDERS.get(h.holder, plain(h.holder))}: {WAITS_FOR.get(h.waits_for, plain(h.waits_for))}",
            (STAGES.get(h.stage, plain(h.stage)), number(h.cards), _known(h.median), _known(h.ninth), number(h.unknown)),
        )
        for h in holders
    ]
    columns = ("Pada siapa", "Menunggu", "Kartu", "Median hari", "Persentil 90", "Umur tidak diketahui")
    return Table("Kartu yang belum sampai: pada siapa sekarang, dan sudah berapa hari", columns, tuple(lines))


def _days(city: Mapping[str, int], goal: str, words: str) -> str:
    known, unknown = city[f"hari_ke_{goal}_diketahui"], city[f"hari_ke_{goal}_tidak_diketahui"]
    rest = f" Tanggal tidak diketahui: {number(unknown)}." if unknown else ""
    if not known:
        return f"Dari VALID sampai {words}: belum ada yang diketahui.{rest}"
    half, ninth = city[f"hari_ke_{goal}_median"], city[f"hari_ke_{goal}_p90"]
    return (
        f"Dari VALID sampai {words}: separuh dalam {number(half)} hari, sembilan dari sepuluh dalam {number(ninth)} hari"
        f" ({number(known)} orang).{rest}"
    )


def _known(value: int | None) -> str:
    return "tidak diketahui" if value is None else number(value)
