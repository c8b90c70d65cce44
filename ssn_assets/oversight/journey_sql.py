"""The SQL of the cards' way (`journey.py`): dates made comparable, how far each card is, who holds it, sums per kelurahan.

Days are Samarinda's. Nothing here reads the store or writes a file.
"""

from __future__ import annotations

from ssn_assets.store.engine import city_day

CITY = "64.72"
"""Kemendagri's code of the city, for the line that sums up all kelurahan."""

ISSUANCES = f"""
create or replace temp table penerbitan_bertanggal as
select
    p.id_penerbitan, p.nik_awal, p.batch_no,
    {city_day("w.dipesan")} as dipesan,
    if(w.pengganti = 1, {city_day("w.dipesan")}, {city_day("coalesce(w.bernomor, w.dipesan)")}) as valid,
    {city_day("b.waktu")} as dikirim,
    greatest({city_day("w.dipesan")}, {city_day("coalesce(b.waktu, w.dipesan)")}) as paling_awal
from ops.penerbitan as p
inner join ops.waktu_penerbitan as w using (id_penerbitan)
left join batch_terkirim as b using (batch_no)
"""
"""Cards ordered and not withdrawn. paling_awal: before it the bank can have done nothing about this line."""

REPORTED = """
create or replace temp table langkah_bertanggal as
select p.id_penerbitan, j.status, min(try_cast(j.tanggal as date)) as tanggal
from ops.tanggal_jawaban as j
inner join penerbitan_bertanggal as p using (id_penerbitan)
where p.batch_no is not null and try_cast(j.tanggal as date) between p.paling_awal and $hari_ini
group by p.id_penerbitan, j.status
"""

RESIDENCE = """
create or replace temp table tinggal as
select
    d.nik_awal, w.kode_kelurahan, d.keputusan = 'VALID' as valid,
    d.keputusan = 'MENUNGGU' and list_has_any(d.alasan, ['BELUM_DIVERIFIKASI', 'PERLU_TINJAUAN']) as ditanya
from mart_keputusan_dasar as d
left join samarinda_kelurahan as w using (kode_kelurahan)
where d.duplikat_dari is null and (d.keputusan = 'VALID' or d.nik_awal in (select nik_awal from ops.kartu))
"""
"""Where whoever is VALID or has a card lives; a card counts where mart_ringkasan counts it."""

CARDS = """
create or replace temp table perjalanan as
with tangga(status, tingkat) as (
    values ('DITERIMA', 1), ('REKENING_DIBUKA', 2), ('KARTU_DICETAK', 3), ('SIAP_DIAMBIL', 4), ('BELUM_DIAMBIL', 4),
        ('DIKEMBALIKAN', 4), ('DISERAHKAN', 5)
),

sebelum_blokir as (
    select j.id_penerbitan, max(t.tingkat) as tingkat
    from ops.jawaban_bank as j
    inner join ops.kartu as k on k.id_penerbitan = j.id_penerbitan and k.langkah = 'DIBLOKIR'
    inner join tangga as t on t.status = j.status
    group by j.id_penerbitan
),

diserahkan as (  -- by the bank, or by our own officers
    select id_penerbitan from ops.jawaban_bank where status = 'DISERAHKAN'
    union
    select id_penerbitan from ops.tanggal_jawaban where status = 'DISERAHKAN'
),

orang as (
    select
        p.nik_awal, min_by(p.valid, p.dipesan) as mulai, min(p.paling_awal) as paling_awal,
        bool_or(d.id_penerbitan is not null and p.batch_no is not null) as pernah_di_tangan, min(s.tanggal) as di_tangan
    from penerbitan_bertanggal as p
    left join diserahkan as d using (id_penerbitan)
    left join langkah_bertanggal as s on s.id_penerbitan = p.id_penerbitan and s.status = 'DISERAHKAN'
    group by p.nik_awal
),

uang as (
    select
        b.nik_awal, bool_or(b.langkah = 'BERHASIL') as dibayar,
        min(b.tanggal) filter (where b.langkah = 'BERHASIL' and b.tanggal between o.paling_awal and $hari_ini) as pertama,
        max_by(
            {'langkah': b.langkah, 'tanggal': if(b.tanggal between o.paling_awal and $hari_ini, b.tanggal, null)},
            b.bulan || list_position(['GAGAL', 'RETUR', 'DIPESAN', 'DIKIRIM', 'BERHASIL'], b.langkah)
        ) as terbaru
    from ops.pembayaran as b
    inner join orang as o using (nik_awal)
    group by b.nik_awal
)

select
    k.nik_awal, k.id_penerbitan, k.langkah, k.aktif, r.kode_kelurahan, coalesce(r.ditanya, false) as ditanya,
    p.batch_no is not null as disegel, k.langkah <> 'DIPESAN' as dijawab,
    p.dikirim is not null or k.langkah <> 'DIPESAN' as dikirim, coalesce(t.tingkat, b.tingkat, 0) as tingkat,
    o.pernah_di_tangan, if(o.di_tangan >= o.mulai, o.di_tangan - o.mulai, null) as hari_ke_kartu,
    coalesce(u.dibayar, false) as dibayar, if(u.pertama >= o.mulai, u.pertama - o.mulai, null) as hari_ke_uang,
    p.dipesan as hari_dipesan, p.dikirim as hari_dikirim, o.di_tangan as hari_di_tangan,
    u.terbaru.langkah as langkah_uang, u.terbaru.tanggal as hari_uang
from ops.kartu as k
left join penerbitan_bertanggal as p using (id_penerbitan)
left join orang as o on o.nik_awal = k.nik_awal
left join tangga as t on t.status = k.langkah
left join sebelum_blokir as b on b.id_penerbitan = k.id_penerbitan
left join uang as u on u.nik_awal = k.nik_awal
left join tinggal as r on r.nik_awal = k.nik_awal
"""
"""One line a card. tingkat: how far it got, blocked since or not; what the bank refused got nowhere, as in rekonsiliasi.csv."""

