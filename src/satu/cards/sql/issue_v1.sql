-- New cards of one issuer, with their accounts. Numbers are printed ones of p_first, p_first + 1 …
-- The caller holds cards_serials_v1's lock, so that serials have no gaps and are nobody else's.

create function cards_issue_v1(
    p_first bigint, p_number text[], p_issuer integer, p_asset smallint, p_category text,
    p_issued_at timestamptz, p_product smallint, p_expires_on date)
returns table (card bigint, purse bigint)
language plpgsql volatile
set search_path = public
as $$
#variable_conflict use_column
begin
    return query
    insert into cards_card
        (id, card_group, number, issuer, category, purse, receivable, issued_at, product,
         expires_on)
    select o.card, o.card % 64, n.number, p_issuer, p_category, o.purse, o.receivable, p_issued_at,
           p_product, p_expires_on
      from ledger_open_card_accounts_v1(
               p_first, cardinality(p_number), p_issuer, p_asset) o
      join unnest(p_number) with ordinality n (number, ord) on n.ord = o.card - p_first + 1
     order by o.card
    returning id, cards_card.purse;
end $$;

-- A card in place of another: same purses, receivable, group, owner and rights. p_card is locked,
-- cards_serials_v1's lock is held.
create function cards_replace_v1(
    p_card bigint, p_successor bigint, p_number text, p_issued_at timestamptz, p_expires_on date)
returns void
language sql volatile
set search_path = public
as $$
    insert into cards_card
        (id, card_group, number, issuer, category, purse, receivable, owner, issued_at,
         entitlements, product, expires_on, purses, owned_since)
    select p_successor, card_group, p_number, issuer, category, purse, receivable, owner,
           p_issued_at, entitlements, product, p_expires_on, purses, owned_since
      from cards_card where id = p_card
$$;

-- The next free serial; nobody else is given it until this transaction ends.
create function cards_serials_v1() returns bigint
language plpgsql volatile
set search_path = public
as $$
begin
    perform pg_advisory_xact_lock(hashtext('cards_serials'));
    return (select coalesce(max(id), 0) + 1 from cards_card);
end $$;

-- A change to the deny list. Versions are committed in their order: a reader that has version n
-- has everything up to n. Callers lock the card before.
create function cards_deny_v1(
    p_card bigint, p_denied boolean, p_reason text, p_at timestamptz) returns bigint
language plpgsql volatile
set search_path = public
as $$
declare
    v_version bigint;
begin
    perform pg_advisory_xact_lock(hashtext('cards_denial'));
    insert into cards_denial (card, denied, reason, at)
    values (p_card, p_denied, p_reason, p_at)
    returning version into v_version;
    return v_version;
end $$;

-- Cards p_first to p_last, which this transaction made, open no door yet. One statement, last in
-- its transaction: while it runs nobody else can be put on the list.
create function cards_deny_new_v1(
    p_first bigint, p_last bigint, p_reason text, p_at timestamptz) returns void
language plpgsql volatile
set search_path = public
as $$
begin
    update cards_card set state = 1 where id between p_first and p_last;
    perform pg_advisory_xact_lock(hashtext('cards_denial'));
    insert into cards_denial (card, denied, reason, at)
    select card, true, p_reason, p_at from generate_series(p_first, p_last) as g (card);
end $$;
