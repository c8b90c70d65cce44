"""What kelurahan, bank, officers and readers of samples answered: which rows are answers, which cannot be attached. SQL only.

What an answer means belongs to verification, bank, collection and oversight.
"""

from __future__ import annotations

from datetime import date

from ssn_assets.intake import rows
from ssn_assets.intake.headers import BANK, PEMBAYARAN, PENYERAHAN, SAMPEL, VERIFIKASI, Input
from ssn_assets.intake.numbers import damage, tidied

DECISIONS = ("WARGA", "BUKAN_WARGA", "MENINGGAL", "PINDAH", "TIDAK_DITEMUKAN", "MAMPU", "MENOLAK")
"""Contracts 3.3."""

CARD_STEPS = (
    *("DITERIMA", "DITOLAK", "REKENING_DIBUKA", "GAGAL_BUKA", "KARTU_DICETAK", "SIAP_DIAMBIL", "DISERAHKAN"),
    *("BELUM_DIAMBIL", "DIKEMBALIKAN", "DIBLOKIR"),
)
"""Contracts section 6."""

PAYMENT_STEPS = ("BERHASIL", "GAGAL", "RETUR")
"""README, Formats and codes."""

HAND_OVERS = ("DISERAHKAN", "TIDAK_DATANG", "TIDAK_DI_TEMPAT", "TIDAK_DITEMUKAN", "MENINGGAL", "PINDAH", "MENOLAK")
WAYS = ("TANDA_TANGAN", "CAP_JEMPOL", "BIOMETRIK_PENARIKAN_PERTAMA")
"""What came of handing out a card, and how the holder said that he got it (README, Formats and codes)."""

LABELS = ("SAMA", "BEDA", "ADA_LAIN", "TIDAK_TAHU")
"""What a reader of a sample may say of a row and a person."""

SAMPLE_ID = "S[0-9A-F]{20}"

FIRST_YEAR, LAST_YEAR = 2000, 2100
FIRST_SERIAL, LAST_SERIAL = 36526, 73415
"""Days as a spreadsheet counts them, for the same years."""

NOT_YET = "TANGGAL_BELUM_TIBA"
"""Class of an answer from the future: the newest one counts, so a mistyped year would hold against all later answers."""

DATED = ("verifikasi", "bank", "pembayaran", "penyerahan")

KNOWN_IDS = {
    "verifikasi": ("ops.kasus", "id_kasus"),
    "bank": ("ops.penerbitan", "id_penerbitan"),
    "pembayaran": ("ops.pembayaran_dikenal", "id_pembayaran"),
    "penyerahan": ("ops.penerbitan", "id_penerbitan"),
}


def judged(kind: str, listed: str, last_day: date) -> str:
    """SQL of answers as judged: golongan, and the raw table's columns.

    Args:
        kind: verifikasi, bank, pembayaran, penyerahan or sampel.
        listed: SQL as `rows.records` gives it, with urut.
        last_day: the last date an answer may bear.
    """
    return CHECKS[kind](listed, f"date '{last_day}'")


def _verifikasi(listed: str, last_day: str) -> str:
    """A row without keputusan is unanswered: no answer, so not counted."""
    return f"""
        select a.urut, a.baris, k.dikenal as id_kasus, a.kode as keputusan, trim(a.petugas) as petugas,
            a.hari as tanggal, a.nik_tertulis as nik_benar, a.catatan,
            case
                when a.keputusan is null then '{rows.BLANK_ROW}'
                when {rows.repeated_header(VERIFIKASI)} then 'KEPALA_BERULANG'
                when k.dikenal is null then 'ID_KASUS_TIDAK_DIKENAL'
                when a.kode not in {DECISIONS} then 'KEPUTUSAN_TIDAK_DIKENAL'
                when a.hari is null then 'TANGGAL_TIDAK_TERBACA'
                when a.hari > {last_day} then '{NOT_YET}'
                when not a.nik_sah then 'NIK_BENAR_TIDAK_SAH'
            end as golongan
        from (
            select *, {_code("keputusan")} as kode, {day("tanggal")} as hari,
                case when nik_kelas not in ('KOSONG', 'TIRUAN') then nik_rapi end as nik_tertulis,
                nik_kelas = 'KOSONG' or not regexp_matches(nik_benar, '[0-9]')
                    or (regexp_full_match(nik_rapi, '[0-9]{{16}}') and nik_kelas <> 'TIRUAN') as nik_sah
            from (select *, {damage("nik_benar", "nik_rapi")} as nik_kelas
                from (select *, {tidied("nik_benar")} as nik_rapi from ({listed})))
        ) as a
        left join {_known("verifikasi")} as k on k.kunci = upper(trim(a.id_kasus))"""


def _card(listed: str, last_day: str) -> str:
    return _bank(listed, BANK, CARD_STEPS, last_day)


def _payment(listed: str, last_day: str) -> str:
    return _bank(listed, PEMBAYARAN, PAYMENT_STEPS, last_day)


