-- Postings of rides long ago forget which tap caused them: a tap's name tells the reader, and that
-- the place. A posting that a tap caused has its name in the key, so the key is drawn anew; so is
-- that of what was collected or written off for a ride: it has the highest bit set and is made of
-- the ride's (satu.kernel.ids.named_key). Money, accounts, days and order stay as they are: every
-- balance and every book is what it was.

create function ledger_unlink_v1(p_tap bigint[]) returns bigint
language plpgsql volatile security definer
set search_path = public
set enable_seqscan = off
as $$
declare
    v_old uuid[];
    v_new uuid[];
begin
    select coalesce(array_agg(p.key), '{}'), coalesce(array_agg(gen_random_uuid()), '{}')
      into v_old, v_new
      from (select distinct id from unnest(p_tap) as u (id)) t
      join ledger_posting p
        on p.key >= (lpad(to_hex(t.id), 16, '0') || '0000000000000000')::uuid
       and p.key <= (lpad(to_hex(t.id), 16, '0') || 'ffffffffffffffff')::uuid;

    update ledger_posting p
       set corrects = n.new, tap = null, use = null,
           key = case when p.key >= '80000000-0000-0000-0000-000000000000' then gen_random_uuid()
                      else p.key end
      from unnest(v_old, v_new) as n (old, new) where p.corrects = n.old;
    update ledger_posting p set key = n.new, tap = null, use = null, hold = null
      from unnest(v_old, v_new) as n (old, new) where p.key = n.old;
    -- Nothing refers to a hold that has ended but the posting that captured it.
    update ledger_hold h set key = gen_random_uuid()
      from (select distinct id from unnest(p_tap) as u (id)) t
     where h.state <> 0
       and h.key >= (lpad(to_hex(t.id), 16, '0') || '0000000000000000')::uuid
       and h.key <= (lpad(to_hex(t.id), 16, '0') || 'ffffffffffffffff')::uuid;
    return cardinality(v_old);
end $$;
revoke execute on function ledger_unlink_v1(bigint[]) from public;
