"""A borrower dies: who inherits answers for the loan up to what was inherited, who disclaims for nothing."""

import csv
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.heirs.rules import limit_left
from services.lending.tests.county import County, county_with_pack
from services.lending.tests.defaults.test_defaults import papers
from shared.access import Role
from shared.testing.service import ServiceUnderTest

HEIR = {
    "heir_name": "王小明",
    "relation": "长子",
    "died_on": "2018-01-15",
    "inheritance": "heir",
    "estate_limit": "30000.00",
    "papers": papers("death_certificate", "kinship_proof"),
    "reason": "公证处继承权公证书",
    "proposed_on": "2018-02-01",
}
DISCLAIMED = {
    "inheritance": "disclaimed",
    "estate_limit": None,
    "papers": papers("death_certificate", "heir_disclaimer"),
    "proposed_on": "2018-02-03",
}
CONFIRM = {"decision": "confirm", "decided_on": "2018-02-05"}
MONEY = st.integers(0, 10**9).map(lambda fen: Decimal(fen).scaleb(-2))


@pytest.fixture
async def county(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> County:
    return await county_with_pack(await start_service("lending"))


async def propose(county: County, loan: dict[str, Any], **changed: Any) -> Any:
    return await county.post(f"/api/v1/loans/{loan['id']}/heirs", {**HEIR, **changed})


async def decide(county: County, heir_id: str, decision: str = "confirm", **who: Any) -> Any:
    body = {"decision": decision, "decided_on": "2018-02-05", "reason": "已核对原件"}
    return await county.post(f"/api/v1/heirs/{heir_id}/decisions", body, subject="head", **who)


async def recorded(county: County, loan: dict[str, Any], **changed: Any) -> str:
    proposed = await propose(county, loan, **changed)
    assert proposed.status_code == 201, proposed.text
    decided = await decide(county, proposed.json()["id"])
    assert (decided.status_code, decided.json()["state"]) == (201, "confirmed"), decided.text
    return str(proposed.json()["id"])


async def heirs(county: County, loan: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    found = (await county.get(f"/api/v1/loans/{loan['id']}/heirs", role=Role.AUDITOR)).json()
    names = ("heir_name", "inheritance", "paid", "limit_left")
    return [tuple(each[name] for name in names) for each in found["items"]]


async def due(county: County) -> dict[str, str]:
    text = (await county.get("/api/v1/dues.csv?due_through=2017-12-20")).text
    return next(csv.DictReader(text.splitlines()))


async def test_dues_and_statement_name_the_heir_once_another_person_confirmed(county: County) -> None:
    loan = await county.lend("50000.00")
    proposed = (await propose(county, loan)).json()
    assert proposed["papers"] == HEIR["papers"]
    assert await heirs(county, loan) == []
    assert ((await due(county))["debtor"], (await due(county))["heirs"]) == ("household", "")
    own = await county.post(f"/api/v1/heirs/{proposed['id']}/decisions", CONFIRM)
    assert own.json()["code"] == "maker-is-checker"
    assert (await decide(county, proposed["id"], bank="psbc")).json()["code"] == "heir-unknown"
    assert (await decide(county, proposed["id"])).status_code == 201
    assert ((await due(county))["debtor"], (await due(county))["heirs"]) == ("heirs", "王小明")
    statement = f"/api/v1/loans/{loan['id']}/statement?from_on=2017-03-01&through_on=2018-02-28"
    assert (await county.get(statement)).json()["heirs"] == "王小明"
    risky = (await county.get("/api/v1/loans-at-risk?as_of=2018-02-05&reason=borrower_died")).json()["items"]
    assert [each["loan_id"] for each in risky] == [loan["id"]]


async def test_an_heir_is_asked_for_what_was_inherited_and_one_who_disclaims_for_nothing(
    county: County,
) -> None:
    loan = await county.lend("50000.00")
    first = await recorded(county, loan, estate_limit="2000.00")
    await recorded(county, loan, heir_name="王小红", relation="女儿", estate_limit="500.00")
    assert await heirs(county, loan) == [("王小明", "heir", "0.00", "2000.00"), ("王小红", "heir", "0.00", "500.00")]
    paid = {"kind": "repayment", "paid_on": "2018-02-06", "amount": "1500.00", "bank_reference": "H1"}
    payer = {"payer": "heir", "payer_name": "王小明"}
    assert (await county.post(f"/api/v1/loans/{loan['id']}/repayments", {**paid, **payer})).status_code == 201
    assert (await heirs(county, loan))[0] == ("王小明", "heir", "1500.00", "500.00")
    await recorded(county, loan, **DISCLAIMED, replaces=first)
    assert sorted(await heirs(county, loan)) == [
        ("王小明", "disclaimed", "1500.00", "0.00"),
        ("王小红", "heir", "0.00", "500.00"),
    ]
    assert (await due(county))["heirs"] == "王小红"


async def test_a_record_of_an_heir_is_refused_by_name(county: County) -> None:
    loan = await county.lend("50000.00")
    bare = await propose(county, loan, papers=papers("death_certificate"))
    assert (bare.status_code, bare.json()["code"]) == (409, "heir-papers-missing"), bare.text
    assert bare.json()["values"]["missing"] == ["kinship_proof"]
    for wrong in ({"estate_limit": None}, {"inheritance": "disclaimed"}, {"died_on": "2018-02-02"}):
        assert (await propose(county, loan, **wrong)).status_code == 422
    assert (await propose(county, loan, died_on="2017-03-05")).json()["code"] == "date-before-step"
    first = await recorded(county, loan)
    other = await propose(county, loan, heir_name="王小红", died_on="2018-01-16")
    assert (other.json()["code"], other.json()["values"]["on_file"]) == ("other-day-of-death", "2018-01-15")
    again = await propose(county, loan, replaces=first, died_on="2018-01-16")
    assert again.status_code == 201, again.text
    assert (await propose(county, loan, replaces=first)).json()["code"] == "heir-replaced"
    assert (await decide(county, again.json()["id"], "refuse")).json()["state"] == "refused"
    wrong_person = await recorded(county, loan, replaces=first, inheritance="not_heir", estate_limit=None, papers=[])
    assert await heirs(county, loan) == []
    assert (await propose(county, loan, replaces=first)).json()["code"] == "heir-replaced"
    listed = (await county.get(f"/api/v1/heirs?loan_id={loan['id']}&state=confirmed")).json()["items"]
    assert [each["id"] for each in listed] == [first, wrong_person]


@given(limit=MONEY, paid=MONEY, more=MONEY)
def test_the_limit_is_never_below_nothing_nor_above_what_was_inherited(
    limit: Decimal, paid: Decimal, more: Decimal
) -> None:
    left = limit_left("heir", limit, paid)
    assert 0 <= left <= limit
    assert limit_left("heir", limit, paid + more) <= left
    assert left + min(paid, limit) == limit
    assert limit_left("disclaimed", None, paid) == 0
