"""A wrong pack is corrected for open contracts by two persons with a reason, and the record shows it."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.registry.policy.corrections.refusals import KeyNotCorrectable
from services.registry.policy.corrections.rules import keys_to_correct
from services.registry.tests.county import PACK, PACK_TEXT, get
from shared.access import Role
from shared.dates import today_in_china
from shared.events.registry import PackCorrected
from shared.ids import new_id
from shared.policy.corrections import CORRECTABLE, MOMENT_OF, Moment, by_product, corrected
from shared.policy.in_force import ConfirmedPack
from shared.policy.load import read_pack
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest

TODAY = today_in_china()
REASON = "第一版把风险补偿金和银行的分担比例写反了一成。"
SHARES = ('fund_share:\n    value: "0.80"', 'bank_share:\n    value: "0.20"')
OTHER_SHARES = ('fund_share:\n    value: "0.70"', 'bank_share:\n    value: "0.30"')


def version(number: int, *changes: tuple[str, str]) -> str:
    """Return the county's pack as a later version that begins on the same day, with places of its text replaced."""
    text = PACK_TEXT.replace("version: 1\n", f"version: {number}\n  supersedes: {number - 1}\n")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


async def in_force(registry: ServiceUnderTest, text: str) -> str:
    """Let two officers put a version in force and return its id."""
    maker = registry.headers(Role.POVERTY_OFFICE, subject="maker", region="500236")
    pack = await registry.client.post("/api/v1/policy-packs", content=text, headers=maker)
    assert pack.status_code == 201, pack.text
    checker = registry.headers(Role.FINANCE_BUREAU, subject="checker", region="500236")
    confirmed = await registry.client.post(f"/api/v1/policy-packs/{pack.json()['id']}/confirmations", headers=checker)
    assert confirmed.status_code == 201, confirmed.text
    return str(pack.json()["id"])


async def propose(registry: ServiceUnderTest, pack_id: str, follows: str, **more: Any) -> httpx.Response:
    """Propose a correction as the poverty office's officer `maker`, unless another region is named."""
    region = more.pop("region", "500236")
    body = {"pack_id": pack_id, "follows_pack_id": follows, "effective_from": TODAY.isoformat(), "reason": REASON}
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker", region=region)
    return await registry.client.post("/api/v1/pack-corrections", json={**body, **more}, headers=headers)


