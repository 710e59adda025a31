-- Who did what, and to what: only added to.

create table audit_entry (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null constraint actor_named check (actor <> ''),
    action text not null constraint action_named check (action <> ''),  -- `card.blocked`
    subject_kind text not null,          -- `card`
    subject_id text not null,            -- `17`
    detail jsonb not null default '{}'   -- counts, codes and references, never a person's data
);
create index audit_entry_subject on audit_entry (subject_kind, subject_id, at);
