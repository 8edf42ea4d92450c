"""Logs: one JSON object a line, the service's name in each, no personal data, traces read strictly."""

import json
import subprocess
import sys
from uuid import UUID

import orjson
import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from services.lending.defaults.refusals import AlreadyReported
from shared.errors import OutsideRegion
from shared.logs import redacted, trace_id_of
from shared.web.problems import problem

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


# Its last group holds eleven digits in a row, like a mobile phone's; its first ones begin an account's number.
ID_LIKE_A_PHONE = UUID("01a22a76-db82-7c1d-913a-13912345678e")


@given(text=st.text("号a，. ", max_size=3), own=st.one_of(st.uuids(), st.just(ID_LIKE_A_PHONE)))
def test_what_is_redacted_is_no_id_or_digest_of_the_platform(text: str, own: UUID) -> None:
    digest = "6217000010001234567".ljust(64, "a")
    assert redacted(f"{own}{text} {digest} {own}") == f"{own}{text} {digest} {own}"
    assert redacted(f"{text} 13912345678 {own} 13912345678") == f"{text} 1********** {own} 1**********"


def test_a_refusal_keeps_the_ids_it_names_and_hides_numbers() -> None:
    answered = problem(Request({"type": "http", "headers": []}), AlreadyReported(ID_LIKE_A_PHONE))
    assert orjson.loads(answered.body)["values"] == {"report_id": str(ID_LIKE_A_PHONE)}
    answered = problem(Request({"type": "http", "headers": []}), OutsideRegion("13912345678"))
    assert b"13912345678" not in answered.body
