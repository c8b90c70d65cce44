"""Going back: an earlier release in force again, by a person, with a reason, logged. Making one is `release.py`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from ssn_assets.home import Home
from ssn_assets.publication import files, history
from ssn_assets.publication.release import is_whole, point_readers
from ssn_assets.store.engine import writing


class RollbackError(RuntimeError):
    """Nothing was changed; the message says why and what to do."""


def rollback(engine: Engine, home: Home, publication_id: str | None, reason: str, now: datetime) -> str:
    """Put the previous release, or the named one, back in force.

    The content taken out stays out until it changes or is named.

    Args:
        publication_id: None means the one that was in force before the present one was made.
        reason: why; kept in the log.

    Returns:
        The id now in force.

    Raises:
        RollbackError: no reason, no such release, or its files are not there byte for byte.
    """
    if not reason.strip():
        raise RollbackError("a reason is needed: --alasan TEXT")
    files.santer_folder(home)
    with writing(engine) as transaction:
        past = history.load(transaction)
        if past.in_force is None:
            raise RollbackError("nothing is published yet; `ssn run` makes the first publication")
        target = _target(home, past, publication_id)
        if target.publication_id != past.in_force.publication_id:
            history.log(transaction, past, target.publication_id, history.RESTORED, reason.strip(), now)
    point_readers(engine, home)
    if target.publication_id == past.in_force.publication_id:
        raise RollbackError(f"{target.publication_id} is in force already; name another one: {_others(home, past)}")
    return target.publication_id


def _target(home: Home, past: history.History, publication_id: str | None) -> history.Release:
    assert past.in_force is not None
    wanted = publication_id or past.in_force.sebelumnya
    if wanted is None:
        raise RollbackError(f"{past.in_force.publication_id} is the first publication; there is nothing before it")
    target = past.releases.get(wanted)
    if target is None or target.status != history.RELEASED:
        raise RollbackError(f"there is no publication {wanted}; there are: {_others(home, past)}")
    if not is_whole(home, target):
        raise RollbackError(
            f"the files of {wanted} in {home.santer / wanted} are gone or damaged; restore that folder from a backup, "
            f"or name another one: {_others(home, past)}"
        )
    return target


def _others(home: Home, past: history.History) -> str:
    present = past.in_force.publication_id if past.in_force else ""
    ids = sorted(r.publication_id for r in past.releases.values() if r.status == history.RELEASED and r.publication_id != present)
    return ", ".join(i for i in ids if (home.santer / i).is_dir()) or "none has its files"