OPEN = """
create or replace temp table terbuka as
with pemilik(pemilik, penahan) as (
    values ('Kelurahan', 'KELURAHAN'), ('Dinas Sosial', 'DINSOS'), ('Bankaltimtara', 'BANK'), ('Disdukcapil', 'DISDUKCAPIL')
),

hal as (
    select
        h.id_penerbitan,
        arg_min(
            {'penahan': coalesce(p.penahan, upper(h.pemilik)), 'sejak': try_cast(h.sejak as date)},
            (h.jenis <> 'DITOLAK_BANK')::int::varchar || h.sejak
        ) as hal
    from hal_terbuka as h
    left join pemilik as p using (pemilik)
    group by h.id_penerbitan
),

gagal_bayar as (
    select h.id_penerbitan, min(coalesce(p.penahan, upper(h.pemilik))) as penahan
    from hal_terbuka as h
    left join pemilik as p using (pemilik)
    where h.jenis in ('PEMBAYARAN_GAGAL', 'PEMBAYARAN_BERTENTANGAN')
    group by h.id_penerbitan
),

langkah as (
    select
        s.id_penerbitan, min(s.tanggal) filter (where s.status = 'DIKEMBALIKAN') as dikembalikan,
        min(s.tanggal) filter (where s.status <> 'DIKEMBALIKAN') as siap
    from langkah_bertanggal as s
    group by s.id_penerbitan
),

ditahan as (
    select
        k.kode_kelurahan, if(k.langkah = 'DISERAHKAN', 'UANG', 'KARTU') as tahap,
        case
            when k.langkah = 'DISERAHKAN' then
                case
                    when k.langkah_uang is null or k.langkah_uang = 'DIPESAN'
                        then {'penahan': 'DINSOS', 'menunggu': 'PERINTAH_BAYAR', 'sejak': k.hari_di_tangan}
                    when k.langkah_uang = 'DIKIRIM' then {'penahan': 'BANK', 'menunggu': 'PEMBAYARAN', 'sejak': k.hari_uang}
                    else {
                        'penahan': coalesce(g.penahan, 'DINSOS'), 'menunggu': 'PEMBAYARAN_GAGAL', 'sejak': k.hari_uang
                    }
                end
            when k.langkah in ('DITOLAK', 'GAGAL_BUKA')
                then {'penahan': coalesce(h.hal.penahan, 'DINSOS'), 'menunggu': 'PEMBETULAN', 'sejak': h.hal.sejak}
            when k.langkah in ('SIAP_DIAMBIL', 'BELUM_DIAMBIL')
                then {'penahan': 'WARGA', 'menunggu': 'PENGAMBILAN', 'sejak': l.siap}
            when k.langkah = 'DIKEMBALIKAN'
                then {'penahan': 'DINSOS', 'menunggu': 'KARTU_KEMBALI', 'sejak': l.dikembalikan}
            when not k.disegel
                then {'penahan': coalesce(h.hal.penahan, 'DINSOS'), 'menunggu': 'PENYEGELAN', 'sejak': k.hari_dipesan}
            when not k.dikirim and k.ditanya
                then {'penahan': 'KELURAHAN', 'menunggu': 'VERIFIKASI_ULANG', 'sejak': h.hal.sejak}
            when not k.dikirim then {'penahan': 'DINSOS', 'menunggu': 'PENGIRIMAN', 'sejak': k.hari_dipesan}
            when not k.dijawab then {'penahan': 'BANK', 'menunggu': 'JAWABAN', 'sejak': k.hari_dikirim}
            else {'penahan': 'BANK', 'menunggu': 'PROSES', 'sejak': k.hari_dikirim}
        end as oleh
    from perjalanan as k
    left join hal as h using (id_penerbitan)
    left join gagal_bayar as g using (id_penerbitan)
    left join langkah as l using (id_penerbitan)
    where k.aktif and not (k.langkah = 'DISERAHKAN' and k.dibayar)
)

select
    kode_kelurahan, tahap, oleh.penahan as penahan, oleh.menunggu as menunggu,
    if(oleh.sejak <= $hari_ini, $hari_ini - oleh.sejak, null) as umur
from ditahan
"""
"""Who has each open card now, one holder each, since when. An owner the office named newly is his own name in capitals."""

