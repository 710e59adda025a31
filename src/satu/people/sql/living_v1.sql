-- Residents as other rooms may know them: by number, with their level and kelurahan, no person.
create view people_living as
select id, level, area from people_resident where erased_at is null;

grant select on people_living to satu_app;
grant select, insert, update, delete on people_area to satu_app;
grant select, insert, delete on people_leaving to satu_app;
