"""`deploy.prepare` as a child process: it imports while the servers start, then is given the variables."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.embedded.folders import ROOT
from deploy.embedded.processes import Child, Ending
from deploy.errors import ServerDidNotStart

PREPARE_SECONDS: Final = 300.0
_ENDING: Final = Ending(signal.SIGTERM, signal.SIGKILL, patience_seconds=5.0)


def preparation_child(data_dir: Path) -> Child:
    """Return the process, not yet started."""
    return Child(
        "prepare",
        [sys.executable, "-m", "deploy.prepare", "--wait"],
        log=data_dir / "logs" / "prepare.log",
        ending=_ENDING,
        env=dict(os.environ),
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )


def finish_preparation(child: Child, environment: Mapping[str, str]) -> None:
    """Give the started process the variables of the platform and wait until it has prepared everything.

    Raises:
        ServerDidNotStart: with the end of its log.
    """
    assert child.process is not None
    try:
        child.process.communicate(json.dumps(dict(environment)).encode() + b"\n", timeout=PREPARE_SECONDS)
    except subprocess.TimeoutExpired:
        raise ServerDidNotStart("prepare", f"not done after {PREPARE_SECONDS:.0f} s", child.log_tail()) from None
    if child.process.returncode != 0:
        raise ServerDidNotStart("prepare", f"it ended with code {child.process.returncode}", child.log_tail())
