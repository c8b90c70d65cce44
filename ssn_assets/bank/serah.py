"""The hand-over note (serah.json) that the bank gets beside each file: facts and opaque ids only. Sending is `handover.py`."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from ssn_assets.bank import layout
from ssn_assets.bank.encryption import Recipient
from ssn_assets.bank.kinds import CARDS, Kind
from ssn_assets.store.transfer import read_rows


def of_withdrawn(kind: Kind, line: Any, when: str) -> bytes:
    """The note of a batch that is withdrawn: its number and hash, so that the bank's chain goes on."""
    return json.dumps({**_about(kind, line), "ditarik": when}, indent=1).encode() + b"\n"


def of_sent(
    con: Connection,
    kind: Kind,
    line: Any,
    recipient: Recipient,
    content: bytes,
    closed: bytes,
    people: tuple[str, str],
    when: str,
) -> bytes:
    """The note of a batch that is sent: its totals, who agreed, how it is closed, which old cards it is about.

    Args:
        content: the sealed file; closed: the same, encrypted to the recipient.
        people: who prepared it, and who approved it.
        when: UTC, to the second.
    """
    name = kind.file_name(line.batch_no)
    facts = {
        **_about(kind, line),
        "byte": len(content),
        "baris": line.jumlah,
        **({"rupiah": line.rupiah} if kind.form.money else {}),
        "hash_total": line.hash_total,
        "dikirim": when,
        "diajukan_oleh": people[0],
        "disetujui_oleh": people[1],
        "sandi": {
            "cara": recipient.cara,
            "berkas": f"{name}.{recipient.cara}",
            "sha256": layout.sha256(closed),
            "byte": len(closed),
        },
        **({"kartu_lama": _about_old_cards(con, line.batch_no)} if kind is CARDS else {}),
    }
    return json.dumps(facts, indent=1).encode() + b"\n"


def _about(kind: Kind, line: Any) -> dict[str, Any]:
    return {
        "versi": 1,
        "batch_no": line.batch_no,
        "berkas": kind.file_name(line.batch_no),
        "sha256": line.sha256,
        "sha256_sebelumnya": line.prev_sha256,
        "periode": line.periode,
        "dibuat": line.dibuat_pada,
    }


def _about_old_cards(con: Connection, batch_no: int) -> list[dict[str, str]]:
    """For each BLOKIR and GANTI of a batch: which card, why, and (BLOKIR) the family's card from now on. Opaque ids only."""
    columns = ("id_penerbitan", "jenis", "id_rujukan", "sebab", "id_pemegang")
    rows = read_rows(
        con, f"select {', '.join(columns)} from penerbitan where batch_no = {int(batch_no)} and jenis <> 'BARU' order by seq"
    )
    names = ("id_penerbitan", "jenis", "kartu", "sebab", "kartu_sekarang")
    return [dict(zip(names, (value or "" for value in row), strict=True)) for row in rows]
