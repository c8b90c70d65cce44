"""Every flow of the page in a real Chromium: small screen and finger, large text, keyboard, no JavaScript, slow line, no line."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ssn_assets.complaints import office
from ssn_assets.home import Home
from tests.unit.publication_city import KK, NIK, PEOPLE
from tests.web.browser import PHONE, ZOOMED, Finger, Hand, Keyboard, Mouse, Watch, person, program, slow_line
from tests.web.conftest import NOW, publish
from tests.web.test_process import running

SPACED = "6472 0101 0190 0001"
ADDRESSES = (f"10.20.30.{n}" for n in count(1))
SERIALS = count(1000)
AREA = "64.72.01.1001"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = program()
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name one in SSN_CHROMIUM")
    expect.set_options(timeout=30_000)  # a busy machine is no fault
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if os.getuid() == 0 else [])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("halaman")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSN_HOME", str(folder / "home"))
        patch.setenv("SSN_SERVE_ADDRESS_PER_MINUTE", "600")
        home = Home(folder / "home").prepare()
        publish(home, PEOPLE)
        office.export_key(home, NOW)
        with running(folder / "log") as (found, _):
            yield found


def shots(name: str) -> Path | None:
    """Pictures for a person who wants to look: SSN_SHOTS names the folder."""
    folder = os.environ.get("SSN_SHOTS")
    if not folder:
        return None
    (Path(folder) / name).mkdir(parents=True, exist_ok=True)
    return Path(folder) / name


def ask(page: Page, hand: Hand, nik: str, no_kk: str) -> None:
    hand.write(page.get_by_label("NIK"), nik)
    hand.write(page.get_by_label("Nomor KK"), no_kk)
    hand.press(page.get_by_role("button", name="Periksa"))


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def every_flow(page: Page, address: str, hand: Hand, watch: Watch) -> None:
    page.goto(address)
    heading(page, "Periksa bantuan sosial Anda")
    watch.look("tanya")

    hand.press(page.get_by_role("button", name="Periksa"))
    expect(page.get_by_role("alert")).to_contain_text("Ada yang perlu dibetulkan")
    watch.look("salah")
    hand.press(page.get_by_role("alert").get_by_role("link", name="Isilah NIK"))
    expect(page.get_by_label("NIK")).to_be_focused()
    ask(page, hand, SPACED, KK)
    heading(page, "Anda terdaftar sebagai penerima bantuan.")
    expect(page.get_by_text("Kartu keluarga Anda sudah dipesan pada bank.")).to_be_visible()
    watch.look("terdaftar")
    complain(page, hand, watch)
    page.goto(address)
    ask(page, hand, SPACED, KK)

    for row, said in ((PEOPLE[1], "Anda belum dapat menerima"), (PEOPLE[2], "Data Anda masih diperiksa")):
        hand.press(page.get_by_role("link", name="Periksa nomor lain"))
        ask(page, hand, row[0], row[1])
        expect(page.get_by_role("heading", level=1)).to_contain_text(said)
        expect(page.get_by_text("Yang dapat dilakukan").first).to_be_visible()
        watch.look(row[2].lower())

    nobody = f"647201010190{next(SERIALS):04d}"
    for turn in range(2):
        hand.press(page.get_by_role("link", name="Periksa nomor lain"))
        ask(page, hand, nobody, KK)
        if turn == 0:
            heading(page, "Tidak ada data yang cocok dengan NIK dan Nomor KK ini.")
            watch.look("tidak-ada")
            for _ in range(4):
                page.request.post(address, form={"nik": nobody, "no_kk": KK})
    heading(page, "Terlalu banyak pertanyaan")
    expect(page.get_by_text("kantor kelurahan")).to_be_visible()
    watch.look("terlalu-sering")
    hand.press(page.get_by_role("link", name="Kembali ke awal"))
    heading(page, "Periksa bantuan sosial Anda")


def complain(page: Page, hand: Hand, watch: Watch) -> None:
    """From an answer: what is missing is said, the form is sent, the ticket followed."""
    hand.press(page.get_by_role("button", name="Sampaikan sanggahan atau pengaduan"))
    heading(page, "Sanggah dan pengaduan")
    watch.look("aduan")
    hand.choose(page.get_by_role("radio").first)
    page.get_by_label("Kelurahan").select_option(AREA)
    hand.press(page.get_by_role("button", name="Kirim"))
    expect(page.get_by_role("alert")).to_contain_text("Ada yang perlu dibetulkan")
    expect(page.get_by_role("radio").first).to_be_checked()
    watch.look("aduan-salah")
    hand.write(page.get_by_label("Ceritakan dengan kalimat sendiri"), "Kartu belum sampai.")
    hand.press(page.get_by_role("button", name="Kirim"))
    heading(page, "Tulisan Anda sudah kami terima")
    watch.look("aduan-diterima")
    number, secret = page.locator(".kota-kode").all_inner_texts()
    hand.press(page.get_by_role("link", name="Lihat jawaban"))
    heading(page, "Lihat tiket Anda")
    watch.look("tiket")
    hand.write(page.get_by_label("Nomor tiket"), number)
    hand.write(page.get_by_label("Kode rahasia"), secret.lower())
    hand.press(page.get_by_role("button", name="Lihat"))
    heading(page, "Menunggu jawaban")
    watch.look("tiket-menunggu")


@pytest.mark.parametrize(
    ("name", "hand", "how"),
    [
        ("360-sentuh", Finger(), PHONE),
        ("zum-200", Mouse(), ZOOMED),
        ("papan-ketik", Keyboard(), {"viewport": {"width": 1280, "height": 800}}),
        ("tanpa-js", Finger(), {**PHONE, "java_script_enabled": False}),
    ],
)
def test_every_flow_can_be_done(browser: Browser, address: str, name: str, hand: Hand, how: dict[str, Any]) -> None:
    with person(browser, next(ADDRESSES), **how) as (page, _):
        every_flow(page, address, hand, Watch(page, address, axe=name != "tanpa-js", shots=shots(name)))


def test_every_flow_with_text_at_200_percent_on_a_phone(browser: Browser, address: str) -> None:
    with person(browser, next(ADDRESSES), **PHONE) as (page, _):
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => { document.documentElement.style.setProperty('font-size', '200%') })"
        )
        every_flow(page, address, Finger(), Watch(page, address, shots=shots("huruf-200")))


def test_behind_a_guessers_address_the_form_stays_filled_in(browser: Browser, address: str) -> None:
    with person(browser, next(ADDRESSES), **PHONE) as (page, _):
        watch, hand = Watch(page, address, shots=shots("360-sentuh")), Finger()
        for number in range(45):
            page.request.post(address, form={"nik": f"6471{number:02d}{number:02d}01900001", "no_kk": KK})
        page.goto(address)
        ask(page, hand, SPACED, KK)
        for _ in range(2):  # too soon it is said again
            heading(page, "Tunggu sebentar, lalu periksa lagi")
            expect(page.get_by_text("3 kali")).to_be_visible()
            expect(page.get_by_label("NIK")).to_have_value(SPACED)
            watch.look("terkunci")
            hand.press(page.get_by_role("button", name="Periksa lagi"))


def test_a_slow_line(browser: Browser, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with person(browser, next(ADDRESSES), **PHONE, service_workers="block") as (page, context):
        came = slow_line(context, page)
        began = time.monotonic()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        first = time.monotonic() - began
        heavy = sum(came)
        assert 8_000 < heavy <= 60_000
        page.get_by_label("NIK").fill(NIK)
        page.get_by_label("Nomor KK").fill(KK)
        came.clear()
        began = time.monotonic()
        page.get_by_role("button", name="Periksa").tap()
        heading(page, "Anda terdaftar sebagai penerima bantuan.")
        answered = time.monotonic() - began
        page.wait_for_load_state("networkidle")
        assert 8_000 < sum(came) <= 30_000
    with capsys.disabled():
        print(f"\n400 kbit/s, 300 ms: form {heavy / 1000:.1f} kB in {first:.2f} s,", end=" ")
        print(f"answer {sum(came) / 1000:.1f} kB in {answered:.2f} s")


def test_without_a_line_it_says_so_and_keeps_nothing(browser: Browser, address: str) -> None:
    with person(browser, next(ADDRESSES), **PHONE) as (page, context):
        page.goto(address)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()  # from now on the worker has the page
        ask(page, Finger(), NIK, KK)
        heading(page, "Anda terdaftar sebagai penerima bantuan.")
        context.set_offline(True)
        page.get_by_role("link", name="Periksa nomor lain").tap()
        heading(page, "Tidak ada jaringan")
        Watch(page, address, shots=shots("luring")).look("luring")
        kept = page.evaluate(
            "caches.keys().then(k => Promise.all(k.map(n => caches.open(n).then(c => c.keys()))))"
            ".then(all => all.flat().map(r => new URL(r.url).pathname).concat(Object.keys(localStorage)))"
        )
        assert "/luring" in kept and all(path == "/luring" or path.startswith("/aset/") for path in kept)
        context.set_offline(False)
        page.get_by_role("link", name="coba lagi").tap()
        heading(page, "Periksa bantuan sosial Anda")


def test_the_documentation_page(browser: Browser, address: str) -> None:
    with person(browser, next(ADDRESSES), **PHONE) as (page, _):
        watch = Watch(page, address, shots=shots("docs"))
        page.goto(f"{address}/docs")
        watch.look("docs")
