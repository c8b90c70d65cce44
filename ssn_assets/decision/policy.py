"""The policy of a day: found among the dated files, checked, handed to SQL as tables. What a file may say is in `schema.py`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from ssn_assets.decision.schema import REASONS, Policy

if TYPE_CHECKING:
    import duckdb

POLICIES = Path(__file__).parent / "policies"


class PolicyError(Exception):
    """A policy file cannot be used. The text names the file and the place and says what to do; it is meant for the operator."""


def load_policy(on: date, folder: Path = POLICIES) -> Policy:
    """The policy in force on a day.

    All files of the folder are checked, not only the one wanted, so that a mistake shows on the day it is made.

    Args:
        on: the last day of the period.
        folder: holds one YAML file a policy.

    Raises:
        PolicyError: a file is wrong, dates leave a gap or overlap, a version is there twice, or no policy covers the day.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise PolicyError(f"{folder}: tidak ada berkas kebijakan (*.yaml). Kembalikan folder kebijakan dari rilis.")
    policies = sorted(((_read(path), path) for path in files), key=lambda found: (found[0].berlaku_mulai, found[1].name))
    _check_versions(policies)
    _check_dates(policies)
    started = [policy for policy, _ in policies if policy.berlaku_mulai <= on]
    if not started:
        first, path = policies[0]
        raise PolicyError(
            f"{path.name}: kebijakan pertama ({first.versi}) baru berlaku {first.berlaku_mulai}, sedangkan periode berakhir {on}."
            " Tambahkan berkas kebijakan untuk masa itu."
        )
    last = started[-1]
    if last.berlaku_sampai and last.berlaku_sampai < on:
        raise PolicyError(
            f"kebijakan {last.versi} hanya berlaku sampai {last.berlaku_sampai}, sedangkan periode berakhir {on}."
            " Tambahkan berkas kebijakan berikutnya."
        )
    return last


def copy_policy(con: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """Write the policy into ops.kebijakan, ops.kriteria and ops.program_pusat, replacing what was there."""
    criteria = [
        (c.alasan, "GAGAL" if c.jenis == "gagal" else "TUNDA", REASONS.index(c.alasan) + 1, fact, value, c.hanya_bila_lolos)
        for c in policy.kriteria
        for fact, values in c.bila.items()
        for value in dict.fromkeys(values)
    ]
    programmes = [
        (_as_like(pattern), None if "*" in pattern else name.upper())
        for name, patterns in policy.program_pusat.items()
        for pattern in patterns
    ]
    con.execute("begin")
    con.execute(
        "create or replace table ops.kebijakan"
        " (versi text, dasar_hukum text, umur_minimal_pemegang integer, bulan_verifikasi integer, bulan_bansos integer,"
        " kartu_baru_per_hari integer, bagian_blokir double, hari_diam integer, rupiah_per_bulan bigint,"
        " rupiah_per_hari bigint, kenaikan_keluarga double)"
    )
    con.execute(
        "insert into ops.kebijakan values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            policy.versi,
            "; ".join(policy.dasar_hukum),
            policy.umur_minimal_pemegang,
            policy.bulan_verifikasi,
            policy.bulan_bansos,
            policy.rem.kartu_baru_per_hari,
            policy.rem.bagian_blokir,
            policy.rem.hari_diam,
            *(
                (pay.rupiah_per_bulan, pay.rupiah_per_hari, pay.kenaikan_keluarga)
                if (pay := policy.pembayaran)
                else (None, None, None)
            ),
        ],
    )
    con.execute(
        "create or replace table ops.kriteria"
        " (alasan text, jenis text, urutan integer, fakta text, nilai text, hanya_bila_lolos boolean)"
    )
    con.executemany("insert into ops.kriteria values (?, ?, ?, ?, ?, ?)", criteria)
    con.execute("create or replace table ops.program_pusat (pola text, program text)")
    if programmes:
        con.executemany("insert into ops.program_pusat values (?, ?)", programmes)
    con.execute("commit")


def _as_like(pattern: str) -> str:
    """`BLT*` as an SQL LIKE pattern with ! as escape character."""
    escaped = pattern.upper().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return escaped.replace("*", "%")


