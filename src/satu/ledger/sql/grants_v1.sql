-- Programs read the books; only the functions of this folder, run as the owner, write them.
grant select on
    ledger_account, ledger_posting, ledger_hold, ledger_delta, ledger_checkpoint
to satu_app;
