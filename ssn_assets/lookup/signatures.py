"""Signed requests: the part of HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530) that we accept.

One Ed25519 signature over at least @method, @authority, @path and content-digest, with created, keyid and nonce. Whose
keys exist is `client_list.py`; that a nonce is used once is `state.py`. Pure: no clock, no I/O.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WINDOW = 60
"""Seconds by which `created` may differ from our clock."""

REQUIRED = ("@method", "@authority", "@path", "content-digest")
USER_HEADER = "ssn-pengguna"
"""Which of the client's own users asks: an opaque name, so that one user's guesses do not count against the others."""

_INPUT = re.compile(
    r'([a-z*][a-z0-9_.*-]{0,63})=(\((?:"[a-z@][a-z0-9-]{0,63}"(?: "[a-z@][a-z0-9-]{0,63}"){0,15})\)(?:;.{1,300})?)'
)
_PARAMETER = re.compile(r';([a-z][a-z0-9_-]{0,31})=(?:([0-9]{1,12})|"([ !#-\[\]-~]{0,100})")')
_BYTES = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=:([A-Za-z0-9+/]{0,256}={0,2}):")
_USER = re.compile(r"[A-Za-z0-9_.:=+/-]{1,64}")


class SignatureError(ValueError):
    """The request is signed, but not in a way we accept; the message says what is wrong and quotes nothing of it."""


@dataclass(frozen=True)
class Message:
    """What a signature can be over: method, Host, path, headers in lower case (a repeated one joined by ", "), body."""

    method: str
    authority: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Signed:
    """A verified signature: who, a value that may be used once, and which of its users asks ("" when it does not say)."""

    client: str
    nonce: str
    user: str


def verify(message: Message, public_key_of: Callable[[str], bytes | None], now: float) -> Signed:
    """Check a signed request.

    Args:
        public_key_of: the 32-byte key of a client; None when there is none in force.
        now: seconds since 1970.

    Raises:
        SignatureError: it is not acceptable.
    """
    label, parameters_text, components, parameters = _read_input(message.headers.get("signature-input", ""))
    signature = _read_bytes(message.headers.get("signature", ""), label)
    _check_parameters(parameters, now)
    missing = [name for name in REQUIRED if name not in components]
    if missing or len(set(components)) != len(components):
        raise SignatureError(f"the signature must cover {', '.join(REQUIRED)}, each once")
    user = message.headers.get(USER_HEADER, "")
    if user and (USER_HEADER not in components or not _USER.fullmatch(user)):
        raise SignatureError(f"{USER_HEADER} must be covered by the signature and be 1 to 64 letters, digits or _.:=+/-")
    _check_digest(message)
    key = public_key_of(parameters["keyid"])
    if key is None:
        raise SignatureError("there is no such client, or it was revoked")
    base = _base(message, components, parameters_text)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, base)
    except InvalidSignature:
        raise SignatureError("the signature does not fit this request") from None
    return Signed(parameters["keyid"], parameters["nonce"], user)


def _read_input(text: str) -> tuple[str, str, tuple[str, ...], dict[str, str]]:
    found = _INPUT.fullmatch(text)
    if not found:
        raise SignatureError("Signature-Input must hold exactly one signature of the documented form")
    label, parameters_text = found[1], found[2]
    inner, _, rest = parameters_text[1:].partition(")")
    parameters: dict[str, str] = {}
    place = 0
    while place < len(rest):
        parameter = _PARAMETER.match(rest, place)
        if not parameter or parameter[1] in parameters:
            raise SignatureError("a parameter of Signature-Input cannot be read")
        number = parameter[2]
        if (number is not None) != (parameter[1] in ("created", "expires")):
            raise SignatureError("created and expires are numbers, all other parameters are quoted")
        parameters[parameter[1]] = number if number is not None else parameter[3]
        place = parameter.end()
    return label, parameters_text, tuple(name.strip('"') for name in inner.split()), parameters


def _read_bytes(text: str, label: str) -> bytes:
    found = _BYTES.fullmatch(text)
    if not found or found[1] != label:
        raise SignatureError("Signature must hold exactly the signature that Signature-Input names")
    return _decoded(found[2])


def _check_parameters(parameters: Mapping[str, str], now: float) -> None:
    if unknown := set(parameters) - {"created", "expires", "keyid", "nonce", "alg", "tag"}:
        raise SignatureError(f"{len(unknown)} parameters of Signature-Input are not known")
    if not {"created", "keyid", "nonce"} <= parameters.keys():
        raise SignatureError("created, keyid and nonce are needed")
    if parameters.get("alg", "ed25519") != "ed25519":
        raise SignatureError("only ed25519 is accepted")
    if not 8 <= len(parameters["nonce"]) <= 64:
        raise SignatureError("the nonce of the signature must have 8 to 64 characters")
    if abs(now - int(parameters["created"])) > WINDOW:
        raise SignatureError(f"created differs from our clock by more than {WINDOW} seconds: check the clock and sign anew")
    if "expires" in parameters and int(parameters["expires"]) < now:
        raise SignatureError("the signature has expired")


def _check_digest(message: Message) -> None:
    found = _BYTES.fullmatch(message.headers.get("content-digest", ""))
    if not found or found[1] != "sha-256" or _decoded(found[2]) != hashlib.sha256(message.body).digest():
        raise SignatureError("Content-Digest must be sha-256=:...: of the body as sent")


def _base(message: Message, components: tuple[str, ...], parameters_text: str) -> bytes:
    derived = {"@method": message.method, "@authority": message.authority.lower(), "@path": message.path}
    lines = []
    for name in components:
        value = derived.get(name) if name.startswith("@") else message.headers.get(name)
        if value is None:
            raise SignatureError("the signature covers something this request does not have")
        lines.append(f'"{name}": {value.strip()}')
    lines.append(f'"@signature-params": {parameters_text}')
    return "\n".join(lines).encode("latin-1", "replace")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SignatureError("a value between colons is not base64") from None
