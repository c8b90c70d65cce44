"""What the OpenAPI document says of the API: texts, examples, shapes of answers. Nothing here runs for a request."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ssn_assets.lookup.problem import MEDIA_TYPE
from ssn_assets.lookup.question import Question
from ssn_assets.lookup.signatures import REQUIRED, USER_HEADER, WINDOW


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Alasan(_Shape):
    """Satu alasan keputusan."""

    kode: str = Field(description="Kode alasan, tetap")
    teks: str = Field(description="Penjelasan untuk warga")
    kantor: str = Field(description="Kantor sumber catatan")
    lakukan: str = Field(description="Apa yang dapat dilakukan")
    tempat: str = Field(description="Di mana")


class Kartu(_Shape):
    """Langkah kartu keluarga."""

    langkah: str = Field(description="Kode langkah; kosong bila tidak ada kartu atas nama orang ini")
    teks: str
    tempat: str = Field(description="Tempat mengambil atau bertanya")


class Pembayaran(_Shape):
    """Pembayaran bulan terakhir kepada pemegang kartu."""

    bulan: str = Field(description="Bulan yang dibayar, YYYY-MM; kosong bila belum ada pembayaran atas nama orang ini")
    langkah: str = Field(description="DIPESAN, DIKIRIM, BERHASIL, GAGAL atau RETUR; kosong bila belum ada")
    teks: str


class Rujukan(_Shape):
    """Publikasi yang menjawab."""

    id: str
    tanggal: str = Field(description="Tanggal data, YYYY-MM-DD")


class TandaTangan(_Shape):
    """Ed25519 atas b"SSN-CEK-BANSOS-1\\n" + SHA-256(isi permintaan) + SHA-256(isi jawaban sampai sebelum `,"tanda_tangan":`)."""

    kunci: str = Field(description="Nama kunci; kunci publiknya ada di /v1/publikasi")
    nilai: str = Field(description="Tanda tangan, base64")


class Jawaban(_Shape):
    """Jawaban; panjangnya selalu sama. Orang yang tidak terdaftar dan Nomor KK yang tidak cocok tidak dapat dibedakan."""

    terdaftar: bool
    keputusan: Literal["VALID", "MENUNGGU", "TIDAK_VALID", "TIDAK_ADA"]
    alasan: list[Alasan]
    kategori_bantuan: list[str] = Field(description="Jenis bantuan yang pernah diterima orang atau keluarganya")
    kartu: Kartu
    pembayaran: Pembayaran
    periode: str
    publikasi: Rujukan
    nonce: str | None
    pengisi: str = Field(description="Pengisi panjang; abaikan")
    tanda_tangan: TandaTangan


class KunciJawaban(_Shape):
    """Kunci publik untuk memeriksa jawaban."""

    kunci: str
    algoritma: str
    publik: str = Field(description="32 bita, base64")


class Publikasi(_Shape):
    """Publikasi yang berlaku."""

    id: str
    tanggal: str
    dibuat: str
    periode: str
    versi_kebijakan: str
    kunci_jawaban: KunciJawaban
    panjang_jawaban: int = Field(description="Bita setiap jawaban 200 dari /v1/cek-bansos")


class Masalah(_Shape):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    isian: dict[str, str] | None = Field(default=None, description="Hanya 422: apa yang salah pada setiap isian")


ABOUT: dict[str, Any] = {
    "title": "Cek bansos Kota Samarinda",
    "version": "1",
    "summary": "Apakah seseorang terdaftar sebagai penerima bantuan sosial, mengapa, dan apa yang dapat dilakukan.",
    "description": (
        "Jawaban berasal dari publikasi yang berlaku dan menyebut tanggal datanya. NIK dan Nomor KK hanya dikirim dalam isi "
        "permintaan, tidak pernah dalam alamat.\n\n"
        "**Tanda tangan.** Server SANTER menandatangani permintaan (RFC 9421, Ed25519) dan mendapat kuota lebih besar; tanpa "
        f"tanda tangan berlaku batas paling ketat. Wajib tercakup: {', '.join(REQUIRED)}; parameter created (selisih paling "
        f"banyak {WINDOW} detik), keyid, nonce (sekali pakai). Header {USER_HEADER} (nama samaran pengguna SANTER, ikut "
        "ditandatangani) memisahkan batas setiap pengguna. Contoh: deploy/santer_client.py."
    ),
}


def _problem(text: str, example: dict[str, Any], **headers: str) -> dict[str, Any]:
    described = {name: {"description": said, "schema": {"type": "string"}} for name, said in headers.items()}
    return {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": Masalah.model_json_schema(), "example": example}},
        **({"headers": described} if described else {}),
    }


_NOT_READY = _problem(
    "Belum ada publikasi, atau sangat sibuk",
    {"type": "/docs#masalah-belum-siap", "title": "Layanan belum dapat menjawab", "status": 503, "detail": "Coba lagi nanti."},
    **{"Retry-After": "detik"},
)
_EXAMPLE = {
    "terdaftar": True,
    "keputusan": "MENUNGGU",
    "alasan": [
        {
            "kode": "BELUM_DIVERIFIKASI",
            "teks": "Petugas kelurahan belum memeriksa data Anda.",
            "kantor": "Kelurahan",
            "lakukan": "Anda tidak perlu melakukan apa-apa. Petugas akan memeriksa; siapkan KTP dan KK.",
            "tempat": "Rumah Anda atau kantor kelurahan",
        }
    ],
    "kategori_bantuan": ["SEMBAKO"],
    "kartu": {"langkah": "", "teks": "Tidak ada kartu atas nama Anda. Satu keluarga memakai satu kartu.", "tempat": ""},
    "pembayaran": {
        "bulan": "",
        "langkah": "",
        "teks": "Tidak ada pembayaran atas nama Anda. Bantuan dibayarkan ke rekening pemegang kartu keluarga.",
    },
    "periode": "2026-10",
    "publikasi": {"id": "2026-10-0001", "tanggal": "2026-10-31"},
    "nonce": "a1b2c3",
    "pengisi": "    ",
    "tanda_tangan": {"kunci": "0f1e2d3c4b5a6978", "nilai": "base64..."},
}
_HEADERS = (
    ("Signature-Input", "Lihat RFC 9421; kosong berarti tanpa tanda tangan"),
    ("Signature", "Tanda tangan Ed25519"),
    ("Content-Digest", "sha-256=:...: dari isi permintaan"),
    ("SSN-Pengguna", "Nama samaran pengguna di pihak klien; harus ikut ditandatangani"),
)

ASK: dict[str, Any] = {
    "operation_id": "cek_bansos",
    "summary": "Cek bansos seseorang",
    "responses": {
        200: {
            "model": Jawaban,
            "description": "Jawaban untuk setiap pertanyaan yang dapat dibaca",
            "content": {"application/json": {"example": _EXAMPLE}},
        },
        401: _problem(
            "Permintaan bertanda tangan yang tidak dapat diterima",
            {
                "type": "/docs#masalah-tanda-tangan",
                "title": "Tanda tangan permintaan tidak dapat diterima",
                "status": 401,
                "detail": "the signature does not fit this request",
            },
        ),
        422: _problem(
            "Pertanyaan tidak dapat dibaca",
            {
                "type": "/docs#masalah-pertanyaan",
                "title": "Pertanyaan tidak dapat dibaca",
                "status": 422,
                "detail": "Kirim JSON dengan nik dan no_kk, masing-masing 16 angka.",
                "isian": {"nik": "harus 16 angka"},
            },
        ),
        429: _problem(
            "Terlalu banyak pertanyaan",
            {
                "type": "/docs#masalah-terlalu-sering",
                "title": "Terlalu banyak pertanyaan",
                "status": 429,
                "detail": "Tunggu sebentar, lalu coba lagi.",
            },
            **{"Retry-After": "detik"},
        ),
        503: _NOT_READY,
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": Question.model_json_schema(),
                    "example": {"nik": "6472010101900001", "no_kk": "6472010101150001", "nonce": "a1b2c3"},
                }
            },
        },
        "parameters": [
            {"name": name, "in": "header", "required": False, "description": said, "schema": {"type": "string"}}
            for name, said in _HEADERS
        ],
    },
}

PUBLICATION: dict[str, Any] = {
    "operation_id": "publikasi",
    "summary": "Publikasi yang berlaku",
    "responses": {200: {"model": Publikasi, "description": "Publikasi yang berlaku"}, 503: _NOT_READY},
}
