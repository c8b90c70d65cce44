"""Around every request, as plain ASGI: security headers, one log line, the counts, and no trace of an error to outside."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ssn_assets.lookup import metrics
from ssn_assets.lookup.problem import Refusal, as_response

log = logging.getLogger("ssn.lookup")

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
_RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_NO_STORE = (b"cache-control", b"no-store")
_POLICY = b"content-security-policy"
OF_DATA = [
    _NO_STORE,
    (_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
"""What an answer for machines needs of these (OWASP, REST security); the others are about pages."""
QUIET = ("/healthz", "/readyz", "/metrics")


class Guard:
    """The outermost layer. `scope["ssn"]` is where a route may leave what the log line says: client, limit."""

    def __init__(self, app: ASGIApp) -> None:
        """Args: app: everything inside."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, method = time.perf_counter(), scope["method"]
        noted: dict[str, Any] = {}
        head = method == "HEAD"
        if head:  # as GET, without the body (RFC 9110, 9.3.2); the server's own scope still says HEAD
            scope = {**scope, "method": "GET"}
        scope["ssn"] = noted
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                names = {name for name, _ in message["headers"]}
                if _POLICY not in names:
                    message["headers"] = [*message["headers"], *_RAW, *([] if b"cache-control" in names else [_NO_STORE])]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            log.exception("request failed")
            if status == 0:
                await as_response(Refusal(500, "Coba lagi beberapa saat lagi."))(scope, receive, sending)
        finally:
            _note(scope, method, status, time.perf_counter() - began, noted)


def _note(scope: Scope, method: str, status: int, seconds: float, noted: dict[str, Any]) -> None:
    route = getattr(scope.get("route"), "path", "lain")  # our pattern: what was asked for may hold a NIK
    metrics.request(route, status, seconds)
    if route not in QUIET and log.isEnabledFor(logging.INFO):
        said = {
            "method": method if method in ("GET", "HEAD", "POST") else "lain",
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            **noted,
        }
        log.info("request", extra=said)
