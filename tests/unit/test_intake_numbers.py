"""NIK and Nomor KK as typed: nothing lost, nothing guessed."""

from __future__ import annotations

import unicodedata

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssn_assets.intake.numbers import damage, tidied, usable

GOOD = "6472031708900001"
KK = "6472031202150001"
CON = duckdb.connect()
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def judged(raw: str | None, family: str = KK) -> tuple[str | None, str]:
    """The digits and the class that SQL gives a text."""
    bare = f"select $raw::varchar as raw, $kk::varchar as kk, {tidied('raw')} as bare from (select $raw::varchar as raw)"
    classed = f"select *, {damage('raw', 'bare', 'kk')} as kelas from ({bare})"
    row = CON.execute(f"select {usable('bare', 'kelas')}, kelas from ({classed})", {"raw": raw, "kk": family}).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    "raw",
    [
        GOOD,
        f"'{GOOD}",
        f'="{GOOD}"',
        f" {GOOD} ",
        f"\u00a0{GOOD}\u200b\ufeff",
        "6472 0317 0890 0001",
        "6472.0317.0890.0001",
        "64.7203.170890.0001",
        "6472-0317-0890-0001",
        f"{GOOD}.0",
        f"'{GOOD}.0",
        f"{GOOD},00",
        GOOD.translate(WIDE),
        "6.472031708900001E15",
        "6,472031708900001E+15",
        "6.472.031.708.900.001",
    ],
)
def test_dressings_are_taken_off_without_loss(raw: str) -> None:
    assert judged(raw) == (GOOD, "BAIK")


@pytest.mark.parametrize(
    ("raw", "digits", "kind"),
    [
        (None, None, "KOSONG"),
        ("", None, "KOSONG"),
        (" '\u00a0", None, "KOSONG"),
        ("-", None, "TIRUAN"),
        ("0", None, "TIRUAN"),
        ("tidak ada", None, "TIRUAN"),
        ("NULL", None, "TIRUAN"),
        ("9999999999999999", None, "TIRUAN"),
        ("1111111111111111", None, "TIRUAN"),
        ("6472030000000000", None, "TIRUAN"),
        ("6.47203E+15", None, "ILMIAH"),
        ("6,47E+15", None, "ILMIAH"),
        ("64720317O8900001", None, "HURUF"),
        ("6472********0001", None, "HURUF"),
        ("647203170890001", "647203170890001", "PANJANG"),
        ("64720317089000011", "64720317089000011", "PANJANG"),
        ("6472031708900000", "6472031708900000", "EXCEL15"),
        ("6472033208900001", "6472033208900001", "TANGGAL"),
        ("6472034113900001", "6472034113900001", "TANGGAL"),
        ("0472031708900001", "0472031708900001", "TANGGAL"),
        (KK, KK, "SAMA_KK"),
    ],
)
def test_each_damage_has_its_name(raw: str | None, digits: str | None, kind: str) -> None:
    assert judged(raw) == (digits, kind)


NOISE = st.text(alphabet=" '\u00a0\u200b\t\u3000", max_size=3)


@settings(max_examples=60, deadline=None)
@given(
    digits=st.from_regex(r"[1-9][0-9]{0,19}", fullmatch=True),
    before=NOISE,
    after=NOISE,
    breaks=st.lists(st.tuples(st.integers(1, 19), st.sampled_from(" -\u00a0")), max_size=3),
)
def test_any_dressing_of_any_number_keeps_its_digits(digits: str, before: str, after: str, breaks: list[tuple[int, str]]) -> None:
    dressed = digits
    for place, sign in breaks:
        dressed = dressed[:place] + sign + dressed[place:]
    found, kind = judged(before + dressed + after, family="")
    assert found == digits or kind == "TIRUAN"


@settings(max_examples=60, deadline=None)
@given(raw=st.text(max_size=24))
def test_no_text_breaks_it_and_digits_are_never_invented(raw: str) -> None:
    found, kind = judged(raw.replace("\0", ""))
    digits = [sign for sign in unicodedata.normalize("NFKC", raw) if sign in "0123456789"]
    assert found is None or kind == "KOSONG" or list(found) == digits[: len(found)]
