"""Texts that leave the warehouse through errors and logs, without anybody in them. Keys and hashes are elsewhere."""

from __future__ import annotations

import re


def masked(text: str | None) -> str:
    """An error text with quoted values and long numbers blotted out: a database may quote the row it stumbled on.

    Quoted names of tables and columns (with an underscore) stay: they say where, and nobody is called so.
    """
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d{5,}", lambda found: _name_of_ours(found[0]) or "***", text or "")


def _name_of_ours(quoted: str) -> str | None:
    return quoted if re.fullmatch(r"""['"][a-z0-9]+_[a-z0-9_]*['"]""", quoted) else None
