"""`safer-spaces demo` and `safer-spaces serve`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import click

from commands import say
from words import N_, DataProblem, _

STEPS = {
    "layers": N_("Making the sample town: reading its map …"),
    "gazetteer": N_("Making the sample town: placing its postcodes …"),
    "records": N_("Making the sample town: bringing in its partners' files …"),
}

ROLES = ("panel_member", "community_safety_officer", "youth_worker", "data_steward")

PORT = click.option("--port", default=8501, show_default=True, type=click.IntRange(1024, 65535))


@click.command()
@PORT
def demo(port: int) -> None:
    """Make the sample town and serve it on this machine only."""
    from briefing import workspace

    _check_free(port)
    workspace.open_sample(step=lambda step: say(_(STEPS[step])))
    _serve(port)


@click.command()
@PORT
@click.option("--area", "area_name", default="", help="The area; else SAFER_SPACES_AREA, else the sample town.")
@click.option("--as", "name", default="", help="Who uses it; needed where the records are real.")
@click.option("--role", type=click.Choice(ROLES), default="panel_member", show_default=True)
def serve(port: int, area_name: str, name: str, role: str) -> None:
    """Serve the app on this machine only."""
    _check_free(port)
    given = {"SAFER_SPACES_AREA": area_name, "SAFER_SPACES_AS": name, "SAFER_SPACES_ROLE": role if name else ""}
    os.environ.update({setting: value for setting, value in given.items() if value})
    _serve(port)


def _check_free(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise DataProblem("Port {port} is in use. Stop what runs there, or give another with --port.", port=port) from error


def _serve(port: int) -> None:
    app = Path(__file__).resolve().parent.parent / "app.py"
    say(_("Open http://127.0.0.1:{port} in a browser. Stop with Ctrl+C.", port=port))
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.address", "127.0.0.1", "--server.port", str(port)]
    try:
        done = subprocess.run(command, cwd=app.parent, check=False)  # noqa: S603  our own app, nothing typed by anyone
    except KeyboardInterrupt:
        return
    sys.exit(done.returncode)
