"""`ssn bank`: the words of the command line for releasing to the bank. Thin; what they mean is in batches/."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.policy_limits import limits_of, payment_limits_of
from ssn_assets.settings import now

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy import Engine

    from ssn_assets.batches.kinds import Kind
    from ssn_assets.home import Home

DONE, STOPPED, WRONG_USE = 0, 1, 2


def add_commands(commands: Any, home: Callable[[], Home]) -> None:
    """Add `bank` and its actions to the command line's parser."""
    bank = commands.add_parser("bank", help="release sealed batches to the bank: two people, one prepares, one approves")
    actions = bank.add_subparsers(required=True, metavar="action")

    def action(name: str, text: str, do: Callable[[argparse.Namespace, Home, Engine], int]) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
        parser.set_defaults(do=lambda arguments: _with_store(arguments, home(), do))
        return parser

    action("status", "the state of every batch and what it waits for", _status)
    review = action("review", "counts, totals, what changed, outliers of a batch", _review)
    review.add_argument("batch", nargs="?", type=_batch, help="default: the oldest that is not sent")
    _with_kind(review)
    for name, text, do in (
        ("prepare", "the maker hands a sealed batch to the checker", _prepare),
        ("approve", "the checker, another person, agrees", _approve),
    ):
        step = action(name, text, do)
        step.add_argument("batch", nargs="?", type=_batch, help="default: the oldest that waits for this")
        step.add_argument("--key", required=True, type=Path, metavar="FILE", help="your private key file (PEM)")
        _with_kind(step)
        if name == "approve":
            step.add_argument("--tolak", metavar="TEXT", help="do not agree: give it back to the maker, with the reason")
    release = action("release", "hand over what both agreed on: outbox/bank/kirim/", _release)
    release.add_argument("batch", nargs="?", type=_batch, help="only this one; default: every one that both agreed on")
    release.add_argument("--key", type=Path, metavar="FILE", help="your private key file, to pass the brake of that batch")
    release.add_argument("--alasan", help="why the brake is passed; it is kept")
    release.add_argument("--jenis", choices=["kartu", "pembayaran"], help="which files (default: both; of one batch, kartu)")
    replace = action("replace", "order a card in place of one that is lost or damaged", _replace)
    replace.add_argument("id_penerbitan")
    replace.add_argument("--sebab", required=True, choices=["HILANG", "RUSAK"])
    replace.add_argument("--key", required=True, type=Path, metavar="FILE", help="your private key file (PEM)")
    repay = action("repay", "the cause of a failed payment is remedied: order it again", _repay)
    repay.add_argument("id_pembayaran")
    repay.add_argument("--sebab", required=True, metavar="TEXT", help="what was remedied; it is kept")
    repay.add_argument("--key", required=True, type=Path, metavar="FILE", help="your private key file (PEM)")
    withdraw = action("withdraw", "end a sealed card batch that must not be sent; its lines are asked for anew", _withdraw)
    withdraw.add_argument("batch", type=_batch)
    withdraw.add_argument("--alasan", required=True, metavar="TEXT", help="why; it is kept")
    withdraw.add_argument("--key", required=True, type=Path, metavar="FILE", help="your private key file (PEM)")
    settle = action("settle", "say which of the bank's contradicting answers about a card is true", _settle)
    settle.add_argument("id_penerbitan")
    settle.add_argument("--langkah", required=True, metavar="STATUS", help="the one that is true, as the bank reported it")
    settle.add_argument("--alasan", required=True, metavar="TEXT", help="how it is known; it is kept")
    settle.add_argument(
        "--by", action="append", default=[], type=Path, metavar="FILE", help="private key file; twice, of two registered people"
    )
    action("key", "the public key with which the bank checks what it gets", _key)
    _officers(actions, home)


def _with_kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jenis", choices=["kartu", "pembayaran"], default="kartu", help="which files (default kartu)")


