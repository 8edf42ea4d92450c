"""Reconciliation (对账): a separate program that re-derives every figure from all databases and the streams.

`python -m tools.reconcile` compares and exits non-zero on any difference; `run(urls, nats)` is the same as a function.
It has its own code for every formula: nothing here imports the services or what they share, and a test holds it to
that. It connects with a role that can only SELECT and a NATS user that can only read.
"""

from tools.reconcile.program import run
from tools.reconcile.report import Report
from tools.reconcile.streams import Nats

__all__ = ["Nats", "Report", "run"]
