"""Publications under a running service: switched whole, never from one that cannot be trusted, and without anything else."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from fastapi.testclient import TestClient

from ssn_assets import cli
from ssn_assets.home import Home
from ssn_assets.lookup import publication
from ssn_assets.lookup.publication import SWITCH_AFTER
from ssn_assets.lookup.service import Service, SetupError
from ssn_assets.lookup.web import create_app
from ssn_assets.publication.rollback import rollback
from ssn_assets.settings import serving
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import KK, NIK, OTHERS, PEOPLE
from tests.web.conftest import NOW, Asked, Clock, publish

STEPS = {"2026-10-0001": "DIPESAN", "2026-10-0002": "DISERAHKAN"}


def said(service: Asked, address: str = "203.0.113.7") -> tuple[str, str]:
    answer = service.ask(NIK, KK, address).json()
    return answer["publikasi"]["id"], answer["kartu"]["langkah"]


def test_a_new_publication_is_followed_and_a_rollback_too(service: Asked) -> None:
    publish(service.home, OTHERS)
    assert said(service) == ("2026-10-0001", "DIPESAN")
    service.follow()
    assert said(service) == ("2026-10-0002", "DISERAHKAN")
    rollback(open_store(service.home), service.home, None, "keliru", NOW)
    service.follow()
    assert said(service) == ("2026-10-0001", "DIPESAN")


def test_a_worker_that_could_not_look_does_so_before_it_answers(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(service.home, OTHERS)
    service.clock.now = (service.home.santer / "berlaku.json").stat().st_ctime + SWITCH_AFTER
    monkeypatch.setattr(publication, "LOOK_EVERY", -1.0)  # it has not looked for too long
    assert said(service) == ("2026-10-0002", "DISERAHKAN")


def test_requests_wait_once_for_a_look_that_takes_long(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop waits with each of them."""
    waited: list[float] = []

    class Held:
        def acquire(self, timeout: float) -> bool:
            waited.append(timeout)
            return False

    publications = service.app.state.service.publications
    monkeypatch.setattr(publications, "_looking", Held())
    monkeypatch.setattr(publication, "LOOK_EVERY", -1.0)
    for _ in range(3):
        assert said(service)[0] == "2026-10-0001"
    assert waited == [-1.0, 0, 0]


def test_two_publications_soon_after_each_other_are_both_taken_up_each_in_its_time(service: Asked) -> None:
    signed, publications = service.home.santer / "berlaku.json", service.app.state.service.publications
    changed = []
    for people in (OTHERS, PEOPLE[:2]):
        publish(service.home, people)
        publications.look()
        changed.append(signed.stat().st_ctime)
    shown = [publications.current(when).facts.publication_id for when in (changed[0], *(t + SWITCH_AFTER for t in changed))]
    assert shown == ["2026-10-0001", "2026-10-0002", "2026-10-0003"]


def test_a_worker_nobody_asked_yet_switches_with_the_others(published: Home) -> None:
    publications = Service(serving()).publications
    publications.look()
    publish(published, OTHERS)
    publications.look()
    changed = (published.santer / "berlaku.json").stat().st_ctime
    before, after = publications.current(changed), publications.current(changed + SWITCH_AFTER)
    assert before and after
    assert (before.facts.publication_id, after.facts.publication_id) == ("2026-10-0001", "2026-10-0002")


def test_a_worker_that_starts_during_a_switch_waits_for_the_others(published: Home) -> None:
    changed = (published.santer / "berlaku.json").stat().st_ctime
    publications = Service(serving()).publications
    publications.look()
    assert publications.until_all_switch(changed + 1.0) == pytest.approx(SWITCH_AFTER - 1.0, abs=1e-6)
    assert publications.until_all_switch(changed + SWITCH_AFTER) == 0


def test_no_answer_is_a_mixture_or_a_failure_while_publications_change(service: Asked) -> None:
    publish(service.home, OTHERS)
    stop, seen, failures = threading.Event(), set(), []

    def read(number: int) -> None:
        count = 0
        while not stop.is_set():
            count += 1
            answer = service.ask(NIK, KK, f"10.{number}.{count // 250}.{count % 250}")
            if answer.status_code != 200:
                failures.append(answer.status_code)
            else:
                seen.add((answer.json()["publikasi"]["id"], answer.json()["kartu"]["langkah"]))

    with ThreadPoolExecutor(3) as readers:
        running = [readers.submit(read, number) for number in range(3)]
        for turn in range(6):
            rollback(open_store(service.home), service.home, "2026-10-0001" if turn % 2 == 0 else "2026-10-0002", "uji", NOW)
            service.follow()
        stop.set()
        for reader in running:
            reader.result()
    assert not failures and seen == set(STEPS.items())


