"""A program that runs a tiny platform until it is killed: `python -m tests.deploy.supervised <data folder>`."""

import json
import signal
import sys
from pathlib import Path

from tests.deploy.conftest import tiny_platform


def main() -> None:
    """Print the pids of everything, then wait."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
    with tiny_platform(Path(sys.argv[1])) as platform:
        sys.stdout.write(json.dumps([process.pid for process in platform.processes()]) + "\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
