"""Why the matching decided as it did about one row, read from the warehouse as plain data.

Words are in `telling.py`, the picture in `waterfall.py`. What a candidate weighs is worked out by the dbt model mart_penjelasan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ssn_assets.sanding import masking
from ssn_assets.sanding.finding import NotFound, file_of, require_period, why_no_row

if TYPE_CHECKING:
    import duckdb

SHOWN = 3
"""Candidates explained field by field; the others are counted."""

NO_SECOND = 99.0
"""What `jarak` says when there is no second candidate."""

NO_LIMIT = -99.0
"""What a rule says that asks for no least certainty or lead."""

NAME_LEVELS = {
    "KELAS_5": "nama sama",
    "KELAS_4": "setiap kata nama cocok, walau ada salah ketik atau singkatan",
    "KELAS_3": "nama kurang atau lebih kata",
    "KELAS_2": "nama mirip",
    "KELAS_1": "nama lain",
}
FIELDS = ("AWAL", "NIK", "NAMA", "KK", "LAHIR", "KELAMIN", "IBU", "ALAMAT", "WILAYAH", "DIPAKAI", "LAINNYA")
"""In the order in which a person reads them."""

ROW = """
select dtks.dtks_id, dtks.berkas, dtks.baris, padan.status_padan, padan.aturan, padan.metode_padan, padan.skor, padan.nik_padan,
    padan.nik_calon, padan.catatan, akhir.status_padan, akhir.metode_padan, akhir.verifikasi, asal.berkas_sha256
from stg_dtks as dtks
inner join raw.dtks as asal using (dtks_id)
inner join mart_padan as padan using (dtks_id)
left join mart_keputusan_dasar as akhir using (dtks_id)
where dtks.berkas = $file and dtks.baris = $row
"""
LIST_VALUES = """
select nik_asal, nama_asal, no_kk_asal, tanggal_lahir::text, jenis_kelamin, nama_ibu, alamat, kelurahan, rt
from stg_dtks where dtks_id = $id
"""
REGISTRY_VALUES = """
select nik, nama, no_kk, tanggal_lahir::text, jenis_kelamin, nama_ibu, alamat, kelurahan, rt, status
from int_penduduk where list_contains($niks::text[], nik)
"""
WEIGHED = """
select penjelasan.urutan, penjelasan.nik_calon, penjelasan.bidang, penjelasan.tingkat, bobot.keterangan, penjelasan.bit_sama,
    penjelasan.bit_lawan, penjelasan.sumbangan, penjelasan.lawan, penjelasan.yakin, penjelasan.jarak
from mart_penjelasan as penjelasan
left join bobot_padan as bobot using (bidang, tingkat)
where penjelasan.dtks_id = $id and penjelasan.urutan <= $shown
"""
CANDIDATES = "select count(*), max(jarak) filter (where urutan = 1) from int_calon_skor where dtks_id = $id"
BEST_LEVELS = """
select nik, kk, wilayah, pribadi, dipakai, kelas, kata_dtks, depan_cocok, yakin, jarak
from int_calon_skor where dtks_id = $id and urutan = 1
"""
EXACT = "select kk, wilayah from int_padan_eksak where dtks_id = $id"
RULES = """
select nomor, aturan, keterangan, nik, kk, wilayah, pribadi, dipakai, kelas_min, kata_min, depan_cocok, yakin_min, jarak_min,
    keputusan from aturan_padan order by nomor