_PLACES = f"""
    select '{CITY}' as kode_kelurahan, 'KOTA SAMARINDA' as kelurahan, null as kecamatan
    union all
    select kode_kelurahan, kelurahan, kecamatan from samarinda_kelurahan
    union all
    select null, 'TIDAK DIKETAHUI', null
"""

_SPREAD = f"unnest(['{CITY}', kode_kelurahan]) as tempat, * exclude (kode_kelurahan)"
"""Each line twice: for the city and for its kelurahan."""

_DAYS = """
    quantile_disc(hari_ke_{0}, 0.5) as hari_ke_{0}_median, quantile_disc(hari_ke_{0}, 0.9) as hari_ke_{0}_p90,
    count(hari_ke_{0}) as hari_ke_{0}_diketahui,
    count(*) filter (where {1} and hari_ke_{0} is null) as hari_ke_{0}_tidak_diketahui
"""

_REACHED = {
    "kartu_dipesan": "true",
    "disegel": "disegel",
    "dikirim": "dikirim",
    "diterima_bank": "tingkat >= 1",
    "rekening_dibuka": "tingkat >= 2",
    "kartu_dicetak": "tingkat >= 3",
    "siap_diambil": "tingkat >= 4",
    "diserahkan": "tingkat = 5",
    "uang_pertama": "dibayar",
    "dikembalikan": "aktif and langkah = 'DIKEMBALIKAN'",
    "terbuka": "aktif and langkah <> 'DISERAHKAN'",
    "di_tangan": "aktif and langkah = 'DISERAHKAN'",
    "ditutup": "not aktif",
}
"""Column of perjalanan_kartu.csv -> which cards it counts; the last three together are all cards."""

_COUNTED = ", ".join(f"count(*) filter (where {condition}) as {name}" for name, condition in _REACHED.items())
_FILLED = ", ".join(f"coalesce(k.{name}, 0) as {name}" for name in _REACHED)
_DAY_COLUMNS = ", ".join(
    f"k.hari_ke_{goal}_{part}" if part in ("median", "p90") else f"coalesce(k.hari_ke_{goal}_{part}, 0) as hari_ke_{goal}_{part}"
    for goal in ("kartu", "uang")
    for part in ("median", "p90", "diketahui", "tidak_diketahui")
)

JOURNEY = f"""
create or replace table ops.perjalanan_kartu as
with wilayah as ({_PLACES}),

orang as (
    select tempat, count(*) as valid, count(nomor) as bernomor
    from (
        select {_SPREAD} from (
            select t.kode_kelurahan, n.nomor from tinggal as t left join ops.nomor_ssn as n using (nik_awal) where t.valid
        )
    )
    group by tempat
),

kartu as (
    select tempat, {_COUNTED}, {_DAYS.format("kartu", "pernah_di_tangan")}, {_DAYS.format("uang", "dibayar")}
    from (select {_SPREAD} from perjalanan)
    group by tempat
)

select
    $periode as periode, $hari_ini as per_tanggal, w.kode_kelurahan, w.kelurahan, w.kecamatan,
    coalesce(o.valid, 0) as valid, coalesce(o.bernomor, 0) as bernomor, {_FILLED}, {_DAY_COLUMNS}
from wilayah as w
left join orang as o on o.tempat is not distinct from w.kode_kelurahan
left join kartu as k on k.tempat is not distinct from w.kode_kelurahan
"""

HOLDERS = f"""
create or replace table ops.penahan_kartu as
with wilayah as ({_PLACES})

select
    $periode as periode, $hari_ini as per_tanggal, w.kode_kelurahan, w.kelurahan, w.kecamatan,
    t.tahap, t.penahan, coalesce(t.menunggu, 'SEMUA') as menunggu, count(*) as kartu,
    quantile_disc(t.umur, 0.5) as umur_median_hari, quantile_disc(t.umur, 0.9) as umur_p90_hari,
    count(*) filter (where t.umur is null) as umur_tidak_diketahui
from (select {_SPREAD} from terbuka) as t
inner join wilayah as w on w.kode_kelurahan is not distinct from t.tempat
group by grouping sets (
    (w.kode_kelurahan, w.kelurahan, w.kecamatan, t.tahap, t.penahan, t.menunggu),
    (w.kode_kelurahan, w.kelurahan, w.kecamatan, t.tahap, t.penahan)
)
"""
"""menunggu SEMUA: all that one holder has, whatever it waits for."""

SUMS = f"""
select
    (select count(*) from ops.kartu),
    sum(kartu_dipesan) filter (where kode_kelurahan = '{CITY}')::bigint,
    coalesce(sum(kartu_dipesan) filter (where kode_kelurahan is distinct from '{CITY}'), 0)::bigint,
    sum(terbuka + di_tangan + ditutup) filter (where kode_kelurahan = '{CITY}')::bigint,
    sum(terbuka) filter (where kode_kelurahan = '{CITY}')::bigint,
    (
        select coalesce(sum(kartu), 0)::bigint from ops.penahan_kartu
        where kode_kelurahan = '{CITY}' and tahap = 'KARTU' and menunggu <> 'SEMUA'
    )
from ops.perjalanan_kartu
"""
