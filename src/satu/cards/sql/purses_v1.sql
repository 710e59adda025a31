-- Cards with several purses: which one is in use.

-- A card, those whose place it took, and those that took its place: all have the same purses.
create function cards_line_v1(p_card bigint) returns bigint[]
language plpgsql stable
set search_path = public
set enable_seqscan = off
as $$
begin
    return array(
        with recursive line as (
            select p_card as card
            union
            select case when r.card = l.card then r.successor else r.card end
              from line l join cards_replacement r on r.card = l.card or r.successor = l.card)
        select card from line order by card);
end $$;

-- Let the first purse in a card's order that has p_need be the one in use; whether it changed.
-- While something is held in the one in use (an open ride) nothing changes: that ride is paid from
-- it. Locks the cards that share the purses; their plans that were made before are stale then.
create function cards_use_purse_v1(p_card bigint, p_need bigint) returns boolean
language plpgsql volatile
set search_path = public
as $$
declare
    v_line bigint[];
    v_purse bigint;
    v_purses bigint[];
    v_chosen bigint;
begin
    loop
        v_line := cards_line_v1(p_card);
        perform 1 from cards_card where id = any (v_line) order by id for update;
        exit when v_line = cards_line_v1(p_card);
    end loop;
    select c.purse, c.purses into v_purse, v_purses from cards_card c where c.id = p_card;
    if v_purses is null
       or exists (select from ledger_account a where a.id = v_purse and a.held > 0) then
        return false;
    end if;
    select a.id into v_chosen
      from unnest(v_purses) with ordinality as u (id, place)
      join ledger_account a on a.id = u.id
     where a.balance - a.held >= p_need
     order by u.place limit 1;
    if v_chosen is null or v_chosen = v_purse then
        return false;
    end if;
    update cards_card set purse = v_chosen, version = version + 1 where id = any (v_line);
    return true;
end $$;
