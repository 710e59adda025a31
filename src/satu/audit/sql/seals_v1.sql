-- Entries are sealed into a chain of hashes: who later changes, removes or slips in one breaks it.
-- What is hashed, and how: docs/reference/audit.md. satu.audit.verify computes it anew.

alter table audit_entry add constraint at_is_a_date
    check (at between '0001-01-02T00:00:00Z' and '9999-12-30T00:00:00Z');

-- Entries that are in no seal yet. Each comes here in its own transaction, so what is rolled back
-- never waits, and what commits late waits from then on, however low its number is.
create table audit_waiting (
    entry bigint primary key
);

create table audit_seal (
    number bigint primary key constraint number_counts check (number > 0),  -- 1, 2, 3, no gap
    ids int8multirange not null,        -- the entries that it seals
    entries integer not null constraint entries_some check (entries > 0),
    entry_hashes bytea not null         -- 32 bytes an entry, by rising id
        constraint entry_hashes_whole check (octet_length(entry_hashes) = 32 * entries),
    previous bytea not null,            -- the hash of the seal before it; of the first: 32 zeros
    hash bytea not null,
    sealed_at timestamptz not null
);

create function audit_await_v1() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
    insert into audit_waiting select id from added;
    return null;
end $$;

create trigger audit_entry_waits after insert on audit_entry
    referencing new table as added for each statement execute function audit_await_v1();

-- One field of what is hashed: its length in bytes, a colon, itself, a comma.
create function audit_field_v1(p_text text) returns text
language sql stable
as $$ select octet_length(convert_to(p_text, 'UTF8')) || ':' || p_text || ',' $$;

-- A time as hashed: microseconds since 1970, UTC.
create function audit_micros_v1(p_at timestamptz) returns text
language sql stable
as $$ select (extract(epoch from p_at) * 1000000)::bigint::text $$;

create function audit_entry_hash_v1(p_entry audit_entry) returns bytea
language sql stable
as $$
    select sha256(convert_to(
        audit_field_v1(p_entry.id::text) || audit_field_v1(audit_micros_v1(p_entry.at))
        || audit_field_v1(p_entry.actor) || audit_field_v1(p_entry.action)
        || audit_field_v1(p_entry.subject_kind) || audit_field_v1(p_entry.subject_id)
        || audit_field_v1(p_entry.detail::text), 'UTF8'))
$$;

-- Seal the entries that wait, the lowest first, at most so many; how many were sealed.
-- The few that wait are looked up among all entries by number, whatever the planner thinks of them.
create function audit_seal_v1(p_at timestamptz, p_most integer) returns integer
language plpgsql volatile security definer
set search_path = public
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    made audit_seal;
begin
    lock table audit_seal in share row exclusive mode;  -- one seal after the other; readers go on
    with picked as (
        select w.entry, audit_entry_hash_v1(e) as hash
          from audit_waiting w join audit_entry e on e.id = w.entry
         order by w.entry limit p_most
    ), gone as (
        delete from audit_waiting w using picked p where w.entry = p.entry
    )
    select range_agg(int8range(entry, entry + 1)), count(*), string_agg(hash, '' order by entry)
      into made.ids, made.entries, made.entry_hashes from picked;
    if made.entries = 0 then
        return 0;
    end if;
    select number + 1, hash into made.number, made.previous
      from audit_seal order by number desc limit 1;
    made.number := coalesce(made.number, 1);
    made.previous := coalesce(made.previous, decode(repeat('00', 32), 'hex'));
    made.sealed_at := p_at;
    made.hash := sha256(convert_to(
        audit_field_v1(made.number::text) || audit_field_v1(encode(made.previous, 'hex'))
        || audit_field_v1(audit_micros_v1(made.sealed_at)) || audit_field_v1(made.ids::text)
        || audit_field_v1(encode(made.entry_hashes, 'hex')), 'UTF8'));
    insert into audit_seal select made.*;
    return made.entries;
end $$;

revoke execute on function audit_await_v1(), audit_seal_v1(timestamptz, integer) from public;
grant execute on function audit_seal_v1(timestamptz, integer) to satu_app;
grant select on audit_waiting, audit_seal to satu_app;

insert into audit_waiting select id from audit_entry;
