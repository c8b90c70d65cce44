"""`ssn bank`: who may speak (`officer`), and the ways out that only people have: replace, repay, withdraw, settle. Thin.

Also how any of its words is carried out: with the store open, and every refusal one sentence. Batches: `cli_bank.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssn_assets.settings import now

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy import Engine

    from ssn_assets.home import Home

    Do = Callable[[argparse.Namespace, Home, Engine], int]

DONE, STOPPED, WRONG_USE = 0, 1, 2
_KEY: dict[str, Any] = {"type": Path, "metavar": "FILE"}


def add_ways_out(action: Callable[[str, str, Do], argparse.ArgumentParser]) -> None:
    """Add the words with which people end what no run can.

    Args:
        action: adds a word: (name, help, what it does).
    """
    replace = action(
        "replace", "order a card in place of one that is lost, damaged, or was refused for a cause now remedied", _replace
    )
    replace.add_argument("id_penerbitan")
    replace.add_argument("--sebab", required=True, choices=["HILANG", "RUSAK", "DIATASI"])
    replace.add_argument("--key", required=True, help="your private key file (PEM)", **_KEY)
    repay = action("repay", "the cause of a failed payment is remedied: order it again", _repay)
    repay.add_argument("id_pembayaran")
    repay.add_argument("--sebab", required=True, metavar="TEXT", help="what was remedied; it is kept")
    repay.add_argument("--key", required=True, help="your private key file (PEM)", **_KEY)
    withdraw = action("withdraw", "end a sealed card batch that must not be sent; its lines are asked for anew", _withdraw)
    withdraw.add_argument("batch", type=batch_number)
    withdraw.add_argument("--alasan", required=True, metavar="TEXT", help="why; it is kept")
    withdraw.add_argument("--key", required=True, help="your private key file (PEM)", **_KEY)
    settle = action("settle", "two people say what is true where the bank's answers about a card or payment do not", _settle)
    settle.add_argument("id", help="id_penerbitan or id_pembayaran")
    true = settle.add_mutually_exclusive_group(required=True)
    true.add_argument("--langkah", metavar="STATUS", help="which of the contradicting answers, as the bank reported it")
    true.add_argument("--rekening", metavar="REFERENSI", help="the account the bank reported for several cards is this card's")
    settle.add_argument("--alasan", required=True, metavar="TEXT", help="how it is known; it is kept")
    settle.add_argument("--by", action="append", default=[], help="private key file; twice, of two registered people", **_KEY)


def add_officers(actions: Any, home: Callable[[], Home]) -> None:
    """Add `officer` and its words to those of `ssn bank`."""
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
        parser.set_defaults(do=lambda a, do=do: with_store(a, home(), do), officer=name)


def with_store(arguments: argparse.Namespace, home: Home, do: Do) -> int:
    """Carry out a word with the store open.

    Returns:
        The exit code: what it gives, or WRONG_USE after a sentence on stderr.
    """
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


def batch_number(text: str) -> int:
    """A batch's number as the store can hold it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) < 2**31):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} bukan nomor batch; lihat ssn bank status")
    return int(text)


def private_key(path: Path) -> Ed25519PrivateKey:
    """A person's key; the passphrase is asked at the terminal.

    Raises:
        ControlError: no such file, or no key in it.
    """
    from getpass import getpass

    from ssn_assets.batches.officers import load_key

    return load_key(path, lambda: getpass(f"Kata sandi {path.name}: "))


def _replace(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.bank.replacement import ask

    ask(engine, private_key(arguments.key), arguments.id_penerbitan, arguments.sebab, now())
    print(f"Penggantian {arguments.id_penerbitan} dicatat; `ssn run` berikutnya memesannya bila pemegangnya VALID.")
    return DONE


def _repay(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.payments.matters import remedied

    remedied(engine, private_key(arguments.key), arguments.id_pembayaran, arguments.sebab, now())
    print(f"{arguments.id_pembayaran} akan dibayar lagi: `ssn run` berikutnya memesannya bila keluarganya masih berhak.")
    return DONE


def _withdraw(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.bank.withdrawal import withdraw

    freed = withdraw(engine, home, private_key(arguments.key), arguments.batch, arguments.alasan, now())
    print(f"Batch {arguments.batch} ditarik, {freed:,} baris bebas; `ssn run` berikutnya memesan lagi yang masih diperlukan.")
    return DONE


def _settle(arguments: argparse.Namespace, home: Home, engine: Engine) -> int:
    from ssn_assets.bank import accounts
    from ssn_assets.bank import settlement as of_cards
    from ssn_assets.payments import settlement as of_payments

    by, about, why = [private_key(path) for path in arguments.by], arguments.id, arguments.alasan
    if arguments.rekening is not None:
        accounts.own(engine, about, arguments.rekening.strip(), why, by, now())
        print(f"{about}: rekening itu miliknya; dicatat, berlaku pada `ssn run` berikutnya.")
        return DONE
    step = arguments.langkah.strip().upper()
    of = of_payments if of_payments.is_known(engine, about) else of_cards
    of.settle(engine, about, step, why, by, now())
    print(f"{about}: {step} dicatat; berlaku pada `ssn run` berikutnya.")
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
        officers.add(engine, arguments.name, public, now(), [private_key(path) for path in arguments.by])
    elif arguments.officer == "revoke":
        officers.revoke(engine, arguments.name, now(), private_key(arguments.by))
    people = officers.registered(engine)
    for name, key, who in people:
        print(f"{name:<40} {key[:16]}...  {who.in_words()}")
    if len({name for name, _, who in people if not who.revoked}) == 2:
        print("Daftarkan orang ketiga: bila satu dari dua kunci hilang, tidak ada lagi yang dapat mendaftarkan penggantinya.")
    return DONE
