-- Taps, days and uses are corrected by folding again, never deleted; evidence is only added.
grant select, insert, update on taps_tap, taps_card_day, taps_use to satu_app;
grant select, insert on taps_upload, taps_quarantine to satu_app;
grant usage on sequence taps_upload_id_seq, taps_quarantine_id_seq to satu_app;
