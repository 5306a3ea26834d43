"""The command that serves the explorers in a browser, without a notebook."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mlkit.cli.output import say
from mlkit.cli.ports import free_port, port_number
from mlkit.cli.sources import add_source, load_subject

__all__ = ["add_commands", "explorers_of", "page"]

_EVERYWHERE = "0.0.0.0"
_HERE = "127.0.0.1"
_START_SECONDS = 60
_STOP_SECONDS = 10

# Voilà's page would fetch icons from the network, which it has in itself as well.
_TEMPLATE = """{%- extends 'voila/templates/lab/index.html.j2' -%}
{%- block notebook_css -%}
{{ super() | replace('https://cdn.jsdelivr.net/npm/', 'data:text/css,') }}
{%- endblock notebook_css -%}
"""


def add_commands(commands: Any) -> None:
    """Add the command that serves explorers.

    Parameters
    ----------
    commands : subparsers of `argparse`
    """
    command = commands.add_parser(
        "explore",
        help="look at data, or at a comparison, in the browser",
        description="Serve the explorers of a data set, or of a comparison, given as "
        "the folder that mlkit compare --out has made. Stop with Ctrl-C. Only this "
        "machine can reach them, and only with the token of the address.",
    )
    _add_subject(command)
    add = command.add_argument
    add("--port", type=port_number, metavar="N", help="default: the first that is free")
    add(
        "--ip",
        default=_HERE,
        metavar="ADDRESS",
        help="where to listen; 0.0.0.0 lets other machines in (default: %(default)s)",
    )
    add("--no-token", action="store_true", help="let in whoever knows the address")
    add("--no-browser", action="store_true", help="print the address only")
    command.set_defaults(command=_explore)


def _add_subject(command: argparse.ArgumentParser) -> None:
    add_source(command)


def _explore(options: argparse.Namespace) -> int:
    # Read here first: what is wrong with the data is said before a server starts.
    load_subject(options)
    port = free_port(options.ip, options.port)
    token = "" if options.no_token else secrets.token_urlsafe(24)
    # However this process is ended, the server ends with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="mlkit-") as folder:
        notebook = Path(folder) / "explore.ipynb"
        notebook.write_text(page(_again(options), Path.cwd()), encoding="utf-8")
        _write_template(Path(folder) / "voila" / "templates" / "mlkit")
        with _server(notebook, options.ip, port, token) as process:
            _announce(options, port, token)
            return process.wait()


def _write_template(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "index.html.j2").write_text(_TEMPLATE, encoding="utf-8")
    settings = json.dumps({"base_template": "lab"})
    (folder / "conf.json").write_text(settings, encoding="utf-8")


def _again(options: argparse.Namespace) -> list[str]:
    """Return the arguments that name the same data once more."""
    arguments = [options.data, "--part", options.part, "--separator", options.separator]
    for name in ("labels", "tags"):
        if getattr(options, name) is not None:
            arguments.append(f"--{name}={getattr(options, name)}")
    if options.index is not None:
        arguments.append(f"--index={','.join(options.index)}")
    return arguments


def page(arguments: Sequence[str], folder: Path) -> str:
    """Return a notebook that shows the explorers of some data.

    Parameters
    ----------
    arguments : sequence of str
        What names the data, as on the command line.
    folder : Path
        Where relative paths among them begin.

    Returns
    -------
    str
        JSON, of two cells: a heading, and the call of `explorers_of`.

    Examples
    --------
    >>> "explorers_of(['flags'], '/data')" in page(["flags"], Path("/data"))
    True
    """
    call = (
        "from mlkit.cli.exploring import explorers_of\n"
        f"explorers_of({list(arguments)!r}, {os.fspath(folder)!r})"
    )
    heading = {"cell_type": "markdown", "metadata": {}, "source": f"# {arguments[0]}"}
    code: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": call,
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": [heading, code],
        "metadata": {"kernelspec": kernel, "title": f"mlkit: {arguments[0]}"},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return json.dumps(notebook)


def explorers_of(arguments: Sequence[str], folder: str) -> Any:
    """Load what the arguments name, and return its explorers.

    Parameters
    ----------
    arguments : sequence of str
        As those of ``mlkit explore``.
    folder : str
        Where relative paths begin.

    Returns
    -------
    ExplorerTabs
    """
    from mlkit.widgets.tabs import explore

    parser = argparse.ArgumentParser(prog="mlkit explore")
    _add_subject(parser)
    os.chdir(folder)
    return explore(load_subject(parser.parse_args(list(arguments))))


@contextmanager
def _server(
    notebook: Path, ip: str, port: int, token: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a notebook while the block runs; return when it answers."""
    # The token goes through the environment: arguments can be read by other users.
    environment = os.environ | {"JUPYTER_TOKEN": token}
    known = os.environ.get("JUPYTER_PATH")
    folders = [os.fspath(notebook.parent), *([known] if known else [])]
    environment["JUPYTER_PATH"] = os.pathsep.join(folders)
    log = notebook.with_name("server.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(notebook, ip, port, with_token=bool(token)),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_up(process, ip, port, log)
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server, which has time to end its kernels but not for ever."""
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    finally:
        # Kernels see that their server is gone, and end.
        process.kill()
        process.wait()


def _command(notebook: Path, ip: str, port: int, *, with_token: bool) -> list[str]:
    return [
        sys.executable,
        # A file voila.py in the user's folder is not meant.
        "-P",
        "-m",
        "voila",
        os.fspath(notebook),
        "--no-browser",
        f"--Voila.ip={ip}",
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        f"--Voila.auto_token={with_token}",
        "--VoilaConfiguration.template=mlkit",
        # Errors of reading the data are for whoever looks at the page.
        "--VoilaConfiguration.show_tracebacks=True",
    ]


def _wait_until_up(
    process: subprocess.Popen[bytes], ip: str, port: int, log: Path
) -> None:
    reachable = _HERE if ip == _EVERYWHERE else ip
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((reachable, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    msg = "The server did not start:\n" + "\n".join(last)
    raise OSError(msg)


def _announce(options: argparse.Namespace, port: int, token: str) -> None:
    host = socket.gethostname() if options.ip == _EVERYWHERE else options.ip
    host = f"[{host}]" if ":" in host else host
    address = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    say(f"explorers of {options.data}; stop with Ctrl-C")
    say(address)
    if not options.no_browser:
        webbrowser.open(address)
