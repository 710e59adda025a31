-- What was uploaded stays as it was; a rehearsal is written to until it has ended.
grant select, insert on taps_draft to satu_app;
grant usage on sequence taps_draft_id_seq to satu_app;
grant select, insert, update on taps_rehearsal to satu_app;
grant usage on sequence taps_rehearsal_id_seq to satu_app;
