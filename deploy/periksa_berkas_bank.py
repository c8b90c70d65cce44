#!/usr/bin/env python3
"""Pemeriksa berkas penerbitan kartu SSN, untuk bank. Cukup Python 3.8 ke atas; tidak ada paket lain, tidak perlu jaringan.

    python3 periksa_berkas_bank.py --kunci KUNCI FOLDER

KUNCI: kunci publik penyerahan dari Pemerintah Kota (64 digit heksadesimal, atau berkas yang memuatnya), diterima lewat
jalan lain daripada berkasnya. FOLDER: penerbitan_NNNN.txt (hasil membuka .age atau .gpg) dengan penerbitan_NNNN.serah.json
dan penerbitan_NNNN.serah.sig di sampingnya. Bila berkas pertama di folder bukan nomor 1: --sebelum SHA256 berkas sebelumnya.

Yang diperiksa: bentuk setiap baris, jumlah dan total, rantai antarberkas, tanda tangan (Ed25519, RFC 8032).
Hasil: satu baris tiap berkas, setiap kesalahan dengan kata-kata. Kode keluar 0: semua benar; 1: ada yang salah; 2: salah pakai.
"""

import argparse
import hashlib
import json
import re
import sys
from datetime import date
from pathlib import Path

PURPOSE = b"SSN-SERAH-BANK-1\n"
NOBODY_BEFORE = "0" * 64
COLUMNS = 18
NAME = re.compile(r"penerbitan_([0-9]{4,})\.(txt|serah\.json|serah\.sig)")
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SHA256 = re.compile(r"[0-9a-f]{64}")
SIGNATURE = re.compile(rb"[0-9a-f]{128}\n")
PATTERNS = {
    2: ("id_penerbitan", re.compile(r"P[0-9A-F]{16}"), "P dan 16 digit heksadesimal"),
    3: ("jenis", re.compile(r"BARU|GANTI|BLOKIR"), "BARU, GANTI atau BLOKIR"),
    4: ("nomor_ssn", re.compile(r"6472[0-9]{8}"), "12 digit yang diawali 6472"),
    5: ("nik", re.compile(r"[0-9]{16}"), "16 digit"),
    6: ("no_kk", re.compile(r"[0-9]{16}"), "16 digit"),
    7: ("nama", re.compile(r".*\S.*"), "tidak kosong"),
}


