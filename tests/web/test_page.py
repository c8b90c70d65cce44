"""The page as a person without JavaScript meets it, and what it may load."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from ssn_assets.lookup import pages
from ssn_assets.lookup.problem import TITLES
from tests.unit.publication_city import KK, NIK, OTHERS, PEOPLE
from tests.web.conftest import NOW, Asked, locked, publish

SPACED = "6472 0101 0190 0001"


def test_one_form_one_answer(service: Asked) -> None:
    assert 'method="post"' in service.client.get("/").text
    answer = service.client.post("/", data={"nik": SPACED, "no_kk": KK})
    assert answer.status_code == 200 and "Anda terdaftar sebagai penerima" in answer.text
    assert NIK not in answer.text and answer.headers["cache-control"] == "no-store"
    reasons = service.client.post("/", data={"nik": PEOPLE[1][0], "no_kk": KK}).text
    assert "pemerintah pusat" in reasons and "Yang dapat dilakukan" in reasons
    nobody = service.client.post("/", data={"nik": "1" * 16, "no_kk": KK})
    assert "Tidak ada data yang cocok" in nobody.text and len(nobody.content) == len(answer.content)


def test_the_holder_reads_when_the_money_came(service: Asked) -> None:
    asked = {"nik": NIK, "no_kk": KK}
    before = service.client.post("/", data=asked)
    assert "Pembayaran" not in before.text
    publish(service.home, PEOPLE, NOW + timedelta(days=1), {NIK: "2026-10 BERHASIL"})
    service.follow()
    after = service.client.post("/", data=asked)
    assert "Bantuan bulan Oktober 2026 sudah masuk rekening." in after.text and len(after.content) == len(before.content)
    family = service.client.post("/", data={"nik": PEOPLE[1][0], "no_kk": KK})
    assert "Pembayaran" not in family.text and len(family.content) == len(after.content)


def test_a_mistake_keeps_what_was_typed_and_says_where(service: Asked) -> None:
    page = service.client.post("/", data={"nik": "6472 <b>", "no_kk": ""})
    assert page.status_code == 422 and 'href="#nik"' in page.text and 'aria-invalid="true"' in page.text
    assert 'value="6472 &lt;b&gt;"' in page.text and "Isilah Nomor KK" in page.text


def test_who_asked_too_often_is_told_what_to_do(service: Asked) -> None:
    pages = [service.client.post("/", data={"nik": NIK, "no_kk": "1" * 16}) for _ in range(6)]
    assert [p.status_code for p in pages] == [200] * 5 + [429]
    assert "kantor kelurahan" in pages[-1].text and "24 jam" in pages[-1].text and pages[-1].headers["retry-after"]
    assert "<form" not in pages[-1].text


def test_behind_a_guessers_address_the_form_says_how_often_still_and_keeps_what_was_typed(service: Asked) -> None:
    locked(service)
    said = []
    for _ in range(4):
        page = service.client.post("/", data={"nik": SPACED, "no_kk": KK})
        said.append(page)
        service.clock.now += 20
    assert [page.status_code for page in said] == [429, 429, 429, 200] and "Anda terdaftar" in said[3].text
    assert "<strong>3 kali</strong>" in said[0].text and "<strong>2 kali</strong>" in said[1].text
    assert "pemeriksaan berikutnya" in said[2].text and "20 detik" in said[2].text
    assert f'value="{SPACED}"' in said[0].text and "Periksa lagi</button>" in said[0].text


@pytest.mark.parametrize("path", ["/", "/aduan", "/docs", "/sw.js", "/v1/publikasi", "/healthz", "/readyz", "/ada"])
def test_head_answers_as_get_does_without_the_body(service: Asked, path: str) -> None:
    """Monitors and link checkers ask so."""
    got, head = service.client.get(path), service.client.head(path)
    assert head.status_code == got.status_code == (404 if path == "/ada" else 200)
    assert dict(head.headers) == dict(got.headers) and got.content and not head.content


def test_who_opens_a_wrong_address_in_a_browser_gets_a_page(service: Asked) -> None:
    for path, status in ((f"/{NIK}", 404), ("/v1/cek-bansos", 405)):
        shown = service.client.get(path, headers={"accept": "text/html,*/*"})
        assert shown.status_code == status and shown.headers["content-type"].startswith("text/html")
        assert 'lang="id"' in shown.text and 'href="/"' in shown.text and NIK not in shown.text
    assert service.client.get(f"/{NIK}").headers["content-type"] == "application/problem+json"


def test_what_a_citizen_can_read_is_indonesian() -> None:
    english = re.compile(r"\b(the|is|not|too|many|requests|error|found|invalid|unauthorized|signature|try|again)\b", re.I)
    assert not [title for _, title in TITLES.values() if english.search(title)]
    templates = (path.read_text() for path in (pages.HERE / "templates").iterdir())
    seen = " ".join(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|aria-\w+", " ", text, flags=re.S) for text in templates)
    texts = " ".join(path.read_text() for path in (pages.HERE / "texts").glob("*.yaml"))
    assert not english.findall(seen + re.sub(r"#.*", "", texts))


def test_nothing_is_loaded_from_elsewhere_and_the_page_is_light(service: Asked) -> None:
    page = service.client.get("/")
    csp = page.headers["content-security-policy"]
    assert "default-src 'none'" in csp and "unsafe" not in csp and "http" not in csp
    assert "<script>" not in page.text and "style=" not in page.text and "onclick" not in page.text
    wanted = set(re.findall(r'(?:href|src)="(/aset/[^"]+|/manifest[^"]+)"', page.text))
    sizes = [len(page.content)]
    for path in wanted:
        got = service.client.get(path)
        assert got.status_code == 200
        sizes.append(len(got.content) if path.endswith(".png") else len(gzip.compress(got.content)))
        assert not re.search(rb"url\((?!/assets/images/govuk-crest|data:)|@import|@font-face", got.content)
    assert not re.search(r'(?:href|src|action)="(?!/|#)', page.text) and sum(sizes) <= 60_000


def test_without_a_network_it_says_so_and_keeps_nothing(service: Asked) -> None:
    assert "Tidak ada jaringan" in service.client.get("/luring").text
    worker = service.client.get("/sw.js").text
    kept = re.search(r"SHELL = (.*);", worker)
    assert kept and "/luring" in kept[1] and "v1" not in kept[1] and "cache.put" not in worker
    for path in re.findall(r'"(/aset/[^"]+)"', kept[1]):
        assert service.client.get(path).status_code == 200
    assert service.client.get("/manifest.webmanifest").json()["start_url"] == "/"


def test_old_data_is_still_answered_and_said_to_be_old(service: Asked) -> None:
    service.clock.now += 50 * 86_400
    assert "1 November 2026. Keadaan terbaru mungkin berbeda" in service.client.get("/").text
    assert "Data ini sudah lama" in service.client.post("/", data={"nik": NIK, "no_kk": KK}).text


def test_an_answer_and_the_date_on_it_are_of_one_publication(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one comes into force while the form is still arriving."""
    publish(service.home, OTHERS, NOW + timedelta(days=20))
    service.app.state.service.look()
    read_body, filled = pages.read_body, {"nik": NIK, "no_kk": KK}

    async def slowly(request: Request) -> bytes:
        body = await read_body(request)
        service.follow()
        return body

    with monkeypatch.context() as patch:
        patch.setattr(pages, "read_body", slowly)
        assert "data per 1 November 2026" in service.client.post("/", data=filled).text
    assert "data per 21 November 2026" in service.client.post("/", data=filled).text


def test_the_nightly_runs_data_is_of_the_day_that_has_begun_in_the_city(service: Asked) -> None:
    publish(service.home, PEOPLE[:-1], datetime(2026, 11, 30, 17, tzinfo=UTC))  # 01.00 in Samarinda
    service.follow()
    assert "data per 1 Desember 2026" in service.client.post("/", data={"nik": NIK, "no_kk": KK}).text
    asked = service.ask(NIK, KK).json()["publikasi"]["tanggal"]
    assert asked == service.client.get("/v1/publikasi").json()["tanggal"] == "2026-12-01"
