"""A real Chromium for the page's tests: kinds of phones and hands, and what must be true of every page they see.

The flows themselves are in test_browser.py. No browser is downloaded: Debian's package is used where it is installed.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
ZOOMED: dict[str, Any] = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
"""A window of 1280 x 800 at 200 % zoom: the page has half the room."""


def program() -> str | None:
    """The Chromium of this machine."""
    return os.environ.get("SSN_CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)


class Hand(Protocol):
    """How somebody works a page."""

    def press(self, control: Locator) -> None:
        """A link or a button."""

    def write(self, control: Locator, text: str) -> None:
        """Text into an empty field."""

    def choose(self, control: Locator) -> None:
        """One of several buttons of which one is on."""


class Finger:
    """Taps; the tap fails when something lies over the control or it is outside the screen."""

    PAUSE = 0.4
    """Two taps on one place of the screen that follow sooner are a double tap."""

    def __init__(self) -> None:
        self._tapped = 0.0

    def press(self, control: Locator) -> None:
        control.page.wait_for_timeout(max(0.0, self._tapped + self.PAUSE - time.monotonic()) * 1000)
        control.tap()
        self._tapped = time.monotonic()

    def write(self, control: Locator, text: str) -> None:
        self.press(control)
        control.press_sequentially(text)

    def choose(self, control: Locator) -> None:
        self.press(control)


class Mouse:
    """Clicks."""

    def press(self, control: Locator) -> None:
        control.click()

    def write(self, control: Locator, text: str) -> None:
        control.click()
        control.press_sequentially(text)

    def choose(self, control: Locator) -> None:
        control.click()


class Keyboard:
    """The Tab key until the control has the focus, which must be seen; then letters or Enter."""

    def press(self, control: Locator) -> None:
        self._reach(control)
        control.page.keyboard.press("Enter")

    def write(self, control: Locator, text: str) -> None:
        self._reach(control)
        control.page.keyboard.type(text)

    def choose(self, control: Locator) -> None:
        self._reach(control)
        control.page.keyboard.press("Space")

    def _reach(self, control: Locator) -> None:
        expect(control).to_be_visible()
        for _ in range(40):
            if control.evaluate("e => e === document.activeElement"):
                break
            control.page.keyboard.press("Tab")
            self._focus_is_seen(control.page)
        expect(control).to_be_focused()
        expect(control).to_be_in_viewport()

    @staticmethod
    def _focus_is_seen(page: Page) -> None:
        seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e); return e === document.body
            || s.outlineStyle !== 'none' && s.outlineWidth !== '0px' || s.boxShadow !== 'none' }"""
        )
        assert seen, f"the focus is invisible on {page.evaluate('document.activeElement.outerHTML.slice(0, 80)')}"


@dataclass
class Watch:
    """What every page is held to, and what was seen."""

    page: Page
    own: str
    axe: bool = True
    shots: Path | None = None
    foreign: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda problem: self.said.append(str(problem)))

    def look(self, name: str) -> None:
        """No sideways scrolling, nothing that axe-core finds, no word from another host."""
        if self.shots:
            self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        self._fits(name)
        if self.page.viewport_size == PHONE["viewport"]:  # the narrowest screen that WCAG 1.4.10 speaks of
            self.page.set_viewport_size({"width": 320, "height": 568})
            self._fits(name)
            self.page.set_viewport_size(PHONE["viewport"])
        if self.axe:
            found = Axe().run(self.page, options=RULES)
            assert not found.violations_count, f"{name}: {found.generate_report()}"
        assert not self.foreign and not self.said

    def _fits(self, name: str) -> None:
        wide, room = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= room, f"{name} is {wide} wide on a screen of {room}"

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.own, "data:")):
            self.foreign.append(request.url)


@contextmanager
def person(browser: Browser, address: str, **how: Any) -> Iterator[tuple[Page, BrowserContext]]:
    """A browser of one person's own, seen by the service under an address of its own.

    Args:
        address: the person's, as the proxy in front of the service says it.
        how: options of Browser.new_context.
    """
    context = browser.new_context(extra_http_headers={"X-Forwarded-For": address}, locale="id-ID", **how)
    try:
        yield context.new_page(), context
    finally:
        context.close()


def slow_line(context: BrowserContext, page: Page, kilobits: int = 400, latency: int = 300) -> list[float]:
    """Put a page behind a slow line; returns a list that grows by the bytes that came over it."""
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    per_second = kilobits * 1000 / 8
    conditions = {"offline": False, "latency": latency, "downloadThroughput": per_second, "uploadThroughput": per_second}
    line.send("Network.emulateNetworkConditions", conditions)
    came: list[float] = []
    line.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    return came
