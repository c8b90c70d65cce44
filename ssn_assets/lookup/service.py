"""What happens to a question, from whoever asked to the entry found: publication, signature, limits. HTTP is `web.py`.

One Service a worker process.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import lmdb

from ssn_assets import keys, sealing
from ssn_assets.lookup import signatures
from ssn_assets.lookup.answer import Answers
from ssn_assets.lookup.client_list import ClientList
from ssn_assets.lookup.complaint_desk import Desk
from ssn_assets.lookup.counts_file import NAME
from ssn_assets.lookup.limits import Keys, Rate, Rates, Verdict
from ssn_assets.lookup.problem import Refusal
from ssn_assets.lookup.publication import Publication, Publications
from ssn_assets.lookup.signatures import Message, SignatureError, Signed
from ssn_assets.lookup.state import State, StateBusy
from ssn_assets.lookup.texts import Texts, load
from ssn_assets.lookup.together import Together
from ssn_assets.lookup.trail import Trail, TrailFull
from ssn_assets.sealing import Entry
from ssn_assets.settings import Serving
from ssn_assets.trail import KEY_FILE as TRAIL_KEY
from ssn_assets.trail import Outcome, Purpose

ANSWER_KEY = "jawaban.key"
IPV4_MAPPED = bytes(10) + b"\xff\xff"
USER_RATE = Rate.per_minute(10)
RATE, WIDE, SOURCE, ON_NIK, PLACE, PAIR, NIK, BIRTH, NONCE = b"r", b"w", b"s", b"o", b"q", b"p", b"n", b"b", b"1"
"""Kinds of what is counted (limits.Keys)."""
PLACES = 2
"""Bytes by which the places behind one source differ: 65,536, however many numbers are asked there."""
NOT_YET = "Belum ada publikasi yang dapat dibaca. Coba lagi beberapa saat lagi."
log = logging.getLogger("ssn.lookup")
BUSY = "Layanan sedang sangat sibuk. Coba lagi sebentar lagi."


class SetupError(RuntimeError):
    """The service cannot start; the message says what is missing and where it comes from."""


@dataclass(frozen=True)
class Asker:
    """Who asks: an address, or a signed client and one of its users ("" when it does not say); and what for.

    place: the one that an earlier refusal named, by which who corrects a number does not begin anew; "" for that of the NIK.
    """

    address: str = ""
    client: str = ""
    user: str = ""
    place: str = ""
    purpose: Purpose = Purpose.PERIKSA_LEWAT_API


class Asked(NamedTuple):
    """One question, and the publication in force when it came: the answer is from that and no other."""

    publication: Publication
    asker: Asker
    nik: str
    no_kk: str
    now: float


class Posed(NamedTuple):
    """A question that a machine posed: with its nonce, and the request's body, over which the answer's signature goes."""

    asked: Asked
    nonce: str | None
    body: bytes


class Service:
    """Everything a worker holds open."""

    def __init__(self, serving: Serving, texts: Texts | None = None) -> None:
        """Open keys and state; the publication comes with the first `look`.

        Raises:
            SetupError: a key is missing or damaged.
        """
        secret, public = _key(serving.keys / sealing.SERVICE_KEY), _key(serving.keys / sealing.VERIFY_KEY)
        trail_key = _key(serving.keys / TRAIL_KEY)
        self.serving = serving
        self.texts = texts or load()
        self.publications = Publications(serving.santer, secret, public, serving.state / "urutan")
        self.clients = ClientList(serving.santer, public, serving.state / "urutan-klien")
        self.desk = Desk(serving.santer, sealing.derive(secret, "aduan"), public, serving.state / "urutan-aduan")
        self.answers = Answers(self.texts, _own_key(serving.state))
        self.state = _state(serving.state, sealing.derive(secret, "hitungan"))
        self.trail = Trail(serving.trail, trail_key, time.time())
        self.find: Together[Asked, Entry | None] = Together(self.find_all)
        self.answer: Together[Posed, tuple[bool, bytes]] = Together(self.answer_all)
        """`find_all` and `answer_all` for one, together with whatever else is asked at that moment; raises its Refusal."""
        self._address_rate = Rate.per_minute(serving.address_per_minute)
        self._network_rate = Rate.per_minute(serving.network_per_minute)

    def look(self) -> None:
        """Follow what changed on disk."""
        self.publications.look()
        self.clients.look()

    def publication(self, now: float) -> Publication:
        """The publication in force.

        Raises:
            Refusal: 503, there is none yet.
        """
        found = self.publications.current(now)
        if found is None:
            raise Refusal(503, NOT_YET, wait=10)
        return found

    def asker(self, message: Message, now: float) -> Asker:
        """Who asks with a request that claims to be signed: the client, or it is refused; never anonymous.

        Raises:
            Refusal: 401, the signature is not acceptable or was used before; 503, the state cannot be written.
        """
        try:
            signed = self._verified(message, now)
            if not self.state.use_once(self.state.opaque(f"{signed.client}|{signed.nonce}") + NONCE, now):
                raise SignatureError("this signature's nonce was used before: sign every request anew")
        except SignatureError as problem:
            raise Refusal(401, str(problem)) from problem
        except StateBusy as problem:
            raise _uncounted(problem) from problem
        return Asker(client=signed.client, user=signed.user, purpose=Purpose.PERIKSA_LEWAT_KLIEN)

    def find_all(self, asked: Sequence[Asked]) -> list[Entry | Exception | None]:
        """The entry of each person for somebody who may ask; hit and miss do the same work. Stage by stage, in their order.

        Returns:
            Among the entries a Refusal: 429, too many questions; 503, the question cannot be counted or recorded; or why the
            entry itself cannot be read.
        """
        try:
            entries = [one.publication.find(one.nik, one.no_kk) for one in asked]
        except Exception as problem:  # one entry cannot be read: that is nobody else's trouble
            return [problem] if len(asked) == 1 else [self.find_all([one])[0] for one in asked]
        keys = [self._keys(one.asker, one.nik, one.no_kk) for one in asked]
        try:
            counted = [(of, one.now, entry is not None) for one, of, entry in zip(asked, keys, entries, strict=True)]
            verdicts = self.state.ask(counted)
        except StateBusy as problem:
            return [_uncounted(problem) for _ in asked]
        results: list[Entry | Exception | None] = []
        for one, of, entry, verdict in zip(asked, keys, entries, verdicts, strict=True):
            try:
                self._allow(verdict, of.place)
                self._record(one, entry is not None)
                results.append(entry)
            except Refusal as problem:
                results.append(problem)
        return results

    def answer_all(self, posed: Sequence[Posed]) -> list[tuple[bool, bytes] | Exception]:
        """Whether each person was found, and the answer as sent; or a Refusal, as `find_all` has it."""
        results: list[tuple[bool, bytes] | Exception] = []
        for (asked, nonce, body), entry in zip(posed, self.find_all([one.asked for one in posed]), strict=True):
            if isinstance(entry, Exception):
                results.append(entry)
            else:
                results.append((entry is not None, self.answers.body(entry, asked.publication.facts, nonce, body)))
        return results

    def spend(self, address: str, what: str, own: Rate, wide: Rate, now: float) -> None:
        """Count something else than a question, of an address and its network.

        Args:
            what: its name, apart from all other counts.

        Raises:
            Refusal: 429, too often; 503, it cannot be counted.
        """
        who, network = network_of(address)
        all_there = self.state.opaque(f"{what}|{network}")
        mine = self.state.opaque_near(all_there, f"{what}|{network}|{who}")
        try:
            verdict = self.state.spend(((mine + RATE, own, "alamat"), (all_there + WIDE, wide, "jaringan")), now)
        except StateBusy as problem:
            raise _uncounted(problem) from problem
        self._allow(verdict)

    def close(self) -> None:
        """Close everything; the trail is on disk."""
        self.state.close()
        self.desk.close()
        self.trail.close()

    def _verified(self, message: Message, now: float) -> Signed:
        if self.serving.public_host and message.authority.lower() != self.serving.public_host.lower():
            raise SignatureError(f"sign for @authority {self.serving.public_host}")
        return signatures.verify(message, self.clients.key_of, now)

    def _record(self, one: Asked, hit: bool) -> None:
        outcome = Outcome.DITEMUKAN if hit else Outcome.TIDAK_COCOK
        try:
            self.trail.record(one.nik, one.asker.purpose, outcome, one.asker.client, one.now)
        except TrailFull as problem:
            log.error("trail not written", extra={"reason": str(problem)})
            raise Refusal(503, BUSY, wait=10) from problem

    def _allow(self, verdict: Verdict, place: bytes = b"") -> None:
        if not verdict.allowed:
            told = f"{self.texts.help[verdict.why]} {self.texts.other_way}"
            named = place[-PLACES - len(PLACE) : -len(PLACE)].hex()
            raise Refusal(429, told, wait=verdict.wait, why=verdict.why, left=verdict.left, place=named)

    def _keys(self, asker: Asker, nik: str, no_kk: str) -> Keys:
        client = self.clients.get(asker.client) if asker.client else None
        if client is not None:
            who, wide = f"{asker.client}|{asker.user}", f"klien|{asker.client}"
        else:
            who, wide = network_of(asker.address)
        opaque, near = self.state.opaque, self.state.opaque_near
        all_there, birth = opaque(wide), opaque(nik[:12])
        mine, on_nik = near(all_there, who), near(all_there, f"{who}|{nik}")
        if client is None:
            rates: Rates = ((mine + RATE, self._address_rate, "alamat"), (all_there + WIDE, self._network_rate, "jaringan"))
        else:
            rates = ((all_there + WIDE, client.rate, "klien"), *([(mine + RATE, USER_RATE, "klien")] if asker.user else []))
        place = mine[:-PLACES] + (_place(asker.place) or on_nik[-PLACES:]) + PLACE
        pair = mine[:-PLACES] + opaque(f"{nik}{no_kk}")[-PLACES:] + PAIR
        return Keys(rates, mine + SOURCE, on_nik + ON_NIK, place, pair, near(birth, nik) + NIK, birth + BIRTH)


@lru_cache(maxsize=4096)
def network_of(address: str) -> tuple[str, str]:
    """The address as it is counted, and its network, both in hex: IPv4 /32 and /24, IPv6 /64 and /48."""
    try:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address.partition("%")[0])
    except (OSError, ValueError):
        return "tak dikenal", "tak dikenal"
    packed = packed.removeprefix(IPV4_MAPPED)
    own, wide = (4, 3) if len(packed) == 4 else (8, 6)
    return packed[:own].hex(), packed[:wide].hex()


def _place(named: str) -> bytes | None:
    """A place as a refusal named it; anybody may name any: its askings are all that is there."""
    try:
        place = bytes.fromhex(named)
    except ValueError:
        return None
    return place if len(place) == PLACES else None


def _uncounted(problem: StateBusy) -> Refusal:
    log.error("question not counted", extra={"reason": str(problem)})
    return Refusal(503, BUSY, wait=1)


def _key(path: Path) -> bytes:
    try:
        return keys.read(path)
    except FileNotFoundError as problem:
        raise SetupError(
            f"{path} is not there. `ssn run` makes it; a service with a user of its own gets a "
            "copy (README, SANTER's lookup service)."
        ) from problem
    except keys.KeyFileError as problem:
        raise SetupError(str(problem)) from problem


def _own_key(folder: Path) -> bytes:
    try:
        return keys.read_or_create_in(folder, ANSWER_KEY)
    except keys.KeyFileError as problem:
        raise SetupError(str(problem)) from problem


def _state(folder: Path, key: bytes) -> State:
    try:
        return State(folder, key)
    except (lmdb.Error, StateBusy) as problem:
        raise SetupError(
            f"The counts in {folder} cannot be used ({problem}). When no service runs, remove {folder / NAME}*; "
            "the counts begin anew."
        ) from problem
