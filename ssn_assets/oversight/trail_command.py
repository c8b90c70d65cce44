"""`ssn jejak`: who asked about me. Thin: asks for the NIK so that it stays out of the shell's history, prints counts."""

from __future__ import annotations

import getpass
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from ssn_assets import settings, trail
from ssn_assets.home import Home
from ssn_assets.keys import read

if TYPE_CHECKING:
    from ssn_assets.oversight.trail import Asked

IN_HISTORY = (
    "ssn jejak: NIK ini sekarang tersimpan di riwayat perintah; lain kali ketik `ssn jejak` saja, lalu tulis NIK bila ditanya."
)
KEY_GONE = (
    "ssn jejak: {} tidak ada, jadi jejak tidak dapat dicari. Kembalikan kunci itu dari cadangan; bila platform ini memang baru,"
    " `ssn run` membuatnya."
)
NO_FOLDER = (
    "ssn jejak: folder jejak {} tidak ada atau tidak dapat dibaca; jawaban ini belum lengkap. Bila layanan menulisnya di tempat"
    " lain, isilah SSN_SERVE_TRAIL."
)
INCOMPLETE = "ssn jejak: jawaban ini belum lengkap: di {} ada {} berkas yang tidak terpakai dan {} catatan rusak."
NOBODY = "Belum ada yang memeriksa NIK ini."
NOBODY_SEEN = "Tidak ada pemeriksaan NIK ini dalam jejak yang dapat dibaca."
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
    """Print who asked; False (said on standard error) when what was given is no NIK, or nobody can know.

    Where a part of the trail cannot be read, that is said on standard error: then "nobody" is never the answer.
    """
    from ssn_assets.oversight.trail import asked_about, collect, record_shown
    from ssn_assets.store.engine import open_store

    if given:
        print(IN_HISTORY, file=sys.stderr)
    nik = "".join((given or _asked()).split())
    if not (len(nik) == 16 and nik.isascii() and nik.isdigit()):
        print("ssn jejak: NIK terdiri dari 16 angka", file=sys.stderr)
        return False
    try:
        key = read(home.keys / trail.KEY_FILE)
    except FileNotFoundError:
        print(KEY_GONE.format(home.keys / trail.KEY_FILE), file=sys.stderr)
        return False
    store, folder, now = open_store(home), settings.trail_path(), settings.now()
    readable = folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)
    taken = collect(store, folder, key, now)
    found = asked_about(store, key, nik)
    record_shown(store, key, nik, settings.user(), now)
    whole = readable and not (taken.unusable or taken.damaged)
    if not whole:
        print(INCOMPLETE.format(folder, taken.unusable, taken.damaged) if readable else NO_FOLDER.format(folder), file=sys.stderr)
    print("\n".join(_line(a) for a in found) or (NOBODY if whole else NOBODY_SEEN))
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
