"""The jobs that the clock starts, in the same database (procrastinate). Run by `satu up`."""
