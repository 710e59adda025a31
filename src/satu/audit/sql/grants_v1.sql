grant select, insert on audit_record to satu_app;
grant usage on sequence audit_record_id_seq to satu_app;
