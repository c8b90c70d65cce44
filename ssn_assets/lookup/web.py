"""The HTTP face: routes and what they document. Deciding is `service.py`, wording `texts/`, pages `pages.py`.

New routes get a module like `pages.py` that `create_app` includes.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ssn_assets import settings
from ssn_assets.lookup import complaint_pages, description, metrics, pages
from ssn_assets.lookup.direct import Direct
from ssn_assets.lookup.guard import OF_DATA, Guard
from ssn_assets.lookup.incoming import is_signed, message_of, read_body
from ssn_assets.lookup.problem import Refusal, as_response
from ssn_assets.lookup.question import QuestionError, read_json
from ssn_assets.lookup.service import Asked, Asker, Posed, Service
from ssn_assets.lookup.trail import SYNC_SECONDS

POLL_SECONDS, POLL_AFTER_FAILURE, FORGET_SECONDS = 0.25, 5.0, 60.0
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI would hand paths as asked to any OpenTelemetry set-up it finds."""
Clock = Callable[[], float]
log = logging.getLogger("ssn.lookup")
api = APIRouter()


class Said(Response):
    """An answer: a 200 with its headers, put together by nobody."""

    def __init__(self, body: bytes) -> None:
        """Args: body: as sent."""
        self.status_code, self.background, self.body = 200, None, body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json"), *OF_DATA]


class Application(FastAPI):
    """FastAPI with layers of ours around its own."""

    def __init__(self, **about: Any) -> None:
        """Args: about: what FastAPI takes."""
        super().__init__(**about)
        self.outermost: ASGIApp = super().__call__

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the process's life."""
        await self.outermost(scope, receive, send)


def create_app(serving: settings.Serving | None = None, clock: Clock = time.time) -> FastAPI:
    """The application of one worker.

    Args:
        serving: where to read and write; the environment's unless given.
        clock: seconds since 1970; the limits and the signatures' window go by it.

    Raises:
        SetupError: a key is missing.
        OSError: there is no room for its counts.
    """
    metrics.begun()
    gc.enable()  # the `ssn` command switches it off for its short commands
    app = Application(lifespan=_lifespan, docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY, **description.ABOUT)
    app.state.service, app.state.clock = Service(serving or settings.serving()), clock
    app.include_router(api)
    app.include_router(pages.router)
    app.include_router(complaint_pages.router)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http_problem)
    app.outermost = Guard(Direct(app, app.outermost, _route_of(ask), _refused))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    service.look()
    await asyncio.sleep(service.publications.until_all_switch(app.state.clock()))
    _measure(service, app.state.clock())
    gc.collect()
    gc.freeze()
    beside = [asyncio.create_task(work(service, app.state.clock)) for work in (_follow, _sync_trail)]
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        service.close()


async def _sync_trail(service: Service, clock: Clock) -> None:
    """What was answered is on the disk a moment later."""
    while True:
        await asyncio.sleep(SYNC_SECONDS)
        try:
            await asyncio.to_thread(service.trail.sync, clock())
        except Exception:
            log.exception("the trail is not on the disk")


async def _follow(service: Service, clock: Clock) -> None:
    """Look at the disk a few times a second, and forget old counts."""
    forget_at = clock() + FORGET_SECONDS
    while True:
        await asyncio.sleep(POLL_AFTER_FAILURE if service.publications.failure else POLL_SECONDS)
        try:
            await asyncio.to_thread(service.look)
            _measure(service, clock())
            if clock() > forget_at:
                forget_at = clock() + FORGET_SECONDS
                await asyncio.to_thread(service.state.forget, clock())
        except Exception:
            log.exception("following the publication failed")


def _measure(service: Service, now: float) -> None:
    """What this worker answers from, for /metrics; every worker says it, whoever is asked."""
    current = service.publications.current(now)
    created = datetime.fromisoformat(current.facts.created).timestamp() if current else None
    metrics.in_force(created, bool(service.publications.failure))


@api.post("/v1/cek-bansos", **description.ASK)
async def ask(request: Request) -> Response:
    """Status satu orang menurut publikasi yang berlaku."""
    service: Service = request.app.state.service
    now = request.app.state.clock()
    publication = service.publication(now)
    body = await read_body(request)
    if is_signed(request):
        asker = service.asker(message_of(request, body), now)
    else:
        client = request.client
        asker = Asker(address=client.host if client else "")
    request.scope["ssn"]["client"] = asker.client or None
    try:
        question = read_json(body)
    except QuestionError as problem:
        raise Refusal(422, "Kirim JSON dengan nik dan no_kk, masing-masing 16 angka.", problem.faults) from problem
    asked = Asked(publication, asker, question.nik, question.no_kk, now)
    found, answer = await service.answer(Posed(asked, question.nonce, body))
    metrics.lookup(found, bool(asker.client))
    return Said(answer)


@api.get("/v1/publikasi", **description.PUBLICATION)
async def publication(request: Request) -> Response:
    """Publikasi yang berlaku dan kunci untuk memeriksa tanda tangan jawaban."""
    service: Service = request.app.state.service
    facts = service.publication(request.app.state.clock()).facts
    return JSONResponse(
        {
            "id": facts.publication_id,
            "tanggal": facts.day,
            "dibuat": facts.created,
            "periode": facts.period,
            "versi_kebijakan": facts.policy_version,
            "kunci_jawaban": {
                "kunci": service.answers.key_id,
                "algoritma": "Ed25519",
                "publik": base64.b64encode(service.answers.public_key).decode(),
            },
            "panjang_jawaban": service.answers.length,
        }
    )


@api.get("/healthz", include_in_schema=False)
async def healthz() -> Response:
    """The process runs."""
    return JSONResponse({"status": "hidup"})


@api.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> Response:
    """There is a publication to answer from; `gagal` when a newer one cannot be used."""
    service: Service = request.app.state.service
    facts = service.publication(request.app.state.clock()).facts
    return JSONResponse({"status": "siap", "publikasi": facts.publication_id, "gagal": bool(service.publications.failure)})


@api.get("/metrics", include_in_schema=False)
async def exposition() -> Response:
    """For Prometheus, inside the machine only."""
    text, media_type = metrics.exposition(settings.metrics_folder())
    return Response(text, media_type=media_type)


def _route_of(endpoint: Callable[..., Any]) -> Any:
    return next(route for route in api.routes if getattr(route, "endpoint", None) is endpoint)


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Refusal)
    if problem.why:
        request.scope["ssn"]["limit"] = problem.why
        metrics.refused(problem.why)
    if pages.is_page(request.scope["path"]):
        return pages.refusal(request, problem)
    return as_response(problem)


async def _http_problem(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    if status in (404, 405) and "text/html" in request.headers.get("accept", ""):
        response = pages.refusal(request, Refusal(status, "Alamat yang dibuka tidak ada di layanan ini."))
    elif status in (404, 405):
        response = as_response(Refusal(status, "Lihat /docs."))
    else:
        response = as_response(Refusal(500, "Coba lagi beberapa saat lagi."))
    response.headers.update(getattr(problem, "headers", None) or {})
    return response
