"""Why a file is refused or a row quarantined: the codes and the sentences a clerk reads, without personal data.

Deciding that something is to be refused does not belong here.
"""

from __future__ import annotations

import string

FOLDERS = {
    "dtks": "inbox/dtks/<TAHUN-BULAN>/",
    "bansos": "inbox/bansos/<TAHUN-BULAN>/",
    "dukcapil": "inbox/dukcapil/<TAHUN-BULAN-TANGGAL>/",
}

REFUSALS = {
    "KOSONG": "Berkas ini kosong. Mintalah pengirim mengirim ulang berkas yang berisi data.",
    "SALINAN": "Isi berkas ini sama persis dengan $asli di folder yang sama, jadi hanya dihitung sekali. Tidak perlu tindakan.",
    "FORMAT_TIDAK_DIKENAL": "Jenis berkas ini tidak dapat dibaca. Simpan datanya sebagai CSV, XLSX atau Parquet, "
    "lalu taruh lagi.",
    "XLS_LAMA": "Ini berkas Excel lama (.xls). Buka di Excel, pilih Simpan Sebagai .xlsx, lalu taruh lagi.",
    "SALAH_FOLDER": "Berkas ini tidak berada di folder bertanggal, jadi tidak dibaca. Pindahkan ke $folder.",
    "NAMA_KEMBAR": "Ada berkas lain dengan nama yang sama di folder ini tetapi isinya berbeda. Beri nama lain, lalu taruh lagi.",
    "BUKAN_CSV": "Isi berkas ini bukan CSV$isi. Ekspor ulang dari sumbernya sebagai CSV, atau beri akhiran nama yang benar.",
    "BUKAN_XLSX": "Isi berkas ini bukan buku kerja Excel (.xlsx)$isi. Buka di Excel, Simpan Sebagai .xlsx, lalu taruh lagi.",
    "BUKAN_PARQUET": "Isi berkas ini bukan Parquet. Ekspor ulang dari sumbernya.",
    "TERKUNCI": "Berkas ini dikunci dengan kata sandi. Hapus kata sandinya di Excel, simpan, lalu taruh lagi.",
    "RUSAK": "Berkas ini rusak atau terpotong, mungkin pengirimannya terputus. Mintalah pengirim mengirim ulang.",
    "BOM_ZIP": "Berkas ini mengembang menjadi jauh lebih besar dari yang wajar bila dibuka, jadi tidak dibuka demi "
    "keamanan. Mintalah pengirim mengekspor ulang hanya datanya sebagai CSV.",
    "TERLALU_LUAS": "Lembar di berkas ini berisi sel sampai baris $baris dan kolom ke-$kolom, jauh di luar datanya. Hapus baris "
    "dan kolom kosong di bawah dan di kanan tabel, simpan, lalu taruh lagi, atau kirim datanya sebagai CSV.",
    "TANPA_KEPALA": "Baris judul kolom tidak lengkap: kolom $kurang tidak ditemukan. Tambahkan baris judul dengan "
    "nama kolom itu, lalu taruh lagi.",
    "NOTASI_ILMIAH": "Sebagian besar NIK tertulis dalam notasi ilmiah (seperti 6,47E+15), jadi angkanya sudah "
    "hilang. Ekspor ulang dari sumbernya dengan kolom NIK sebagai teks.",
    "EXCEL15": "Sebagian besar NIK berakhir dengan nol karena Excel hanya menyimpan 15 angka, jadi angka "
    "terakhirnya sudah hilang. Ekspor ulang dari sumbernya dengan kolom NIK sebagai teks.",
    "RUMUS_BELUM_DIHITUNG": "Kolom yang dibutuhkan berisi rumus yang belum pernah dihitung, jadi nilainya tidak "
    "ada. Buka berkas di Excel, simpan, lalu taruh lagi.",
    "BERUBAH": "Berkas ini sedang ditulis ketika dibaca. Run berikutnya akan membacanya lagi.",
    "GANGGUAN": "Berkas ini belum dapat dibaca karena gangguan disk atau jaringan. Run berikutnya akan membacanya lagi; bila "
    "tetap begitu, laporkan ke pengelola sistem.",
    "TIDAK_TERBACA": "Berkas ini tidak dapat dibaca ($galat). Mintalah pengirim mengekspor ulang, atau laporkan ke "
    "pengelola sistem.",
}
"""Whole files. SALINAN is the one that needs nobody's action."""

