"""Closing a file to the bank's public key: age, or GnuPG for a bank that has nothing else. What is closed: `handover.py`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

from ssn_assets.batches.officers import ControlError
from ssn_assets.home import Home

AGE_KEY, GPG_KEY = "bank.age", "bank.asc"
"""The bank's public key in the home's key folder: an age recipient (age1...), or an exported OpenPGP key."""


class Recipient(Protocol):
    """The bank, as somebody to close a file to. cara names the tool and is the ending of the closed file."""

    cara: str

    def encrypt(self, content: bytes) -> bytes:
        """The closed file."""
        ...


class Age:
    """age (age-encryption.org), by the rage library."""

    cara = "age"

    def __init__(self, path: Path) -> None:
        """Read the recipient; raises ControlError when the file holds none."""
        from pyrage import RecipientError, x25519  # type: ignore[import-untyped]

        lines = [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
        try:
            self._recipients = [x25519.Recipient.from_str(line) for line in lines]
        except RecipientError:
            self._recipients = []
        if not self._recipients:
            raise ControlError(f"{path} bukan kunci publik age; isinya harus satu baris yang diawali age1.")

    def encrypt(self, content: bytes) -> bytes:
        """The closed file."""
        import pyrage

        return bytes(pyrage.encrypt(content, self._recipients))


class GnuPG:
    """OpenPGP, by the gpg command, in a key ring that is thrown away."""

    cara = "gpg"

    def __init__(self, path: Path) -> None:
        """Remember the exported key; raises ControlError when gpg is not installed."""
        self._path = path
        self._command = shutil.which("gpg")
        if not self._command:
            raise ControlError(f"{path} membutuhkan program gpg (apt-get install gnupg), atau pakai kunci age: {AGE_KEY}.")

    def encrypt(self, content: bytes) -> bytes:
        """The closed file; raises ControlError when gpg refuses."""
        with tempfile.TemporaryDirectory(prefix="ssn-gpg-") as ring:
            options = ("--batch", "--quiet", "--homedir", ring, "--trust-model", "always", "--output", "-")
            done = subprocess.run(
                [str(self._command), *options, "--recipient-file", str(self._path), "--encrypt"],
                input=content,
                capture_output=True,
                check=False,
            )
        if done.returncode or not done.stdout:
            last = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
            raise ControlError(f"gpg tidak dapat menyandi ke {self._path}: {last}")
        return done.stdout


def bank_recipient(home: Home) -> Recipient:
    """The bank's key of this home.

    Raises:
        ControlError: there is none, there are two, or it is none.
    """
    age, gpg = home.keys / AGE_KEY, home.keys / GPG_KEY
    if age.exists() and gpg.exists():
        raise ControlError(f"Ada dua kunci bank ({age.name} dan {gpg.name}) di {home.keys}; simpan satu saja.")
    if age.exists():
        return Age(age)
    if gpg.exists():
        return GnuPG(gpg)
    raise ControlError(f"Kunci publik bank belum ada. Simpan kunci age bank (age1...) sebagai {age}, atau OpenPGP sebagai {gpg}.")