def _read(path: Path) -> Policy:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", baris {mark.line + 1}" if mark else ""
        raise PolicyError(
            f"{path.name}{place}: bukan YAML yang benar. Periksa titik dua, spasi dan tanda kutip di sekitarnya."
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError(f"{path.name}: kosong atau bukan daftar 'kunci: nilai'. Salin kebijakan yang ada lalu ubah.")
    _refuse_double_keys(path, node)
    loader = yaml.SafeLoader("")
    try:
        return Policy.model_validate(loader.construct_document(node))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PolicyError(f"{path.name}, {_place(node, first['loc'])}: {_in_words(first)}") from None
    except ValueError as error:  # a date such as 2026-02-31
        raise PolicyError(f"{path.name}: ada nilai yang tidak mungkin ({error}). Betulkan nilainya.") from None


def _refuse_double_keys(path: Path, node: yaml.Node) -> None:
    """YAML would silently keep the last of two equal keys."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise PolicyError(f"{path.name}, baris {line}: kunci '{key.value}' ditulis dua kali. Hapus salah satu.")
            seen.add(key.value)
            _refuse_double_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_double_keys(path, item)


def _place(node: yaml.Node, loc: Sequence[int | str]) -> str:
    """The place of an error as line and path, e.g. `baris 31, kriteria[2].alasan`."""
    path = ""
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if found and step == loc[-1] and isinstance(found[0][1], yaml.ScalarNode):
                node = found[0][0]
            elif found:
                node = found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return f"baris {node.start_mark.line + 1}" + (f", {path}" if path else "")


def _in_words(error: Any) -> str:
    """A pydantic error as a sentence for the person who wrote the file."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "kunci ini tidak dikenal. Periksa ejaannya atau hapus."
    if kind == "missing":
        return "kunci ini wajib ada. Tambahkan."
    if kind == "value_error":
        return f"{context['error']}."
    if kind == "literal_error":
        return f"harus salah satu dari {context['expected'].replace(' or ', ' atau ')}."
    expected = {
        "string_type": "teks (pakai tanda kutip)",
        "string_too_short": "teks yang tidak kosong",
        "int_type": "bilangan bulat tanpa tanda kutip",
        "float_type": "bilangan",
        "float_parsing": "bilangan",
        "bool_type": "true atau false",
        "date_type": "tanggal seperti 2027-01-01 tanpa tanda kutip",
        "list_type": "daftar, misalnya [A, B]",
        "dict_type": "kelompok 'kunci: nilai'",
        "model_type": "kelompok 'kunci: nilai'",
        "too_short": "berisi sedikitnya satu",
        "greater_than_equal": f"sedikitnya {context.get('ge')}",
        "less_than_equal": f"paling banyak {context.get('le')}",
    }.get(kind, "nilai lain")
    return f"harus {expected}. Betulkan nilainya."


def _check_versions(policies: Sequence[tuple[Policy, Path]]) -> None:
    seen: dict[str, str] = {}
    for policy, path in policies:
        if policy.versi in seen:
            raise PolicyError(f"{path.name}: versi '{policy.versi}' sudah dipakai {seen[policy.versi]}. Beri versi lain.")
        seen[policy.versi] = path.name


def _check_dates(policies: Sequence[tuple[Policy, Path]]) -> None:
    for (earlier, earlier_path), (later, later_path) in itertools.pairwise(policies):
        both = f"{earlier_path.name} dan {later_path.name}"
        if earlier.berlaku_mulai == later.berlaku_mulai:
            raise PolicyError(f"{both}: keduanya mulai {later.berlaku_mulai}. Ubah berlaku_mulai salah satunya.")
        if earlier.berlaku_sampai is None:
            continue
        next_day = earlier.berlaku_sampai + timedelta(days=1)
        if next_day > later.berlaku_mulai:
            raise PolicyError(
                f"{both}: masa berlaku bertumpuk dari {later.berlaku_mulai}."
                f" Ubah berlaku_sampai di {earlier_path.name} atau berlaku_mulai di {later_path.name}."
            )
        if next_day < later.berlaku_mulai:
            raise PolicyError(
                f"{both}: tidak ada kebijakan dari {next_day} sampai {later.berlaku_mulai - timedelta(days=1)}."
                f" Ubah berlaku_sampai di {earlier_path.name} atau berlaku_mulai di {later_path.name}."
            )
