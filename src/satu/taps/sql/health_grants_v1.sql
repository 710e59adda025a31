-- A reader has one report, the newest.
grant select, insert, update on taps_device_health to satu_app;
