"""`ssn bank`: the words of the command line for releasing to the bank. Thin; what they mean is in batches/.

People's other words, and how any word is carried out: `cli_officers.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets import cli_officers
from ssn_assets.cli_officers import DONE, STOPPED, batch_number, private_key, with_store
from ssn_assets.policy_limits import limits_of, payment_limits_of
from ssn_assets.settings import now

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ssn_assets.batches.kinds import Kind
    from ssn_assets.cli_officers import Do
    from ssn_assets.home import Home


def add_commands(commands: Any, home: Callable[[], Home]) -> None:
    """Add `bank` and its actions to the command line's parser."""
    bank = commands.add_parser("bank", help="release sealed batches to the bank: two people, one prepares, one approves")
    actions = bank.add_subparsers(required=True, metavar="action")

    def action(name: str, text: str, do: Do) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
        parser.set_defaults(do=lambda arguments: with_store(arguments, home(), do))
        return parser

    action("status", "the state of every batch and what it waits for", _status)
    review = action("review", "counts, totals, what changed, outliers of a batch", _review)
    review.add_argument("batch", nargs="?", type=batch_number, help="default: the oldest that is not sent")
    _with_kind(review)
    for name, text, do in (
        ("prepare", "the maker hands a sealed batch to the checker", _prepare),
        ("approve", "the checker, another person, agrees", _approve),
    ):
        step = action(name, text, do)
        step.add_argument("batch", nargs="?", type=batch_number, help="default: the oldest that waits for this")
        step.add_argument("--key", required=True, type=Path, metavar="FILE", help="your private key file (PEM)")
        _with_kind(step)
        if name == "approve":
            step.add_argument("--tolak", metavar="TEXT", help="do not agree: give it back to the maker, with the reason")
    release = action("release", "hand over what both agreed on: outbox/bank/kirim/", _release)
    release.add_argument("batch", nargs="?", type=batch_number, help="only this one; default: every one that both agreed on")
    release.add_argument("--key", type=Path, metavar="FILE", help="your private key file, to pass the brake of that batch")
    release.add_argument("--alasan", help="why the brake is passed; it is kept")
    release.add_argument("--jenis", choices=["kartu", "pembayaran"], help="which files (default: both; of one batch, kartu)")
    cli_officers.add_ways_out(action)
    action("key", "the public key with which the bank checks what it gets", _key)
    cli_officers.add_officers(actions, home)


def _with_kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jenis", choices=["kartu", "pembayaran"], default="kartu", help="which files (default kartu)")


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
    number = prepare(engine, home, kind, private_key(arguments.key), now(), arguments.batch)
    _show(engine, kind.name, number)
    print(
        f"{kind.said(number)} diajukan. Berikutnya: orang lain menjalankan ssn bank approve {number}{kind.option} --key KUNCINYA"
    )
    return DONE


def _approve(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches.control import approve, give_back, oldest_prepared

    key, kind = private_key(arguments.key), _kinds()[arguments.jenis]
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

    key = private_key(arguments.key) if arguments.key else None
    named = arguments.jenis or ("kartu" if arguments.batch is not None else None)
    kinds, results = _kinds(), []
    for kind in [kinds[named]] if named else kinds.values():
        for outcome in release(engine, home, kind, _limits()[kind.name], now(), key, arguments.alasan, arguments.batch):
            print(f"{kind.name:<10} {outcome.batch_no:>4}  {outcome.result:<8} {outcome.words}")
            results.append(outcome.result)
    print(f"Kiriman untuk bank: {home.outgoing}" if results else "Belum ada batch; `ssn run` menyegelnya.")
    return STOPPED if {"DITAHAN", "DITARIK"} & set(results) else DONE


def _key(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.batches.handover import verify_key

    print(verify_key(home))
    return DONE
