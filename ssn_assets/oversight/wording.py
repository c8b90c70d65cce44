"""The words of the auditors' page: stages, offices, and a sentence for a dbt test that has none. No layout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

STAGES = {
    "intake": "Penerimaan berkas",
    "sanding": "Pemadanan dengan data kependudukan",
    "verification": "Verifikasi kelurahan",
    "decision": "Validasi",
    "numbering": "Nomor SSN dan kartu",
    "publication": "Publikasi SANTER dan daftar kerja",
    "bank": "Berkas bank",
    "collection": "Pengambilan kartu dan jemput bola",
    "oversight": "Pengawasan",
}
"""Dagster group -> its heading, in the order of the work."""

ORIGINS = {
    "raw/dtks": "Berkas DTKS (Dinas Sosial)",
    "raw/dukcapil": "Data kependudukan (Disdukcapil)",
    "raw/dukcapil_lama": "Data kependudukan sebelumnya (Disdukcapil)",
    "raw/bansos": "Data bantuan (Dinas Sosial, OPD)",
    "raw/verifikasi": "Daftar kerja yang diisi kelurahan",
    "raw/bank": "Jawaban bank (Bankaltimtara)",
    "raw/pembayaran": "Jawaban bank atas pembayaran (Bankaltimtara)",
    "ops/jawaban": "Jawaban kelurahan yang tersimpan",
    "ops/kasus": "Daftar kasus yang pernah dikirim",
    "ops/konteks": "Periode dan tanggal acuan",
    "ops/kebijakan": "Kebijakan",
    "ops/kriteria": "Kriteria kebijakan",
    "ops/program_pusat": "Program pusat menurut kebijakan",
    "ops/koreksi_nik": "Pembetulan NIK antardata kependudukan",
    "ops/kunci": "Kunci pembuat nomor kasus",
    "ops/nomor_ssn": "Buku nomor SSN",
    "ops/kartu": "Buku penerbitan kartu",
    "ops/penerbitan": "Buku penerbitan kartu",
    "ops/pembayaran": "Buku pembayaran",
}
"""Where a column's way begins, as people know it."""

KINDS = {
    "dtks": "DTKS",
    "dukcapil": "Data kependudukan",
    "bansos": "Bantuan",
    "verifikasi": "Jawaban kelurahan",
    "bank": "Jawaban bank",
    "pembayaran": "Jawaban bank atas pembayaran",
    "penyerahan": "Penyerahan kartu",
    "sampel": "Sampel yang dibaca",
}
"""Inbox folder -> name of the files in it."""

DBT_LAYERS = ("seeds", "staging", "intermediate", "marts")
KAMUS = Path(__file__).with_name("kamus.yaml")
LONG_NUMBER = re.compile(r"\d{12,}")


def masked(text: str) -> str:
    """A text with every number long enough to be somebody's blotted out: file names and messages come from outside."""
    return LONG_NUMBER.sub("…", text)


def number(value: int) -> str:
    """A count as written in Indonesian: 137.020."""
    return f"{value:,}".replace(",", ".")


def plain(code: str) -> str:
    """A code or a name with underscores as words: KODE_TIDAK_DIKENAL -> kode tidak dikenal."""
    return masked(code.replace("__", ": ").replace("_", " ").strip().lower())


def decimals(text: str) -> str:
    """Measured values as written in Indonesian: 0.95 -> 0,95."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)


def is_dbt(asset: str) -> bool:
    """Whether an asset is a dbt model or seed."""
    return asset.split("/")[0] in DBT_LAYERS


def table(asset: str) -> str:
    """What a dbt table is; empty when the dictionary does not say."""
    return _kamus()["tabel"].get(asset.rsplit("/", 1)[-1], "")


def column(name: str) -> str:
    """What a published column is; empty when the dictionary does not say."""
    return _kamus()["kolom"].get(name, "")


def column_order(name: str) -> tuple[int, str]:
    """Sort key: columns as the contract lists them, unknown ones last."""
    known = list(_kamus()["kolom"])
    return (known.index(name) if name in known else len(known), name)


@lru_cache(maxsize=1)
def _kamus() -> dict[str, dict[str, str]]:
    import yaml

    loaded: dict[str, dict[str, str]] = yaml.load(KAMUS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def origin(asset: str) -> str:
    """The people's name of a place where columns begin."""
    return ORIGINS.get(asset) or f"Tabel {asset.rsplit('/', 1)[-1]}"


def test_sentence(node: Mapping[str, Any]) -> str:
    """A dbt data test in words: its own description, else a sentence made from its kind.

    Args:
        node: the test in dbt's manifest.
    """
    if node.get("description"):
        return masked(" ".join(node["description"].split()))
    meta = node.get("test_metadata")
    name = str(node["name"])
    if not meta or not name.startswith(f"{meta['name']}_"):  # somebody gave it a name, and names are short sentences here
        model = str(node.get("attached_node") or "").rsplit(".", 1)[-1]
        return _readable(name.removeprefix("assert_").removeprefix(f"{model}_"))
    kwargs = meta["kwargs"]
    tested = str(kwargs.get("column_name") or node.get("column_name") or "").strip('"')
    sentence = _generic(meta["name"], kwargs, tested)
    where = (node.get("config") or {}).get("where")
    return masked(f"{sentence} (hanya baris dengan {_line(where)})" if where else sentence)


def _readable(name: str) -> str:
    """A test's name as a sentence, abbreviations in capitals."""
    words = plain(name)
    return re.sub(
        r"\b(nik|kk|ssn|dtks|rt|id)\b", lambda found: found[0].upper(), words[:1].upper() + words[1:], flags=re.IGNORECASE
    )


def _generic(kind: str, kwargs: Mapping[str, Any], column: str) -> str:
    columns = kwargs.get("combination_of_columns") or kwargs.get("columns")
    expression = kwargs.get("expression")
    if kind == "not_null":
        return f"Kolom {column} selalu terisi"
    if kind == "unique":
        return f"Tidak ada dua baris dengan {column} yang sama"
    if kind == "row_key":
        return f"Kolom {column} selalu terisi dan tidak ada dua baris dengan isi yang sama"
    if kind == "accepted_values":
        return f"Kolom {column} hanya berisi " + ", ".join(map(str, kwargs["values"]))
    if kind == "relationships":
        return f"Setiap isi kolom {column} ada di kolom {kwargs['field']} tabel {_table(kwargs['to'])}"
    if kind == "no_row_where":
        return f"Tidak ada baris dengan {_line(kwargs['condition'])}"
    if columns:
        return f"Tidak ada dua baris dengan gabungan {', '.join(columns)} yang sama"
    if expression:
        return f"Selalu berlaku: {f'{column} ' if column else ''}{_line(expression)}"
    rest = [f"{key} {_line(value)}" for key, value in kwargs.items() if key not in ("column_name", "model", "name")]
    where = f" pada kolom {column}" if column else ""
    return plain(kind).capitalize() + where + (": " + "; ".join(rest) if rest else "")


def _table(reference: object) -> str:
    found = re.findall(r"['\"](\w+)['\"]", str(reference))
    return found[-1] if found else _line(reference)


def _line(value: object) -> str:
    return " ".join(str(value).split())