@pytest.mark.parametrize("damage", ["table", "manifest", "gone", "current"])
def test_a_publication_that_cannot_be_trusted_is_not_used(service: Asked, damage: str) -> None:
    publish(service.home, OTHERS)
    folder = service.home.santer / "2026-10-0002"
    if damage == "table":
        content = bytearray((folder / "layanan.sqlite").read_bytes())
        content[-100] ^= 1
        (folder / "layanan.sqlite").write_bytes(content)
    elif damage == "manifest":
        (folder / "layanan.json").write_bytes((service.home.santer / "2026-10-0001" / "layanan.json").read_bytes())
    elif damage == "gone":
        shutil.rmtree(folder)
    else:
        (service.home.santer / "berlaku.json").write_text("{")
    service.follow()
    assert said(service) == ("2026-10-0001", "DIPESAN")
    assert service.client.get("/readyz").json()["gagal"] is True


def test_an_older_signed_file_put_back_is_refused_even_after_a_restart(service: Asked) -> None:
    older = (service.home.santer / "berlaku.json").read_bytes()
    publish(service.home, OTHERS)
    service.follow()
    assert said(service) == ("2026-10-0002", "DISERAHKAN")
    (service.home.santer / "berlaku.json").write_bytes(older)
    (service.home.santer / "current.json").write_bytes(b"{}")  # not signed: no word of it counts
    service.follow()
    assert said(service) == ("2026-10-0002", "DISERAHKAN") and service.client.get("/readyz").json()["gagal"] is True
    with TestClient(create_app(serving(), service.clock)) as restarted:
        assert restarted.get("/readyz").status_code == 503  # it has nothing it may trust
    rollback(open_store(service.home), service.home, None, "keliru", NOW)  # the platform's own step back is signed
    service.follow()
    assert said(service) == ("2026-10-0001", "DIPESAN") and service.client.get("/readyz").json()["gagal"] is False


def test_a_restored_store_is_taken_up_once_the_number_is_removed(service: Asked) -> None:
    older = (service.home.santer / "berlaku.json").read_bytes()
    publish(service.home, OTHERS)
    service.follow()
    (service.home.santer / "berlaku.json").write_bytes(older)
    memory = serving().state / "urutan"
    assert memory.read_text() == "2\n"
    memory.unlink()
    with TestClient(create_app(serving(), service.clock)) as restarted:
        assert restarted.get("/readyz").json()["publikasi"] == "2026-10-0001"


def test_it_answers_without_store_warehouse_keys_or_outbox(service: Asked) -> None:
    shutil.rmtree(service.home.store.parent)
    shutil.rmtree(service.home.keys)
    shutil.rmtree(service.home.outbox)
    service.app.state.service.look()
    assert said(service) == ("2026-10-0001", "DIPESAN")


def test_before_the_first_publication_it_waits(published: Home) -> None:
    (published.santer / "berlaku.json").unlink()
    with TestClient(create_app(serving(), Clock())) as client:
        refused = client.post("/v1/cek-bansos", json={"nik": NIK, "no_kk": KK})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        assert client.get("/readyz").status_code == 503 and client.get("/healthz").status_code == 200
        assert client.get("/").status_code == 200 and client.post("/", data={"nik": NIK, "no_kk": KK}).status_code == 503


def test_a_missing_or_foreign_key_is_said_at_the_start(published: Home) -> None:
    (published.keys / "layanan.key").write_text("bukan kunci")
    with pytest.raises(SetupError, match=r"layanan\.key"):
        create_app(serving())
    (published.keys / "layanan.key").unlink()
    with pytest.raises(SetupError, match="ssn run"):
        create_app(serving())


def test_a_damaged_key_or_state_of_its_own_is_said_at_the_start(published: Home, capsys: pytest.CaptureFixture[str]) -> None:
    state = serving().state
    Service(serving()).close()
    (state / "jawaban.key").write_text("bukan kunci")
    assert cli.main(["serve"]) == 2 and "jawaban.key" in capsys.readouterr().err
    (state / "jawaban.key").unlink()
    for _ in range(2):  # the first time it is put aside
        for path in state.glob("hitungan-*"):
            path.write_bytes(b"rusak" * 2000)
        with suppress(SetupError):
            Service(serving()).close()
    assert cli.main(["serve"]) == 2 and "counts begin anew" in capsys.readouterr().err


def test_it_needs_only_the_publication_and_its_own_files(published: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under systemd: outbox/santer bound in, three keys as credentials, a state folder."""
    own = published.root.parent / "layanan"
    shutil.copytree(published.santer, own / "santer")
    (own / "kredensial").mkdir()
    for name in ("layanan.key", "jejak.key", "publikasi.pub"):
        shutil.copy(published.keys / name, own / "kredensial" / name)
    shutil.rmtree(published.root)
    monkeypatch.setenv("SSN_SANTER_DIR", str(own / "santer"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(own / "kredensial"))
    monkeypatch.setenv("SSN_SERVE_STATE", str(own / "negara"))
    with TestClient(create_app(serving(), Clock())) as client:
        assert client.post("/v1/cek-bansos", json={"nik": NIK, "no_kk": KK}).json()["terdaftar"]
    assert not published.root.exists()
    assert {p.name for p in (own / "negara").iterdir()} >= {"jawaban.key", "urutan"}
