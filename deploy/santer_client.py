"""How SANTER's server asks: signs each request (RFC 9421, Ed25519) and checks the signature of each answer.

Needs only `cryptography`. Make a key once, register its public half, keep the seed on the server (never on a phone):

    python deploy/santer_client.py new-key santer.seed          # prints the public key
    ssn client add santer-2026 --key <that public key>
    python deploy/santer_client.py ask http://127.0.0.1:8080 santer-2026 santer.seed  < question.json
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PATH = "/v1/cek-bansos"


def signed_headers(
    seed: bytes, client: str, authority: str, body: bytes, user: str = "", created: int | None = None
) -> dict[str, str]:
    """The headers that make a POST to PATH the client's own.

    Args:
        seed: 32 bytes, the client's secret.
        client: its registered name.
        authority: host (and port, unless the usual one) of the service.
        body: the JSON exactly as it will be sent.
        user: an opaque name of the client's own user, so that one user's wrong guesses do not count against all others.
        created: seconds since 1970; now unless given.
    """
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    values = {"@method": "POST", "@authority": authority.lower(), "@path": PATH, "content-digest": digest}
    if user:
        values["ssn-pengguna"] = user
    covered = " ".join(f'"{name}"' for name in values)
    moment = int(time.time()) if created is None else created
    parameters = f'({covered});created={moment};keyid="{client}";nonce="{secrets.token_urlsafe(18)}";alg="ed25519"'
    base = "\n".join([*(f'"{name}": {value}' for name, value in values.items()), f'"@signature-params": {parameters}'])
    signature = base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(base.encode())).decode()
    return {
        "content-type": "application/json",
        "content-digest": digest,
        **({"ssn-pengguna": user} if user else {}),
        "signature-input": f"santer={parameters}",
        "signature": f"santer=:{signature}:",
    }


def checked_answer(service_key: bytes, request_body: bytes, nonce: str, answer: bytes) -> dict[str, Any]:
    """The answer as an object, after checking that the service gave it to this very request.

    Raises:
        cryptography.exceptions.InvalidSignature: it did not.
        ValueError: it is not an answer to this nonce.
    """
    signed, _, rest = answer.rpartition(b',"tanda_tangan":')
    digest = hashlib.sha256(request_body).digest() + hashlib.sha256(signed).digest()
    signature = base64.b64decode(json.loads(rest[:-1])["nilai"])
    Ed25519PublicKey.from_public_bytes(service_key).verify(signature, b"SSN-CEK-BANSOS-1\n" + digest)
    content: dict[str, Any] = json.loads(answer)
    if content["nonce"] != nonce:
        raise ValueError("the answer carries another nonce")
    return content


def ask(address: str, client: str, seed: bytes, nik: str, no_kk: str, user: str = "") -> dict[str, Any]:
    """Ask about one person and return the checked answer. HTTP refusals come as urllib.error.HTTPError."""
    nonce = secrets.token_urlsafe(18)
    body = json.dumps({"nik": nik, "no_kk": no_kk, "nonce": nonce}).encode()
    headers = signed_headers(seed, client, urlsplit(address).netloc, body, user)
    with urllib.request.urlopen(f"{address}/v1/publikasi", timeout=10) as response:  # keep this key; ask again when it changes
        key = base64.b64decode(json.load(response)["kunci_jawaban"]["publik"])
    with urllib.request.urlopen(urllib.request.Request(address + PATH, body, headers, method="POST"), timeout=10) as response:
        return checked_answer(key, body, nonce, response.read())


def new_key(path: Path) -> str:
    """Make a seed file (0600) and return the public key in hex."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    seed = secrets.token_bytes(32)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(seed.hex() + "\n")
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def main(arguments: list[str]) -> int:
    """`new-key FILE`, or `ask ADDRESS CLIENT FILE` with {"nik": ..., "no_kk": ...} on standard input."""
    if len(arguments) == 2 and arguments[0] == "new-key":
        print(new_key(Path(arguments[1])))
        return 0
    if len(arguments) == 4 and arguments[0] == "ask":
        question = json.load(sys.stdin)
        seed = bytes.fromhex(Path(arguments[3]).read_text())
        answer = ask(arguments[1].rstrip("/"), arguments[2], seed, question["nik"], question["no_kk"])
        print(json.dumps({name: value for name, value in answer.items() if name != "pengisi"}, indent=1, ensure_ascii=False))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
