"""Runs the jobs of satu.project.jobs until it is told to end. Started by `satu up`."""

from __future__ import annotations

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.project.settings")
    django.setup()
    from procrastinate.contrib.django import app  # noqa: PLC0415  (only once Django is set up)

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        worker.run_worker(listen_notify=True, delete_jobs="successful")


if __name__ == "__main__":
    main()