"""
LEVEL_WORDS = "select keterangan from bobot_padan where bidang = $field and tingkat = $level"


@dataclass(frozen=True)
class Rule:
    """A line of aturan_padan. least, lead: bits it asks for."""

    number: int
    name: str
    words: str
    nik: str
    kk: str
    home: str
    personal: str
    claim: str
    name_class: int
    name_words: int
    first_name: bool
    least: float
    lead: float
    decision: str

    def fits(self, levels: tuple[str, ...], name: tuple[int, ...]) -> bool:
        """Whether the levels alone would let this rule decide.

        Levels: of NIK, KK, home, personal data, claim. Name: its class, its words, whether the person's name has the first one.
        """
        allowed = (self.nik, self.kk, self.home, self.personal, self.claim)
        asked = (self.name_class, self.name_words, self.first_name)
        return all(map(_among, levels, allowed)) and all(has >= least for has, least in zip(name, asked, strict=True))


@dataclass(frozen=True)
class Field:
    """One field compared. support, against, bits: as bit_sama, bit_lawan and sumbangan of mart_penjelasan."""

    name: str
    level: str
    words: str
    on_list: str
    in_registry: str
    support: float | None = None
    against: float | None = None
    bits: float | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody whom the row may be. household: the other explanation to beat was an unrecorded member of the household."""

    place: int
    nik: str
    name: str
    status: str
    fields: tuple[Field, ...]
    certainty: float | None = None
    household: bool = False


@dataclass(frozen=True)
class Explanation:
    """All there is to say of one row. nearest: the PADAN rule that lacked least, when none held."""

    dtks_id: int
    period: str
    file: str
    row: int
    status: str
    note: str
    rule: Rule | None
    exact: bool
    score: float | None
    certainty: float | None
    lead: float | None
    considered: int
    people: int
    row_values: tuple[tuple[str, str], ...]
    candidates: tuple[Candidate, ...] = ()
    nearest: Rule | None = None
    later: str = ""
    """What a kelurahan's answer made of it: "PADAN (KELURAHAN), jawaban WARGA"; empty without one."""
    opened: bool = False
    file_digest: str = ""
    """SHA-256 of the file: it says which file without naming it."""


def explain(con: duckdb.DuckDBPyConnection, period: str, file: str, row: int, opened: bool = False) -> Explanation:
    """Explain one row of the list in the warehouse.

    Args:
        con: the warehouse.
        period: YYYY-MM; must be the one in the warehouse.
        file: the file's name (berkas); case and folders do not matter.
        row: the row number as a person sees it (baris).
        opened: NIK, names and the like in full instead of covered.

    Raises:
        NotFound: no such period, file or row.
    """
    require_period(con, period)
    name = file_of(con, file)
    found = con.execute(ROW, {"file": name, "row": row}).fetchone()
    if found is None:
        raise NotFound(why_no_row(con, name, row))
    dtks_id, _, _, status, number, _, score, matched, candidate, note, later, later_method, answer, digest = found
    rules = [Rule(*line) for line in con.execute(RULES).fetchall()]
    rule = next((r for r in rules if r.number == number), None)
    exact = con.execute(EXACT, {"id": dtks_id}).fetchone()
    cover = _Cover(opened)
    values = cover.values(con.execute(LIST_VALUES, {"id": dtks_id}).fetchone() or (None,) * 9)
    considered, lead = con.execute(CANDIDATES, {"id": dtks_id}).fetchone() or (0, None)
    best = con.execute(BEST_LEVELS, {"id": dtks_id}).fetchone()
    if exact:
        candidates = [_exact_candidate(con, matched, exact, values, cover)]
    else:
        candidates = _candidates(con, dtks_id, values, cover)
        if not candidates and candidate:
            candidates = [_holder(con, candidate, values, cover)]
    settled = later_method == "KELURAHAN" or (answer and later != status)
    people = con.execute("select count(*) from int_penduduk_kunci").fetchone()
    return Explanation(
        dtks_id=dtks_id,
        period=period,
        file=name,
        row=row,
        status=status,
        note=note or "",
        rule=rule,
        exact=exact is not None,
        score=score,
        certainty=best[-2] if best else None,
        lead=lead,
        considered=considered if not exact else 1,
        people=people[0] if people else 0,
        row_values=tuple(values.items()),
        candidates=tuple(candidates),
        nearest=None if best is None or status == "PADAN" else _nearest(rules, best),
        later=f"{later}{f' ({later_method})' if later_method else ''}, jawaban {answer or 'kelurahan'}" if settled else "",
        opened=opened,
        file_digest=digest or "",
    )