QUARANTINES = {
    "KEPALA_BERULANG": "Baris ini mengulang judul kolom; bukan data.",
    "NOMOR_KOLOM": "Baris ini hanya nomor kolom di bawah judul; bukan data.",
    "JUMLAH": "Baris ini jumlah atau total; bukan data seseorang.",
    "JUMLAH_BERBEDA": "Jumlah di baris ini bukan jumlah baris di berkas ini.",
    "BUKAN_BARIS": "Baris ini hanya berisi keterangan, tanpa kolom yang dapat dibaca sebagai data.",
    "KOLOM_BERLEBIH": "Baris ini punya lebih banyak kolom daripada judulnya, jadi isinya bergeser. Periksa tanda "
    "pemisah di dalam alamat atau nama.",
    "HURUF_RUSAK": "Baris ini berisi huruf yang rusak dan tidak dapat dibaca. Ekspor ulang berkas sebagai UTF-8.",
    "KUTIP_RUSAK": "Baris ini berisi tanda kutip yang tidak ditutup, jadi kolomnya tidak dapat dipisahkan.",
    "ID_KASUS_TIDAK_DIKENAL": "id_kasus tidak dikenal atau kosong. Salin id_kasus persis seperti di daftar kerja.",
    "KEPUTUSAN_TIDAK_DIKENAL": "keputusan tidak dikenal. Pilih WARGA, BUKAN_WARGA, MENINGGAL, PINDAH, "
    "TIDAK_DITEMUKAN, MAMPU atau MENOLAK.",
    "ID_PENERBITAN_TIDAK_DIKENAL": "id_penerbitan tidak dikenal atau kosong: tidak ada di berkas yang pernah dikirim ke bank.",
    "ID_PEMBAYARAN_TIDAK_DIKENAL": "id_pembayaran tidak dikenal atau kosong: tidak ada di berkas yang pernah dikirim ke bank.",
    "STATUS_TIDAK_DIKENAL": "status tidak dikenal dalam kesepakatan dengan bank.",
    "HASIL_TIDAK_DIKENAL": "status tidak dikenal. Pilih DISERAHKAN, TIDAK_DATANG, TIDAK_DI_TEMPAT, TIDAK_DITEMUKAN, MENINGGAL, "
    "PINDAH atau MENOLAK.",
    "CARA_TIDAK_DIKENAL": "cara_identifikasi tidak dikenal. Pilih TANDA_TANGAN, CAP_JEMPOL atau BIOMETRIK_PENARIKAN_PERTAMA.",
    "TANGGAL_TIDAK_TERBACA": "tanggal kosong atau tidak dapat dibaca. Tulis seperti 2026-10-31 atau 31-10-2026.",
    "TANGGAL_BELUM_TIBA": "tanggal masih di masa depan, jadi jawaban ini belum dihitung. Periksa hari, bulan dan tahunnya, "
    "lalu kirim ulang dengan tanggal yang benar.",
    "ID_SAMPEL_TIDAK_SAH": "id_sampel kosong atau tidak sah. Salin id_sampel persis seperti di lembar pembaca.",
    "PUTUSAN_TIDAK_DIKENAL": "putusan tidak dikenal. Pilih SAMA, BEDA, ADA_LAIN atau TIDAK_TAHU.",
    "PEMBACA_KOSONG": "pembaca kosong. Salin kolom pembaca dari lembar yang dibagikan.",
    "NIK_BENAR_TIDAK_SAH": "nik_benar tidak berisi 16 angka. Tulis NIK lengkap, atau kosongkan.",
}
"""Single rows."""


OTHERS = "MASUKAN_LAIN"
"""Not a refusal anybody sees: the file is read as another input of the same folder."""


class Refused(Exception):
    """A whole file is not read. code is one of REFUSALS (or OTHERS); details fill its sentence and hold no personal data."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def refusal(code: str, kind: str, **details: str) -> str:
    """The sentence for a refused file."""
    values = {"isi": "", "folder": FOLDERS.get(kind, ""), **details}
    return string.Template(REFUSALS[code]).substitute(values)
