"""The page a citizen sees, the documentation page, and their files. HTML is in `templates/`, wording in `texts/`.

Everything is made on the server and works without JavaScript; the script only installs the offline notice.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, Response

from ssn_assets.lookup import metrics
from ssn_assets.lookup.incoming import read_body
from ssn_assets.lookup.problem import TITLES, Refusal, headers_of
from ssn_assets.lookup.publication import Publication
from ssn_assets.lookup.question import QuestionError, read_form, typed_in
from ssn_assets.lookup.service import Asked, Asker, Service
from ssn_assets.lookup.texts import MONTHS, long_period
from ssn_assets.settings import WITA
from ssn_assets.trail import Purpose

PLACE, COMPLAINTS = "/", "/aduan"
HERE = Path(__file__).parent
ROUND = 8192
"""An answer page's length is a multiple of this: the same for every usual answer."""

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
router = APIRouter(include_in_schema=False)


@router.get(PLACE)
async def form(request: Request) -> Response:
    """The empty form."""
    return page(request, "tanya.html", typed={}, faults={})


@router.post(PLACE)
async def answer(request: Request) -> Response:
    """The answer to a filled-in form, or the form again with what is wrong."""
    service: Service = request.app.state.service
    now = request.app.state.clock()
    publication = service.publication(now)
    body = await read_body(request)
    try:
        asked = read_form(body)
    except QuestionError as problem:
        return page(request, "tanya.html", 422, publication, typed=typed_in(body), faults=problem.faults)
    address = request.client.host if request.client else ""
    asker = Asker(address, place=asked.typed["antre"], purpose=Purpose.PERIKSA_DI_HALAMAN)
    try:
        entry = await service.find(Asked(publication, asker, asked.nik, asked.no_kk, now))
    except Refusal as problem:
        if problem.why != "nik":  # to ask that again is of no use before tomorrow
            problem.typed = {**asked.typed, "antre": problem.place}
        raise
    metrics.lookup(entry is not None, signed=False)
    told = service.answers.tell(entry, publication.facts)
    token = service.desk.token(asked.nik, asked.no_kk, now)
    return page(request, "jawaban.html", publication=publication, told=told, last=asked.nik[-4:], token=token)


def is_page(path: str) -> bool:
    """Whether a person's browser asks: then a refusal is a page as well."""
    return path == PLACE or path.startswith(COMPLAINTS)


def refusal(request: Request, problem: Refusal) -> Response:
    """A refusal as a page: what happened and what the person can do now."""
    said: dict[str, Any] = {"problem": problem, "wait": _duration(problem.wait), "typed": problem.typed}
    response = page(request, "maaf.html", problem.status, title=TITLES[problem.status][1], **said)
    response.headers.update(headers_of(problem))
    return response


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The API described, from its own OpenAPI document; no script, no other host."""
    return page(request, "docs.html", api=request.app.openapi(), problems=TITLES)


@router.get("/luring")
async def offline(request: Request) -> Response:
    """What the service worker shows without a network. Names no publication: it may be old."""
    response = HTMLResponse(_templates().get_template("luring.html").render(files=_names(), banner=None))
    response.headers["cache-control"] = "no-cache"
    return response


@router.get("/sw.js")
async def worker() -> Response:
    """The service worker; its name of the cache follows its files."""
    names = _names()
    version = hashlib.sha256("".join(sorted(names.values())).encode()).hexdigest()[:12]
    files = [names["govuk-frontend-6.6.0.css"], names["kota.css"], names["ikon.svg"]]
    script = (HERE / "static" / "sw.js").read_text().replace("VERSION", version).replace('"FILES"', str(files).replace("'", '"'))
    return Response(script, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/manifest.webmanifest")
async def manifest() -> Response:
    """For installing the page on a phone."""
    content = json.loads((HERE / "static" / "manifest.webmanifest").read_bytes())
    for icon in content["icons"]:
        icon["src"] = _names()[icon["src"]]
    return JSONResponse(content, media_type=_TYPES[".webmanifest"], headers={"cache-control": "no-cache"})


@router.get("/aset/{name}")
async def asset(request: Request, name: str) -> Response:
    """A style sheet, script or picture; its name changes with its content."""
    found = _assets().get(name)
    if found is None:
        return Response("tidak ada", 404, media_type="text/plain")
    content, packed, media_type = found
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(content, media_type=media_type, headers=headers)


def page(
    request: Request, template: str, status: int = 200, publication: Publication | None = None, **values: Any
) -> HTMLResponse:
    """A page of `templates/`, with the frame's own values, at a length that says nothing.

    Args:
        publication: the one the page speaks of; unless given, the one in force now.
    """
    html = _templates().get_template(template).render(files=_names(), banner=_banner(request, publication), **values)
    content = html.encode()
    missing = -len(content) % ROUND
    return HTMLResponse(content + b" " * missing, status)


def _banner(request: Request, publication: Publication | None) -> dict[str, Any] | None:
    service: Service = request.app.state.service
    now = request.app.state.clock()
    found = publication or service.publications.current(now)
    if found is None:
        return None
    stale = found.facts.age_days(now) > service.serving.stale_days
    return {"tanggal": local_date(found.facts.created), "stale": stale, "texts": service.texts}


def long_date(iso: str) -> str:
    """21 November 2026."""
    moment = datetime.fromisoformat(iso)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def local_date(iso: str) -> str:
    """A day, or a moment as the store keeps it (UTC), as a day in Samarinda: 21 November 2026."""
    return long_date(datetime.fromisoformat(iso).astimezone(WITA).isoformat() if "T" in iso else iso)


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{max(seconds, 1)} detik"
    return f"{-(-seconds // 60)} menit" if seconds < 7200 else f"{-(-seconds // 3600)} jam"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(bulan=long_period, tanggal=local_date)
    return environment


@cache
def _assets() -> Mapping[str, tuple[bytes, bytes | None, str]]:
    found = {}
    for path in sorted((HERE / "static").iterdir()):
        if path.name in ("sw.js", "manifest.webmanifest") or path.suffix not in _TYPES:
            continue
        content = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"
        packed = None if path.suffix == ".png" else gzip.compress(content, 9, mtime=0)
        found[name] = (content, packed, _TYPES[path.suffix])
    return found


@cache
def _names() -> dict[str, str]:
    """Where a page finds a file: its own name to its address."""
    names = {}
    for name in _assets():
        stem, _, rest = name.rpartition(".")
        names[f"{stem.rpartition('.')[0]}.{rest}"] = f"/aset/{name}"
    return names
