"""Objections and complaints as a person without JavaScript meets them: sent, followed, and never lost."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets import sealing
from ssn_assets.complaints import desk as store_desk
from ssn_assets.complaints import office, rules
from ssn_assets.home import Home
from ssn_assets.keys import read_or_create
from ssn_assets.lookup import complaint_desk
from ssn_assets.lookup.complaint_form import FIELDS, MAX_BODY, FormError, read, typed_in
from ssn_assets.lookup.service import Service
from ssn_assets.settings import serving
from ssn_assets.store import engine
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import KK, NIK
from tests.web.conftest import EXAMPLES, NOW, Asked

AREA = "64.72.01.1001"
STORY = "Kartu <belum> sampai & RT sudah ditanya.\nTerima kasih."
FILLED = {"jenis": "ADUAN_BANTUAN", "nik": NIK, "no_kk": KK, "kelurahan": AREA, "uraian": STORY, "kontak": "0812 0000 0000"}


@pytest.fixture
def open_desk(service: Asked) -> Iterator[Asked]:
    office.export_key(service.home, NOW)
    yield service


def submission(page: Any) -> str:
    return re.search(r'name="kiriman" value="([0-9a-f]{32})"', page.text)[1]  # type: ignore[index]


def codes(page: Any) -> tuple[str, str]:
    number, secret = re.findall(r'kota-kode">([A-Z2-9-]+)<', page.text)
    return number, secret


def send(service: Asked, address: str = "203.0.113.7", **changed: str) -> Any:
    """Somebody opens the form and sends it."""
    person = service.from_(address)
    return person.post("/aduan", data={**FILLED, "kiriman": submission(person.get("/aduan")), **changed})


def follow(service: Asked, number: str, secret: str) -> Any:
    return service.client.post("/aduan/tiket", data={"nomor": number, "rahasia": secret})


def test_sent_followed_answered(open_desk: Asked) -> None:
    sent = send(open_desk)
    number, secret = codes(sent)
    assert sent.status_code == 200 and "8 November 2026" in sent.text and sent.headers["cache-control"] == "no-store"
    seen = follow(open_desk, f" {number.lower()} ", secret.replace("-", " "))
    assert "Menunggu jawaban" in seen.text and "Kartu" not in seen.text.split("<main")[1].split("sampai,")[-1]
    store = open_store(open_desk.home)
    office.answer(store, number, "Kartu Ibu ada di bank.\nBawa KTP.", "ani", NOW)
    assert '<p class="govuk-body">Bawa KTP.</p>' in follow(open_desk, number, secret).text
    office.close(store, number, "Sudah diambil.", "ani", NOW)
    assert "Selesai" in follow(open_desk, number, secret).text
    opened = office.show(store, open_desk.home, number, "ani", NOW)
    content = opened.voices[0][1]
    assert content and (content.nik, content.uraian, content.kontak) == (NIK, STORY, "0812 0000 0000")


def test_from_an_answer_the_numbers_need_not_be_typed_nor_are_they_shown(open_desk: Asked) -> None:
    answer = open_desk.client.post("/", data={"nik": NIK, "no_kk": KK})
    token = re.search(r'name="dari" value="([0-9a-f]+)"', answer.text)[1]  # type: ignore[index]
    form = open_desk.client.post("/aduan/mulai", data={"dari": token})
    assert "NIK berakhiran 0001" in form.text and NIK not in form.text and 'name="nik"' not in form.text
    more = {"nik": "", "no_kk": "", "dari": token, "kiriman": submission(form)}
    number, _ = codes(open_desk.client.post("/aduan", data={**FILLED, **more}))
    content = office.show(open_store(open_desk.home), open_desk.home, number, "ani", NOW).voices[0][1]
    assert content and content.nik == NIK
    open_desk.clock.now += 4000
    late = open_desk.client.post("/aduan", data={**FILLED, **more})
    assert late.status_code == 422 and 'name="nik"' in late.text and "&lt;belum&gt;" in late.text


def test_a_form_that_arrives_twice_is_one_voice(open_desk: Asked) -> None:
    name = submission(open_desk.client.get("/aduan"))
    first, again = (
        open_desk.client.post("/aduan", data={**FILLED, "nik": "", "no_kk": "", "jenis": "ADUAN_PETUGAS", "kiriman": name})
        for _ in "ab"
    )
    assert codes(first) == codes(again)
    store = open_store(open_desk.home)
    assert [t.suara for t in office.tickets(store)] == [1]
    more = {**FILLED, "nik": "", "no_kk": "", "jenis": "ADUAN_PETUGAS", "kiriman": name, "uraian": "Kembali, lalu ditambah."}
    number = codes(open_desk.client.post("/aduan", data=more))[0]  # nothing typed is taken for something sent before
    assert number != codes(first)[0] and len(office.tickets(store)) == 2


def test_the_same_person_and_kind_is_one_ticket_with_a_voice_more(open_desk: Asked) -> None:
    (number, secret), (same, own) = codes(send(open_desk)), codes(send(open_desk, "198.51.100.1"))
    assert number == same and secret != own and follow(open_desk, number, own).status_code == 200
    others = [send(open_desk, jenis="SANGGAH_DATA"), send(open_desk, no_kk="6472020101150002")]
    assert len({number, *(codes(page)[0] for page in others)}) == 3
    store = open_store(open_desk.home)
    assert sorted(t.suara for t in office.tickets(store)) == [1, 1, 2]
    office.close(store, number, "Selesai.", "ani", NOW)
    assert codes(send(open_desk, "198.51.100.2"))[0] != number


@pytest.mark.parametrize(("jenis", "merged"), [("ADUAN_BANTUAN", True), ("ADUAN_PETUGAS", False)])
def test_only_where_it_happens_is_said_that_a_text_is_added_to_a_ticket(open_desk: Asked, jenis: str, merged: bool) -> None:
    sent = send(open_desk, jenis=jenis)
    number, secret = codes(sent)
    office.answer(open_store(open_desk.home), number, "Sebutkan tanggalnya.", "ani", NOW)
    answered = follow(open_desk, number, secret).text
    assert ("ditambahkan" in sent.text, "ditambahkan ke tiket ini" in answered) == (merged, merged)
    assert ("tulis nomor tiket ini" in answered) is not merged
    assert (codes(send(open_desk, jenis=jenis, uraian="Tanggal 3"))[0] == number) is merged


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"jenis": ""}, "jenis", "Pilih apa yang ingin"),
        ({"jenis": "SANGGAH_KEPUTUSAN", "nik": "", "no_kk": ""}, "nik", "Isilah NIK"),
        ({"jenis": "ADUAN_PETUGAS", "nik": NIK, "no_kk": ""}, "no_kk", "Isilah Nomor KK"),
        ({"kelurahan": "99.99.99.9999"}, "kelurahan", "Pilih kelurahan"),
        ({"uraian": " \r\n "}, "uraian", "Ceritakan apa yang terjadi"),
        ({"uraian": "a" * 1001}, "uraian", "yang tertulis 1001"),
    ],
)
def test_a_mistake_keeps_everything_and_says_where(open_desk: Asked, changed: dict[str, str], field: str, said: str) -> None:
    page = send(open_desk, **changed)
    assert page.status_code == 422 and f'href="#{field}"' in page.text and f'id="{field}"' in page.text and said in page.text
    assert "0812 0000 0000" in page.text and (field == "uraian" or "&lt;belum&gt;" in page.text)
    assert not office.tickets(open_store(open_desk.home), closed=True)


def test_a_long_story_comes_back_whole_and_one_that_cannot_is_said_to_be_in_the_browser(open_desk: Asked) -> None:
    page = send(open_desk, uraian="cerita panjang " * 1200 + "AKHIR")
    assert page.status_code == 422 and "AKHIR</textarea>" in page.text and "yang tertulis 18005" in page.text
    page = send(open_desk, uraian="a" * MAX_BODY)
    assert page.status_code == 422 and "kembali di peramban" in page.text and "bita" not in page.text
    assert "client_max_body_size 64k" in (EXAMPLES / "nginx.conf").read_text() and MAX_BODY == 64 << 10


def test_a_store_that_never_answers_holds_up_neither_a_person_nor_the_end(
    open_desk: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, desk = threading.Event(), open_desk.app.state.service.desk
    watchdog = threading.Timer(20, over.set)
    watchdog.start()
    with monkeypatch.context() as patch:
        patch.setattr(complaint_desk, "PATIENCE", 0.1)
        patch.setattr(complaint_desk, "RETRY_SECONDS", 0.0)
        patch.setattr(store_desk, "send", lambda *_: over.wait())
        page = send(open_desk)
        assert page.status_code == 503 and "&lt;belum&gt;" in page.text and not over.is_set()
        for number in range(1, complaint_desk.WAITING):
            send(open_desk, f"198.51.{number}.1")
        assert not desk._places.acquire(blocking=False)  # as long as they hang
        assert open_desk.ask(NIK, KK).status_code == 200
        desk.close()
        assert not over.is_set()
        over.set()
        assert all(desk._places.acquire(timeout=20) for _ in range(complaint_desk.WAITING))
    watchdog.cancel()


def test_nobody_waits_for_a_store_that_has_just_not_answered(open_desk: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = 0

    def hangs(*_: object) -> None:
        nonlocal opened
        opened += 1
        raise engine.StoreUnavailable("hangs")

    with monkeypatch.context() as patch:
        patch.setattr(complaint_desk, "RETRY_SECONDS", 3600.0)
        patch.setattr(engine, "open_for_service", hangs)
        assert [send(open_desk).status_code for _ in range(3)] == [503] * 3 and opened == 1
    monkeypatch.setattr(open_desk.app.state.service.desk, "_closed_until", 0.0)
    assert send(open_desk).status_code == 200


def test_store_down_questions_are_answered_and_nothing_typed_is_lost(open_desk: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaint_desk, "RETRY_SECONDS", 0.0)
    for address in ("postgresql://nobody@127.0.0.1:1/tiada", None):
        if address:
            monkeypatch.setenv("SSN_DATABASE_URL", address)
        else:
            monkeypatch.delenv("SSN_DATABASE_URL")
            open_desk.home.store.rename(open_desk.home.store.with_suffix(".jauh"))
        page = send(open_desk)
        assert page.status_code == 503 and "belum terkirim" in page.text and page.headers["retry-after"]
        assert "&lt;belum&gt; sampai &amp; RT" in page.text and NIK in page.text and f'value="{AREA}" selected' in page.text
        assert follow(open_desk, "ABCDEFGH", "ABCDEFGHJKLM").status_code == 503
        assert open_desk.ask(NIK, KK).status_code == 200
    name = submission(page)
    open_desk.home.store.with_suffix(".jauh").rename(open_desk.home.store)
    assert codes(open_desk.client.post("/aduan", data={**FILLED, "kiriman": name}))


def test_a_key_that_was_given_up_does_not_come_back_with_an_old_file(open_desk: Asked, caplog: pytest.LogCaptureFixture) -> None:
    path, key = open_desk.home.santer / "aduan.json", open_desk.home.keys / "aduan.key"
    codes(send(open_desk))
    old = path.read_bytes()
    key.unlink()
    office.export_key(open_desk.home, NOW)  # at the same moment: the number grows all the same
    number, _ = codes(send(open_desk, nik="", no_kk="", jenis="ADUAN_PETUGAS"))
    store = open_store(open_desk.home)
    assert office.show(store, open_desk.home, number, "ani", NOW).voices[0][1]
    path.write_bytes(old)
    for worker in (open_desk.app.state.service.desk, Service(serving()).desk):  # the next start remembers as well
        with pytest.raises(complaint_desk.DeskClosed, match="older"):
            worker._public()
    assert send(open_desk).status_code == 503 and "older" in str(caplog.records[-1].__dict__)
    office.export_key(open_desk.home, NOW)  # another key lies there than the office's: it is written anew
    open_desk.app.state.service.desk._closed_until = 0.0
    assert codes(send(open_desk))


def test_a_key_from_before_there_were_numbers_is_taken_and_gets_one(service: Asked) -> None:
    path = office.export_key(service.home, NOW)
    seed = read_or_create(service.home, sealing.SIGNING_KEY)
    said = sealing.read_document(sealing.public_key(seed), path.read_bytes())
    path.write_bytes(sealing.sign_document(seed, {"kunci_publik": said["kunci_publik"]}))
    assert codes(send(service))
    office.export_key(service.home, NOW)
    assert sealing.read_document(sealing.public_key(seed), path.read_bytes()) == said


def test_before_the_office_has_a_key_the_form_says_it_is_closed(service: Asked) -> None:
    assert send(service).status_code == 503 and send(service).text.count("belum terkirim") == 1


def test_floods_and_guesses_are_stopped_and_the_text_stays(open_desk: Asked) -> None:
    pages = [send(open_desk) for _ in range(6)]
    assert [p.status_code for p in pages] == [200] * 5 + [429]
    assert "&lt;belum&gt;" in pages[-1].text and pages[-1].headers["retry-after"] == "1200"
    assert send(open_desk, "198.51.100.9").status_code == 200
    assert open_desk.ask(NIK, KK).status_code == 200
    guesses = [follow(open_desk, "ABCDEFGH", "ABCDEFGHJKLM").status_code for _ in range(11)]
    assert guesses == [404] * 10 + [429]


def test_a_wrong_secret_and_an_unknown_number_look_the_same(open_desk: Asked) -> None:
    number, secret = codes(send(open_desk))
    wrong, unknown = follow(open_desk, number, "ABCDEFGHJKLM"), follow(open_desk, "ABCDEFGH", secret)
    assert wrong.status_code == unknown.status_code == 404
    texts = [re.sub(r'value="[^"]*"', "", page.text).strip() for page in (wrong, unknown)]
    assert texts[0] == texts[1]


def test_nobody_is_in_the_store_in_clear(open_desk: Asked) -> None:
    send(open_desk)
    content = open_desk.home.store.read_bytes() + open_desk.home.store.with_name("ssn.sqlite-wal").read_bytes()
    assert all(text.encode() not in content for text in (NIK, KK, "0812 0000", "sampai & RT"))


def test_the_service_starts_and_answers_without_sqlalchemy(published: Home) -> None:
    script = (
        "import json, sys; from fastapi.testclient import TestClient; from ssn_assets.lookup.web import create_app\n"
        "with TestClient(create_app()) as client:\n"
        f"    assert client.post('/v1/cek-bansos', content=json.dumps(dict(nik='{NIK}', no_kk='{KK}'))).status_code == 200\n"
        "    assert client.get('/aduan').status_code == 200\n"
        "assert not [m for m in sys.modules if m.startswith(('sqlalchemy', 'alembic', 'duckdb', 'dagster'))]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_the_page_is_light_and_its_parts_are_named(service: Asked) -> None:
    page = service.client.get("/aduan").text
    assert len(page) < 30_000 and "style=" not in page and "onclick" not in page
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]*? id="([^"]+)"', page))
    assert fields <= set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    described = set(" ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split())
    assert described <= set(re.findall(r' id="([^"]+)"', page))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_complaint_or_a_fault(body: bytes) -> None:
    for sent in (body, b"jenis=ADUAN_PETUGAS&kelurahan=tidak-tahu&uraian=" + body):
        typed = typed_in(sent)
        assert typed.keys() == FIELDS.keys()
        try:
            found = read(typed, rules.load(), set(rules.kelurahan_names()), lambda _: None)
        except FormError as problem:
            assert problem.faults
        else:
            assert found.uraian and len(found.uraian) <= 1000 and "\r" not in found.uraian and not found.nik
