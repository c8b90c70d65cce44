"""The hand-over note (serah.json) that the bank gets beside each file: facts and opaque ids only. Sending is `handover.py`."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from ssn_assets.batches import layout
from ssn_assets.batches.encryption import Recipient
from ssn_assets.batches.kinds import Kind


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
    """The note of a batch that is sent: its totals, who agreed, how it is closed, and what its kind adds.

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
        **kind.noted(con, line.batch_no),
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
