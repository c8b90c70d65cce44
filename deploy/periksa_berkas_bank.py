#!/usr/bin/env python3
"""Pemeriksa berkas kartu dan pembayaran SSN, untuk bank. Cukup Python 3.8 ke atas; tidak ada paket lain, tidak perlu jaringan.

    python3 periksa_berkas_bank.py --kunci KUNCI FOLDER

KUNCI: kunci publik penyerahan dari Pemerintah Kota (64 digit heksadesimal, atau berkas yang memuatnya), diterima lewat
jalan lain daripada berkasnya. FOLDER: penerbitan_NNNN.txt dan pembayaran_NNNN.txt (hasil membuka .age atau .gpg), masing-masing
dengan .serah.json dan .serah.sig di sampingnya. Bila berkas pertama di folder bukan nomor 1: --sebelum (pembayaran:
--sebelum-pembayaran) SHA256 berkas sebelumnya. Batch yang ditarik hanya punya .serah.json dan .serah.sig: jangan dibayar.

Yang diperiksa: bentuk setiap baris, jumlah dan total (juga rupiah), rantai antarberkas, tanda tangan (Ed25519, RFC 8032).
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
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SHA256 = re.compile(r"[0-9a-f]{64}")
SIGNATURE = re.compile(rb"[0-9a-f]{128}\n")
ID_CARD, ID_PAYMENT = re.compile(r"P[0-9A-F]{16}"), re.compile(r"B[0-9A-F]{16}")
NUMBER, SIXTEEN = re.compile(r"6472[0-9]{8}"), re.compile(r"[0-9]{16}")
NAME = re.compile(r".*\S.*")
CARD, PAYMENT = "penerbitan", "pembayaran"
COLUMNS = {CARD: 18, PAYMENT: 10}
TAIL = {CARD: ("T", "batch", "baris", "sha256", "hash_total"), PAYMENT: ("T", "batch", "baris", "rupiah", "sha256", "hash_total")}
AMOUNT = re.compile(r"[1-9][0-9]{0,11}")
PATTERNS = {
    CARD: {
        2: ("id_penerbitan", ID_CARD, "P dan 16 digit heksadesimal"),
        3: ("jenis", re.compile(r"BARU|GANTI|BLOKIR"), "BARU, GANTI atau BLOKIR"),
        4: ("nomor_ssn", NUMBER, "12 digit yang diawali 6472"),
        5: ("nik", SIXTEEN, "16 digit"),
        6: ("no_kk", SIXTEEN, "16 digit"),
        7: ("nama", NAME, "tidak kosong"),
    },
    PAYMENT: {
        2: ("id_pembayaran", ID_PAYMENT, "B dan 16 digit heksadesimal"),
        3: ("id_penerbitan", ID_CARD, "P dan 16 digit heksadesimal"),
        4: ("nomor_ssn", NUMBER, "12 digit yang diawali 6472"),
        5: ("nik", SIXTEEN, "16 digit"),
        6: ("nama", NAME, "tidak kosong"),
        7: ("bulan", re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"), "YYYY-MM"),
        8: ("jumlah", AMOUNT, "rupiah bulat lebih dari 0"),
        9: ("id_rujukan", re.compile(r"|B[0-9A-F]{16}"), "kosong atau id_pembayaran yang lama"),
    },
}


def check_file(content, number, previous, kind=CARD):
    """What is wrong with one file.

    Args:
        content: its bytes.
        number: the number in its name.
        previous: SHA-256 of the whole file before it; None when that is not known.
        kind: CARD or PAYMENT.

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
    wrong += _head(lines[0].split("|"), number, previous, kind)
    rows = [line.split("|") for line in lines[1:-1]]
    seen = set()
    for seq, row in enumerate(rows, 1):
        wrong += [f"baris {seq + 1}: {fault}" for fault in _row(row, seq, seen, kind)]
    return wrong + _tail(lines[-1].split("|"), number, rows, lines[1:-1], kind)


def _head(head, number, previous, kind):
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
    if head[5:8] != ["SAMARINDA-SSN", "BANKALTIMTARA", kind.upper()]:
        wrong.append("pengirim, penerima atau jenis berkas di baris H bukan yang disepakati")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", head[8]):
        wrong.append("periode di baris H bukan YYYY-MM")
    return wrong


