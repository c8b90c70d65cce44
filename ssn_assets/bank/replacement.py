"""Cards to be replaced: a registered person says why, or the bank refused them and the registry was corrected since.

Which of them become GANTI lines is worked out with all other needs (`needs.py`); here they are asked for and loaded.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, select

from ssn_assets.bank import accounts, other_name, steps
from ssn_assets.bank.kind import CARDS
from ssn_assets.bank.needs import CHECKED_BY_BANK
from ssn_assets.batches import settlement
from ssn_assets.store.bank_schema import REMEDIED, REPLACED_FOR, permintaan_ganti
from ssn_assets.store.engine import writing
from ssn_assets.store.schema import penerbitan
from ssn_assets.store.transfer import fill, read_rows

if TYPE_CHECKING:
    import duckdb
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_REFUSED = "select l.id_penerbitan from langkah_penerbitan as l where list_contains($refused, l.langkah)"


def ask(engine: Engine, key: Ed25519PrivateKey, issuance: str, reason: str, now: datetime) -> None:
    """Ask for a card in place of one that is no use; the next run orders it. Asked twice it is one request.

    Args:
        key: of the registered person who asks.
        issuance: id_penerbitan of the card.
        reason: HILANG, RUSAK, or DIATASI: the bank refused it, or reports its account for somebody else too, and the cause is
            remedied without a change in the registry.

    Raises:
        ControlError: there is no such card at the bank, it was stopped or replaced already, or there is nothing to remedy.
    """
    from ssn_assets.batches import officers
    from ssn_assets.batches.officers import ControlError

    if reason not in REPLACED_FOR:
        raise ControlError(f"Sebab {reason!r} tidak dikenal; pakai {', '.join(REPLACED_FOR)}.")
    with writing(engine) as con:
        who = officers.identify(con, key)
        card = con.execute(
            select(penerbitan.c.jenis, penerbitan.c.status).where(penerbitan.c.id_penerbitan == issuance)
        ).one_or_none()
        if card is None or card.jenis == "BLOKIR" or card.status != "DITULIS":
            raise ControlError(f"Tidak ada kartu {issuance} di berkas bank; periksa id_penerbitan.")
        ended = con.execute(
            select(penerbitan.c.jenis).where(penerbitan.c.id_rujukan == issuance, penerbitan.c.status == "DITULIS")
        ).scalar()
        if ended:
            raise ControlError(f"Kartu {issuance} sudah {'diblokir' if ended == 'BLOKIR' else 'diganti'}.")
        if con.execute(select(permintaan_ganti.c.waktu).where(permintaan_ganti.c.id_penerbitan == issuance)).scalar():
            return
        if reason == REMEDIED and not _refused(con, issuance):
            raise ControlError(f"Bank tidak menolak kartu {issuance}; tidak ada yang diatasi.")
        officers.keep_request(con, permintaan_ganti, "GANTI", who, now, id_penerbitan=issuance, sebab=reason)


def _refused(con: Connection, issuance: str) -> bool:
    said = settlement.counting(*settlement.of_line(con, CARDS, issuance))
    return steps.furthest(line.status for line in said) in steps.REFUSED or issuance in accounts.twice(con)


def load(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Make the temporary tables ganti_diminta(id_penerbitan, sebab) and data_terkirim; after langkah_penerbitan.

    data_terkirim has what the bank was sent of cards that it refused, or whose account it has in another name.
    """
    asked = read_rows(store, "select id_penerbitan, sebab from permintaan_ganti")
    fill(con, "ganti_diminta", {"id_penerbitan": "text", "sebab": "text"}, asked, temporary=True)
    refused = [i for (i,) in con.execute(_REFUSED, {"refused": list(steps.REFUSED)}).fetchall()]
    refused += set(other_name.cards(con, store)).difference(refused)
    columns = [penerbitan.c.id_penerbitan, *(penerbitan.c[f] for f in CHECKED_BY_BANK)]
    sent: list[tuple[str | None, ...]] = []
    for start in range(0, len(refused), 500):  # databases limit how many values a question may have
        some = refused[start : start + 500]
        sent += [tuple(row) for row in store.execute(select(*columns).where(penerbitan.c.id_penerbitan.in_(some)))]
    fill(con, "data_terkirim", dict.fromkeys(["id_penerbitan", *CHECKED_BY_BANK], "text"), sent, temporary=True)
