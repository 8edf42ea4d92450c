"""TCP ports on the loopback interface: free ones, and those that answer."""

import http.client
import secrets
import socket

# Below the range from which the kernel takes ports for outgoing connections, so that none is lost between
# choosing a port and listening on it.
_FIRST, _LAST = 20_000, 31_999
_TRIES = 200


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
    """Return a free port that is not in `taken`; two callers at once rarely get the same one."""
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_LAST - _FIRST + 1)
        if port not in taken and is_free(port):
            return port
    raise OSError("no free TCP port on 127.0.0.1")


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