def check_file(content, number, previous):
    """What is wrong with one issuance file.

    Args:
        content: its bytes.
        number: the number in its name.
        previous: SHA-256 of the whole file before it; None when that is not known.

    Returns:
        Sentences; [] when it is right.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        return [f"bukan UTF-8 mulai byte {problem.start + 1}"]
    if not text.endswith("\n"):
        return ["baris terakhir tidak selesai: berkas terpotong"]
    lines = text[:-1].split("\n")
    wrong = [f"baris {n} memuat tanda yang dilarang" for n, line in enumerate(lines, 1) if FORBIDDEN.search(line)]
    if len(lines) < 3:
        return [*wrong, "kurang dari tiga baris: berkas terpotong"]
    wrong += _head(lines[0].split("|"), number, previous)
    rows = [line.split("|") for line in lines[1:-1]]
    seen = set()
    for seq, row in enumerate(rows, 1):
        wrong += [f"baris {seq + 1}: {fault}" for fault in _row(row, seq, seen)]
    return wrong + _tail(lines[-1].split("|"), number, rows, lines[1:-1])


def _head(head, number, previous):
    if len(head) < 9 or head[:2] != ["H", "1"]:
        return ["baris 1 bukan baris H versi 1 dengan 9 kolom"]
    wrong = []
    if head[2] != str(number):
        wrong.append(f"nomor batch di baris H ({head[2]}) bukan nomor di nama berkas ({number})")
    if previous is None:
        wrong.append(f"rantai tidak dapat diperiksa: berkas nomor {number - 1} tidak ada; pakai --sebelum")
    elif head[3] != previous:
        wrong.append(f"rantai putus: berkas ini tidak menyambung berkas nomor {number - 1}")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", head[4]):
        wrong.append("waktu pembuatan di baris H tidak terbaca")
    if head[5:8] != ["SAMARINDA-SSN", "BANKALTIMTARA", "PENERBITAN"]:
        wrong.append("pengirim, penerima atau jenis berkas di baris H bukan yang disepakati")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", head[8]):
        wrong.append("periode di baris H bukan YYYY-MM")
    return wrong


def _row(row, seq, seen):
    if len(row) < COLUMNS or row[0] != "D":
        return [f"bukan baris D dengan {COLUMNS} kolom (ada {len(row)})"]
    wrong = []
    if row[1] != str(seq):
        wrong.append(f"nomor urut {row[1][:12]}, seharusnya {seq}: ada baris hilang, ditambah atau ditukar")
    for place, (name, pattern, words) in PATTERNS.items():
        if not pattern.fullmatch(row[place]):
            wrong.append(f"{name} tidak sah; seharusnya {words}")
    if row[2] in seen:
        wrong.append(f"id_penerbitan {row[2]} sudah ada di berkas ini")
    seen.add(row[2])
    if row[9] and not _is_date(row[9]):
        wrong.append("tanggal_lahir bukan YYYY-MM-DD")
    if row[3] == "BARU" and row[17]:
        wrong.append("BARU tidak boleh merujuk penerbitan lain")
    if row[3] in ("GANTI", "BLOKIR") and not PATTERNS[2][1].fullmatch(row[17]):
        wrong.append(f"{row[3]} harus merujuk penerbitan yang lama")
    return wrong


def _is_date(text):
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _tail(tail, number, rows, lines):
    if len(tail) < 5 or tail[0] != "T":
        return ["baris terakhir bukan baris T dengan 5 kolom: berkas terpotong"]
    wrong = []
    if tail[1] != str(number):
        wrong.append(f"nomor batch di baris T ({tail[1]}) bukan nomor di nama berkas ({number})")
    if tail[2] != str(len(rows)):
        wrong.append(f"baris T menyebut {tail[2]} baris, ada {len(rows)}")
    if tail[3] != hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest():
        wrong.append("SHA-256 baris D tidak cocok dengan baris T: isi berubah")
    total = sum(int(row[5][-6:]) for row in rows if len(row) >= COLUMNS and re.fullmatch("[0-9]{16}", row[5]))
    if tail[4] != str(total):
        wrong.append(f"hash total {tail[4]} di baris T, dihitung {total}")
    return wrong


def check_note(content, note, number, encrypted=None):
    """What is wrong between a file and its hand-over note; encrypted: bytes of the .age or .gpg, where it is still there."""
    try:
        said = json.loads(note.decode("utf-8"))
        hidden = said["sandi"]["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ["surat serah (serah.json) rusak: bukan JSON yang lengkap"]
    lines = content.split(b"\n")
    head, tail = lines[0].split(b"|"), lines[-2].split(b"|") if len(lines) > 1 else []
    found = {
        "batch_no": number,
        "berkas": f"penerbitan_{number:04d}.txt",
        "sha256": hashlib.sha256(content).hexdigest(),
        "byte": len(content),
        "baris": max(len(lines) - 3, 0),
        "hash_total": int(tail[4]) if len(tail) > 4 and re.fullmatch(rb"[0-9]{1,18}", tail[4]) else None,
        "sha256_sebelumnya": head[3].decode("ascii", "replace") if len(head) > 3 else None,
    }
    wrong = [
        f"surat serah menyebut {name} {said.get(name)}, berkasnya {value}"
        for name, value in found.items()
        if said.get(name) != value
    ]
    if encrypted is not None and hashlib.sha256(encrypted).hexdigest() != hidden:
        wrong.append("berkas tersandi bukan yang disebut surat serah")
    return wrong


def check_signature(content, note, signature, public):
    """What is wrong with the detached signature over file and note; public: 32 bytes."""
    if not SIGNATURE.fullmatch(signature):
        return ["berkas tanda tangan rusak: bukan 128 digit heksadesimal dan satu akhir baris"]
    hashes = f"{hashlib.sha256(content).hexdigest()}\n{hashlib.sha256(note).hexdigest()}\n"
    if not ed25519_verify(public, PURPOSE + hashes.encode(), bytes.fromhex(signature.decode())):
        return ["tanda tangan tidak cocok: berkas, surat serah atau tanda tangan berubah, atau bukan dari pemegang kunci ini"]
    return []


def check_batch(content, note, signature, public, number, previous, encrypted=None):
    """Everything wrong with one handed-over file, as sentences."""
    return [
        *check_file(content, number, previous),
        *check_note(content, note, number, encrypted),
        *check_signature(content, note, signature, public),
    ]


# Ed25519 (RFC 8032, section 5.1): points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    w, x, y, z = f - e, h - g, h + g, f + e
    return w * x % P, y * z % P, x * y % P, w * z % P


def _two_times(a, one, b, other):
    """a * one + b * other, bit by bit for both at once."""
    both, result = _add(one, other), (0, 1, 1, 0)
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        result = _add(result, result)
        which = (a >> bit & 1) + 2 * (b >> bit & 1)
        if which:
            result = _add(result, (one, other, both)[which - 1])
    return result


def _point(encoded):
    """A point from its 32 bytes; None when they are none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    """Whether the 64 bytes are the key's signature of the message."""
    key, point = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or point is None or scalar >= L or len(signature) != 64:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    against = (P - key[0], key[1], 1, P - key[3])
    left = _two_times(scalar, BASE, challenge, against)  # S * B - k * A is R
    return (left[0] - point[0] * left[2]) % P == 0 and (left[1] - point[1] * left[2]) % P == 0


