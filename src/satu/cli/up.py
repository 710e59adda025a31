"""`satu up`: everything on one machine, under one supervisor."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table

from satu.cli.common import console, running_database
from satu.project import environment, gateways
from satu.project.embedded import installed_server, keep_running
from satu.project.supervisor import Program, supervise

GatewayPort = Annotated[int, typer.Option(help="Where readers send their taps.")]
WebPort = Annotated[int, typer.Option(help="Where people look.")]
Host = Annotated[str, typer.Option(help="The web's address; 0.0.0.0 is every one.")]


def command(
    gateway_port: GatewayPort = 8001, web_port: WebPort = 8000, host: Host = "127.0.0.1"
) -> None:
    """Run Satu here: database, gateway, web and jobs.

    Without SATU_DATABASE_URL the database is the embedded PostgreSQL under SATU_HOME. The
    migrations run first. A part that crashes is started again; Ctrl-C or SIGTERM stops all, in
    order, after the gateway has answered what it took.
    """
    with running_database():
        try:
            supervise(
                programs(gateway_port, web_port, host),
                ready=lambda: _tell(gateway_port, web_port),
                watch=_watch(),
            )
        except KeyboardInterrupt:
            pass
        finally:
            gateways.withdraw()


def programs(gateway_port: int, web_port: int, host: str = "127.0.0.1") -> list[Program]:
    """What runs, in the order in which it is stopped."""
    around = gateways.child_environment()
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning"]
    web += ["--host", host, "--port", str(web_port), "--blocking-threads", "4"]
    web += ["--workers-kill-timeout", "5"]  # a browser that keeps its connection holds nobody up
    return [
        Program("gateway", gateways.command(gateway_port), around, gateways.STOP_SECONDS),
        Program("web", [*web, "satu.project.wsgi:application"], around),
        Program("jobs", [sys.executable, "-m", "satu.project.worker"], around),
    ]


def _watch() -> Callable[[], None]:
    if environment.names_a_server():
        return lambda: None
    server = installed_server()
    return lambda: keep_running(server)


def _tell(gateway_port: int, web_port: int) -> None:
    gateways.announce(gateway_port)
    table = Table.grid(padding=(0, 2))
    table.add_row("people", f"http://localhost:{web_port}/")
    table.add_row("readers", f"http://localhost:{gateway_port}/v1/")
    table.add_row("data", str(environment.home()))
    console.print(table)
