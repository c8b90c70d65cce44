"""When a run starts by itself: once for each change of the inbox, and a reason in words where none does."""

from __future__ import annotations

import dagster as dg
import pytest

from ssn_assets import automation
from ssn_assets.automation import SENSORS, nightly
from ssn_assets.home import Home
from ssn_assets.resources import Platform

SENSOR = {s.name.removeprefix("kotak_masuk_"): s for s in SENSORS}


class Inbox:
    """An inbox, and sensors that remember what they saw, as the daemon lets them."""

    def __init__(self, root, instance) -> None:
        self.home, self.instance, self.cursors = Home(root).prepare(), instance, {}

    def drop(self, name: str, text: str) -> None:
        path = self.home.root / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def tick(self, kind: str) -> dg.RunRequest | str:
        """The run a sensor asks for, which is then made; or why it asks for none."""
        sensor = SENSOR[kind]
        context = dg.build_sensor_context(
            self.instance,
            self.cursors.get(kind),
            sensor_name=sensor.name,
            resources={"platform": Platform(root=str(self.home.root))},
        )
        said = sensor(context)
        self.cursors[kind] = context.cursor
        if isinstance(said, dg.SkipReason):
            return said.skip_message or ""
        assert isinstance(said, dg.RunRequest)
        run = dg.DagsterRun("ssn", tags={**said.tags, "dagster/sensor_name": sensor.name})
        self.instance.add_run(run)
        return said

    def ticks(self) -> list[dg.RunRequest]:
        """One round of all sensors."""
        return [said for kind in SENSOR if isinstance(said := self.tick(kind), dg.RunRequest)]


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    monkeypatch.setattr(automation, "QUIET_SECONDS", 0)
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield Inbox(tmp_path / "home", instance)


def test_an_empty_inbox_is_told_in_words(inbox) -> None:
    assert {inbox.tick(kind) for kind in SENSOR} == {f"belum ada berkas di inbox/{kind}" for kind in SENSOR}
    with dg.build_schedule_context(inbox.instance, resources={"platform": Platform(root=str(inbox.home.root))}) as context:
        assert nightly(context).skip_message == "belum ada periode di inbox/dtks"
    inbox.drop("dukcapil/2026-10-01/a.csv", "a")
    assert inbox.tick("dukcapil") == "belum ada periode di inbox/dtks"


def test_files_for_several_folders_make_one_run(inbox) -> None:
    inbox.drop("dtks/2026-10/a.csv", "a")
    inbox.drop("dukcapil/2026-10-01/a.csv", "a")
    inbox.drop("bansos/2026-10/a.csv", "a")
    (request,) = inbox.ticks()
    assert request.partition_key == "2026-10"
    assert inbox.ticks() == []
    assert "sudah termasuk dalam run" in _fresh(inbox).tick("bansos")


def test_the_same_content_again_is_no_news(inbox) -> None:
    inbox.drop("dtks/2026-10/a.csv", "a")
    assert len(inbox.ticks()) == 1
    inbox.drop("dtks/2026-10/salinan.csv", "a")
    inbox.drop("dtks/2026-10/~$a.xlsx", "an editor's")
    assert inbox.tick("dtks") == "isi berkas sama seperti sebelumnya"


def test_a_file_replaced_and_put_back_makes_a_run_each_time(inbox) -> None:
    requests = []
    for text in ("good", "bad", "good", "bad"):
        inbox.drop("dtks/2026-10/a.csv", text)
        requests += inbox.ticks()
    assert len({r.run_key for r in requests}) == 4


def test_a_copy_that_keeps_its_date_is_still_waited_for(inbox, monkeypatch) -> None:
    import os

    inbox.drop("dtks/2026-10/a.csv", "a")
    monkeypatch.setattr(automation, "QUIET_SECONDS", 60)
    inbox.drop("bansos/2026-10/a.csv", "a")
    for path in inbox.home.inbox("dtks").rglob("*.csv"):
        os.utime(path, (0, 0))
    assert inbox.tick("dtks") == "berkas masih disalin; ditunggu sampai tenang"


def _fresh(inbox: Inbox) -> Inbox:
    inbox.cursors.clear()
    return inbox
