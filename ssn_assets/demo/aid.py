"""Aid given: who gets which programme, the files pusat.csv and daerah.csv, and who is therefore outside SSN.

The rule of exclusion is README, Formats and codes, written here a second time: the truth must not lean on the platform.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ssn_assets.demo.families import CHILD
from ssn_assets.demo.people import City
from ssn_assets.demo.registry import Texts

PROGRAMMES = {  # kategori, sumber, rupiah, share of listed families, excludes
    "PKH": ("TUNAI", "PUSAT", 750_000, 0.11, True),
    "SEMBAKO": ("PANGAN", "PUSAT", 200_000, 0.17, True),
    "BPNT": ("PANGAN", "PUSAT", 200_000, 0.02, True),
    "BLT-KESRA": ("TUNAI", "PUSAT", 300_000, 0.05, True),
    "BLT-EL-NINO": ("TUNAI", "PUSAT", 200_000, 0.01, True),
    "PBI-JKN": ("KESEHATAN", "PUSAT", 42_000, 0.55, False),
    "PIP": ("PENDIDIKAN", "PUSAT", 450_000, 0.06, False),
    "ATENSI-YAPI": ("TUNAI", "PUSAT", 200_000, 0.01, False),
    "PAKET-SEMBAKO-KOTA": ("PANGAN", "DAERAH", 300_000, 0.05, False),
    "SANTUNAN-KEMATIAN": ("TUNAI", "DAERAH", 1_000_000, 0.01, False),
    "BLT-DBHCHT": ("TUNAI", "DAERAH", 300_000, 0.01, False),
    "BEASISWA-KOTA": ("PENDIDIKAN", "DAERAH", 500_000, 0.02, False),
}
STOPPED = 0.10
"""Share of central programmes that have ended (BERHENTI)."""

AID_FILES = {"PUSAT": "pusat.csv", "DAERAH": "daerah.csv"}
COLUMNS = ["nik", "no_kk", "nama", "program", "kategori", "sumber", "periode", "status", "nominal"]


def make_aid(city: City, listed: np.ndarray, month: str, earlier: str | None, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the aid rows.

    Args:
        listed: families with a member on the welfare list; others get aid seldom.
        month: the last month paid before the dtks period, YYYY-MM.
        earlier: a month before it, for which a file of its own is delivered; None for none.

    Returns:
        person, family, program, periode, status, berkas_bulan (which delivery), one line a payment line.
    """
    families = len(city.families.first)
    on_list = np.zeros(families, dtype=bool)
    on_list[listed] = True
    likely = np.where(on_list, 1.0, 0.03)
    poor = on_list & (rng.random(families) < 0.5)  # those who get one programme tend to get others
    parts = []
    for number, (program, (_, source, _, share, _)) in enumerate(PROGRAMMES.items()):
        chosen = np.flatnonzero(rng.random(families) < share * likely * np.where(poor, 1.6, 0.5))
        stopped = rng.random(len(chosen)) < (STOPPED if source == "PUSAT" else 0.03)
        parts.append(
            pd.DataFrame(
                {
                    "family": chosen,
                    "program": program,
                    "nomor": number,
                    "status": np.where(stopped, "BERHENTI", "AKTIF"),
                }
            )
        )
    now = pd.concat(parts, ignore_index=True)
    now["periode"] = month
    now["bulan"] = "kini"
    later = now.sample(frac=0.004, random_state=int(rng.integers(1 << 31))).assign(
        periode=_next_month(_next_month(month)), status="AKTIF"
    )
    frames = [now, later]
    if earlier:
        before = now.sample(frac=0.9, random_state=int(rng.integers(1 << 31))).assign(periode=earlier, bulan="dulu")
        flip = rng.random(len(before)) < 0.06
        before["status"] = np.where(flip, np.where(before["status"] == "AKTIF", "BERHENTI", "AKTIF"), before["status"])
        ended = np.flatnonzero(on_list & (rng.random(families) < 0.05))
        over = pd.DataFrame(
            {
                "family": ended,
                "program": "SEMBAKO",
                "nomor": 1,
                "status": "BERHENTI",
                "periode": earlier,
                "bulan": "dulu",
            }
        )
        frames += [before, over[~over["family"].isin(now.loc[now["program"] == "SEMBAKO", "family"])]]
    rows = pd.concat(frames, ignore_index=True)
    rows["person"] = _recipient(city, rows["family"].to_numpy(), rows["program"].to_numpy(), rng)
    return rows.sort_values(["bulan", "nomor", "family", "periode"], kind="stable", ignore_index=True)


