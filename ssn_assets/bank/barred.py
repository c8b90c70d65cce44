"""ops.kartu_terhalang: cards about which something is open. No money is ordered to them; what is open: `exceptions.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from ssn_assets.bank import exceptions
from ssn_assets.store.transfer import fill, read_rows

if TYPE_CHECKING:
    import duckdb

MOST_OWNERS = 5
"""One reference for more people than this is the bank's letter or file, not an account."""

ACCOUNT_TWICE = f"""
select distinct j.id_penerbitan
from jawaban_bank as j
inner join (
    select a.referensi_bank from jawaban_bank as a
    inner join penerbitan as p on p.id_penerbitan = a.id_penerbitan
    where a.status = 'REKENING_DIBUKA' and a.referensi_bank <> ''
    group by a.referensi_bank
    having count(distinct p.nik_awal) between 2 and {MOST_OWNERS}
) as g on g.referensi_bank = j.referensi_bank
where j.status = 'REKENING_DIBUKA'
"""
"""One account for several people; a card in place of another has its holder's account."""

FAMILIES = "select id_penerbitan from ops.pengecualian_kartu where id_penerbitan is not null"


def work_out(con: duckdb.DuckDBPyConnection, store: Connection) -> None:
    """Make ops.kartu_terhalang(id_penerbitan); after `answers.load_steps` and `needs.work_out`."""
    odd = [line[1] for line in exceptions.from_answers(con)]
    twice = [issuance for (issuance,) in read_rows(store, ACCOUNT_TWICE)]
    families = [issuance for (issuance,) in con.execute(FAMILIES).fetchall()]
    cards = sorted({*odd, *twice, *families})
    fill(con, "ops.kartu_terhalang", {"id_penerbitan": "text"}, [(card,) for card in cards])
