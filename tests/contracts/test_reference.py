"""docs/api.md and docs/refusals.md are what the code says, and each service names its events in its first lines."""

import importlib
import re

import pytest

from services.gateway.routing.contracts import GATEWAY, SERVICES
from tools import refusals_page
from tools.reference import PAGE, ROOT, events_of, page


def test_the_reference_is_what_the_code_says() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run `make contracts` and commit what it writes"


def test_the_list_of_refusals_is_what_the_code_says() -> None:
    written = (ROOT / refusals_page.PAGE).read_text(encoding="utf-8")
    assert written == refusals_page.page(ROOT), "run `make contracts` and commit what it writes"


# A new refusal comes with its test, and who writes one of these takes it off the list.
WITHOUT_A_TEST = ROOT / "tests" / "contracts" / "refusals_without_a_test.txt"


def test_every_refusal_is_met_by_a_test() -> None:
    rows = (ROOT / refusals_page.PAGE).read_text(encoding="utf-8").splitlines()
    missing = {row.split("`")[1] for row in rows if row.startswith("| `") and row.endswith("| – |")}
    assert missing == set(WITHOUT_A_TEST.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("service", [GATEWAY, *SERVICES])
def test_a_service_names_the_events_that_it_publishes_and_consumes(service: str) -> None:
    published, consumed = events_of(service)
    words = " ".join((importlib.import_module(f"services.{service}").__doc__ or "").split())
    out, _, rest = words.partition("Events in:")
    named_out = re.findall(r"[a-z]+(?:-[a-z]+)+", out.partition("Events out:")[2])
    named_in = re.findall(r"[a-z]+(?:-[a-z]+)+", re.split(r"\.( |$)", rest)[0])
    assert set(named_out) == published
    assert set(named_in) == consumed


# Their sentences are put together from what was found, such as a household's reasons.
PUT_TOGETHER = {
    "entity-binding-refused",
    "person-in-another-household",
    "quote-refused",
    "survey-answer-missing",
    "survey-answer-negative",
    "survey-indicator-unknown",
}


def test_every_refusal_says_its_sentences_and_the_kinds_of_its_values() -> None:
    page = (ROOT / refusals_page.PAGE).read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 300
    assert {row.split("`")[1] for row in rows if row.split(" | ")[2].count("<br>") < 2} == PUT_TOGETHER
    in_future = next(row for row in rows if row.startswith("| `date-in-future` |"))
    assert "{field} 填为 {day}，晚于今天（{today}）" in in_future
    assert "`day` (date), `field` (string), `today` (date)" in in_future