async def confirm(
    registry: ServiceUnderTest, correction_id: str, subject: str = "checker", **more: str
) -> httpx.Response:
    """Confirm a correction as another officer of the poverty office."""
    region = more.pop("region", "500236")
    headers = {**registry.headers(Role.POVERTY_OFFICE, subject=subject, region=region), **more}
    return await registry.client.post(f"/api/v1/pack-corrections/{correction_id}/confirmations", headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def versions(registry: ServiceUnderTest) -> tuple[str, str]:
    """Return the ids of version 1, whose shares are wrong, and of version 2."""
    [first] = (await get(registry, "/policy-packs", Role.BANK)).json()["items"]
    return first["id"], await in_force(registry, version(2, *zip(SHARES, OTHER_SHARES, strict=True)))


async def test_two_persons_correct_a_version_and_the_record_shows_who_why_and_what(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    proposed = await propose(registry, *versions)
    assert proposed.status_code == 201, proposed.text
    correction = proposed.json()
    assert (correction["state"], correction["number"]) == ("proposed", None)
    assert correction["keys"] == ["compensation.fund_share", "compensation.bank_share"]
    assert correction["differences"][0]["en"].startswith(
        "compensation.fund_share: “fund's share of a loss” changed from 0.80 to 0.70"
    )
    assert refusal(await confirm(registry, correction["id"], subject="maker")) == (403, "maker-is-checker")
    confirmed = (await confirm(registry, correction["id"])).json()
    assert (confirmed["state"], confirmed["number"], confirmed["proposed_by"], confirmed["confirmed_by"]) == (
        "confirmed", 1, "maker", "checker",
    )  # fmt: skip
    assert (confirmed["pack_version"], confirmed["follows_pack_version"], confirmed["reason"]) == (1, 2, REASON)
    listed = (await get(registry, f"/pack-corrections?pack_id={versions[0]}", Role.AUDITOR)).json()["items"]
    assert [each["id"] for each in listed] == [correction["id"]]
    [data] = [data for name, data, _, _ in await registry.outbox() if name == "pack-corrected"]
    event = PackCorrected.model_validate(data, strict=False)
    assert (str(event.pack_id), str(event.follows_pack_id), event.number) == (*versions, 1)
    assert (event.keys, event.effective_from) == (tuple(correction["keys"]), TODAY)


async def test_a_confirmation_that_comes_twice_is_one(registry: ServiceUnderTest, versions: tuple[str, str]) -> None:
    correction_id = (await propose(registry, *versions)).json()["id"]
    key = {"Idempotency-Key": str(new_id())}
    answers = [await confirm(registry, correction_id, **key) for _ in range(2)]
    assert [(each.status_code, each.json()) for each in answers] == [(201, answers[0].json())] * 2
    assert refusal(await confirm(registry, correction_id, subject="third")) == (409, "pack-correction-not-open")
    assert [name for name, *_ in await registry.outbox()].count("pack-corrected") == 1


async def test_a_wrong_correction_is_replaced_by_another_and_the_history_keeps_both(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    wrong, right = versions
    first = (await propose(registry, wrong, right)).json()
    assert (await confirm(registry, first["id"])).status_code == 201
    assert refusal(await propose(registry, wrong, right)) == (409, "pack-correction-changes-nothing")
    back = (await propose(registry, wrong, wrong, reason="更正有误：分担比例原来是对的，恢复第一版。")).json()
    assert "changed from 0.70 to 0.80" in back["differences"][0]["en"]
    assert (await confirm(registry, back["id"])).json()["number"] == 2
    listed = (await get(registry, "/pack-corrections?county_code=500236", Role.AUDITOR)).json()["items"]
    assert [(each["number"], each["follows_pack_version"]) for each in listed] == [(1, 2), (2, 1)]


async def test_of_two_proposals_only_the_one_confirmed_first_holds(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    first, second = [(await propose(registry, *versions)).json()["id"] for _ in range(2)]
    assert (await confirm(registry, second)).status_code == 201
    assert refusal(await confirm(registry, first)) == (409, "pack-correction-overtaken")
    body, headers = {"reason": "已由另一份更正取代，不再需要。"}, registry.headers(Role.POVERTY_OFFICE, region="500236")
    path = f"/api/v1/pack-corrections/{first}/withdrawals"
    withdrawn = (await registry.client.post(path, json=body, headers=headers)).json()
    assert (withdrawn["state"], withdrawn["withdrawal_reason"]) == ("withdrawn", body["reason"])
    again = await registry.client.post(path, json=body, headers=registry.headers(Role.POVERTY_OFFICE, region="500236"))
    assert refusal(again) == (409, "pack-correction-not-open")
    assert refusal(await confirm(registry, first)) == (409, "pack-correction-not-open")


async def test_a_correction_of_another_region_or_of_the_past_is_refused(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert refusal(await propose(registry, *versions, effective_from=yesterday)) == (
        422,
        "pack-correction-starts-before",
    )
    assert refusal(await propose(registry, *versions, region="450312")) == (403, "outside-region")
    correction_id = (await propose(registry, *versions)).json()["id"]
    assert refusal(await confirm(registry, correction_id, region="450312")) == (403, "outside-region")
    assert refusal(await confirm(registry, str(new_id()))) == (404, "pack-correction-unknown")


async def test_a_correction_leads_to_a_confirmed_version_of_the_same_pack(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    maker = registry.headers(Role.POVERTY_OFFICE, subject="maker", region="500236")
    text = version(3, *zip(SHARES, OTHER_SHARES, strict=True))
    draft = (await registry.client.post("/api/v1/policy-packs", content=text, headers=maker)).json()
    assert refusal(await propose(registry, versions[0], draft["id"])) == (409, "pack-correction-other-pack")


async def test_values_that_belong_together_are_corrected_together(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    alone = await propose(registry, *versions, keys=["compensation.fund_share"])
    assert refusal(alone) == (409, "pack-correction-contradicts")
    signed = await propose(registry, *versions, keys=["interest.day_count"])
    assert refusal(signed) == (409, "pack-correction-key-not-correctable")
    together = await propose(registry, *versions, keys=["compensation"])
    assert together.json()["keys"] == ["compensation.fund_share", "compensation.bank_share"]


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("interest.day_count", "working the loan's account out anew"),
        ("repayment.penalty_multiplier", "working the loan's account out anew"),
        ("lending.amount_max", "working the loan's account out anew"),
        ("approval.steps", "binds applications under way"),
        ("lists.dishonesty_after_days_late", "version in force on the day"),
        ("supervision.offices", "version in force on the day"),
        ("linkage.models", "recorded only"),
        ("nonsense", "recorded only"),
    ],
)
def test_a_value_that_no_decision_about_an_open_contract_reads_is_refused_by_name(key: str, why: str) -> None:
    with pytest.raises(KeyNotCorrectable, match=why) as refused:
        keys_to_correct(by_product(PACK), PACK, [key])
    assert refused.value.values["key"] == key
    assert key in refused.value.sentence.zh


async def test_a_confirmed_correction_never_changes_even_in_the_database(
    registry: ServiceUnderTest, versions: tuple[str, str]
) -> None:
    correction_id = (await propose(registry, *versions)).json()["id"]
    assert (await confirm(registry, correction_id)).status_code == 201
    for statement in ("UPDATE pack_correction SET reason = 'another one'", "DELETE FROM pack_correction"):
        with pytest.raises(asyncpg.RestrictViolationError, match="never changes"):
            await registry.database.pool.execute(statement)


def test_a_correction_takes_the_named_values_and_leaves_every_other() -> None:
    other = read_pack(
        version(2, *zip(SHARES, OTHER_SHARES, strict=True), ('multiplier: {value: "10"', 'multiplier: {value: "8"'))
    )
    [found] = corrected(PACK, [(other, ("compensation.fund_share", "compensation.bank_share"))]).values()
    assert found.compensation_rule().fund_share == other.compensation_rule().fund_share
    assert found.fund_rule() == PACK.fund_rule() != other.fund_rule()
    assert (found.header, found.loan_terms()) == (PACK.header, PACK.loan_terms())
    without = other.model_copy(update={"insurance": None})
    assert "insurance" in keys_to_correct(by_product(PACK), without, None)
    [uninsured] = corrected(PACK, [(without, ("insurance",))]).values()
    assert uninsured.insurance_rule() is None


def test_each_product_is_corrected_in_its_own_values() -> None:
    farm = {"code": "farm", "name": {"zh": "农户贷款", "en": "Farm loan"}}
    assumed = {"assumed": True, "reason": "set by this test only"}

    def with_farm(share: str) -> PolicyPack:
        part = {**farm, "subsidy": {"share": {"value": share, **assumed}}}
        return PolicyPack.model_validate({**PACK.content(), "products": [part]})

    wrong, right = with_farm("0.25"), with_farm("0.40")
    assert keys_to_correct(by_product(wrong), right, None) == ("farm:subsidy.share",)
    assert keys_to_correct(by_product(wrong), right, ["subsidy"]) == ("farm:subsidy.share",)
    first, second = corrected(wrong, [(right, ("farm:subsidy.share",))]).values()
    assert (first.subsidy_rule().share, str(second.subsidy_rule().share)) == (PACK.subsidy_rule().share, "0.40")
    assert second.product.code == "farm"
    kept = ConfirmedPack.of_products(new_id(), corrected(wrong, [(right, ("farm:subsidy.share",))]))
    assert [str(each.pack.subsidy_rule().share) for each in kept.each_product()] == ["1.00", "0.40"]


def test_every_section_that_a_service_reads_has_its_moment() -> None:
    assert set(MOMENT_OF) <= set(PolicyPack.model_fields)
    assert {name for name, moment in MOMENT_OF.items() if moment is Moment.DECIDED} == set(CORRECTABLE)
    required = {name for name, field in PolicyPack.model_fields.items() if field.is_required()}
    assert required - set(MOMENT_OF) <= {"header"}
