-- Who did what, and to what: only added to.

create table audit_record (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,                 -- `staff:ani`, `issuer:3`, `system:city`
    action text not null,                -- the action's name: `cards.block_card`
    subject text not null,               -- `card:17`
    details jsonb not null default '{}'
);
create index audit_record_subject on audit_record (subject, at);
