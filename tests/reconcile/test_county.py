"""A county that was lived through agrees with itself; every fault planted in it is seen by the check that must."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tests.reconcile.cancelled import take_back
from tests.reconcile.county import County
from tests.reconcile.faults import DATABASE_FAULTS, STREAM_FAULTS
from tests.reconcile.planted import Fault
from tools.reconcile import __main__ as command
from tools.reconcile import run
from tools.reconcile.checks import CHECKS
from tools.reconcile.program import check_world
from tools.reconcile.streams import Stream

# The first test of a worker lives through the county, which takes a while on a busy machine.
pytestmark = pytest.mark.timeout(300)


async def test_a_county_that_was_lived_through_agrees(county: County) -> None:
    """Everything is compared, as the user that can only read, and nothing differs."""
    report = await run(command.database_urls(county.env), county.reader)
    assert report.is_green, report.to_json()
    assert {result.id for result in report.results} == set(CHECKS)
    idle = {result.id for result in report.results if not result.findings.compared}
    assert not idle
    assert report.compared > 5000


async def test_online_agrees_too(county: County) -> None:
    """Leaving out what is on its way finds nothing either."""
    report = await run(command.database_urls(county.env), county.reader, is_online=True)
    assert report.is_green, report.to_json()


async def test_figures_are_derived_from_rows(county: County) -> None:
    """The figures are those a reader would add up by hand."""
    report = await run(command.database_urls(county.env), county.reader, only=["X10", "R2", "F2", "SB6"])
    figures = report.figures
    assert figures["households_lent"] > 0
    lent = sum(float(figures[name]) for name in ("amount_lent", "repeat_amount_lent"))
    gone = sum(float(figures[name]) for name in ("principal_repaid", "outstanding", "principal_compensated"))
    assert lent == gone
    assert float(figures["subsidy_paid"]) <= float(figures["interest_paid"])


async def test_the_reconciler_can_only_read(county: County) -> None:
    """Even a faulty check could change nothing."""
    connection = await asyncpg.connect(command.database_urls(county.env)["lending"])
    try:
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute("SET default_transaction_read_only = off; DELETE FROM loan")
    finally:
        await connection.close()


def test_the_command_says_whether_everything_agrees(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0 and a JSON report when nothing differs; the table names every check."""
    for name, value in county.env.items():
        monkeypatch.setenv(name, value)
    assert command.main(["--strict", "--json", str(tmp_path / "report.json")]) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["differences"], report["checks"]) == (0, len(CHECKS))
    printed = capsys.readouterr().out
    assert all(check_id in printed for check_id in CHECKS)


def test_the_command_fails_without_servers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not being able to look is not the same as agreeing."""
    assert command.main(["--data", str(tmp_path / "nowhere")]) == command.COULD_NOT_LOOK
    assert "could not reconcile" in capsys.readouterr().err


@pytest.mark.parametrize("fault", DATABASE_FAULTS, ids=lambda fault: f"{fault.check}: {fault.name}")
async def test_a_planted_fault_is_seen(county: County, fault: Fault) -> None:
    """The check that must see the fault turns red."""
    async with county.with_fault(fault.service, fault.statements) as world:
        results = await check_world(world, [fault.check])
    assert [result.id for result in results if result.findings.differing] == [fault.check]
    assert all(result.findings.listed for result in results)


@pytest.mark.parametrize(
    ("check", "name", "alter"), STREAM_FAULTS, ids=[f"{check}: {name}" for check, name, _ in STREAM_FAULTS]
)
async def test_a_fault_in_a_stream_is_seen(
    county: County, check: str, name: str, alter: Callable[[dict[str, Stream]], None]
) -> None:
    """Streams may lose, repeat, reorder or invent; all of it is seen."""
    async with county.with_fault("lending", alter=alter) as world:
        results = await check_world(world, [check])
    assert [result.id for result in results if result.findings.differing] == [check], name


async def test_a_database_without_its_guards_is_no_fault(county: County) -> None:
    """What is planted turns checks red, not the way it is planted."""
    async with county.with_fault("lending", "SELECT 1") as world:
        results = await check_world(world)
    assert [result.id for result in results if result.findings.differing] == []


OF_LENDING = ("L1", "L2", "L4", "L5", "L5b", "L6", "L7", "L8", "L10", "L11", "A1", "A2")


async def test_a_disbursement_taken_back_in_order_is_no_fault(county: County) -> None:
    """A loan that never stood agrees with its decision, its event and its application."""
    async with county.with_fault("lending", "SELECT 1", by=take_back) as world:
        results = await check_world(world, OF_LENDING)
    assert [(result.id, result.findings.listed[:3]) for result in results if result.findings.differing] == []


UNHEARD = """DELETE FROM inbox WHERE event_id = (
  SELECT event_id FROM inbox WHERE consumer = 'riskfund-lending' ORDER BY stream_sequence DESC LIMIT 1)"""


@pytest.mark.parametrize(("is_recent", "is_online", "red"), [(True, True, 0), (True, False, 1), (False, True, 1)])
async def test_only_what_is_recent_may_be_on_its_way(
    county: County, is_recent: bool, is_online: bool, red: int
) -> None:
    """Online, an event that nobody has heard yet is no difference for a minute; in strict mode it always is."""

    def publish(streams: dict[str, Stream]) -> None:
        messages = streams["lending"].messages
        messages[:] = [message._replace(is_recent=is_recent) for message in messages]

    async with county.with_fault("riskfund", UNHEARD, publish, is_online=is_online) as world:
        (result,) = await check_world(world, ["X1b"])
    assert result.findings.differing == red


LATER = "ffffffff-ffff-7fff-bfff-ffffffffffff"
# A claim's only recovery, by the fund's books and by lending's alike.
ALONE = """(SELECT r.id FROM recovery r
  WHERE NOT EXISTS (SELECT FROM recovery o WHERE o.claim_id = r.claim_id AND o.id <> r.id) ORDER BY r.id LIMIT 1)"""
SMALL_THEN_BEYOND_THE_LIMIT = f"""
UPDATE recovery SET amount = 1000, fund_share = 800, bank_share = 200 WHERE id = {ALONE};
UPDATE recovery_return SET amount = 800 WHERE recovery_id = {ALONE};
INSERT INTO recovery (id, claim_id, loan_id, county_code, village_code, bank_code, bank_reference, recovered_on,
                      amount, principal, interest, fund_share, bank_share, beyond_loss, due_on, state)
  SELECT '{LATER}', r.claim_id, r.loan_id, r.county_code, r.village_code, r.bank_code, '{LATER}', r.recovered_on,
    4 * c.fund_amount, 4 * c.fund_amount, 0, c.fund_amount - 800, c.bank_amount - 200,
    3 * c.fund_amount - c.bank_amount + 1000, r.due_on, 'open'
  FROM recovery r JOIN claim c ON c.id = r.claim_id WHERE r.id = {ALONE}
