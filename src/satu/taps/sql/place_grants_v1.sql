-- Places and readers are kept up to date, bundles replaced; none is ever removed,
-- and what was brought into force stays written down.
grant select, insert, update on taps_operator, taps_point, taps_route, taps_device, taps_bundle
    to satu_app;
grant usage on sequence taps_device_id_seq to satu_app;
grant select, insert on taps_activation to satu_app;
grant usage on sequence taps_activation_id_seq to satu_app;
