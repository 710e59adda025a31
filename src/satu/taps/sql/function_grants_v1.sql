-- The commit is the only writer of taps, days and uses; it runs as the owner.
do $$
declare
    inner_one text;
    door text;
begin
    for inner_one in select oid::regprocedure from pg_proc where proname like 'taps\_%' loop
        execute format('revoke execute on function %s from public', inner_one);
    end loop;
    foreach door in array array[
        'taps_load_v1', 'taps_stored_v1', 'taps_days_v1', 'taps_folded_v1', 'taps_commit_v1',
        'taps_quarantine_v1'
    ] loop
        execute (select format('grant execute on function %s to satu_app', oid::regprocedure)
                   from pg_proc where proname = door);
    end loop;
end $$;
