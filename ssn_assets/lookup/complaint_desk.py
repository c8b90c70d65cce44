"""What the service holds for complaints: its keys, and the store opened only when somebody sends or follows one.

The store and SQLAlchemy are imported then, never before: answering questions needs neither. Forms are `complaint_form.py`, pages
`complaint_pages.py`, what a ticket is `ssn_assets/complaints/`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ssn_assets import sealing, settings
from ssn_assets.complaints import rules, sealed
from ssn_assets.complaints.ticket import Followed, Receipt, Sent
from ssn_assets.lookup.highest import Highest

if TYPE_CHECKING:
    from sqlalchemy import Engine

PATIENCE = 4
"""Seconds that the store may take for a step; a person waits twice as long, then is told that it does not answer."""

RETRY_SECONDS = 3.0
"""For so long nobody else waits for a store that has just not answered: a person gets the text back before the proxy gives up."""

TOKEN_SECONDS = 3600
AT_ONCE, WAITING = 4, 8
"""Complaints that a worker writes at one moment, and has in hand; more means that the store hangs."""

Result = TypeVar("Result")
log = logging.getLogger("ssn.lookup")


class DeskClosed(RuntimeError):
    """The store does not answer now: nothing was kept, the person is told so and keeps what was typed."""


class Desk:
    """One worker's way to the store."""

    def __init__(self, santer: Path, key: bytes, verify: bytes, memory: Path) -> None:
        """Open nothing yet.

        Args:
            santer: where aduan.json lies.
            key: the service's, for numbers and secrets.
            verify: publikasi.pub.
            memory: where the highest number of aduan.json seen is kept, for all workers and the next start.
        """
        self._santer, self._key, self._verify, self._turns = santer, key, verify, Highest(memory)
        self._token = AESGCM(sealing.derive(key, "dari jawaban"))
        self._engine: Engine | None = None
        self._closed_until = 0.0
        self._opening, self._places = threading.Lock(), threading.BoundedSemaphore(WAITING)
        self._at_once = threading.Semaphore(AT_ONCE)

    def token(self, nik: str, no_kk: str, now: float) -> str:
        """The two numbers of an answered question for the form behind the answer, opaque, good for an hour, of one length."""
        nonce = secrets.token_bytes(12)
        return (nonce + self._token.encrypt(nonce, json.dumps([nik, no_kk, int(now)]).encode(), None)).hex()

    def numbers(self, token: str, now: float) -> tuple[str, str] | None:
        """NIK and Nomor KK of a token; None when it is not one of ours or too old."""
        try:
            raw = bytes.fromhex(token)
            nik, no_kk, at = json.loads(self._token.decrypt(raw[:12], raw[12:], None))
        except (ValueError, InvalidTag):
            return None
        return (nik, no_kk) if now - at < TOKEN_SECONDS else None

    async def send(self, sent: Sent, now: float) -> Receipt:
        """Keep a complaint.

        Raises:
            DeskClosed: it was not kept.
        """
        kind, moment = rules.load().jenis[sent.jenis], datetime.fromtimestamp(now, UTC)

        def work(store: Engine) -> Receipt:
            from ssn_assets.complaints import desk

            return desk.send(store, self._key, self._public(), kind, sent, moment)

        return await self._apart(work)

    async def follow(self, number: str, secret: str) -> Followed | None:
        """The state of a ticket.

        Raises:
            DeskClosed: it cannot be looked up now.
        """

        def work(store: Engine) -> Followed | None:
            from ssn_assets.complaints import desk

            return desk.follow(store, number, secret, rules.load().jenis)

        return await self._apart(work)

    def close(self) -> None:
        """Let go of the store; who still waits for it goes with the process."""
        if self._engine is not None:
            self._engine.dispose()

    def _public(self) -> bytes:
        """The office's key; of an older file put back in its place, a key that was given up."""
        highest = self._turns.seen()
        try:
            said = sealing.read_document(self._verify, (self._santer / sealed.PUBLIC_FILE).read_bytes())
            public, turn = bytes.fromhex(said["kunci_publik"]), int(said.get("urutan", 0))
        except (OSError, sealing.SealError, KeyError, TypeError, ValueError, AttributeError) as problem:
            raise DeskClosed(f"{sealed.PUBLIC_FILE}: {problem}; `ssn run` writes it") from problem
        if turn < highest:
            raise DeskClosed(
                f"{sealed.PUBLIC_FILE} is older (number {turn}) than one this service has seen ({highest}). Somebody put an old "
                "file back: remove it and run `ssn aduan list`, which writes it anew"
            )
        if turn > highest:
            self._turns.remember(turn)
        return public

    async def _apart(self, work: Callable[[Engine], Result]) -> Result:
        """Work with the store in a thread; the service goes on answering, also when the store never does."""
        if not self._places.acquire(blocking=False):
            raise DeskClosed("too many wait for the store")
        job: Future[Result] = Future()
        job.set_running_or_notify_cancel()

        def run() -> None:  # a place is taken until this ends, however long nobody waits for it any more
            try:
                with self._at_once:
                    job.set_result(self._with_store(work))
            except BaseException as problem:
                job.set_exception(problem)
            finally:
                self._places.release()

        # a thread of its own and no pool's: the process must end although a thread waits for a store that hangs
        threading.Thread(target=run, name="aduan", daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), 2 * PATIENCE)
        except TimeoutError:
            self._closed_until = time.monotonic() + RETRY_SECONDS
            log.error("complaints closed", extra={"reason": "the store hangs"})
            raise DeskClosed("the store hangs") from None

    def _with_store(self, work: Callable[[Engine], Result]) -> Result:
        from sqlalchemy.exc import SQLAlchemyError

        from ssn_assets.store.engine import StoreUnavailable

        if time.monotonic() < self._closed_until:
            raise DeskClosed("the store did not answer a moment ago")
        try:
            return work(self._opened())
        except (SQLAlchemyError, StoreUnavailable, OSError, DeskClosed) as problem:
            reason = type(problem).__name__ if isinstance(problem, SQLAlchemyError) else str(problem)  # SQL quotes what was sent
            self._closed_until = time.monotonic() + RETRY_SECONDS
            log.error("complaints closed", extra={"reason": reason})
            raise DeskClosed(reason) from None

    def _opened(self) -> Engine:
        from ssn_assets.home import Home
        from ssn_assets.store.engine import open_for_service

        if not self._opening.acquire(timeout=PATIENCE):
            raise DeskClosed("another one is opening the store")
        try:
            if self._engine is None:
                self._engine = open_for_service(Home(settings.home_path()), PATIENCE)
            return self._engine
        finally:
            self._opening.release()
