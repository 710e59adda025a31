-- A card and a medium are changed or added to, a denial and a top-up only added; none is deleted.
grant select, insert, update on cards_card, cards_medium, cards_incoming to satu_app;
grant select, insert on cards_denial, cards_top_up, cards_external to satu_app;
grant usage on sequence cards_medium_id_seq, cards_denial_version_seq to satu_app;
