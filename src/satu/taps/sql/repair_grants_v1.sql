-- A repair is asked for and decided; only the taps' own retention removes it.
grant select, insert, update on taps_repair to satu_app;
grant usage on sequence taps_repair_id_seq to satu_app;
