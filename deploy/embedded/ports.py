"""TCP ports on the loopback interface: free ones, and those that answer."""

import atexit
import http.client
import secrets
import socket
from collections import deque
from typing import Final

# Below the range from which the kernel takes ports for outgoing connections, so that none is lost between
# choosing a port and listening on it.
_FIRST, _LAST = 20_000, 31_999
_TRIES = 200
# Who chose a port keeps it bound, without listening, until a server has long begun to: the kernel lets a server listen
# beside such a socket, as both reuse the address, and lets nobody else choose the port.
_KEPT_MAX: Final = 64
_kept: Final[deque[socket.socket]] = deque()


def is_free(port: int) -> bool:
    """Return whether nobody listens on 127.0.0.1:port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(taken: frozenset[int] | set[int] = frozenset()) -> int:
    """Return a free port that is not in `taken`, and keep others from choosing it too."""
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_LAST - _FIRST + 1)
        if port not in taken and _keep(port):
            return port
    raise OSError("no free TCP port on 127.0.0.1")


def _keep(port: int) -> bool:
    """Bind a port that nobody has, or return False."""
    kept = socket.socket()
    try:
        kept.bind(("127.0.0.1", port))
    except OSError:
        kept.close()
        return False
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _kept.append(kept)
    if len(_kept) > _KEPT_MAX:
        _kept.popleft().close()
    return True


@atexit.register
def _give_back() -> None:
    while _kept:
        _kept.popleft().close()


def answers_ok(port: int, path: str, timeout_seconds: float) -> bool:
    """Return whether a GET of this path at 127.0.0.1:port is answered with 200 in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
