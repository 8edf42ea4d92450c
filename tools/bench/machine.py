"""What the figures were measured on."""

import os
import platform
import subprocess
from pathlib import Path

import psutil

from deploy.embedded.binaries import nats_server_program, postgres_programs

_CPU_FILE = Path("/proc/cpuinfo")


def machine() -> dict[str, str | int | float]:
    """Return processor, cores, memory, versions, and how busy the machine was before the run."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres_programs(None, os.environ.get("PLATFORM_POSTGRES_BIN")).version,
        "nats_server": _nats_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _nats_version() -> str:
    program = nats_server_program(os.environ.get("PLATFORM_NATS_SERVER"))
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split()[-1].lstrip("v")


def _processor() -> str:
    if _CPU_FILE.exists():
        for line in _CPU_FILE.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
