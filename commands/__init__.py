"""The command line `safer-spaces …`: what the app does, for analysts and scheduled jobs.

Exit 0: done. Exit 2: something in what was given, said in one sentence. Exit 1: our fault. Results go to files or to standard
output (`-`); what is happening goes to standard error, with progress only on a terminal.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys

import click

from words import DataProblem, _

COMMANDS = {
    "demo": "serve", "serve": "serve", "gazetteer": "gazetteer", "geocode": "geocode", "layers": "layers", "hotspots": "hotspots",
    "area": "area", "agreement": "agreement", "import": "imports", "audit": "audit", "rights": "rights", "purge": "retention",
    "keep": "retention", "hold": "retention", "backup": "backups", "restore": "backups", "key": "keys", "venue": "masked",
    "calibrate": "calibrate", "basemap": "basemap",
    "safe-places": "safe_places",
}  # fmt: skip
"""Each command and the module it lives in, imported only when it is used: a spelling mistake should not cost two seconds."""


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing the module it lives in."""
        if cmd_name not in COMMANDS:
            return None
        called = "import_" if cmd_name == "import" else cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"commands.{COMMANDS[cmd_name]}"), called)
        return command if isinstance(command, click.Command) else None


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="safer-spaces")
def safer_spaces() -> None:
    """Find, understand and change the places where children are harmed outside the home."""


def main() -> None:
    """Run the command line and exit as the contract says."""
    # How schedulers end a job: it leaves no unfinished file, and no server without its parent, just as with Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        safer_spaces(prog_name="safer-spaces", standalone_mode=False)
    except DataProblem as problem:
        _stop(str(problem), 2)
    except click.UsageError as problem:
        _stop(_in_one_line(problem), 2)
    except PermissionError as problem:
        _stop(_("{file} may not be opened or written. Ask for access to it, or choose another.", file=problem.filename), 2)
    except (click.Abort, KeyboardInterrupt):
        _stop(_("Stopped. Nothing was written."), 130)
    except Exception as error:
        if os.environ.get("SAFER_SPACES_TRACEBACK"):
            raise
        _stop(_("This is our fault, not yours ({error}). Nothing was written. Please report it.", error=type(error).__name__), 1)


def say(message: str) -> None:
    """Say what is happening, on standard error."""
    click.echo(message, err=True)


def _in_one_line(problem: click.UsageError) -> str:
    """Return what is wrong with what was typed, and where to read on; where that is the help itself, only the help."""
    said = problem.format_message()
    if problem.ctx is None or "\n" in said:
        return said
    return _("{problem} See: {command} --help", problem=said, command=problem.ctx.command_path)


def _stop(message: str, exit_code: int) -> None:
    click.echo(message, err=True)
    sys.exit(exit_code)
