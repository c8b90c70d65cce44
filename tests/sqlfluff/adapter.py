"""dbt's `adapter` as far as the SQL linter needs it: a dispatched macro stands as a call of that name."""

from __future__ import annotations

from collections.abc import Callable


def dispatch(name: str, *_: object, **__: object) -> Callable[..., str]:
    """What `adapter.dispatch(name)(arguments)` renders to for the linter."""

    def call(*arguments: object, **named: object) -> str:
        return f"{name}({arguments[0] if arguments else ''})"

    return call
