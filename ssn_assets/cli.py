"""The `ssn` command: thin. It reads words, calls one function, prints what a person needs next."""

from __future__ import annotations

import gc

gc.disable()  # a short process: a fifth of its time would go to looking for garbage among imported modules

import argparse  # noqa: E402
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

from ssn_assets import cli_bank  # noqa: E402
from ssn_assets.complaints import command as complaint_command  # noqa: E402

DONE, STOPPED, WRONG_USE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point.

    Returns:
        0 done; 1 a quality gate stopped the run, or the registry is missing or failed; 2 wrong use or unreadable home.
    """
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.do(arguments)
    except Exception as problem:
        if not (said := _said(problem)):
            raise
        print(f"ssn: {said}", file=sys.stderr)
        code = WRONG_USE
    gc.freeze()
    return code


def _said(problem: Exception) -> str:
    """What a person can act on, of what any command may meet; "" for a defect of ours."""
    if isinstance(problem, OSError):
        return f"cannot use {problem.filename or 'the home'}: {problem.strerror or problem}"
    if isinstance(problem, EOFError):
        return "nothing was typed"
    from sqlalchemy.exc import SQLAlchemyError

    from ssn_assets.keys import KeyFileError
    from ssn_assets.store.migrate import StoreVersionError

    if isinstance(problem, KeyFileError | StoreVersionError):
        return str(problem)
    if isinstance(problem, SQLAlchemyError):  # its text may quote what was written
        return f"the store does not answer as it should ({type(problem).__name__}): is PostgreSQL up and SSN_DATABASE_URL right?"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ssn", description="From welfare list to valid recipient. Reads and writes $SSN_HOME (default ./data)."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    demo = commands.add_parser("demo", help="write a demo inbox into the home")
    demo.add_argument("--people", type=int, default=20_000, help="people in the demo city (default 20000)")
    demo.add_argument("--seed", type=int, default=1, help="same seed, same city (default 1)")
    demo.add_argument("--period", default="2026-10", help="YYYY-MM (default 2026-10)")
    demo.add_argument(
        "--tour",
        action="store_true",
        help="also run, let demo operators and a demo bank answer, and run again (make demo)",
    )
    demo.set_defaults(do=_demo)

    run = commands.add_parser("run", help="run the Dagster job for a period and print the funnel")
    run.add_argument("--period", help="YYYY-MM (default: the newest dtks folder)")
    run.set_defaults(do=_run)

    explain = commands.add_parser("explain", help="say why a row of the welfare list was matched as it was")
    explain.add_argument("berkas", help="the file's name")
    explain.add_argument("baris", type=int, help="the row number as seen when the file is open")
    explain.add_argument("--period", help="YYYY-MM (default: the newest dtks folder)")
    explain.add_argument("--buka", action="store_true", help="show NIK and names in full; who does so is logged")
    explain.add_argument("--gambar", type=Path, metavar="FILE.svg", help="also draw it")
    explain.set_defaults(do=_explain)

    rollback = commands.add_parser("rollback", help="put the previous publication, or a named one, back in force")
    rollback.add_argument("publication_id", nargs="?", help="default: the previous one")
    rollback.add_argument("--alasan", required=True, help="why; it is logged")
    rollback.set_defaults(do=_rollback)

    serve = commands.add_parser("serve", help="the lookup service and its page, on the publication in force")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8080, help="default 8080")
    serve.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    serve.set_defaults(do=_serve)

    clients = commands.add_parser("client", help="who may ask the lookup service with a signature")
    actions = clients.add_subparsers(required=True, metavar="action")
    add = actions.add_parser("add", help="register a client")
    add.add_argument("name", help="the keyid of its signatures, e.g. santer-2026")
    add.add_argument("--key", required=True, help="its Ed25519 public key: a PEM file, 64 hex digits, or base64")
    add.add_argument("--per-minute", type=int, default=600, help="questions a minute (default 600)")
    add.set_defaults(do=_client, action="add")
    actions.add_parser("list", help="show all clients").set_defaults(do=_client, action="list")
    revoke = actions.add_parser("revoke", help="take a client's right away; works within seconds")
    revoke.add_argument("name")
    revoke.set_defaults(do=_client, action="revoke")

    complaint_command.add_to(commands).set_defaults(do=_complaints)

    asked = commands.add_parser("jejak", help="who asked about a person (the trail of lookups)")
    asked.add_argument("nik", nargs="?", help="better left out: it is asked for, and stays out of the shell's history")
    asked.set_defaults(do=_asked)
    cli_bank.add_commands(commands, _home)
    return parser


def _home():  # type: ignore[no-untyped-def]
    from ssn_assets.home import Home
    from ssn_assets.settings import home_path

    return Home(home_path()).prepare()


def _demo(arguments: argparse.Namespace) -> int:
    from ssn_assets.home import is_period

    if arguments.people < 500 or not is_period(arguments.period):
        print(
            "ssn demo: --people must be 500 or more and --period YYYY-MM, e.g. --people 20000 --period 2026-10",
            file=sys.stderr,
        )
        return WRONG_USE
    from ssn_assets import tour

    home = _home()
    if arguments.tour:
        return tour.whole(home, arguments.people, arguments.seed, arguments.period)
    return tour.city(home, arguments.people, arguments.seed, arguments.period)


def _run(arguments: argparse.Namespace) -> int:
    from ssn_assets.home import is_period

    home = _home()
    periods = home.periods()
    if arguments.period and not is_period(arguments.period):
        print(f"ssn run: {arguments.period!r} is not a period; write YYYY-MM, e.g. 2026-10", file=sys.stderr)
        return WRONG_USE
    if not periods or (arguments.period and arguments.period not in periods):
        wanted = arguments.period or "YYYY-MM"
        print(
            f"ssn run: there is no folder {home.inbox('dtks') / wanted}. Put the welfare files there, or try `ssn demo` first."
            + (f" Periods that exist: {', '.join(periods)}." if periods else ""),
            file=sys.stderr,
        )
        return WRONG_USE
    from ssn_assets.launch import run_period
    from ssn_assets.warehouse import HomeBusy

    try:
        return STOPPED if run_period(home, arguments.period or periods[-1]).stopped else DONE
    except HomeBusy as problem:
        print(f"ssn run: {problem}", file=sys.stderr)
        return WRONG_USE


def _explain(arguments: argparse.Namespace) -> int:
    from ssn_assets import settings
    from ssn_assets.home import is_period, write_atomically
    from ssn_assets.sanding import opened, telling, waterfall
    from ssn_assets.sanding.explanation import explain
    from ssn_assets.sanding.finding import NotFound
    from ssn_assets.warehouse import HomeBusy, read_warehouse

    home = _home()
    period = arguments.period or (home.periods() or ["YYYY-MM"])[-1]
    if arguments.period and not is_period(arguments.period):
        print(f"ssn explain: {arguments.period!r} bukan periode; tulis YYYY-MM, misalnya 2026-10", file=sys.stderr)
        return WRONG_USE
    if arguments.gambar and arguments.gambar.suffix.lower() != ".svg":  # and no file of another kind is overwritten
        print(
            f"ssn explain: gambar ditulis sebagai SVG; pakai nama yang berakhir .svg, bukan {arguments.gambar.name!r}",
            file=sys.stderr,
        )
        return WRONG_USE
    try:
        with read_warehouse(home) as con:
            found = explain(con, period, arguments.berkas, arguments.baris, arguments.buka)
    except (NotFound, HomeBusy) as problem:
        print(f"ssn explain: {problem}", file=sys.stderr)
        return WRONG_USE
    if arguments.buka:
        opened.record_opening(home, settings.now(), settings.user(), period, found.dtks_id, found.row, found.file_digest)
    print(telling.tell(found))
    if arguments.gambar:
        write_atomically(arguments.gambar, waterfall.draw(found).encode())
        print(f"\nGambar: {arguments.gambar}")
    return DONE


def _rollback(arguments: argparse.Namespace) -> int:
    from ssn_assets.publication.rollback import RollbackError, rollback
    from ssn_assets.settings import now
    from ssn_assets.store.engine import open_store

    home = _home()
    try:
        restored = rollback(open_store(home), home, arguments.publication_id, arguments.alasan, now())
    except RollbackError as problem:
        print(f"ssn rollback: {problem}", file=sys.stderr)
        return WRONG_USE
    print(f"{restored} is in force again: {Path('outbox/santer/current.json')}")
    return DONE


def _serve(arguments: argparse.Namespace) -> int:
    from ssn_assets.lookup.server import run
    from ssn_assets.lookup.service import SetupError
    from ssn_assets.settings import serving

    if arguments.workers < 1 or not 0 < arguments.port < 65536:
        print("ssn serve: --workers must be 1 or more and --port a port, e.g. --workers 2 --port 8080", file=sys.stderr)
        return WRONG_USE
    try:
        run(serving(), arguments.host, arguments.port, arguments.workers)
    except (SetupError, ValueError) as problem:
        print(f"ssn serve: {problem}", file=sys.stderr)
        return WRONG_USE
    return DONE


def _client(arguments: argparse.Namespace) -> int:
    from ssn_assets.lookup import clients
    from ssn_assets.settings import now
    from ssn_assets.store.engine import open_store

    home = _home()
    store = open_store(home)
    try:
        if arguments.action == "add":
            given = Path(arguments.key)
            key = _key_text(given) if given.suffix or given.is_file() else arguments.key
            clients.add(store, home, arguments.name, key, arguments.per_minute, now())
        elif arguments.action == "revoke":
            clients.revoke(store, home, arguments.name, now())
        else:
            clients.export(store, home)
    except clients.ClientError as problem:
        print(f"ssn client: {problem}", file=sys.stderr)
        return WRONG_USE
    for client in clients.registered(store):
        state = f"revoked {client.dicabut_pada}" if client.dicabut_pada else "in force"
        print(f"{client.nama:<40} {client.kuota_per_menit:>7}/min  {client.kunci_publik[:16]}...  {state}")
    return DONE


def _key_text(path: Path) -> str:
    return path.read_bytes().decode("ascii", "replace")  # what is no text is said to be no key


def _complaints(arguments: argparse.Namespace) -> int:
    return DONE if complaint_command.act(arguments, _home()) else WRONG_USE


def _asked(arguments: argparse.Namespace) -> int:
    from ssn_assets.oversight.trail_command import tell

    return DONE if tell(_home(), arguments.nik) else WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
