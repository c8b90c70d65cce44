"""`ssn jejak`: who asked about me. Thin: asks for the NIK so that it stays out of the shell's history, prints counts."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from ssn_assets import settings, trail
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create

if TYPE_CHECKING:
    from ssn_assets.oversight.trail import Asked

IN_HISTORY = (
    "ssn jejak: NIK ini sekarang tersimpan di riwayat perintah; lain kali ketik `ssn jejak` saja, lalu tulis NIK bila ditanya."
)
WORDS = {
    "PERIKSA_DI_HALAMAN": "diperiksa di halaman",
    "PERIKSA_LEWAT_API": "diperiksa lewat API, tanpa tanda tangan",
    "PERIKSA_LEWAT_KLIEN": "diperiksa lewat klien",
    "PERMINTAAN_JEJAK": "jejaknya ditunjukkan oleh",
    "DITEMUKAN": "data terlihat",
    "TIDAK_COCOK": "NIK dan Nomor KK tidak cocok, tidak ada yang terlihat",
    "DITUNJUKKAN": "jejak terlihat",
}


def tell(home: Home, given: str | None) -> bool:
    """Print who asked; False (said on standard error) when what was given is no NIK."""
    from ssn_assets.oversight.trail import asked_about, collect, record_shown
    from ssn_assets.store.engine import open_store

    if given:
        print(IN_HISTORY, file=sys.stderr)
    nik = "".join((given or _asked()).split())
    if not (len(nik) == 16 and nik.isascii() and nik.isdigit()):
        print("ssn jejak: NIK terdiri dari 16 angka", file=sys.stderr)
        return False
    store, key, now = open_store(home), read_or_create(home, trail.KEY_FILE), settings.now()
    collect(store, settings.trail_path(), key, now)
    found = asked_about(store, key, nik)
    record_shown(store, key, nik, settings.user(), now)
    print("\n".join(_line(a) for a in found) or "Belum ada yang memeriksa NIK ini.")
    return True


def _asked() -> str:
    return getpass.getpass("NIK (tidak tampak saat diketik): ") if sys.stdin.isatty() else sys.stdin.readline()


def _local(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(settings.WITA).strftime("%Y-%m-%d %H.%M WITA")


def _line(asked: Asked) -> str:
    first, last = _local(asked.pertama), _local(asked.terakhir)
    times = last if asked.kali == 1 else f"{asked.kali} kali, {first} sampai {last}"
    who = f" {asked.klien}" if asked.klien else ""
    return f"{times}: {WORDS.get(asked.keperluan, asked.keperluan)}{who}; {WORDS.get(asked.hasil, asked.hasil)}"