def check_folder(folder, public, before):
    """Problems of each batch in a folder: number -> sentences. before: SHA-256 of the file before the first, or None."""
    numbers = sorted({int(m.group(1)) for p in folder.iterdir() if (m := NAME.fullmatch(p.name))})
    found = {}
    previous = NOBODY_BEFORE if numbers[:1] == [1] else before
    for place, number in enumerate(numbers):
        parts = [folder / f"penerbitan_{number:04d}.{end}" for end in ("txt", "serah.json", "serah.sig")]
        missing = [p.name for p in parts if not p.is_file()]
        hidden = [p for p in folder.glob(f"penerbitan_{number:04d}.txt.*") if p.suffix in (".age", ".gpg")]
        if place and number != numbers[place - 1] + 1:
            previous = None
        if missing:
            found[number] = ["tidak ada {}{}".format(", ".join(missing), _how_to_open(missing, hidden))]
            previous = None
            continue
        content, note, signature = (p.read_bytes() for p in parts)
        found[number] = check_batch(
            content, note, signature, public, number, previous, hidden[0].read_bytes() if hidden else None
        )
        previous = hashlib.sha256(content).hexdigest()
    return found


def _how_to_open(missing, hidden):
    if not hidden or not missing[0].endswith(".txt"):
        return ""
    tool = "age -d -i KUNCI_BANK" if hidden[0].suffix == ".age" else "gpg -d"
    return f"; buka dulu sandinya: {tool} -o {missing[0]} {hidden[0].name}"


def main(argv=None):
    """Entry point."""
    parser = argparse.ArgumentParser(description="Memeriksa berkas penerbitan kartu SSN: bentuk, jumlah, rantai, tanda tangan.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kunci", required=True, help="kunci publik penyerahan: 64 digit heksadesimal atau berkasnya")
    parser.add_argument("--sebelum", help="SHA-256 berkas sebelum yang pertama di folder")
    arguments = parser.parse_args(argv)
    try:
        key = arguments.kunci if SHA256.fullmatch(arguments.kunci) else Path(arguments.kunci).read_text().strip()
        if not SHA256.fullmatch(key) or (arguments.sebelum and not SHA256.fullmatch(arguments.sebelum)):
            raise ValueError("--kunci dan --sebelum harus 64 digit heksadesimal (huruf kecil)")
        found = check_folder(arguments.folder, bytes.fromhex(key), arguments.sebelum)
    except (OSError, ValueError) as problem:
        print(f"periksa_berkas_bank: {problem}", file=sys.stderr)
        return 2
    for number, wrong in found.items():
        print(f"penerbitan_{number:04d}: {'SALAH' if wrong else 'BENAR'}")
        for sentence in wrong[:50]:
            print("  - " + sentence)
        if len(wrong) > 50:
            print(f"  - dan {len(wrong) - 50} kesalahan lain")
    if not found:
        print(f"periksa_berkas_bank: tidak ada berkas penerbitan di {arguments.folder}", file=sys.stderr)
        return 2
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
