"""The same seed draws the same examples in every worker and on every machine (`tests/plugin/steadiness.py`)."""

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugin.steadiness import our_modules


@settings(max_examples=1)
@given(st.none())
def test_every_module_that_gives_constants_is_imported_before_the_first_test(nothing: None) -> None:
    names = set(our_modules())
    assert {"services.lending.accounts.tables", "shared.policy.pack", "tools.reconcile.checks"} <= names
    assert nothing is None
    assert names <= sys.modules.keys()
