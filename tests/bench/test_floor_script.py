"""pgbench runs the very statements that the service sends."""

import re

from services.lending.repayments.recording_sql import RECORD_ONE
from shared.web import writes
from tools.bench.single_repayments import script

PARAMETER = re.compile(r"\$\d+")


def test_every_statement_of_the_service_is_in_the_script_with_only_its_parameters_replaced() -> None:
    text = script(1, 100)
    at = 0
    for statement in ("BEGIN;", writes._CLAIM, RECORD_ONE, writes._STORE, "COMMIT;"):
        for piece in PARAMETER.split(statement.strip()):
            found = text.find(piece, at)
            assert found >= 0, piece
            at = found + len(piece)


def test_no_parameter_is_left_without_a_value() -> None:
    assert not PARAMETER.search(script(1, 100))


def test_loans_are_drawn_from_the_given_range() -> None:
    assert "\\set loan random(7, 4000)" in script(7, 4000)
