"""Putting an answer together: one shape, one length, signed. Whether a question is answered at all is `service.py`.

Every 200 body has the same number of bytes (`pengisi` fills it), so an observer of the line learns nothing. The signature
is over SHA-256 of the request body as sent and SHA-256 of the answer up to `,"tanda_tangan":`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from ssn_assets.lookup.publication import Facts
from ssn_assets.lookup.texts import Payment, Reason, Step, Texts
from ssn_assets.sealing import PLAIN_SIZE, Entry

DOMAIN = b"SSN-CEK-BANSOS-1\n"
MOST_REASONS = 6
"""More cannot be true of one person at once; were it so, the first ones are told."""

_LONGEST_NONCE = json.dumps("\U0010ffff" * 64)
_ROUND = 512


@dataclass(frozen=True)
class Told:
    """An answer in words, for the page: the parts of the JSON answer as objects."""

    listed: bool
    keputusan: str
    judul: str
    reasons: tuple[Reason, ...]
    categories: tuple[str, ...]
    step: Step
    payment: Payment
    period: str
    facts: Facts


class Answers:
    """Makes the bodies of answers with one set of texts and one signing key."""

    def __init__(self, texts: Texts, signing_seed: bytes) -> None:
        """Args: signing_seed: the service's own Ed25519 seed."""
        self._texts = texts
        # libsodium: half the time of OpenSSL, and it is the dearest step of an answer
        self.public_key, self._key = crypto_sign_seed_keypair(signing_seed)
        self.key_id = hashlib.sha256(self.public_key).hexdigest()[:16]
        self._key_name = self.key_id.encode()
        self._reasons = {code: _json(reason.as_json()) for code, reason in texts.reasons.items()}
        self._steps = {code: _json(step.as_json()) for code, step in texts.steps.items()}
        self._payments = dict[str, str]()
        self._nobody = _json(texts.nobody.as_json())
        self.length = self._longest()
        """Bytes of every 200 body."""

    def tell(self, entry: Entry | None, facts: Facts) -> Told:
        """The answer in words."""
        texts = self._texts
        found = entry or Entry("TIDAK_ADA", periode=facts.period)
        reasons = tuple(texts.reason(code) for code in found.alasan[:MOST_REASONS]) if entry else (texts.nobody,)
        title = texts.keputusan[found.keputusan]
        step, payment = texts.step(found.kartu), texts.payment(found.pembayaran)
        categories = found.kategori_bantuan
        return Told(entry is not None, found.keputusan, title, reasons, categories, step, payment, found.periode, facts)

    def body(self, entry: Entry | None, facts: Facts, nonce: str | None, request_body: bytes) -> bytes:
        """The body of a 200 answer; None stands for nobody found."""
        text = self._content(entry, facts, nonce).encode()
        signed = b'%b,"pengisi":"%*b"' % (text, self.length - len(text) - _TAIL, b"")
        digest = hashlib.sha256(request_body).digest() + hashlib.sha256(signed).digest()
        signature = base64.b64encode(crypto_sign(DOMAIN + digest, self._key)[:crypto_sign_BYTES])
        return b'%b,"tanda_tangan":{"kunci":"%b","nilai":"%b"}}' % (signed, self._key_name, signature)

    def _content(self, entry: Entry | None, facts: Facts, nonce: str | None) -> str:
        if entry is None:
            listed, found, reasons = "false", Entry("TIDAK_ADA", periode=facts.period), self._nobody
        else:
            listed, found = "true", entry
            reasons = ",".join([self._reason(code) for code in entry.alasan[:MOST_REASONS]])
        step = self._steps.get(found.kartu) or _json(self._texts.step(found.kartu).as_json())
        echoed = "null" if nonce is None else json.dumps(nonce)
        return (
            f'{{"terdaftar":{listed},"keputusan":"{found.keputusan}","alasan":[{reasons}],'
            f'"kategori_bantuan":{_names(found.kategori_bantuan)},"kartu":{step},'
            f'"pembayaran":{self._payment(found.pembayaran)},"periode":"{found.periode}",'
            f'"publikasi":{{"id":"{facts.publication_id}","tanggal":"{facts.day}"}},"nonce":{echoed}'
        )

    def _payment(self, published: str) -> str:
        """There are as many as months and steps."""
        found = self._payments.get(published)
        if found is None:
            found = self._payments[published] = _json(self._texts.payment(published).as_json())
        return found

    def _reason(self, code: str) -> str:
        return self._reasons.get(code) or _json(self._texts.reason(code).as_json())

    def _longest(self) -> int:
        """A length that the longest possible answer has room in, rounded up."""
        texts = self._texts
        reasons = sorted(
            (len(r.encode()) for r in [*self._reasons.values(), _json(texts.reason("X" * 60).as_json())]), reverse=True
        )
        steps = max(len(s.encode()) for s in [*self._steps.values(), _json(texts.step("X" * 60).as_json())])
        payments = max(len(_json(texts.payment(f"2026-09 {code}").as_json()).encode()) for code in (*texts.payments, "X" * 60))
        longest = sum(reasons[:MOST_REASONS]) + MOST_REASONS + steps + payments + 2 * PLAIN_SIZE + len(_LONGEST_NONCE)
        frame = len(self._content(None, Facts("2026-10-000000000", "2026-10", "2026-10-31T00:00:00Z", "", ""), None).encode())
        return -(-(longest + frame + _TAIL) // _ROUND) * _ROUND


_TAIL = len(b',"pengisi":""') + len(b',"tanda_tangan":{"kunci":"","nilai":""}}') + 16 + 88
"""Bytes around the filling: its own frame, the signature's frame, key id and signature."""


@lru_cache(maxsize=4096)
def _names(categories: tuple[str, ...]) -> str:
    return _json(list(categories))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
