-- A card, a medium and a denial are changed or added to, never deleted.
grant select, insert, update on cards_card, cards_medium to satu_app;
grant select, insert on cards_denial to satu_app;
grant usage on sequence cards_card_id_seq, cards_medium_id_seq, cards_denial_version_seq
to satu_app;
