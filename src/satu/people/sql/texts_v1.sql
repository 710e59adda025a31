-- What people wrote to the city, or was written of them: sealed, each with a key of its own.
create table people_text (
    id bigint generated always as identity primary key,
    resident_id bigint references people_resident (id),  -- null: nobody knows who wrote it
    content bytea not null,
    master_id smallint not null references people_master_key (id),
    box bytea not null,                  -- the text's key, wrapped by that master
    made_at timestamptz not null
);
create index people_text_of on people_text (resident_id) where resident_id is not null;
create index people_text_master on people_text (master_id, id);

grant select, insert, update, delete on people_text to satu_app;
grant usage on sequence people_text_id_seq to satu_app;
