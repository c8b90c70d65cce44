"""Refusals as problem details (RFC 9457): what is wrong and what to do, never what was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"

TITLES = {
    401: ("tanda-tangan", "Tanda tangan permintaan tidak dapat diterima"),
    404: ("tidak-ada", "Alamat ini tidak ada"),
    405: ("cara", "Cara meminta ini tidak ada di alamat ini"),
    422: ("pertanyaan", "Pertanyaan tidak dapat dibaca"),
    429: ("terlalu-sering", "Terlalu banyak pertanyaan"),
    500: ("gangguan", "Ada gangguan di pihak kami"),
    503: ("belum-siap", "Layanan belum dapat menjawab"),
}


class Refusal(Exception):
    """A request that is not answered.

    Attributes:
        status: 401, 422, 429 or 503.
        detail: a sentence for the person who reads it.
        faults: for 422, what is wrong by field.
        wait: for 429 and 503, seconds until another try makes sense.
        why: for 429, which limit: a key of halaman.yaml's `bantuan`.
        left, place: for 429, how many times the same has to be asked still, and where that is counted; 0 when it need not be.
        typed: what a page's form shows again, to be sent once more.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Mapping[str, str] | None = None,
        wait: int = 0,
        why: str = "",
        left: int = 0,
        place: str = "",
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults, self.wait, self.why = status, detail, dict(faults or {}), wait, why
        self.left, self.place = left, place
        self.typed: Mapping[str, str] = {}


def headers_of(refusal: Refusal) -> dict[str, str]:
    """The headers that go with a refusal."""
    headers = {"retry-after": str(refusal.wait)} if refusal.wait else {}
    if refusal.status == 401:
        headers["accept-signature"] = 'sig=("@method" "@authority" "@path" "content-digest");created;keyid;nonce;alg="ed25519"'
        headers["www-authenticate"] = 'Signature realm="cek-bansos"'
    return headers


def as_response(refusal: Refusal) -> Response:
    """A refusal as application/problem+json."""
    slug, title = TITLES[refusal.status]
    content = {"type": f"/docs#masalah-{slug}", "title": title, "status": refusal.status, "detail": refusal.detail}
    if refusal.faults:
        content["isian"] = refusal.faults  # type: ignore[assignment]
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, refusal.status, headers_of(refusal), MEDIA_TYPE)
