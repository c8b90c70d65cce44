"""CSV as offices send it: every dialect reads the same, every odd line is a row, a quarantined row or no row at all."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ssn_assets.home import Home
from ssn_assets.intake import csvfile
from ssn_assets.intake.headers import DTKS
from ssn_assets.intake.inbox import scan
from ssn_assets.intake.prepare import readable
from ssn_assets.warehouse import open_warehouse
from tests.unit.intake_support import HEADER, PERIOD, csv_text, drop, loaded, person

PEOPLE = [person(n) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("separator", "encoding", "end"),
    [
        (",", "utf-8", "\n"),
        (";", "utf-8-sig", "\r\n"),
        ("|", "cp1252", "\n"),
        ("\t", "utf-16", "\r\n"),
        (",", "utf-16-le", "\n"),
        (";", "utf-16-be", "\n"),
        ("\t", "cp1252", "\r"),
        ("|", "utf-8", "\r"),
    ],
)
def test_every_dialect_gives_the_same_rows(home: Home, separator: str, encoding: str, end: str) -> None:
    people = [*PEOPLE, person(6, nama="RENÉ D’ANGELO")]
    drop(home, "dtks", "a.csv", csv_text(people, separator, end=end).encode(encoding))
    with loaded(home) as it:
        rows = it.rows(
            "select nik_asal, nama_asal, no_kk_asal, alamat_asal, rt_asal, kelurahan_asal, kode_pos_asal, baris"
            " from raw.dtks order by baris"
        )
        assert [list(row[:-1]) for row in rows] == people
        assert [row[-1] for row in rows] == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "header",
    [
        "nik,NAMA LENGKAP,No. KK,Alamat,R.T.,Desa/Kelurahan,Kodepos",
        "Nomor NIK,nama_lengkap,NOKK,ALAMAT,no_rt,DESA/KELUARAHAN,kode_pos",
        "NIK,Nama,Nomor Kartu Keluarga,Alamat,RT,Kelurahan,Catatan",
    ],
)
def test_headers_are_known_by_name(home: Home, header: str) -> None:
    drop(home, "dtks", "a.csv", csv_text(PEOPLE, header=header))
    with loaded(home) as it:
        assert it.rows("select nik, no_kk_asal, kelurahan from raw.dtks where baris = 3") == [
            (PEOPLE[1][0], PEOPLE[1][2], "Bugis")
        ]


def test_order_is_free_and_unknown_columns_are_kept(home: Home) -> None:
    header = "No.,Kelurahan,RT,Alamat,Warna,Nomor KK,Nama,NIK,Warna"
    row = ["1", "Bugis", "2", "JL. A", 'biru "tua"', PEOPLE[0][2], "BUDI", PEOPLE[0][0], "merah"]
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), row])
    drop(home, "dtks", "a.csv", text.getvalue())
    with loaded(home) as it:
        unused = "lainnya->>'No.', lainnya->>'Warna', lainnya->>'Warna (9)'"
        assert it.rows(f"select nama_asal, kode_pos_asal, {unused} from raw.dtks") == [("BUDI", None, "1", 'biru "tua"', "merah")]


def test_title_rows_two_line_headers_and_column_numbers(home: Home) -> None:
    lines = [
        "DAFTAR PENERIMA,,,,,,",
        ",,,,,,",
        "NIK,Nama,Nomor,Tempat tinggal,,,Kode",
        ",,KK,Alamat,RT,Kelurahan,Pos",
        "(1),(2),(3),(4),(5),(6),(7)",
        *(",".join(p) for p in PEOPLE),
    ]
    drop(home, "dtks", "a.csv", "\n".join(lines))
    with loaded(home) as it:
        assert it.rows("select count(*), min(baris), max(baris), min(kode_pos_asal) from raw.dtks") == [(5, 6, 10, "75117")]
        assert it.quarantine == [(5, "NOMOR_KOLOM")]


def test_what_is_no_row_of_data_is_quarantined_or_not_counted(home: Home) -> None:
    nik, *rest = PEOPLE[0]
    lines = [
        HEADER,
        ",".join(PEOPLE[0]),
        "",
        " , ,,,,,",
        ",".join(HEADER.split(",")),
        "JUMLAH,5,,,,,",
        "KELURAHAN BUGIS,,,,,,",
        ',,,"Samarinda, 31 Oktober 2026",,,',
        f"{nik},BUDI",
        ",".join(["-", *rest]),
        ",".join([nik, *rest, "", " "]),
        ",".join([nik, *rest, "lebih"]),
        f"{nik},JL. A, NO 5,{','.join(rest)}",
    ]
    drop(home, "dtks", "a.csv", "\n".join(lines) + "\n\n")
    with loaded(home) as it:
        assert it.column("select baris from raw.dtks order by baris") == [2, 9, 10, 11]
        assert it.quarantine == [
            (5, "KEPALA_BERULANG"),
            (6, "JUMLAH"),
            (7, "BUKAN_BARIS"),
            (8, "BUKAN_BARIS"),
            (12, "KOLOM_BERLEBIH"),
            (13, "KOLOM_BERLEBIH"),
        ]
        assert (it.report.baris_masuk, it.report.baris_dimuat, it.report.baris_karantina) == (10, 4, 6)


def test_line_breaks_in_quotes_are_one_record(home: Home) -> None:
    rows = [PEOPLE[0], [*PEOPLE[1][:3], "JL. A\nGANG 2", *PEOPLE[1][4:]], PEOPLE[2]]
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.split(","), *rows])
    drop(home, "dtks", "a.csv", text.getvalue())
    with loaded(home) as it:
        assert it.rows("select baris, alamat_asal from raw.dtks order by baris")[1:] == [
            (3, "JL. A\nGANG 2"),
            (4, PEOPLE[2][3]),
        ]


@pytest.mark.parametrize("where", [0, 2, 4])
def test_an_unclosed_quote_swallows_no_other_row(home: Home, where: int) -> None:
    rows = [list(p) for p in PEOPLE]
    rows[where][1] = '"BUDI'
    drop(home, "dtks", "a.csv", csv_text(rows))
    with loaded(home) as it:
        assert it.rows("select baris, nik from raw.dtks order by baris") == [(n + 2, p[0]) for n, p in enumerate(PEOPLE)]
        assert it.column(f"select nama_asal from raw.dtks where baris = {where + 2}") == ['"BUDI']


def test_bytes_that_no_encoding_knows_cost_one_row(home: Home) -> None:
    lines = csv_text(PEOPLE).encode().split(b"\n")
    lines[2] = lines[2].replace(b"BUDI", b"BU\x81DI")
    lines[4] = lines[4].replace(b"BUDI", b"BU\0DI")
    drop(home, "dtks", "a.csv", b"\n".join(lines))
    with loaded(home) as it:
        assert it.quarantine == [(3, "HURUF_RUSAK"), (5, "HURUF_RUSAK")]
        assert it.report.baris_dimuat == 3


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_nul_among_the_letters_of_utf16_costs_one_row(home: Home, encoding: str) -> None:
    rows = [list(p) for p in PEOPLE]
    rows[2][1] = "BU\0DI"
    drop(home, "dtks", "a.csv", ("" if encoding == "utf-16" else "\ufeff").encode(encoding) + csv_text(rows).encode(encoding))
    with loaded(home) as it:
        assert it.quarantine == [(4, "HURUF_RUSAK")]
        assert it.report.baris_dimuat == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "KOSONG"),
        (b"\xef\xbb\xbf \n\n", "KOSONG"),
        (b"PK\x03\x04" + bytes(50), "BUKAN_CSV"),
        (b"<!DOCTYPE html><table>", "BUKAN_CSV"),
        (b"%PDF-1.4", "BUKAN_CSV"),
        (b"\x1f\x8b\x08" + bytes(range(256)), "BUKAN_CSV"),
        (b"halo\ndunia\n", "TANPA_KEPALA"),
        (b"NIK;Nama;Alamat\n1;2;3\n", "TANPA_KEPALA"),
    ],
)
def test_files_that_are_not_a_list_are_refused(home: Home, content: bytes, code: str) -> None:
    drop(home, "dtks", "a.csv", content)
    drop(home, "dtks", "b.csv", csv_text(PEOPLE))
    with loaded(home) as it:
        assert it.refusals == {"a.csv": code}
        assert it.report.baris_dimuat == 5


def test_a_refusal_names_the_missing_columns(home: Home) -> None:
    drop(home, "dtks", "a.csv", "NIK;Nama;Alamat;RT;Kelurahan\n1;2;3;4;5\n")
    with loaded(home) as it:
        assert it.column("select keterangan from raw.karantina")[0].startswith(
            "Baris judul kolom tidak lengkap: kolom Nomor KK tidak"
        )


@pytest.mark.parametrize(("damaged", "code"), [("6.47203E+15", "NOTASI_ILMIAH"), ("6472031708900000", "EXCEL15")])
def test_mechanical_damage_refuses_a_file_only_when_most_niks_show_it(home: Home, damaged: str, code: str) -> None:
    drop(home, "dtks", "sedikit.csv", csv_text([person(n, nik=damaged if n <= 2 else None) for n in range(1, 6)]))
    drop(home, "dtks", "banyak.csv", csv_text([person(n, nik=damaged if n <= 3 else None) for n in range(1, 6)]))
    with loaded(home) as it:
        assert it.refusals == {"banyak.csv": code}
        assert it.column("select distinct berkas from raw.dtks") == ["sedikit.csv"]


CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='"'), max_size=12)
ROW = st.one_of(
    st.tuples(*[CELL] * 7).map(list),
    st.lists(CELL, max_size=9),
    st.just(PEOPLE[0]),
    st.just(HEADER.split(",")),
    st.just(["JUMLAH", "7"]),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=12), separator=st.sampled_from(",;|\t"), quoted=st.booleans())
def test_rows_in_are_rows_loaded_plus_rows_quarantined(home: Home, rows: list[list[str]], separator: str, quoted: bool) -> None:
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=separator, quoting=quoting).writerows([HEADER.split(","), *rows])
    drop(home, "dtks", "a.csv", text.getvalue())
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    with loaded(home) as it:
        if it.refusals:
            assert it.refusals["a.csv"] in ("EXCEL15", "NOTASI_ILMIAH")
            return
        assert it.report.baris_masuk == it.report.baris_dimuat + it.report.baris_karantina
        assert it.report.baris_masuk <= filled
        assert it.report.baris_dimuat >= sum(row == PEOPLE[0] for row in rows)
        numbers = it.column("select baris from raw.dtks union all select baris from raw.karantina")
        assert len(numbers) == len(set(numbers)) == it.report.baris_masuk


ODD = [
    "",
    "\n",
    '"x\ny",' + ",".join(PEOPLE[0][1:]) + "\n",
    "a,b\n",
    '"\n',
    "x" * 40 + "\n",
    "\r\n",
    "é,\n".encode("cp1252").decode("latin-1"),
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    odd=st.lists(st.sampled_from(ODD), max_size=3),
    places=st.lists(st.integers(0, 400), min_size=3, max_size=3),
    last=st.booleans(),
)
def test_the_fast_way_agrees_with_the_careful_way_or_steps_aside(
    home: Home, odd: list[str], places: list[int], last: bool
) -> None:
    lines = csv_text([person(n) for n in range(1, 400)]).splitlines(keepends=True)
    for text, place in zip(odd, places, strict=False):
        lines.insert(1 + place % len(lines), text)
    content = "".join(lines)
    drop(home, "dtks", "a.csv", content if last else content.rstrip("\n"))
    file = scan(home, "dtks", PERIOD)[0]
    careful = csvfile.read_csv(file, DTKS, fast=False)
    with open_warehouse(home) as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvfile, "FAST_FROM", 0)
        fast = csvfile.read_csv(file, DTKS)
        if not fast.scan:
            return
        with readable(con, fast):
            try:
                found = con.execute(f"select * from {fast.numbered} order by baris").fetchall()
            except Exception:
                return
        if len(found) == fast.records:
            assert careful.table is not None and not careful.spoiled
            assert [[c or "" for c in row] for row in found] == [list(r.values()) for r in careful.table.to_pylist()]
