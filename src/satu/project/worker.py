"""Runs the jobs of satu.project.jobs and seals the audit trail until it is told to end.

Started by `satu up`.
"""

from __future__ import annotations

import os
import signal
from threading import Event, Thread
from typing import NoReturn

import django

from satu.project import environment
from satu.project.sealing import keep_sealing

ABREAST = 3  # jobs at once; of one name there is never more than one
PATIENCE_S = 5.0  # for a seal that is being made


def main() -> None:
    signal.signal(signal.SIGTERM, _end)  # until the jobs' own way to end stands
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.project.settings")
    django.setup()
    from procrastinate.contrib.django import app  # noqa: PLC0415  (only once Django is set up)

    stop = Event()
    sealing = Thread(target=keep_sealing, args=(environment.app_url(), stop), daemon=True)
    sealing.start()
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    try:
        with app.replace_connector(connector) as worker:
            # Of jobs that take long, such as rehearsals, none holds the others up.
            worker.run_worker(listen_notify=True, delete_jobs="successful", concurrency=ABREAST)
    finally:
        stop.set()
        sealing.join(PATIENCE_S)


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
