"""A field of a bank's file passes as the same field of a body does."""

import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.csv_files.columns import reference
from shared.patterns import REFERENCE, REFERENCE_LONGEST
from tests.plugin.databases import Administrator

ASKED = (
    f"SELECT array_agg(({reference('asked').condition}) IS TRUE ORDER BY place) "
    "FROM unnest($1::text[]) WITH ORDINALITY AS a (asked, place)"
)
LETTERS = st.sampled_from("Aa0._:/- \n测")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(LETTERS, max_size=5) | st.integers(60, 70).map("R".__mul__), max_size=40))
@example(texts=["", "R", "R" * REFERENCE_LONGEST, "R" * (REFERENCE_LONGEST + 1), ".R", "R\n", "R 1"])
async def test_a_file_takes_the_references_that_a_body_takes(administrator: Administrator, texts: list[str]) -> None:
    found = await administrator.fetchval(ASKED, texts)
    assert (found or []) == [re.fullmatch(REFERENCE[1:-1], text) is not None for text in texts]