def _officers(actions: Any, home: Callable[[], Home]) -> None:
    officer = actions.add_parser("officer", help="who may prepare, approve and pass a brake")
    words = officer.add_subparsers(required=True, metavar="action")
    add = words.add_parser("add", help="register a person's public key")
    add.add_argument("name", help="e.g. ani.wijaya; the same person keeps the same name")
    add.add_argument("--key", required=True, help="Ed25519 public key: a PEM file, 64 hex digits, or base64")
    signed = "private key file of a registered person who signs for it; twice, of two people, after the first two people"
    add.add_argument("--by", action="append", default=[], type=Path, metavar="FILE", help=signed)
    words.add_parser("list", help="show everybody")
    revoke = words.add_parser("revoke", help="take a person's rights away")
    revoke.add_argument("name")
    revoke.add_argument("--by", required=True, type=Path, metavar="FILE", help="private key file of a registered person")
    key = words.add_parser("key", help="make a private key file for yourself; prints the public key")
    key.add_argument("file", type=Path)
    for name, parser in words.choices.items():
        do = _new_key if name == "key" else _officer
        parser.set_defaults(do=lambda a, do=do: _with_store(a, home(), do), officer=name)


def _with_store(arguments: argparse.Namespace, home: Home, do: Callable[[argparse.Namespace, Home, Engine], int]) -> int:
    from sqlalchemy.exc import OperationalError

    from ssn_assets.batches.officers import ControlError
    from ssn_assets.decision.policy import PolicyError
    from ssn_assets.keys import KeyFileError
    from ssn_assets.store.engine import open_store
    from ssn_assets.store.migrate import StoreVersionError

    try:
        return do(arguments, home, open_store(home))
    except (ControlError, PolicyError, KeyFileError, StoreVersionError) as problem:
        said = str(problem)
    except OperationalError as problem:  # what a database says of itself, never of its rows
        said = f"basis data tidak dapat dipakai: {str(problem.orig).strip().splitlines()[0]} Tidak ada yang berubah; coba lagi."
    except EOFError:
        said = "kata sandi tidak dapat ditanyakan: jalankan di terminal."
    except OSError as problem:
        said = f"{problem.filename or 'berkas'}: {problem.strerror}."
    print(f"ssn bank: {said}", file=sys.stderr)
    return WRONG_USE


