-- The trail is searched by who, by what was done and by when; by subject it always was.
create index audit_entry_actor on audit_entry (actor, id);
create index audit_entry_action on audit_entry (action, id);
create index audit_entry_at on audit_entry using brin (at) with (pages_per_range = 16);
-- What staff looked at in a month is counted from this alone.
create index audit_entry_staff on audit_entry (at, action, actor) where actor like 'staff:%';
