"""`ssn aduan`: how the office lists, reads, answers and closes tickets. Thin: words in, one call, words out (Indonesian)."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssn_assets.complaints.office import Opened, Ticket
    from ssn_assets.home import Home


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """The command's words; `act` does it."""
    parser = commands.add_parser("aduan", help="objections and complaints: list, read, answer, close")
    actions = parser.add_subparsers(required=True, metavar="action", dest="action")
    listing = actions.add_parser("list", help="open tickets, the next deadline first")
    listing.add_argument("--kelurahan", metavar="KODE", help="only this kelurahan's, e.g. 64.72.03.1005")
    listing.add_argument("--semua", action="store_true", help="also those that are done")
    show = actions.add_parser("show", help="read what was sent; who reads it is noted")
    answer = actions.add_parser("answer", help="answer; the ticket stays open in case the person writes again")
    close = actions.add_parser("close", help="say the last word and close")
    route = actions.add_parser("route", help="give it to another kelurahan")
    for action in (show, answer, close, route):
        action.add_argument("nomor", help="the ticket's number")
    for action in (answer, close):
        action.add_argument("--teks", help="what the citizen reads (default: standard input)")
    route.add_argument("kelurahan", metavar="KODE")
    return parser


def act(arguments: argparse.Namespace, home: Home) -> bool:
    """Do it and print; False (said on standard error) when it could not be done."""
    from ssn_assets import settings
    from ssn_assets.complaints import office, sealed
    from ssn_assets.store.engine import open_store

    store, now, who = open_store(home), settings.now(), settings.user()
    office.export_key(home, now)  # a lost one comes back with any command
    try:
        if arguments.action == "list":
            _print_list(office.tickets(store, arguments.kelurahan, arguments.semua))
        elif arguments.action == "show":
            _print_opened(office.show(store, home, arguments.nomor, who, now))
        elif arguments.action == "route":
            _print_list([office.pass_on(store, arguments.nomor, arguments.kelurahan, who, now)])
        else:
            text = arguments.teks if arguments.teks is not None else sys.stdin.read()
            do = office.answer if arguments.action == "answer" else office.close
            _print_list([do(store, arguments.nomor, text, who, now)])
    except (office.OfficeError, sealed.Unreadable) as problem:
        print(f"ssn aduan: {problem}", file=sys.stderr)
        return False
    return True


def _print_list(tickets: list[Ticket]) -> None:
    from ssn_assets import settings
    from ssn_assets.complaints.sealed import in_groups

    today = settings.now().astimezone(settings.WITA).date().isoformat()
    for t in tickets:
        where = t.kode_kelurahan or ("dinsos" if t.tujuan == "dinsos" else "belum diketahui")
        late = "  LEWAT TENGGAT" if t.overdue(today) else ""
        number, received = in_groups(t.nomor), _local(t.diterima_pada)[:10]
        print(
            f"{number}  {t.status:<8} {t.jenis:<18} {where:<15} diterima {received}  tenggat {t.tenggat}  {t.suara} suara{late}"
        )
    if not tickets:
        print("Tidak ada tiket terbuka.")


def _print_opened(opened: Opened) -> None:
    from ssn_assets.complaints import rules

    _print_list([opened.ticket])
    kind = rules.load().jenis.get(opened.ticket.jenis)
    print(kind.judul if kind else opened.ticket.jenis)
    for at, content in opened.voices:
        print(f"\n{_local(at)}")
        if content is None:
            print("  (isi sudah dihapus menurut aturan simpan)")
            continue
        print(f"  NIK: {content.nik or '-'}   Kontak: {content.kontak or '-'}")
        print("\n".join(f"  {line}" for line in content.uraian.split("\n")))
    print()
    for at, who, event, text in opened.notes:
        print(f"{_local(at)}  {event:<9} {who}{': ' + text if text else ''}")


def _local(at: str) -> str:
    """A moment as the store keeps it (UTC), in the city's time, in which the deadlines are counted."""
    from ssn_assets import settings

    return datetime.fromisoformat(at).astimezone(settings.WITA).strftime("%Y-%m-%d %H.%M WITA")
