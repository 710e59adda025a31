-- Places and readers are kept up to date, bundles replaced; none is ever removed.
grant select, insert, update on taps_operator, taps_point, taps_route, taps_device, taps_bundle
    to satu_app;
grant usage on sequence taps_device_id_seq to satu_app;
