"""SANTER's signed requests: the example client, somebody else's implementation, and everything a forger may try."""

from __future__ import annotations

import json

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from hypothesis import given
from hypothesis import strategies as st

from ssn_assets.lookup import clients, signatures
from ssn_assets.sealing import public_key
from ssn_assets.settings import now
from ssn_assets.store.engine import open_store
from tests.unit.publication_city import KK, NIK
from tests.web.conftest import Asked
from tests.web.test_api import santer_client

SEED = bytes(range(32))
BODY = json.dumps({"nik": NIK, "no_kk": KK}).encode()


def register(service: Asked, per_minute: int = 600) -> None:
    clients.add(open_store(service.home), service.home, "santer", public_key(SEED).hex(), per_minute, now())
    service.app.state.service.look()


def headers(service: Asked, body: bytes = BODY, **more: object) -> dict[str, str]:
    return santer_client.signed_headers(SEED, "santer", "testserver", body, created=int(service.clock.now), **more)


def send(service: Asked, sent: dict[str, str], body: bytes = BODY, path: str = "/v1/cek-bansos") -> int:
    return service.client.post(path, content=body, headers=sent).status_code


def test_a_signed_request_is_answered_once(service: Asked) -> None:
    register(service)
    sent = headers(service)
    assert send(service, sent) == 200
    refused = service.client.post("/v1/cek-bansos", content=BODY, headers=sent)
    assert refused.status_code == 401 and "nonce" in refused.json()["detail"] and refused.headers["accept-signature"]
    assert send(service, headers(service)) == 200


def test_a_signature_raises_the_quota_and_its_own_quota_holds(service: Asked) -> None:
    register(service, per_minute=50)
    assert [send(service, headers(service, user=f"u{i}")) for i in range(51)] == [200] * 50 + [429]
    service.clock.now += 60
    assert send(service, headers(service)) == 200


def test_one_users_guesses_do_not_count_against_the_others(service: Asked) -> None:
    register(service)
    wrong = json.dumps({"nik": NIK, "no_kk": "1" * 16}).encode()
    assert [send(service, headers(service, wrong, user="pencoba"), wrong) for _ in range(6)] == [200] * 5 + [429]
    assert send(service, headers(service, user="warga")) == 200


def test_what_a_forger_may_try(service: Asked) -> None:
    register(service)
    good = headers(service, user="u1")
    tries = {
        "other body": (good, BODY.replace(b"1", b"2")),
        "other user": ({**good, "ssn-pengguna": "u2"}, BODY),
        "user not covered": ({**headers(service), "ssn-pengguna": "u2"}, BODY),
        "other host": ({**good, "host": "lain"}, BODY),
        "no digest": ({k: v for k, v in good.items() if k != "content-digest"}, BODY),
        "signature alone": ({"signature": good["signature"]}, BODY),
        "too old": (santer_client.signed_headers(SEED, "santer", "testserver", BODY, created=int(service.clock.now) - 61), BODY),
        "from the future": (
            santer_client.signed_headers(SEED, "santer", "testserver", BODY, created=int(service.clock.now) + 62),
            BODY,
        ),
        "unknown client": (santer_client.signed_headers(SEED, "lain", "testserver", BODY, created=int(service.clock.now)), BODY),
        "other key": (
            santer_client.signed_headers(bytes(32), "santer", "testserver", BODY, created=int(service.clock.now)),
            BODY,
        ),
        "fewer covered": ({**good, "signature-input": good["signature-input"].replace('"@method" ', "")}, BODY),
        "two signatures": ({**good, "signature-input": good["signature-input"] + ", " + good["signature-input"]}, BODY),
    }
    assert {name: send(service, *sent) for name, sent in tries.items()} == dict.fromkeys(tries, 401)
    assert send(service, good) == 200  # nothing of that used up the nonce


def test_a_revoked_client_is_out_and_the_store_may_be_down(service: Asked) -> None:
    register(service)
    store = open_store(service.home)
    store.dispose()
    service.home.store.rename(service.home.store.with_suffix(".away"))  # the store is down
    assert send(service, headers(service)) == 200
    service.home.store.with_suffix(".away").rename(service.home.store)
    clients.revoke(open_store(service.home), service.home, "santer", now())
    service.app.state.service.look()
    assert send(service, headers(service)) == 401


def test_a_client_list_that_the_platform_did_not_sign_changes_nothing(service: Asked) -> None:
    register(service)
    path = service.home.santer / "klien.json"
    forged = json.loads(path.read_text())
    forged["isi"] = forged["isi"].replace("600", "999999")
    path.write_text(json.dumps(forged))
    service.app.state.service.look()
    assert send(service, headers(service)) == 200
    assert service.app.state.service.clients.get("santer").rate.cost == 0.1


class Resolver(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(SEED)


def test_somebody_elses_rfc_9421_is_understood(service: Asked) -> None:
    from datetime import UTC, datetime

    register(service)
    request = requests.Request("POST", "http://testserver/v1/cek-bansos", data=BODY).prepare()
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Resolver()).sign(
        request,
        key_id="santer",
        created=datetime.fromtimestamp(service.clock.now, UTC),
        nonce="sekali-pakai-1",
        label="sig1",
        include_alg=True,
        covered_component_ids=("@method", "@authority", "@path"),
        body=BODY,
    )
    assert send(service, {k.lower(): v for k, v in request.headers.items() if k.lower().startswith(("sig", "content-d"))}) == 200


def message(**sent: str) -> signatures.Message:
    return signatures.Message("POST", "h", "/v1/cek-bansos", {k.replace("_", "-"): v for k, v in sent.items()}, BODY)


PIECES = st.sampled_from(
    [
        "sig=",
        "(",
        ")",
        '"@method"',
        '"@path"',
        '"content-digest"',
        " ",
        ";",
        "created=1;",
        'keyid="a"',
        'nonce="12345678"',
        ":",
        "AA==",
        ",",
        "\\",
        '"',
        "é",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=6).map("".join), st.text(max_size=40))
def test_whatever_is_sent_as_a_signature_is_refused_in_words(given_input: str, signature: str, digest: str) -> None:
    with pytest.raises(signatures.SignatureError):
        signatures.verify(
            message(signature_input=given_input, signature=signature, content_digest=digest), lambda _: bytes(32), 1.0
        )
