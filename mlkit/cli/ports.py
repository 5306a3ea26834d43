"""The port at which a server of the kit listens."""

from __future__ import annotations

import argparse
import errno
import socket

__all__ = ["free_port", "port_number"]

_FIRST_PORT, _MOST_PORTS, _LAST_PORT = 8866, 50, 65535


def port_number(text: str) -> int:
    """Understand the value of an option ``--port``.

    Parameters
    ----------
    text : str

    Returns
    -------
    int
        From 1 to 65535.

    Raises
    ------
    ArgumentTypeError
        If it is none.

    Examples
    --------
    >>> port_number("8899")
    8899
    """
    if text.isdecimal() and 1 <= int(text) <= _LAST_PORT:
        return int(text)
    msg = f"a port is a number from 1 to {_LAST_PORT}, got '{text}'"
    raise argparse.ArgumentTypeError(msg)


def free_port(ip: str, wanted: int | None = None) -> int:
    """Return the wanted port, or the first that is free.

    Parameters
    ----------
    ip : str
        The address to listen at.
    wanted : int, optional
        By default the first free one from 8866 on.

    Returns
    -------
    int

    Raises
    ------
    OSError
        If nothing can listen there.
    """
    several = range(_FIRST_PORT, _FIRST_PORT + _MOST_PORTS)
    ports = several if wanted is None else [wanted]
    for port in ports:
        with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET) as probe:
            # As the server will do: a port of a server that has just ended is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ip, port))
            except OSError as err:
                reason = err
            else:
                return port
    tried = f"port {wanted}" if wanted else f"ports {ports[0]} to {ports[-1]}"
    # A port can be in use, or be kept for others; an address is that of this machine.
    of_port = reason.errno in (errno.EADDRINUSE, errno.EACCES)
    advice = "--port" if of_port else "--ip"
    msg = f"Cannot listen on {ip}, {tried}: {reason.strerror}. Give another {advice}."
    raise OSError(msg)