def _recipient(city: City, family: np.ndarray, program: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pupils' aid goes to the last child, the rest to the head or the second member."""
    last = city.families.first[family] + city.families.size[family] - 1
    adult = city.families.first[family] + np.where((city.families.size[family] > 1) & (rng.random(len(family)) < 0.4), 1, 0)
    pupil = np.isin(program, ("PIP", "BEASISWA-KOTA")) & (city.families.role[last] == CHILD)
    return np.where(pupil, last, adult)


def _next_month(month: str) -> str:
    return str(np.datetime64(month, "M") + 1)


def write_aid(
    texts: Texts, aid: pd.DataFrame, inbox: Path, folders: dict[str, str], defects: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Write the aid files, some numbers damaged.

    Args:
        folders: delivery (kini, dulu) -> name of the inbox folder.

    Returns:
        The rows with nik and no_kk as delivered.
    """
    city = texts.city
    person, family = aid["person"].to_numpy(), aid["family"].to_numpy()
    nik, kk = city.nik[person].copy(), city.home.kk[family].copy()
    bad_nik = rng.random(len(aid)) < 0.015 * defects
    nik[bad_nik] += rng.choice([10_000, 1_000_000, 20, 300], int(bad_nik.sum()))
    bad_kk = rng.random(len(aid)) < 0.05 * defects
    kk[bad_kk] -= rng.choice([10_000, 1_000_000, 100_000_000_00], int(bad_kk.sum()))
    text = aid.assign(
        nik=nik.astype(str),
        no_kk=kk.astype(str),
        nama=texts.name(city.words[person]).to_pylist(),
        kategori=aid["program"].map({p: v[0] for p, v in PROGRAMMES.items()}),
        sumber=aid["program"].map({p: v[1] for p, v in PROGRAMMES.items()}),
        nominal=aid["program"].map({p: v[2] for p, v in PROGRAMMES.items()}),
    )
    for delivery, folder in folders.items():
        for source, file in AID_FILES.items():
            part = text[(text["bulan"] == delivery) & (text["sumber"] == source)]
            if len(part):
                part[COLUMNS].to_csv(inbox / folder / file, index=False, lineterminator="\n")
    return text


def excluded_families(city: City, aid: pd.DataFrame, period: str) -> np.ndarray:
    """Families with a running central programme that excludes (README, Formats and codes): one boolean a family."""
    order = np.argsort(city.nik, kind="stable")
    at = np.minimum(np.searchsorted(city.nik[order], aid["nik"].astype("int64")), len(order) - 1)
    by_nik = np.where(city.nik[order[at]] == aid["nik"].astype("int64"), city.families.family[order[at]], -1)
    kk_order = np.argsort(city.home.kk, kind="stable")
    at = np.minimum(np.searchsorted(city.home.kk[kk_order], aid["no_kk"].astype("int64")), len(kk_order) - 1)
    by_kk = np.where(city.home.kk[kk_order[at]] == aid["no_kk"].astype("int64"), kk_order[at], -1)
    known = aid.assign(milik=np.where(by_nik >= 0, by_nik, by_kk))
    known = known[
        (known["milik"] >= 0)
        & (known["sumber"] == "PUSAT")
        & (known["periode"] <= period)
        & known["program"].map({p: v[4] for p, v in PROGRAMMES.items()})
    ]
    newest = known["periode"] == known.groupby(["milik", "program"])["periode"].transform("max")
    result = np.zeros(len(city.families.first), dtype=bool)
    result[known.loc[newest & (known["status"] == "AKTIF"), "milik"].to_numpy()] = True
    return result
