"""What somebody believes of loans who hears lending's events and nothing else."""

from shared.events import lending
from shared.events.base import Event
from tools.reconcile.retelling import LOAN_EVENTS, Retelling

EVENTS = [each for each in vars(lending).values() if isinstance(each, type) and issubclass(each, Event)
          and each is not Event]  # fmt: skip


def test_a_loan_is_what_its_own_events_say() -> None:
    kinds = [each.event_type for each in EVENTS]
    assert {kind.name for kind in kinds if kind.aggregate == "loan"} == LOAN_EVENTS
    others = [kind.name for kind in kinds if kind.aggregate != "loan"]
    assert {"loans-classified", "pursuit-step-recorded", "application-refused"} <= set(others)
    heard = Retelling()
    for name in others:
        heard.hear(name, "of another", 1, {})
    assert heard.loans == {}