class _Cover:
    """A person's values by field, covered unless opened."""

    def __init__(self, opened: bool) -> None:
        self._opened = opened

    def values(self, line: tuple[Any, ...]) -> dict[str, str]:
        nik, name, kk, born, sex, mother, street, place, rt = line[:9]
        home = " ".join(part for part in (f"Kel. {place}" if place else "", f"RT {rt}" if rt else "") if part)
        return {
            "NIK": self._as(masking.number, nik),
            "NAMA": self._as(masking.name, name),
            "KK": self._as(masking.number, kk),
            "LAHIR": self._as(masking.day, born),
            "KELAMIN": sex or "",
            "IBU": self._as(masking.name, mother),
            "ALAMAT": self._as(masking.address, street),
            "WILAYAH": home,
        }

    def _as(self, mask: Callable[[str], str], text: str | None) -> str:
        return "" if not text else text if self._opened else mask(text)


def _among(level: str, allowed: str) -> bool:
    return allowed == "*" or level in allowed.split("|")


def _nearest(rules: list[Rule], best: tuple[Any, ...]) -> Rule | None:
    """Of the PADAN rules whose levels the best candidate meets, the one that lacks the fewest bits."""
    levels, name, (certainty, lead) = best[:5], best[5:8], best[8:]
    fitting = [r for r in rules if r.decision == "PADAN" and r.fits(levels, name)]
    return min(fitting, key=lambda r: (max(r.least - certainty, 0) + max(r.lead - lead, 0), r.number), default=None)


def _candidates(con: duckdb.DuckDBPyConnection, dtks_id: int, row: dict[str, str], cover: _Cover) -> list[Candidate]:
    lines = con.execute(WEIGHED, {"id": dtks_id, "shown": SHOWN}).fetchall()
    people = _people(con, [line[1] for line in lines], cover)
    made = []
    for place in sorted({line[0] for line in lines}):
        mine = sorted((line for line in lines if line[0] == place), key=lambda line: FIELDS.index(line[2]))
        nik = mine[0][1]
        person, status = people.get(nik, ({}, ""))
        fields = tuple(
            Field(
                name,
                level,
                NAME_LEVELS.get(level, words or "") if name == "NAMA" else words or "",
                row.get(name, ""),
                person.get(name, ""),
                support,
                against,
                bits,
            )
            for _, _, name, level, words, support, against, bits, *_ in mine
        )
        made.append(
            Candidate(place, person.get("NIK", ""), person.get("NAMA", ""), status, fields, mine[0][9], mine[0][8] == "SERUMAH")
        )
    return made


def _exact_candidate(
    con: duckdb.DuckDBPyConnection, nik: str, levels: tuple[str, str], row: dict[str, str], cover: _Cover
) -> Candidate:
    """The person of a row decided before weighing: same NIK, same name; KK and home are noted."""
    person, status = _people(con, [nik], cover).get(nik, ({}, ""))
    words = {"NIK": "NIK sama persis", "NAMA": "nama sama persis"}
    for name, level in zip(("KK", "WILAYAH"), levels, strict=True):
        known = con.execute(LEVEL_WORDS, {"field": name, "level": level}).fetchone()
        words[name] = known[0] if known else ""
    fields = tuple(Field(n, "", words.get(n, ""), row[n], person.get(n, "")) for n in FIELDS if n in row)
    return Candidate(1, person.get("NIK", ""), person.get("NAMA", ""), status, fields)


def _holder(con: duckdb.DuckDBPyConnection, nik: str, row: dict[str, str], cover: _Cover) -> Candidate:
    """Whose the NIK of a row is that nothing else can be compared with."""
    person, status = _people(con, [nik], cover).get(nik, ({}, ""))
    fields = tuple(Field(n, "", "", row[n], person.get(n, "")) for n in FIELDS if n in row)
    return Candidate(1, person.get("NIK", ""), person.get("NAMA", ""), status, fields)


def _people(con: duckdb.DuckDBPyConnection, niks: list[str], cover: _Cover) -> dict[str, tuple[dict[str, str], str]]:
    """By NIK: values by field, and the person's status."""
    found = con.execute(REGISTRY_VALUES, {"niks": sorted(set(niks))}).fetchall()
    return {line[0]: (cover.values(line), line[9] or "") for line in found}