def _bank(listed: str, spec: Input, steps: tuple[str, ...], last_day: str) -> str:
    """What the bank says of a card or a payment, by the id of our line. kata: what a line of no id of ours says (`totals.py`)."""
    return f"""
        select a.urut, a.baris, k.dikenal as {spec.key}, a.kode as status, trim(a.alasan) as alasan,
            a.hari as tanggal, trim(a.referensi_bank) as referensi_bank,
            {"nullif(trim(a.nama), '') as nama," if "nama" in spec.names else ""}
            case when k.dikenal is null then
                concat_ws(' ', a.{spec.key}, a.status, a.alasan, a.tanggal, a.referensi_bank, replace(a.sisa, '\x1f', ' '))
            end as kata,
            case
                when coalesce(a.{spec.key}, a.status, a.alasan, a.tanggal, a.referensi_bank) is null
                    then '{rows.BLANK_ROW}'
                when {rows.repeated_header(spec)} then 'KEPALA_BERULANG'
                when k.dikenal is null and regexp_matches(a.{spec.key}, '{rows.TOTAL}') then 'JUMLAH'
                when k.dikenal is null then '{spec.key.upper()}_TIDAK_DIKENAL'
                when coalesce(a.kode, '') not in {steps} then 'STATUS_TIDAK_DIKENAL'
                when a.hari is null then 'TANGGAL_TIDAK_TERBACA'
                when a.hari > {last_day} then '{NOT_YET}'
            end as golongan
        from (select *, {_code("status")} as kode, {day("tanggal")} as hari from ({listed})) as a
        left join {_known(spec.kind)} as k on k.kunci = upper(trim(a.{spec.key}))"""


def _penyerahan(listed: str, last_day: str) -> str:
    """A line without status is not done yet."""
    return f"""
        select a.urut, a.baris, k.dikenal as id_penerbitan, a.kode as status, trim(a.petugas) as petugas, a.hari as tanggal,
            a.cara as cara_identifikasi, trim(a.catatan) as catatan,
            case
                when a.kode is null then '{rows.BLANK_ROW}'
                when {rows.repeated_header(PENYERAHAN)} then 'KEPALA_BERULANG'
                when k.dikenal is null then 'ID_PENERBITAN_TIDAK_DIKENAL'
                when a.kode not in {HAND_OVERS} then 'HASIL_TIDAK_DIKENAL'
                when a.hari is null then 'TANGGAL_TIDAK_TERBACA'
                when a.hari > {last_day} then '{NOT_YET}'
                when a.cara not in {WAYS} then 'CARA_TIDAK_DIKENAL'
            end as golongan
        from (
            select *, nullif({_code("status")}, '') as kode, nullif({_code("cara_identifikasi")}, '') as cara,
                {day("tanggal")} as hari
            from ({listed})
        ) as a
        left join {_known("penyerahan")} as k on k.kunci = upper(trim(a.id_penerbitan))"""


def _sampel(listed: str, _: str) -> str:
    """A line without putusan is not read yet. Whether its id is one of the sample in force is for oversight to see."""
    return f"""
        select a.urut, a.baris, a.id as id_sampel, a.oleh as pembaca, a.kode as putusan, trim(a.catatan) as catatan,
            case
                when a.putusan is null then '{rows.BLANK_ROW}'
                when {rows.repeated_header(SAMPEL)} then 'KEPALA_BERULANG'
                when not regexp_full_match(coalesce(a.id, ''), '{SAMPLE_ID}') then 'ID_SAMPEL_TIDAK_SAH'
                when a.kode not in {LABELS} then 'PUTUSAN_TIDAK_DIKENAL'
                when coalesce(a.oleh, '') = '' then 'PEMBACA_KOSONG'
            end as golongan
        from (
            select *, {_code("putusan")} as kode, upper(trim(id_sampel)) as id, upper(trim(pembaca)) as oleh from ({listed})
        ) as a"""


CHECKS = {"verifikasi": _verifikasi, "bank": _card, "pembayaran": _payment, "penyerahan": _penyerahan, "sampel": _sampel}


def _code(text: str) -> str:
    """SQL: a code as its list has it, however it was typed: "Bukan warga" is BUKAN_WARGA."""
    return f"regexp_replace(trim(upper({text}), ' \t\r\n.'), '[ _-]+', '_', 'g')"


def day(text: str) -> str:
    """SQL: a date as DATE: ISO, dd-mm-yyyy, dd/mm/yyyy, dd.mm.yyyy or a spreadsheet's day number; else null."""
    bare = f"trim({text}, ' \t\r\n''')"
    date = f"regexp_extract({bare}, '^([0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}})([ T][0-9:.]+)?$', 1)"
    parsed = f"try_strptime({date}, ['%Y-%m-%d', '%d-%m-%Y', '%d/%m/%Y', '%d.%m.%Y', '%Y/%m/%d'])::date"
    serial = f"case when regexp_full_match({bare}, '[0-9]{{5}}') then {bare}::int end"
    return f"""case
        when {serial} between {FIRST_SERIAL} and {LAST_SERIAL} then date '1899-12-30' + {serial}
        when year({parsed}) between {FIRST_YEAR} and {LAST_YEAR} then {parsed} end"""


def _known(kind: str) -> str:
    table, name = KNOWN_IDS[kind]
    return f"(select upper({name}) as kunci, any_value({name}) as dikenal from {table} group by 1)"


def known_ids_sql(kind: str) -> str:
    """SQL of one text that changes when the ids an answer may name change."""
    table, name = KNOWN_IDS[kind]
    return f"select count(*)::varchar || ' ' || coalesce(bit_xor(hash({name})), 0)::varchar from {table}"
