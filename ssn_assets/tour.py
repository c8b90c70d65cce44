"""`ssn demo` and `make demo`: the demo city, and the tour through the whole process. What the city is made of is in demo/."""

from __future__ import annotations

import sys
from datetime import datetime

from ssn_assets.home import Home


def city(home: Home, people: int, seed: int, period: str) -> int:
    """Write a demo inbox into the home and say what to do next.

    Returns:
        0, or 2 when the home already holds somebody else's inbox.
    """
    from ssn_assets.demo.city import write_city

    if any(home.inbox("dtks").iterdir()) and not home.truth.is_dir():
        print(
            f"ssn demo: {home.inbox('dtks')} already has files that are not a demo city; choose another SSN_HOME.",
            file=sys.stderr,
        )
        return 2
    _step(f"Kota contoh: {people:,} penduduk, seed {seed}")
    report = write_city(home, people=people, seed=seed, period=period)
    print(report.describe())
    print(f"Kotak masuk: {home.root / 'inbox'}   Kebenaran: {home.truth}\nBerikutnya: ssn run")
    return 0


def whole(home: Home, people: int, seed: int, period: str) -> int:
    """Make the city, run, let operators, officers, a bank and those who hand out cards act, run again after each; then measure.

    Returns:
        0, or the code of the step that stopped.
    """
    from ssn_assets.demo.bank import answer_bank_files
    from ssn_assets.demo.bank_payments import answer_payment_files
    from ssn_assets.demo.handing_out import hand_out_cards
    from ssn_assets.demo.operators import answer_worklists
    from ssn_assets.demo.readers import read_samples
    from ssn_assets.demo.release import receive, release_batches
    from ssn_assets.demo.score import score
    from ssn_assets.launch import run_period
    from ssn_assets.payments.kind import PAYMENTS
    from ssn_assets.policy_limits import limits_of, payment_limits_of
    from ssn_assets.settings import WITA, now

    code = city(home, people, seed, period)
    if code:
        return code
    answers = (
        ("Run 1: dari berkas Dinas Sosial sampai daftar kerja kelurahan", None),
        (
            "Run 2: kelurahan menjawab; nomor, publikasi dan berkas bank terbit",
            lambda: answer_worklists(home, period, seed=seed),
        ),
        (
            "Run 3: dua petugas mengirim batch, bank memeriksa dan menjawab, dua pembaca menilai sampel",
            lambda: "\n".join(
                (
                    release_batches(home, limits_of),
                    receive(home),
                    str(answer_bank_files(home, seed=seed)),
                    str(read_samples(home, period, seed=seed)),
                )
            ),
        ),
        (
            "Run 4: bank menyusulkan jawaban; petugas menyerahkan kartu; bulan pertama dibayar, sebagian gagal atau kembali",
            lambda: "\n".join(
                (
                    str(answer_bank_files(home, seed=seed)),
                    str(hand_out_cards(home, period, now().astimezone(WITA).date(), seed=seed)),
                    release_batches(home, payment_limits_of, kind=PAYMENTS),
                    receive(home),
                    str(answer_payment_files(home, seed=seed)),
                )
            ),
        ),
    )
    for title, answer in answers:
        _step(title)
        if answer:
            print(answer())
        if run_period(home, period).stopped:
            return 1
    _step("Dibandingkan dengan kebenaran kota contoh")
    print(score(home, period).describe())
    _where(home, period)
    return 0


def _step(title: str) -> None:
    print(f"\n== {title}  [{datetime.now():%H:%M:%S}]", flush=True)


def _where(home: Home, period: str) -> None:
    outbox = home.period(period)
    _step("Di mana hasilnya")
    for path, text in (
        (outbox / "keputusan.parquet", "keputusan setiap baris, dengan alasan"),
        (outbox / "karantina.csv", "yang tidak dapat dibaca"),
        (outbox / "ringkasan.csv", "corong per kelurahan"),
        (outbox / "perjalanan_kartu.csv", "dari VALID sampai kartu di tangan dan uang pertama, dalam hari"),
        (outbox / "penahan.csv", "siapa yang memegang kartu yang belum sampai"),
        (outbox / "kelurahan", "daftar kerja yang masih terbuka"),
        (outbox / "penyerahan", "pengambilan kartu: daftar loket, surat undangan, jemput bola, kartu yang belum diambil"),
        (outbox / "mutu_padan.csv", "presisi dan recall pemadanan menurut kelurahan, cacat dan aturan"),
        (outbox / "laporan_mutu.html", "laporan untuk auditor; buka di peramban"),
        (home.santer, "publikasi SANTER"),
        (home.bank, "berkas kartu dan pembayaran yang disegel, rekonsiliasi, antrean.csv"),
        (home.outgoing, "yang dikirim dua petugas ke bank, tersandi"),
    ):
        print(f"  {path}  ({text})")
    print("Coba: make dev (Dagster UI), ssn rollback --alasan 'latihan', atau taruh berkas sendiri di inbox/ lalu ssn run")
