"""Fields of events are held to the rules of requests: days that somebody can mean, digits of one script."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.events.subsidy import ReferenceRatePublished

_RATE: dict[str, Any] = {
    "rate_id": str(UUID(int=1)),
    "basis": "lpr",
    "effective_from": "2019-08-20",
    "up_to_1y": "4.25",
    "over_1y_to_5y": None,
    "over_5y": "4.85",
}


def test_a_right_event_is_read() -> None:
    assert str(ReferenceRatePublished.model_validate_json(_json()).up_to_1y) == "4.25"


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective_from": "1899-12-31"},
        {"effective_from": "2201-01-01"},
        {"effective_from": 1566259200},
        {"up_to_1y": "４.25"},
        {"up_to_1y": "4.25\n"},
        {"up_to_1y": 4.25},
    ],
)
def test_a_day_nobody_means_and_digits_of_another_script_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReferenceRatePublished.model_validate_json(_json(**wrong))


def _json(**changed: Any) -> str:
    return json.dumps(_RATE | changed)
