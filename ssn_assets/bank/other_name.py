"""NAMA_LAIN: a bank that also sends the name an account is in (column `nama`) names somebody else than we sent.

The names are compared here and go no further: neither into words, logs and metadata nor into the store. Of each card the newest
lines with a name count, so the bank ends it by an answer with the right name and a later day.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ssn_assets.store.transfer import copy_over

if TYPE_CHECKING:
    import duckdb

TITLES = frozenset(("H", "HJ", "HAJI", "HAJAH", "HAJJAH", "DR", "DRS", "DRA", "IR", "PROF", "ALM"))
"""Words that a bank writes or leaves out without meaning anybody else, before a name; those after it stand behind a comma."""

CUT_AT = 15
"""Letters after which a bank's form may cut a name off."""

ANY = "select 1 from raw.bank where nama is not null limit 1"
SAID = """
select distinct id_penerbitan, t.nama, b.nama
from raw.bank as b
inner join nama_terkirim as t using (id_penerbitan)
where b.nama is not null
qualify rank() over (partition by id_penerbitan order by b.tanggal desc) = 1
"""
SENT = """penerbitan as p where status = 'DITULIS' and jenis <> 'BLOKIR' and not exists (
    select 1 from penerbitan as x where x.id_rujukan = p.id_penerbitan and x.status = 'DITULIS'
)"""
"""Cards that were neither stopped nor replaced."""


def cards(con: duckdb.DuckDBPyConnection, store: Connection) -> list[str]:
    """The cards whose account is in another name, in order."""
    if not con.execute(ANY).fetchone():
        return []
    copy_over(store, con, "nama_terkirim", {"id_penerbitan": "text", "nama": "text"}, SENT, temporary=True)
    said = con.execute(SAID).fetchall()
    right = {card for card, sent, named in said if not is_other(sent or "", named)}
    return sorted({card for card, _, _ in said} - right)


def is_other(sent: str, said: str) -> bool:
    """Whether two names are of two people: not the same words, titles and signs apart, nor one cut off or with initials."""
    ours, theirs = _words(sent), _words(said)
    if len(ours) == len(theirs) and all(map(_alike, ours, theirs)):
        return False
    short, long = sorted(("".join(ours), "".join(theirs)), key=len)
    return short != long and not (len(short) >= CUT_AT and long.startswith(short))


def _alike(ours: str, theirs: str) -> bool:
    return ours == theirs or (1 in (len(ours), len(theirs)) and ours[0] == theirs[0])


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.partition(",")[0].upper().replace("'", "").replace(".", " "))
    words = re.findall(r"[A-Z]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    return [word for word in words if word not in TITLES] or words
