"""Taking in a request: its body up to a size and in time, and how a signature sees it. What it asks: `question.py`."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from ssn_assets.lookup.problem import Refusal
from ssn_assets.lookup.question import MAX_BODY
from ssn_assets.lookup.signatures import Message

BODY_SECONDS = 10.0
SIGNED = (b"signature", b"signature-input")
LATE = "the body is late"
NOT_ARRIVED = "Isi permintaan tidak sampai."


async def read_body(request: Request, most: int = MAX_BODY, too_long: str = "") -> bytes:
    """The body, as far as a question can be long.

    Args:
        most: bytes that are read.
        too_long: what is said of more, for a person.

    Raises:
        Refusal: 422, longer, or not there in time.
    """
    task = asyncio.current_task()
    assert task is not None
    late = asyncio.get_running_loop().call_later(BODY_SECONDS, task.cancel, LATE)  # asyncio.timeout costs four times as much
    body = b""
    try:
        while True:
            message = await request.receive()
            body += message.get("body", b"")
            if len(body) > most:
                raise Refusal(422, too_long or f"Isi permintaan paling banyak {most} bita.")
            if message["type"] == "http.disconnect":
                raise Refusal(422, NOT_ARRIVED)
            if not message.get("more_body"):
                return body
    except asyncio.CancelledError as stopped:
        if stopped.args != (LATE,):
            raise
        task.uncancel()
        raise Refusal(422, NOT_ARRIVED) from stopped
    finally:
        late.cancel()


def is_signed(request: Request) -> bool:
    """Whether a request claims to be signed; such a request is never treated as anonymous."""
    return any(name in SIGNED for name, _ in request.scope["headers"])  # in lower case, by ASGI


def message_of(request: Request, body: bytes) -> Message:
    """A request as a signature sees it."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in request.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Message(request.method, headers.get("host", ""), request.scope["path"], headers, body)
