"""Reading questions: what a person may type, and that nothing breaks the reader."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets.lookup.question import QuestionError, read_form, read_json
from tests.unit.publication_city import KK, NIK

DIGITS = st.text("0123456789", min_size=16, max_size=16)


@given(DIGITS, DIGITS, st.lists(st.sampled_from([" ", ".", "-", "\u00a0", "\u2013"]), min_size=17, max_size=17))
def test_spaces_dots_and_dashes_do_not_matter(nik: str, no_kk: str, between: list[str]) -> None:
    typed = "".join(b + d for b, d in zip(between, nik + " ", strict=True))
    form = read_form(f"nik={quote_plus(typed)}&no_kk={no_kk}".encode())
    assert (form.nik, form.no_kk) == (nik, no_kk)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Isilah NIK"), ("647201", "NIK harus 16 angka; yang tertulis 6 angka"), ("abc", "NIK hanya berisi angka")],
)
def test_the_form_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(QuestionError) as problem:
        read_form(f"nik={typed}&no_kk={KK}".encode())
    assert problem.value.faults == {"nik": said}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_question_or_a_fault(body: bytes) -> None:
    for read in (read_json, read_form):
        try:
            asked = read(body)
        except QuestionError as problem:
            assert problem.faults
        else:
            assert len(asked.nik) == len(asked.no_kk) == 16 and (asked.nik + asked.no_kk).isdigit()


@given(
    st.dictionaries(st.sampled_from(["nik", "no_kk", "nonce", NIK]), st.one_of(st.just(NIK), st.integers(), st.none(), st.text()))
)
def test_json_of_any_shape(content: dict[str, object]) -> None:
    import json

    try:
        read_json(json.dumps(content).encode())
    except QuestionError as problem:
        assert NIK not in str(problem.faults)
