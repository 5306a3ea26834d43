"""Ports to listen at."""

from __future__ import annotations

import argparse
import socket
from typing import Any

import pytest

from mlkit.cli import ports
from mlkit.cli.ports import free_port, port_number

from .calls import run


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80.0", "http", ""])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="from 1 to 65535, got"):
        port_number(text)


@pytest.mark.parametrize("command", ["explore flags", "lab"])
def test_a_wrong_port_is_wrong_usage(command: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as left:
        run(capsys, *command.split(), "--port", "99999")
    assert left.value.code == 2
    assert "a port is a number from 1 to 65535, got '99999'" in capsys.readouterr().err


def test_a_port_that_is_taken_is_passed_over(monkeypatch: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = taken.getsockname()[1]
        monkeypatch.setattr(ports, "_FIRST_PORT", first)
        assert free_port("127.0.0.1") > first
        with pytest.raises(OSError, match=f"port {first}: .* Give another --port"):
            free_port("127.0.0.1", first)


def test_an_address_of_another_machine() -> None:
    message = r"listen on 192\.0\.2\.1, ports 8866 to 8915: .* Give another --ip\."
    with pytest.raises(OSError, match=message):
        free_port("192.0.2.1")
