-- Old quarters are removed; alarms and proofs stay written down.
grant select, insert, update, delete on insight_quarter, insight_line_quarter to satu_app;
grant select, insert, update on insight_progress, insight_alarm to satu_app;
grant select, insert on insight_proof to satu_app;
grant usage on sequence insight_alarm_id_seq, insight_proof_id_seq to satu_app;
