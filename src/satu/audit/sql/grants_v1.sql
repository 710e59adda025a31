-- What was done stays written: nobody but the owner can change or remove an entry.
grant select, insert on audit_entry to satu_app;
grant usage on sequence audit_entry_id_seq to satu_app;
