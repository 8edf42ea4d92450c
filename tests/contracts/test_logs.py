"""Logs: one JSON object a line, the service's name in each, no personal data, traces read strictly."""

import json
import subprocess
import sys

import pytest

from shared.logs import redacted, trace_id_of

PROGRAM = """
import logging, structlog
from shared import logs
logging.getLogger("uvicorn.error").addHandler(logging.StreamHandler())
logs.configure("lending")
structlog.get_logger("a").info("paid", account="6217808958880037293", note="ID 512226196711049972")
logging.getLogger("uvicorn.error").error("plain 13756629108")
try:
    raise ValueError("512226196711049972")
except ValueError:
    logging.getLogger("uvicorn.error").exception("failed")
"""


def test_every_line_is_json_names_the_service_and_hides_personal_data() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in (done.stdout + done.stderr).splitlines()]
    assert [line["service"] for line in lines] == ["lending"] * 3
    for secret in ("6217808958880037293", "512226196711049972", "13756629108"):
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("nohyphen", None),
        ("", None),
        (None, None),
        ("00-xyz-00f067aa0ba902b7-01", None),
    ],
)
def test_a_malformed_trace_is_none(traceparent: str | None, trace_id: str | None) -> None:
    assert trace_id_of(traceparent) == trace_id


def test_redaction_keeps_what_identifies_the_place_only() -> None:
    assert redacted("512226196711049972") == "512226********9972"
