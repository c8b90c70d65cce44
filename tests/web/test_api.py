"""POST /v1/cek-bansos and its neighbours, as SANTER and a curious person meet them."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import sys
from typing import Any

import pytest

from ssn_assets.lookup import incoming, logs
from ssn_assets.lookup.texts import load
from ssn_assets.publication.profile import digit_runs
from tests.unit.publication_city import KK, NIK, PEOPLE
from tests.web.conftest import EXAMPLES, NOW, Asked, publish

sys.path.insert(0, str(EXAMPLES))
import santer_client

OTHER_KK = PEOPLE[2][1]


def test_an_answer_says_what_why_and_what_to_do(service: Asked) -> None:
    found = service.ask(NIK, KK, nonce='é"\u2028').json()
    assert (found["terdaftar"], found["keputusan"], found["periode"], found["nonce"]) == (True, "VALID", "2026-10", 'é"\u2028')
    assert found["kategori_bantuan"] == ["BLT", "SEMBAKO"] and found["kartu"]["langkah"] == "DIPESAN"
    assert found["publikasi"] == {"id": "2026-10-0001", "tanggal": "2026-11-01"}
    refused = service.ask(*PEOPLE[1][:2]).json()
    assert [a["kode"] for a in refused["alasan"]] == ["GANDA", "BANSOS_PUSAT"]
    assert all(a[part] for a in refused["alasan"] for part in ("teks", "kantor", "lakukan", "tempat"))


def test_every_answer_has_one_shape_and_one_length(service: Asked) -> None:
    answers = [service.ask(*row[:2]) for row in PEOPLE]
    answers += [service.ask(NIK, OTHER_KK), service.ask("1" * 16, KK, nonce="\U0001f600" * 64)]
    told = service.client.get("/v1/publikasi").json()["panjang_jawaban"]
    assert {len(a.content) for a in answers} == {told}
    assert len({tuple(a.json()) for a in answers}) == 1


def test_unknown_person_and_wrong_kk_look_the_same(service: Asked) -> None:
    unknown, wrong = service.ask("1" * 16, KK), service.ask(NIK, OTHER_KK)
    bodies = [{k: v for k, v in a.json().items() if k != "tanda_tangan"} for a in (unknown, wrong)]
    assert bodies[0] == bodies[1] and bodies[0]["keputusan"] == "TIDAK_ADA"
    assert unknown.headers == wrong.headers == service.ask(NIK, KK).headers
    assert unknown.headers["cache-control"] == "no-store"


def test_the_payment_is_told_in_words_and_says_no_more_by_its_length(service: Asked) -> None:
    told = service.client.get("/v1/publikasi").json()["panjang_jawaban"]
    steps = ("DIPESAN", "DIKIRIM", "BERHASIL", "GAGAL", "RETUR", "LANGKAH_BARU")
    for day, step in enumerate(steps, 2):
        publish(service.home, PEOPLE, NOW.replace(day=day), {NIK: f"2026-09 {step}"})
        service.follow()
        answer = service.ask(NIK, KK, f"203.0.113.{day}")
        paid = answer.json()["pembayaran"]
        assert (paid["bulan"], paid["langkah"], len(answer.content)) == ("2026-09", step, told)
        assert "September 2026" in paid["teks"] and "{" not in paid["teks"]
    others = [service.ask(*pair) for pair in (PEOPLE[1][:2], ("1" * 16, KK), (NIK, OTHER_KK))]
    assert {len(other.content) for other in others} == {told}
    assert {tuple(other.json()["pembayaran"].items()) for other in others} == {
        (("bulan", ""), ("langkah", ""), ("teks", load().payments[""]))
    }


def test_an_answer_is_signed_together_with_its_question(service: Asked) -> None:
    key = base64.b64decode(service.client.get("/v1/publikasi").json()["kunci_jawaban"]["publik"])
    body = json.dumps({"nik": NIK, "no_kk": KK, "nonce": "n1"}).encode()
    answer = service.client.post("/v1/cek-bansos", content=body).content
    assert santer_client.checked_answer(key, body, "n1", answer)["terdaftar"]
    for bad in (answer.replace(b"VALID", b"BATAL"), answer.replace(b"    ", b"  x ", 1)):
        with pytest.raises(Exception) as problem:
            santer_client.checked_answer(key, body, "n1", bad)
        assert type(problem.value).__name__ == "InvalidSignature"
    with pytest.raises(Exception):  # noqa: B017 - the same answer to another question
        santer_client.checked_answer(key, body.replace(b"n1", b"n2"), "n1", answer)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"nik":"6472010101900001"}',
        b'{"nik":6472010101900001,"no_kk":"6472010101150001"}',
        b'{"nik":"647201010190000","no_kk":"6472010101150001"}',
        b'{"nik":"6472010101900001\\n","no_kk":"6472010101150001"}',
        '{"nik":"٦٤٧٢٠١٠١٠١٩٠٠٠٠١","no_kk":"6472010101150001"}'.encode(),
        b'{"nik":"6472010101900001","no_kk":"6472010101150001","6472010101900001":1}',
        b'{"nik":"6472010101900001","no_kk":"6472010101150001","nonce":"' + b"n" * 65 + b'"}',
        b" " * 5000,
    ],
)
def test_what_is_not_a_question_gets_problem_details_that_quote_nothing(service: Asked, body: bytes) -> None:
    refused = service.client.post("/v1/cek-bansos", content=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert {"type", "title", "status", "detail"} <= refused.json().keys()
    assert digit_runs(refused.content) == 0 and refused.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("stopped", [False, True])
def test_a_body_that_stops_half_way_is_given_up(service: Asked, monkeypatch: pytest.MonkeyPatch, stopped: bool) -> None:
    """And a request that the server itself stops is stopped."""
    monkeypatch.setattr(incoming, "BODY_SECONDS", 3600.0 if stopped else 0.05)
    said: list[Any] = []
    parts = iter([{"type": "http.request", "body": b'{"nik":', "more_body": True}])

    async def receive() -> Any:
        return next(parts, None) or await asyncio.Event().wait()

    async def send(message: Any) -> None:
        said.append(message)

    async def ask() -> None:
        where = {"type": "http", "method": "POST", "path": "/v1/cek-bansos", "headers": [], "client": ("203.0.113.7", 1)}
        asked = asyncio.create_task(service.app(where, receive, send))
        if stopped:
            await asyncio.sleep(0.05)
            asked.cancel()
        await asked

    if stopped:
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(ask())
    else:
        asyncio.run(ask())
        assert said[0]["status"] == 422 and "tidak sampai" in said[1]["body"].decode()


@pytest.mark.parametrize(("path", "status"), [(f"/{NIK}", 404), (f"/v1/cek-bansos?nik={NIK}", 405), (f"/v1/{NIK}", 404)])
def test_a_nik_in_an_address_is_neither_answered_nor_logged(
    service: Asked, path: str, status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("ssn"), "propagate", True)
    with caplog.at_level(logging.INFO):
        assert service.client.get(path).status_code == status
        service.ask(NIK, KK)
        service.ask(NIK + "1", KK)
        service.client.post("/", data={"nik": NIK, "no_kk": KK})
    lines = [logs.JsonLine().format(record) for record in caplog.records if record.name.startswith("ssn")]
    assert len(lines) == 4 and all(json.loads(line)["event"] == "request" for line in lines)
    assert not re.search(r"\d{16}|203\.0\.113|testclient", "".join(lines))
    assert json.loads(lines[1])["route"] == "/v1/cek-bansos"


def test_an_error_of_ours_shows_nothing_of_anybody(
    service: Asked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError(f"broken at '{NIK}'")

    monkeypatch.setattr(service.app.state.service, "find_all", fails)
    monkeypatch.setattr(logging.getLogger("ssn"), "propagate", True)
    refused = service.ask(NIK, KK)
    assert (refused.status_code, refused.headers["content-type"]) == (500, "application/problem+json")
    lines = "".join(logs.JsonLine().format(r) for r in caplog.records)
    assert "RuntimeError" in lines and digit_runs(lines.encode() + refused.content) == 0


def test_operators_see_health_readiness_and_counts(service: Asked) -> None:
    service.ask(NIK, KK)
    assert service.client.get("/healthz").json() == {"status": "hidup"}
    assert service.client.get("/readyz").json() == {"status": "siap", "publikasi": "2026-10-0001", "gagal": False}
    counts = service.client.get("/metrics").text
    assert 'ssn_lookups_total{found="True",signed="False"}' in counts and NIK not in counts


def test_the_openapi_document_is_complete(service: Asked) -> None:
    document = service.client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1") and set(document["paths"]) == {"/v1/cek-bansos", "/v1/publikasi"}
    ask = document["paths"]["/v1/cek-bansos"]["post"]
    assert set(ask["responses"]) == {"200", "401", "422", "429", "503"}
    assert all("example" in next(iter(r["content"].values())) for r in ask["responses"].values())
    answer = service.ask(NIK, KK).json()
    shape = document["components"]["schemas"]["Jawaban"]
    assert set(shape["required"]) == set(answer) == set(shape["properties"])
    shown = service.client.get("/docs").text
    assert "/v1/cek-bansos" in shown and "//" not in re.sub(
        r"<pre>.*?</pre>", "", shown.replace("<!doctype html>", ""), flags=re.S
    ).replace("https://", "//")


def test_every_reason_and_step_of_the_contract_has_its_words() -> None:
    from ssn_assets.bank.steps import STEPS
    from ssn_assets.decision.schema import REASONS

    texts = load()
    assert set(REASONS) <= texts.reasons.keys() and set(STEPS) <= texts.steps.keys()
    assert texts.reason("KODE_BARU").kode == "KODE_BARU" and texts.reason("KODE_BARU").lakukan