def _batch(text: str) -> int:
    """A batch's number as the store can hold it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} bukan nomor batch; lihat ssn bank status")
    return int(text)


def _private_key(path: Path) -> Ed25519PrivateKey:
    from getpass import getpass

    from ssn_assets.batches.officers import load_key

    return load_key(path, lambda: getpass(f"Kata sandi {path.name}: "))


def _status(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches import events
    from ssn_assets.batches.control import NEXT

    with engine.connect() as con:
        found = [(kind.name, n, event) for kind in _kinds().values() for n, event in events.newest(con, kind).items()]
    for name, number, event in found:
        who = "" if event.oleh == "SISTEM" else f" oleh {event.oleh}"
        print(f"{name:<10} {number:>4}  {event.keadaan:<9} {event.waktu}{who}  {NEXT.get(event.keadaan, '')}")
    if not found:
        print("Belum ada batch; `ssn run` menyegelnya.")
    return DONE


def _review(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    _show(engine, arguments.jenis, arguments.batch)
    return DONE


def _show(engine: Engine, name: str, number: int | None) -> None:
    from ssn_assets.batches import events, officers
    from ssn_assets.batches.officers import ControlError
    from ssn_assets.store.bank_schema import ACKNOWLEDGED, SENT, WITHDRAWN

    kind, over = _kinds()[name], (SENT, ACKNOWLEDGED, WITHDRAWN)
    with engine.connect() as con:
        if number is None:
            open_batches = [n for n, e in events.newest(con, kind).items() if e.keadaan not in over]
            if not open_batches:
                raise ControlError(f"Semua batch {name} sudah dikirim; sebut nomornya untuk melihat yang lama.")
            number = min(open_batches)
        look = _review_of(name)
        seen = look.look_at(con, number)
        for line in look.in_words(seen):
            print(line)
        people = officers.admitted(con)
        for event in events.of_batch(con, number, kind):
            if event.kunci in people:
                print(f"  {event.keadaan} oleh {event.oleh}, {people[event.kunci].in_words()}")
        if seen.state.keadaan not in over:
            for brake in kind.holding(con, number, _limits()[name](seen.line.periode), now()):
                print(f"  REM: {brake.words}")
            forbidden = kind.must_not_leave(con, number)
            if forbidden:
                print(f"  AKAN DITARIK: {forbidden}")


def _kinds() -> dict[str, Kind]:
    """Both kinds of files by name, in the order in which they leave: a block is at the bank before the money."""
    from ssn_assets.bank.kind import CARDS
    from ssn_assets.payments.kind import PAYMENTS

    return {kind.name: kind for kind in (CARDS, PAYMENTS)}


def _review_of(name: str) -> Any:
    from ssn_assets.bank import review as of_cards
    from ssn_assets.payments import review as of_payments

    return {"kartu": of_cards, "pembayaran": of_payments}[name]


def _limits() -> dict[str, Callable[[str], Any]]:
    return {"kartu": limits_of, "pembayaran": payment_limits_of}


def _prepare(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches.control import prepare

    kind = _kinds()[arguments.jenis]
    number = prepare(engine, home, kind, _private_key(arguments.key), now(), arguments.batch)
    _show(engine, kind.name, number)
    print(
        f"{kind.said(number)} diajukan. Berikutnya: orang lain menjalankan ssn bank approve {number}{kind.option} --key KUNCINYA"
    )
    return DONE


def _approve(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches.control import approve, give_back, oldest_prepared

    key, kind = _private_key(arguments.key), _kinds()[arguments.jenis]
    number = arguments.batch or oldest_prepared(engine, kind)
    _show(engine, kind.name, number)
    if arguments.tolak is not None:
        give_back(engine, kind, key, now(), arguments.tolak, number)
        print(f"{kind.said(number)} dikembalikan kepada yang mengajukan.")
        return DONE
    approve(engine, home, kind, key, now(), number)
    print(f"{kind.said(number)} disetujui. Berikutnya: ssn bank release")
    return DONE


def _release(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches.handover import release

    key = _private_key(arguments.key) if arguments.key else None
    named = arguments.jenis or ("kartu" if arguments.batch is not None else None)
    kinds, results = _kinds(), []
    for kind in [kinds[named]] if named else kinds.values():
        for outcome in release(engine, home, kind, _limits()[kind.name], now(), key, arguments.alasan, arguments.batch):
            print(f"{kind.name:<10} {outcome.batch_no:>4}  {outcome.result:<8} {outcome.words}")
            results.append(outcome.result)
    print(f"Kiriman untuk bank: {home.outgoing}" if results else "Belum ada batch; `ssn run` menyegelnya.")
    return STOPPED if {"DITAHAN", "DITARIK"} & set(results) else DONE


def _replace(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.bank.replacement import ask

    ask(engine, _private_key(arguments.key), arguments.id_penerbitan, arguments.sebab, now())
    print(f"Penggantian {arguments.id_penerbitan} dicatat; `ssn run` berikutnya memesannya bila pemegangnya VALID.")
    return DONE


def _repay(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.payments.matters import remedied

    remedied(engine, _private_key(arguments.key), arguments.id_pembayaran, arguments.sebab, now())
    print(f"{arguments.id_pembayaran} akan dibayar lagi: `ssn run` berikutnya memesannya bila keluarganya masih berhak.")
    return DONE


def _withdraw(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.bank.withdrawal import withdraw

    freed = withdraw(engine, home, _private_key(arguments.key), arguments.batch, arguments.alasan, now())
    print(f"Batch {arguments.batch} ditarik, {freed:,} baris bebas; `ssn run` berikutnya memesan lagi yang masih diperlukan.")
    return DONE


def _settle(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.bank.settlement import settle

    by = [_private_key(path) for path in arguments.by]
    settle(engine, arguments.id_penerbitan, arguments.langkah.strip().upper(), arguments.alasan, by, now())
    print(f"{arguments.id_penerbitan}: {arguments.langkah.strip().upper()} dicatat; berlaku pada `ssn run` berikutnya.")
    return DONE


def _key(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches.handover import verify_key

    print(verify_key(home))
    return DONE


def _new_key(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from getpass import getpass

    from ssn_assets.batches.officers import new_key

    print(new_key(arguments.file, getpass("Kata sandi baru (kosong: tanpa): ")))
    return DONE


def _officer(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches import officers

    if arguments.officer == "add":
        given = Path(arguments.key)
        public = given.read_text(errors="replace") if given.is_file() else arguments.key
        officers.add(engine, arguments.name, public, now(), [_private_key(path) for path in arguments.by])
    elif arguments.officer == "revoke":
        officers.revoke(engine, arguments.name, now(), _private_key(arguments.by))
    people = officers.registered(engine)
    for name, key, who in people:
        print(f"{name:<40} {key[:16]}...  {who.in_words()}")
    if len({name for name, _, who in people if not who.revoked}) == 2:
        print("Daftarkan orang ketiga: bila satu dari dua kunci hilang, tidak ada lagi yang dapat mendaftarkan penggantinya.")
    return DONE