def _row(row, seq, seen, kind):
    if len(row) < COLUMNS[kind] or row[0] != "D":
        return [f"bukan baris D dengan {COLUMNS[kind]} kolom (ada {len(row)})"]
    wrong = []
    if row[1] != str(seq):
        wrong.append(f"nomor urut {row[1][:12]}, seharusnya {seq}: ada baris hilang, ditambah atau ditukar")
    for place, (name, pattern, words) in PATTERNS[kind].items():
        if not pattern.fullmatch(row[place]) and not (kind == CARD and row[3] == "BLOKIR" and name == "nama"):
            wrong.append(f"{name} tidak sah; seharusnya {words}")
    if row[2] in seen:
        wrong.append(f"{PATTERNS[kind][2][0]} {row[2]} sudah ada di berkas ini")
    if kind == PAYMENT and (row[3], row[7]) in seen:
        wrong.append(f"kartu {row[3]} dibayar dua kali untuk bulan {row[7]}")
    seen.update((row[2], (row[3], row[7])))
    return wrong if kind == PAYMENT else wrong + _card(row)


def _card(row):
    """A block may be without name and birth date: the card it stops stands in id_rujukan."""
    may_be_empty = row[3] == "BLOKIR" and not row[9]
    wrong = [] if may_be_empty or _is_date(row[9]) else ["tanggal_lahir bukan YYYY-MM-DD"]
    if row[3] == "BARU" and row[17]:
        wrong.append("BARU tidak boleh merujuk penerbitan lain")
    if row[3] in ("GANTI", "BLOKIR") and not ID_CARD.fullmatch(row[17]):
        wrong.append(f"{row[3]} harus merujuk penerbitan yang lama")
    return wrong


def _is_date(text):
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _tail(tail, number, rows, lines, kind):
    names = TAIL[kind]
    if len(tail) < len(names) or tail[0] != "T":
        return [f"baris terakhir bukan baris T dengan {len(names)} kolom: berkas terpotong"]
    said = {name: tail[place] for place, name in enumerate(names)}
    wrong = []
    if said["batch"] != str(number):
        wrong.append(f"nomor batch di baris T ({said['batch']}) bukan nomor di nama berkas ({number})")
    if said["baris"] != str(len(rows)):
        wrong.append(f"baris T menyebut {said['baris']} baris, ada {len(rows)}")
    if said["sha256"] != hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest():
        wrong.append("SHA-256 baris D tidak cocok dengan baris T: isi berubah")
    whole = [row for row in rows if len(row) >= COLUMNS[kind]]
    total = sum(int(row[5][-6:]) for row in whole if SIXTEEN.fullmatch(row[5]))
    if said["hash_total"] != str(total):
        wrong.append(f"hash total {said['hash_total']} di baris T, dihitung {total}")
    rupiah = sum(int(row[8]) for row in whole if AMOUNT.fullmatch(row[8])) if kind == PAYMENT else 0
    if said.get("rupiah", "0") != str(rupiah):
        wrong.append(f"baris T menyebut Rp{said['rupiah']}, dihitung Rp{rupiah}")
    return wrong


