"""No operation of any service takes a day after today as the day on which something happened.

Every day in a request is one or the other: guarded, and then a request with tomorrow's date is refused by name whatever
else it says; or named here as a day that is planned, promised or asked about.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from services.gateway.routing.contracts import SERVICES
from services.lending.loans.file import FILE as DISBURSEMENT_FILE
from services.lending.repayments.file import FILE as REPAYMENT_FILE
from services.subsidy.payments.file import FILE as RETURN_FILE
from shared.dates import today_in_china
from shared.households_sheet import HOUSEHOLD_COLUMNS, MEMBER_COLUMNS, CellKind
from shared.web.bodies import NOT_AFTER_TODAY
from tests.security.callers import Ports, gathered
from tests.security.operations import Operation, Schema, of_service

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOMORROW: Final = str(today_in_china() + timedelta(days=1))
PLANNED: Final = {
    "propose_county_days.days[]": "a county says before its days, on them or after them how it rests",
    "hand_over_application_batch.expires_on": "until when the bank is to pay out, and the fund holds its cover",
    "reserve_cover.expires_on": "the last day on which the cover is promised",
    "record_insurance_policy.valid_from": "a policy may be taken out for a loan that is to come",
    "record_insurance_policy.valid_until": "the day on which the insurance will end",
    "propose_responsible_bank.from_on": "a bank answers from a day that was agreed, whether it lies ahead or not",
    "record_reminder.due_on": "a reminder comes before the day on which the instalment falls due",
    "open_programme.starts_on": "a programme is planned before its year",
    "open_programme.ends_on": "a programme is planned before its year",
    "plan_project.starts_on": "a project is planned before it begins",
    "plan_project.ends_on": "a project is planned before it begins",
    "record_finding.due_on": "by when it is to be put right",
    "record_agreement_finding.due_on": "by when it is to be put right",
    "decide_finding.due_on": "by when it is to be put right",
    "propose_project_measure.due_on": "by when the money is to come back",
    "propose_clawback_plan.instalments[].due_on": "an instalment is agreed before it is due",
    "start_payment_run.paid_on": "the day on which the money is to go out; the return file says when it went",
    "draft_agreement.terms.valid_from": "an agreement is drafted before it binds",
    "draft_agreement.terms.valid_until": "until when the agreement will bind",
    "propose_agreement_correction.terms.valid_from": "an agreement may be corrected before it binds",
    "propose_agreement_correction.terms.valid_until": "until when the agreement will bind",
    "propose_agreement_termination.principal_due_on": "by when the entity is to return the principal",
    "prepare_subsidy_batch.period_from": "the days whose interest is asked for; none is paid in the future",
    "prepare_subsidy_batch.period_until": "the first day that is no longer asked for",
    "propose_reference_rates.rates[].effective_from": "a rate is announced before it holds",
    "show_rate_consequences.publications[].effective_from": "a rate is announced before it holds",
    "propose_pack_correction.effective_from": "a correction reaches what is decided from that day on",
    "check_entity_condition.valid_until": "until when the finding will hold",
    "propose_entity_assessment.valid_until": "until when the assessment will hold",
    "propose_listing.ends_on": "the first day on which the entry will hold no more",
    "draw_repayment_plan.installments[].due_on": "by when the household is to pay the instalment",
    "record_pressing.promised_on": "by when the household promised to pay",
    "propose_commendation.valid_until": "until when the commendation will hold",
    "record_entity_public_record.valid_until": "until when the permit or the penalty will hold",
    "order_duty.due_on": "until when it is to be put right",
    "record_duty.orders[].due_on": "until when it is to be put right",
    "quote_loan.disbursed_on": "a quote is for a loan that is to come",
    "quote_loan.first_due_on": "a quote is for a loan that is to come",
    "quote_product.disbursed_on": "a quote is for a loan that is to come",
    "check_eligibility.as_of": "the day asked about",
    "check_eligibility.items[].granted_on": "the day of the contract that is asked about",
    "screen_eligibility.as_of": "the day asked about",
    "screen_eligibility.granted_on": "the day of the contracts that is asked about",
    "ask_list_effects.as_of": "the day asked about",
    "simulate_policy_pack.period_from": "the days of the applications to look at again",
    "simulate_policy_pack.period_until": "the first day that is no longer looked at",
}


def days_in(schema: Schema, schemas: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Return every day of a body with the path to it and its schema; `[]` stands for the item of a list."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from days_in(part, schemas, path)
    if schema.get("format") == "date":
        yield path, schema
    if schema.get("type") == "array":
        yield from days_in(schema.get("items", {}), schemas, (*path, "[]"))
    for name, part in schema.get("properties", {}).items():
        yield from days_in(part, schemas, (*path, name))


def named(operation: Operation, path: tuple[str, ...]) -> str:
    """Return how a day of an operation is written down: `operation.field`, `operation.items[].field`."""
    return f"{operation.name}.{'.'.join(path).replace('.[]', '[]')}"


def days_of(operation: Operation) -> dict[tuple[str, ...], Schema]:
    """Return the days of an operation's JSON body by path."""
    content = operation.contract.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return dict(days_in(schema, operation.schemas))


