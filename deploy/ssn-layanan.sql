-- What the lookup service's database user may do: add and follow complaints. It reads no sealed text's key, no NIK in clear, no ledger.
-- Run it again after an upgrade that changes these tables. Log-in is by socket and the system user's name (pg_hba: local, peer).
do $$ begin
    if not exists (select from pg_roles where rolname = 'ssn-layanan') then
        create role "ssn-layanan" login connection limit 20;
    end if;
end $$;
grant usage on schema public to "ssn-layanan";
grant select on alembic_version, aduan_catatan to "ssn-layanan";
grant select, insert, update on aduan to "ssn-layanan";
grant select (suara_id, nomor, rahasia_sha256, diterima_pada), insert on aduan_suara to "ssn-layanan";
grant usage on sequence aduan_suara_suara_id_seq to "ssn-layanan";
