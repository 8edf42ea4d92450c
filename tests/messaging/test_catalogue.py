"""The written catalogue is what the code says, and a published version only grows."""

from uuid import uuid4

import pytest

from shared.events.base import DuplicateEvent, Event
from shared.events.envelope import envelope_of, region_tokens
from shared.outbox import WrongFields, bulk_insert
from tests.messaging.events import CounterAdvanced, message
from tools.asyncapi import breaking_changes, catalogue, document, rendered, schema_of, stale


def test_the_written_catalogue_is_up_to_date() -> None:
    assert stale(rendered()) == []


def test_every_reference_in_the_document_leads_somewhere() -> None:
    whole = document(catalogue())

    def check(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(target := node.get("$ref"), str):
                place: object = whole
                for step in target.removeprefix("#/").split("/"):
                    assert isinstance(place, dict)
                    place = place[step]
            for value in node.values():
                check(value)
        elif isinstance(node, list):
            for value in node:
                check(value)

    check(whole)


def test_events_carry_no_names_or_numbers_of_people() -> None:
    forbidden = {"name", "id_number", "phone", "bank_account", "account_number", "resident_id"}
    for event in catalogue():
        assert not forbidden & event.model_fields.keys(), event


def test_a_removed_changed_or_newly_required_field_is_a_breaking_change() -> None:
    old = schema_of(CounterAdvanced)
    assert breaking_changes(old, old) == []
    removed = {**old, "properties": {"counter_id": old["properties"]["counter_id"]}}
    assert breaking_changes(old, removed) == ["step was removed", "amount was removed"]
    changed = {**old, "properties": {**old["properties"], "step": {"type": "string"}}}
    assert breaking_changes(old, changed) == ["step changed its type"]
    demanded = {**old, "required": [*old["required"], "note"]}
    assert breaking_changes(old, demanded) == ["note became required"]
    optional = {**old, "properties": {**old["properties"], "note": {"type": "string"}}}
    assert breaking_changes(old, optional) == []


def test_two_classes_cannot_be_the_same_event() -> None:
    with pytest.raises(DuplicateEvent):

        class Another(Event, owner="lending", name="counter-advanced", version=1, aggregate="counter"):
            """The same name and version again."""


def test_an_event_must_say_what_it_is() -> None:
    with pytest.raises(TypeError, match="needs owner="):

        class Nameless(Event):
            """No keywords."""


@pytest.mark.parametrize(
    ("region", "tokens"),
    [("500236", "50.02.36"), ("50", "50.00.00"), ("5002", "50.02.00"), ("500236108201", "50.02.36")],
)
def test_the_region_is_three_tokens_of_two_digits(region: str, tokens: str) -> None:
    assert region_tokens(region) == tokens


def test_the_envelope_has_what_cloudevents_requires() -> None:
    body = envelope_of(CounterAdvanced).model_validate_json(message(uuid4(), 1)[1])
    assert (body.specversion, body.source, body.type) == ("1.0", "/lending", "counter-advanced")


def test_a_bulk_insert_must_name_every_field() -> None:
    places = {"source": "s", "aggregate_id": "id", "aggregate_version": "1", "region_code": "'50'"}
    with pytest.raises(WrongFields, match="amount"):
        bulk_insert(CounterAdvanced, **places, data={"counter_id": "id", "step": "1"})
    with pytest.raises(WrongFields, match="extra"):
        bulk_insert(
            CounterAdvanced, **places, data={"counter_id": "id", "step": "1", "amount": "a::text", "extra": "1"}
        )