def with_day(body: Any, path: tuple[str, ...], day: str) -> Any:
    """Return a body in which the day at the path is another; what leads to it is made up where it is left out."""
    if not path:
        return day
    if path[0] == "[]":
        return [with_day(body[0] if body else {}, path[1:], day)]
    return {**(body or {}), path[0]: with_day((body or {}).get(path[0]), path[1:], day)}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_day_that_has_happened_is_refused_when_it_has_not_come(ports: Ports, service: str) -> None:
    cases = [
        (operation, path)
        for operation in of_service(service)
        for path, schema in days_of(operation).items()
        if NOT_AFTER_TODAY in schema
    ]
    assert cases

    async def sent(operation: Operation, path: tuple[str, ...]) -> Any:
        token = ports.token(service, operation.an_allowed_role)
        body = with_day(operation.body(ports.ids), path, TOMORROW)
        return await ports.call(operation, token, with_key=True, json=body)

    answers = await gathered(sent(*case) for case in cases)
    wrong = [
        f"{named(operation, path)}: {answer.status_code} {answer.text[:120]}"
        for (operation, path), answer in zip(cases, answers, strict=True)
        if (answer.status_code, answer.json()["code"]) != (422, "date-in-future")
        or answer.json()["values"] != {"field": path[-1], "day": TOMORROW, "today": str(today_in_china())}
    ]
    assert not wrong, "\n".join(wrong)


async def test_every_other_day_of_a_body_is_named_as_planned_or_asked_about() -> None:
    unguarded = {
        named(operation, path)
        for service in SERVICES
        for operation in of_service(service)
        for path, schema in days_of(operation).items()
        if NOT_AFTER_TODAY not in schema
    }
    assert unguarded == set(PLANNED)


WRITTEN_IN_THE_QUERY: Final = {
    "import_households.collected_on",
    "import_members.collected_on",
    "import_regions.valid_from",
}


async def test_every_day_in_the_query_of_a_write_is_refused_when_it_has_not_come(ports: Ports) -> None:
    asked = {}
    for service in SERVICES:
        for operation in of_service(service):
            for parameter in operation.contract.get("parameters", []):
                if operation.method != "GET" and list(days_in(parameter["schema"], {})):
                    asked[f"{operation.name}.{parameter['name']}"] = (operation, parameter["name"])
    assert set(asked) == WRITTEN_IN_THE_QUERY
    for operation, name in asked.values():
        token = ports.token(operation.service, operation.an_allowed_role)
        answer = await ports.call(operation, token, with_key=True, params={**operation.query(), name: TOMORROW})
        assert (answer.status_code, answer.json()["code"]) == (422, "date-in-future"), answer.text
        assert answer.json()["values"]["field"] == name


# Each of these is refused line by line with `date-in-future`, by the test beside it.
DAYS_OF_FILES: Final = {
    "disbursed_on": "services/lending/tests/loans/test_disbursement.py",
    "signed_on": "services/lending/tests/loans/test_disbursement.py, never after the disbursement",
    "paid_on": "services/lending/tests/repayments/test_files.py, services/subsidy/tests/test_days.py",
    "registered_on": "services/registry/tests/test_household_import.py",
}


async def test_every_day_of_a_file_is_one_that_its_own_test_refuses_tomorrow() -> None:
    of_banks = {*DISBURSEMENT_FILE.names, *REPAYMENT_FILE.names, *RETURN_FILE.names}
    days = {name for name in of_banks if name.endswith(("_on", "_from", "_until", "_at"))}
    days |= {column.key for column in (*HOUSEHOLD_COLUMNS, *MEMBER_COLUMNS) if column.kind is CellKind.DATE}
    assert days == set(DAYS_OF_FILES)