def check_note(content, note, number, encrypted=None, kind=CARD):
    """What is wrong between a file and its hand-over note; encrypted: bytes of the .age or .gpg, where it is still there."""
    try:
        said = json.loads(note.decode("utf-8"))
        hidden = said["sandi"]["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ["surat serah (serah.json) rusak: bukan JSON yang lengkap"]
    lines = content.split(b"\n")
    head = lines[0].split(b"|")
    last = lines[-2].split(b"|") if len(lines) > 1 else []
    tail = {name: last[place] for place, name in enumerate(TAIL[kind][: len(last)])}
    whole = {name: int(v) for name, v in tail.items() if re.fullmatch(rb"[0-9]{1,18}", v)}
    found = {
        "batch_no": number,
        "berkas": f"{kind}_{number:04d}.txt",
        "sha256": hashlib.sha256(content).hexdigest(),
        "byte": len(content),
        "baris": max(len(lines) - 3, 0),
        "hash_total": whole.get("hash_total"),
        **({"rupiah": whole.get("rupiah")} if kind == PAYMENT else {}),
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


def check_signature(sha256, note, signature, public):
    """What is wrong with the detached signature over a file (its SHA-256) and its note; public: 32 bytes."""
    if not SIGNATURE.fullmatch(signature):
        return ["berkas tanda tangan rusak: bukan 128 digit heksadesimal dan satu akhir baris"]
    hashes = f"{sha256}\n{hashlib.sha256(note).hexdigest()}\n"
    if not ed25519_verify(public, PURPOSE + hashes.encode(), bytes.fromhex(signature.decode())):
        return ["tanda tangan tidak cocok: berkas, surat serah atau tanda tangan berubah, atau bukan dari pemegang kunci ini"]
    return []


def check_batch(content, note, signature, public, number, previous, encrypted=None, kind=CARD):
    """Everything wrong with one handed-over file, as sentences."""
    return [
        *check_file(content, number, previous, kind),
        *check_note(content, note, number, encrypted, kind),
        *check_signature(hashlib.sha256(content).hexdigest(), note, signature, public),
    ]


def withdrawn(note):
    """The facts of a note that withdraws its batch; None of any other note."""
    try:
        said = json.loads(note.decode("utf-8"))
        return said if said["ditarik"] and SHA256.fullmatch(said["sha256"]) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check_withdrawal(said, note, signature, public, number, previous, kind):
    """Everything wrong with the note of a batch that was withdrawn: nothing of it is to be carried out."""
    expected = {"batch_no": number, "berkas": f"{kind}_{number:04d}.txt"}
    if previous is not None:
        expected["sha256_sebelumnya"] = previous
    wrong = [f"surat penarikan menyebut {n} {said.get(n)}, seharusnya {v}" for n, v in expected.items() if said.get(n) != v]
    return wrong + check_signature(said["sha256"], note, signature, public)


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


def check_folder(folder, public, before, kind=CARD):
    """Problems of each batch in a folder: number -> sentences. before: SHA-256 of the file before the first, or None."""
    name = re.compile(kind + r"_([0-9]{4,})\.(txt|serah\.json|serah\.sig)")
    numbers = sorted({int(m.group(1)) for p in folder.iterdir() if (m := name.fullmatch(p.name))})
    found = {}
    previous = NOBODY_BEFORE if numbers[:1] == [1] else before
    for place, number in enumerate(numbers):
        if place and number != numbers[place - 1] + 1:
            previous = None
        found[number], previous = _check_one(folder, public, number, previous, kind)
    return found


def _check_one(folder, public, number, previous, kind):
    """Problems of one batch, and its SHA-256 (None when it is not known)."""
    parts = [folder / f"{kind}_{number:04d}.{end}" for end in ("txt", "serah.json", "serah.sig")]
    missing = [p.name for p in parts if not p.is_file()]
    hidden = [p for p in folder.glob(f"{kind}_{number:04d}.txt.*") if p.suffix in (".age", ".gpg")]
    note = parts[1].read_bytes() if parts[1].is_file() else b""
    said = withdrawn(note)
    if said and parts[2].is_file():
        there = [] if parts[0].name in missing and not hidden else ["batch ini ditarik, tetapi ada berkasnya: jangan dibayar"]
        return there + check_withdrawal(said, note, parts[2].read_bytes(), public, number, previous, kind), said["sha256"]
    if missing:
        return ["tidak ada {}{}".format(", ".join(missing), _how_to_open(missing, hidden))], None
    content, signature = parts[0].read_bytes(), parts[2].read_bytes()
    closed = hidden[0].read_bytes() if hidden else None
    wrong = check_batch(content, note, signature, public, number, previous, closed, kind)
    return wrong, hashlib.sha256(content).hexdigest()


def _how_to_open(missing, hidden):
    if not hidden or not missing[0].endswith(".txt"):
        return ""
    tool = "age -d -i KUNCI_BANK" if hidden[0].suffix == ".age" else "gpg -d"
    return f"; buka dulu sandinya: {tool} -o {missing[0]} {hidden[0].name}"


def main(argv=None):
    """Entry point."""
    parser = argparse.ArgumentParser(
        description="Memeriksa berkas kartu dan pembayaran SSN: bentuk, jumlah, rantai, tanda tangan."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kunci", required=True, help="kunci publik penyerahan: 64 digit heksadesimal atau berkasnya")
    parser.add_argument("--sebelum", help="SHA-256 berkas penerbitan sebelum yang pertama di folder")
    parser.add_argument("--sebelum-pembayaran", help="SHA-256 berkas pembayaran sebelum yang pertama di folder")
    arguments = parser.parse_args(argv)
    before = {CARD: arguments.sebelum, PAYMENT: arguments.sebelum_pembayaran}
    try:
        key = arguments.kunci if SHA256.fullmatch(arguments.kunci) else Path(arguments.kunci).read_text().strip()
        if not all(SHA256.fullmatch(text) for text in (key, *before.values()) if text is not None):
            raise ValueError("--kunci dan --sebelum harus 64 digit heksadesimal (huruf kecil)")
        found = {
            (kind, number): wrong
            for kind, sha256 in before.items()
            for number, wrong in check_folder(arguments.folder, bytes.fromhex(key), sha256, kind).items()
        }
    except (OSError, ValueError) as problem:
        print(f"periksa_berkas_bank: {problem}", file=sys.stderr)
        return 2
    for (kind, number), wrong in found.items():
        note = arguments.folder / f"{kind}_{number:04d}.serah.json"
        right = "BENAR: DITARIK, jangan dijalankan" if note.is_file() and withdrawn(note.read_bytes()) else "BENAR"
        print(f"{kind}_{number:04d}: {'SALAH' if wrong else right}")
        for sentence in wrong[:50]:
            print("  - " + sentence)
        if len(wrong) > 50:
            print(f"  - dan {len(wrong) - 50} kesalahan lain")
    if not found:
        print(f"periksa_berkas_bank: tidak ada berkas penerbitan atau pembayaran di {arguments.folder}", file=sys.stderr)
        return 2
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
