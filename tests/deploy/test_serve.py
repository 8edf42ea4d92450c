"""How a service's process makes its application."""

import gc
import json

from deploy.serve import made


def test_the_collector_walks_nothing_of_what_is_made_at_the_start() -> None:
    before = gc.get_freeze_count()
    assert isinstance(made("json:JSONDecoder"), json.JSONDecoder)
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
