"""How right the platform was: its decisions against the demo city's truth, all by SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ssn_assets.demo.truth import TRUTH_FILE
from ssn_assets.home import Home

JOINED = """
create temp table baris as
select
    t.*, k.status_padan, k.nik_padan, k.metode_padan, k.keputusan, k.alasan, k.id_kasus, k.duplikat_dari,
    k.status_padan = 'PADAN' as padan,
    coalesce(k.metode_padan = 'KELURAHAN', false) as oleh_kelurahan,
    k.status_padan = 'PADAN' and k.nik_padan is not distinct from t.nik_benar as benar
from read_parquet($truth) t left join read_parquet($decisions) k using (berkas, baris)
"""

TOTALS = """
select
    count(*) as rows,
    count(*) filter (where status_padan is null) as undecided,
    count(nik_benar) as with_person,
    count(*) filter (where padan and not oleh_kelurahan) as padan,
    count(*) filter (where benar and not oleh_kelurahan) as padan_right,
    count(*) filter (where status_padan = 'RAGU' or oleh_kelurahan) as ragu,
    count(*) filter (where oleh_kelurahan) as settled,
    count(*) filter (where benar and oleh_kelurahan) as settled_right,
    count(*) filter (where status_padan = 'TIDAK_PADAN' and nik_benar is not null) as lost,
    count(*) filter (where status_padan = 'BELUM') as not_asked
from baris
"""

PERSONS = """
with sah as (select distinct nik_benar as nik from baris where sah),
     valid as (select distinct nik_padan as nik from baris where keputusan = 'VALID')
select
    (select count(*) from sah), (select count(*) from valid),
    (select count(*) from valid anti join sah using (nik)),
    (select count(*) from sah anti join valid using (nik))
"""

BY_DEFECT = """
select cacat, count(*) as baris, count(*) filter (where benar and not oleh_kelurahan) as benar,
       count(*) filter (where padan and not benar and not oleh_kelurahan) as salah,
       count(*) filter (where status_padan = 'RAGU' or oleh_kelurahan) as ragu,
       count(*) filter (where status_padan = 'TIDAK_PADAN' and nik_benar is not null) as terlewat
from (
    select unnest(case when len(cacat) = 0 then ['(tanpa cacat)'] else cacat end) as cacat, * exclude (cacat) from baris
    union all by name
    select '(kembar)' as cacat, * exclude (cacat) from baris where kembar
)
group by cacat order by cacat
"""

MISSING_WHY = """
select coalesce(array_to_string(alasan, ','), status_padan, 'tanpa keputusan') as alasan, count(*) as orang
from (
    select distinct on (nik_benar) nik_benar, alasan, status_padan from baris
    where sah and nik_benar not in (select nik_padan from baris where keputusan = 'VALID' and nik_padan is not null)
    order by nik_benar, duplikat_dari is not null, berkas, baris
)
group by 1 order by 2 desc, 1
"""


@dataclass
class Score:
    """Counts; the shares are properties. Rows that a kelurahan settled were RAGU, and count so for the matching."""

    period: str
    rows: int
    undecided: int
    with_person: int
    padan: int
    padan_right: int
    ragu: int
    settled: int
    settled_right: int
    lost: int  # rows of registered people declared TIDAK_PADAN
    not_asked: int
    expected_valid: int
    valid: int
    wrong_valid: int
    missing_valid: int
    by_defect: list[dict[str, Any]] = field(default_factory=list)
    missing_why: list[tuple[str, int]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right PADAN rows among the PADAN rows (without the kelurahan's help)."""
        return self.padan_right / self.padan if self.padan else 1.0

    @property
    def recall(self) -> float:
        """Right PADAN rows among the rows whose person is in the registry."""
        return self.padan_right / self.with_person if self.with_person else 1.0

    @property
    def ragu_share(self) -> float:
        """Rows left to a human, of all rows."""
        return self.ragu / self.rows if self.rows else 0.0

    def describe(self) -> str:
        """The measurement in words, for the terminal; counts only."""
        wrong = self.padan - self.padan_right
        lines = [
            f"Sanding data {self.period}: presisi {self.precision:.5f} ({wrong:,} salah dari {self.padan:,} PADAN), "
            f"recall {self.recall:.5f} ({self.padan_right:,} dari {self.with_person:,}), "
            f"RAGU {self.ragu_share:.2%} ({self.ragu:,}), terlewat {self.lost:,}.",
            f"Diselesaikan kelurahan: {self.settled:,} baris, {self.settled_right:,} benar.",
            f"Orang VALID: {self.valid:,}; seharusnya {self.expected_valid:,}; "
            f"keliru VALID {self.wrong_valid:,}; belum VALID {self.missing_valid:,}.",
        ]
        if self.undecided or self.not_asked:
            lines.append(f"Tanpa keputusan: {self.undecided:,} baris; belum dipadankan: {self.not_asked:,}.")
        if self.missing_why:
            lines.append("Belum VALID karena: " + "; ".join(f"{why} {count:,}" for why, count in self.missing_why[:6]) + ".")
        return "\n".join(lines)

    def table(self) -> str:
        """How the matching did, one line a kind of defect."""
        head = f"{'cacat':<24}{'baris':>9}{'benar':>9}{'salah':>7}{'ragu':>7}{'terlewat':>10}"
        return "\n".join(
            [
                head,
                *(
                    f"{d['cacat']:<24}{d['baris']:>9,}{d['benar']:>9,}{d['salah']:>7,}{d['ragu']:>7,}{d['terlewat']:>10,}"
                    for d in self.by_defect
                ),
            ]
        )


def score(home: Home, period: str) -> Score:
    """Compare outbox/<period>/keputusan.parquet with the truth of the demo city.

    Raises:
        FileNotFoundError: no decisions of that period, or no truth (not a demo city).
    """
    import duckdb

    files = {"truth": home.truth / period / TRUTH_FILE, "decisions": home.period(period) / "keputusan.parquet"}
    for path in files.values():
        if not path.is_file():
            raise FileNotFoundError(path)
    con = duckdb.connect()
    try:
        con.execute(JOINED, {name: str(path) for name, path in files.items()})
        totals = con.execute(TOTALS)
        names = [column[0] for column in totals.description or ()]
        counts = dict(zip(names, totals.fetchone() or (), strict=True))
        expected, valid, wrong, missing = con.execute(PERSONS).fetchone() or (0, 0, 0, 0)
        defects = con.execute(BY_DEFECT)
        columns = [column[0] for column in defects.description or ()]
        by_defect = [dict(zip(columns, row, strict=True)) for row in defects.fetchall()]
        why = con.execute(MISSING_WHY).fetchall()
    finally:
        con.close()
    return Score(
        period,
        **counts,
        expected_valid=expected,
        valid=valid,
        wrong_valid=wrong,
        missing_valid=missing,
        by_defect=by_defect,
        missing_why=why,
    )