"""
RECORDED_AS_VERSION = f"""
INSERT INTO outbox (event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code,
                    data)
  SELECT gen_random_uuid(), event_name, schema_version, aggregate_type, aggregate_id, aggregate_version + {{}},
    region_code, jsonb_set(data, '{{{{recovery_id}}}}', to_jsonb('{LATER}'::text))
  FROM outbox WHERE event_name = 'recovery-recorded' AND (data->>'recovery_id')::uuid = {ALONE}
"""


@pytest.mark.parametrize(("versions_later", "red"), [(1, []), (-1, ["F6"])])
async def test_the_funds_limit_meets_the_recovery_that_came_last(
    county: County, versions_later: int, red: list[str]
) -> None:
    """A small recovery, then one beyond the whole loss: right in this order, wrong in the other."""
    recorded = {"lending": RECORDED_AS_VERSION.format(versions_later)}
    async with county.with_fault("riskfund", SMALL_THEN_BEYOND_THE_LIMIT, elsewhere=recorded) as world:
        results = await check_world(world, ["F6"])
    assert [result.id for result in results if result.findings.differing] == red


STANDS = "SELECT id FROM repayment WHERE reversed_on IS NULL ORDER BY id LIMIT 1"
REPLACED = f"""
INSERT INTO repayment_reversal (id, repayment_id, loan_id, cause, reason, proposed_on, state, decided_on, decided_at,
    decided_by, proposed_by, replaced_by, right_loan_id, right_reference, right_kind, right_paid_on, right_payer,
    right_payer_name, right_amount)
  SELECT w.id, w.id, w.loan_id, 'wrong_loan', 'planted', w.paid_on, 'confirmed', w.paid_on, now(), 'two',
    r.recorded_by, r.id, r.loan_id, r.bank_reference, r.kind, r.paid_on, r.payer, r.payer_name, r.amount + {{}}
  FROM repayment w, (SELECT * FROM repayment WHERE reversed_on IS NULL ORDER BY id OFFSET 1 LIMIT 1) r
  WHERE w.id = ({STANDS});
INSERT INTO outbox (event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code,
                    data)
  SELECT gen_random_uuid(), 'loan-restated', 1, 'loan', loan_id, 99, '500236',
    jsonb_build_object('reversed_repayments', jsonb_build_array(id)) FROM repayment WHERE id = ({STANDS});
UPDATE repayment SET reversed_on = paid_on WHERE id = ({STANDS})
"""


@pytest.mark.parametrize(("too_much", "red"), [("0.00", []), ("0.01", ["L11"])])
async def test_what_is_booked_in_the_place_of_a_repayment_is_what_two_persons_decided(
    county: County, too_much: str, red: list[str]
) -> None:
    """A correction in one step agrees with its decision; booked one fen otherwise than decided, it does not."""
    async with county.with_fault("lending", REPLACED.format(too_much)) as world:
        results = await check_world(world, ["L11"])
    assert [result.id for result in results if result.findings.differing] == red


async def test_every_check_has_a_planted_fault() -> None:
    """A check that nothing ever turned red proves nothing."""
    seen = {fault.check for fault in DATABASE_FAULTS} | {check for check, _, _ in STREAM_FAULTS}
    assert seen == set(CHECKS)


async def test_no_personal_data_in_the_report(county: County) -> None:
    """Differences name ids, never persons or accounts."""
    async with county.with_fault("registry", "UPDATE member SET is_head = false") as world:
        (result,) = await check_world(world, ["R1"])
    keys = [difference.key for difference in result.findings.listed]
    assert keys
    assert keys == [str(UUID(key)) for key in keys]
