"""The pages for objections and complaints: a form, its receipt, and a ticket followed with its secret. HTML is in `templates/`.

Whatever happens to a form that was sent, it comes back as typed: nothing is lost. Only one longer than MAX_BODY is not taken in;
then the page says that the browser still has it. Reading a form is `complaint_form.py`, the store `complaint_desk.py`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import Response

from ssn_assets.complaints import rules, sealed
from ssn_assets.lookup import metrics
from ssn_assets.lookup.complaint_desk import DeskClosed
from ssn_assets.lookup.complaint_form import MAX_BODY, UNKNOWN_AREA, FormError, read, typed_in
from ssn_assets.lookup.incoming import read_body
from ssn_assets.lookup.limits import Rate
from ssn_assets.lookup.pages import COMPLAINTS, page
from ssn_assets.lookup.problem import Refusal, headers_of
from ssn_assets.lookup.service import Service

STATES = {"BARU": "Menunggu jawaban", "DIJAWAB": "Sudah dijawab", "SELESAI": "Selesai"}
LOOK_RATE, LOOK_NETWORK = Rate.per_minute(10), Rate.per_minute(120)
router = APIRouter(prefix=COMPLAINTS, include_in_schema=False)


@router.get("")
async def form(request: Request) -> Response:
    """The empty form."""
    return _form(request, typed_in(b""))


@router.post("/mulai")
async def form_from_answer(request: Request) -> Response:
    """The form behind an answer: its two numbers are known and not shown."""
    service: Service = request.app.state.service
    typed = typed_in(await read_body(request))
    if service.desk.numbers(typed["dari"], request.app.state.clock()) is None:
        typed["dari"] = ""
        return _form(request, typed, notice=service.texts.complaints["tanda_lama"])
    return _form(request, typed)


@router.post("")
async def send(request: Request) -> Response:
    """Keep what was sent and say number and secret; or the form again, as typed, with the reason."""
    service: Service = request.app.state.service
    now = request.app.state.clock()
    typed = typed_in(await read_body(request, MAX_BODY, service.texts.complaints["panjang"]))
    told = rules.load()
    if typed["dari"] and service.desk.numbers(typed["dari"], now) is None:
        typed["dari"] = ""
        return _form(request, typed, 422, notice=service.texts.complaints["tanda_lama"])
    try:
        sent = read(typed, told, set(rules.kelurahan_names()), lambda token: service.desk.numbers(token, now))
    except FormError as problem:
        return _form(request, typed, 422, faults=problem.faults)
    try:
        own, wide = (Rate(60.0 * b.menit, 60.0 * b.menit * (b.sekaligus - 1)) for b in (told.batas.alamat, told.batas.jaringan))
        service.spend(_address(request), "aduan", own, wide, now)
        receipt = await service.desk.send(sent, now)
    except Refusal as problem:
        return _not_sent(request, typed, problem, service.texts.complaints["sering" if problem.status == 429 else "tutup"])
    except DeskClosed:
        return _not_sent(request, typed, Refusal(503, "", wait=120), service.texts.complaints["tutup"])
    metrics.complaint(sent.jenis)
    kind = told.jenis[sent.jenis]
    return page(
        request,
        "aduan_terima.html",
        kind=kind,
        number=sealed.in_groups(receipt.nomor),
        secret=sealed.in_groups(receipt.rahasia),
        deadline=receipt.tenggat,
    )


@router.get("/tiket")
async def ticket_form(request: Request) -> Response:
    """Asks for number and secret."""
    return page(request, "tiket.html", typed={}, notice="", ticket=None)


@router.post("/tiket")
async def ticket(request: Request) -> Response:
    """What became of a ticket."""
    service: Service = request.app.state.service
    body = await read_body(request)
    try:
        service.spend(_address(request), "tiket", LOOK_RATE, LOOK_NETWORK, request.app.state.clock())
        typed = _ticket_typed(body)
        found = await service.desk.follow(typed["nomor"], typed["rahasia"])
    except DeskClosed:
        typed = _ticket_typed(body)
        response = page(request, "tiket.html", 503, typed=typed, notice=service.texts.complaints["tiket_tutup"], ticket=None)
        response.headers["retry-after"] = "120"
        return response
    if found is None:
        return page(request, "tiket.html", 404, typed=typed, notice=service.texts.complaints["tiket_salah"], ticket=None)
    kind = rules.load().jenis.get(found.jenis)
    title = kind.judul if kind else found.jenis
    merged = kind is not None and kind.merged
    number, state = sealed.in_groups(found.nomor), STATES.get(found.status, found.status)
    return page(request, "tiket.html", typed={}, notice="", ticket=found, title=title, number=number, state=state, merged=merged)


def _form(request: Request, typed: dict[str, str], status: int = 200, **more: Any) -> Response:
    service: Service = request.app.state.service
    numbers = service.desk.numbers(typed["dari"], request.app.state.clock()) if typed["dari"] else None
    told = rules.load()
    fixed: dict[str, Any] = {
        "kinds": told.jenis,
        "keep": told.simpan.isi_hari,
        "areas": rules.kelurahan(),
        "unknown": UNKNOWN_AREA,
    }
    values: dict[str, Any] = {"faults": {}, "notice": "", "last": numbers[0][-4:] if numbers else "", **more}
    return page(request, "aduan.html", status, typed=typed, **fixed, **values)


def _not_sent(request: Request, typed: dict[str, str], problem: Refusal, notice: str) -> Response:
    response = _form(request, typed, problem.status, notice=notice)
    response.headers.update(headers_of(problem))
    return response


def _ticket_typed(body: bytes) -> dict[str, str]:
    try:
        fields = dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=8))
    except ValueError:
        fields = {}
    return {name: fields.get(name, "")[:40] for name in ("nomor", "rahasia")}


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
