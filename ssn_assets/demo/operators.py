"""Demo operators: they read the work lists, know the truth, and drop filled sheets into inbox/verifikasi/.

They see what a kelurahan sees (the sheet) and what a visit shows (the truth), not how the platform decides.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ssn_assets.demo.sheets import read_sheet, write_csv, write_sheet
from ssn_assets.demo.truth import TRUTH_FILE
from ssn_assets.home import Home

FIRST_ANSWER = "keputusan"
SHEET_LIMIT = 400
"""Longer lists come back as CSV: some offices print and retype, and writing big workbooks takes long."""

UNKNOWN_CASE = "K00000000000000000000"

CASES = """
select id_kasus, k.status_padan, k.nik_padan, t.nik_benar, t.keadaan
from read_parquet($decisions) k join read_parquet($truth) t using (berkas, baris)
where id_kasus is not null
qualify row_number() over (partition by id_kasus order by k.duplikat_dari is not null, berkas, baris) = 1
"""


@dataclass
class WorkReport:
    """Counts of what the operators did."""

    sheets: int = 0
    cases: int = 0
    answered: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count:,}" for name, count in self.answers.most_common())
        return f"Operator kelurahan: {self.sheets} daftar, {self.cases:,} kasus, {self.answered:,} dijawab ({kinds})."


def answer_worklists(home: Home, period: str, share: float = 1.0, seed: int = 1) -> WorkReport:
    """Fill in the open work lists of a period truthfully and drop them into inbox/verifikasi/.

    Args:
        share: part of the cases that is answered; the rest is left blank. The same cases for the same seed.
        seed: decides who is answered and the operators' habits.

    Raises:
        FileNotFoundError: no decisions of that period, or no truth (not a demo city).
    """
    home.prepare()
    known = _cases(home, period)
    report = WorkReport()
    for path in sorted(home.worklists(period).glob("*.xlsx")):
        rnd = random.Random(f"{seed}|{period}|{path.stem}")
        title, header, rows = read_sheet(path, "id_kasus")
        report.sheets += 1
        report.cases += len(rows)
        done = _fill(header, rows, known, period, share, seed, rnd, report)
        if done:
            _write(home, period, path.stem, title, header, rows, rnd)
    if report.answered:
        _write_impossible_answers(home, period)
    return report


def _cases(home: Home, period: str) -> dict[str, tuple[str, str]]:
    """Case id -> the truthful answer and the nik_benar to write (empty for none)."""
    import duckdb

    decisions, truth = home.period(period) / "keputusan.parquet", home.truth / period / TRUTH_FILE
    for path in (decisions, truth):
        if not path.is_file():
            raise FileNotFoundError(path)
    con = duckdb.connect()
    rows = con.execute(CASES, {"decisions": str(decisions), "truth": str(truth)}).fetchall()
    con.close()
    return {case: _answer(status, matched, right, visit) for case, status, matched, right, visit in rows}


def _answer(status: str, matched: str | None, right: str | None, visit: str) -> tuple[str, str]:
    """WARGA with the person's NIK where the case is doubtful, or the last four digits on the sheet are not his."""
    if visit != "WARGA" or right is None:
        return visit, ""
    doubtful = status == "RAGU" or matched is None or matched[-4:] != right[-4:]
    return "WARGA", right if doubtful else ""


def _fill(
    header: list[str],
    rows: list[list[Any]],
    known: dict[str, tuple[str, str]],
    period: str,
    share: float,
    seed: int,
    rnd: random.Random,
    report: WorkReport,
) -> int:
    column = {name: i for i, name in enumerate(header)}
    writer = f"Operator {rnd.randrange(1, 4)}"
    form = rnd.choice(("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", None))
    year, month = map(int, period.split("-"))
    done = 0
    for row in rows:
        case = str(row[column["id_kasus"]])
        if case not in known or not _is_answered(case, seed, share):
            continue
        answer, right = known[case]
        row[column[FIRST_ANSWER]] = answer if rnd.random() > 0.04 else rnd.choice((answer.lower(), f" {answer} ", answer.title()))
        row[column["petugas"]] = writer
        day = dt.date(year, month, rnd.randrange(6, 28))
        row[column["tanggal"]] = day.strftime(form) if form else day
        row[column["nik_benar"]] = right
        row[column["catatan"]] = rnd.choice(("", "", "", "sudah didatangi", "menurut ketua RT"))
        report.answers[answer] += 1
        done += 1
    report.answered += done
    return done


def _is_answered(case: str, seed: int, share: float) -> bool:
    return int.from_bytes(hashlib.sha256(f"{seed}|{case}".encode()).digest()[:4]) < share * 2**32


def _write(
    home: Home,
    period: str,
    area: str,
    title: list[list[Any]],
    header: list[str],
    rows: list[list[Any]],
    rnd: random.Random,
) -> None:
    """The sheet filled in; a few offices send only the columns that matter. No earlier answer is overwritten."""
    folder = home.inbox("verifikasi")
    stem = f"{area}_{period}"
    turn = len({p.stem for p in folder.glob(f"{stem}_*")}) + 1
    if rnd.random() < 0.1:
        wanted = [header.index(n) for n in ("id_kasus", FIRST_ANSWER, "petugas", "tanggal", "nik_benar", "catatan")]
        header, rows, title = [header[i] for i in wanted], [[row[i] for i in wanted] for row in rows], []
    if len(rows) <= SHEET_LIMIT and rnd.random() < 0.9:
        write_sheet(folder / f"{stem}_{turn}.xlsx", [*title, header], rows, sheet="Daftar")
    else:
        separator = rnd.choice((",", ";"))
        write_csv(
            folder / f"{stem}_{turn}.csv",
            header,
            rows,
            separator=separator,
            encoding=rnd.choice(("utf-8", "utf-8-sig")),
        )


def _write_impossible_answers(home: Home, period: str) -> None:
    """A file with two rows that must be quarantined: a case nobody sent, and a code that does not exist."""
    header = ("id_kasus", "keputusan", "petugas", "tanggal", "nik_benar", "catatan")
    rows = [
        (UNKNOWN_CASE, "WARGA", "Operator 1", f"{period}-15", "", ""),
        (UNKNOWN_CASE, "WRGA", "Operator 1", f"{period}-15", "", ""),
    ]
    write_csv(home.inbox("verifikasi") / f"kiriman_ulang_{period}.csv", header, rows)
