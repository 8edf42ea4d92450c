"""Several products in one county: what differs is written once, and each is a whole pack to every rule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.policy.difference import diff
from shared.policy.in_force import ConfirmedPack
from shared.policy.load import PackRefused, load_pack, read_pack
from shared.policy.overlays import PRODUCT_SECTIONS
from shared.policy.pack import PolicyPack
from shared.policy.product_refusals import ProductUnknown
from shared.policy.vocabulary import PovertyState
from tests.policy.fengjie import PROJECT
from tools.packs.check import try_examples

FENGJIE = (PROJECT / "policy" / "packs" / "fengjie.yaml").read_text(encoding="utf-8")
FARM = """
products:
  - code: farm
    name: {zh: 农户贷款, en: Farm loan}
    eligibility:
      eligible_states: {value: [general], clause: FJ-10}
      age_max_years: {value: 70, clause: FJ-10}
    lending:
      amount_max: {value: "30000.00", clause: FJ-10}
    subsidy:
      share: {value: "0.25", clause: FJ-10}
    without:
      - {value: deposit, clause: FJ-10}

"""


def with_products(products: str, *changes: tuple[str, str]) -> str:
    """Return Fengjie's text with further products before its worked examples."""
    text = FENGJIE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    before, examples = text.split("\nexamples:\n")
    return f"{before}\n{products}\nexamples:\n{examples}"


def products(text: str = FARM) -> PolicyPack:
    """Return Fengjie's pack with the farm loan beside its own."""
    return read_pack(with_products(text))


def refused(text: str) -> list[tuple[str, str]]:
    """Return key and sentence of every mistake."""
    with pytest.raises(PackRefused) as found:
        read_pack(text)
    return [(mistake.key, mistake.message.en) for mistake in found.value.mistakes]


def test_a_product_changes_what_it_writes_and_nothing_else() -> None:
    pack = products()
    farm = pack.for_product("farm")
    assert farm.eligibility_rules().eligible_states == (PovertyState.GENERAL,)
    assert (farm.loan_terms().amount_max, pack.loan_terms().amount_max) == (Decimal(30_000), Decimal(50_000))
    assert (farm.subsidy_rule().share, pack.subsidy_rule().share) == (Decimal("0.25"), Decimal(1))
    assert farm.deposit_rule() is None
    assert pack.deposit_rule() is not None
    assert farm.rating_scheme().grades == pack.rating_scheme().grades
    assert farm.interest == pack.interest
    assert farm.lending.amount_max.clause == ("FJ-10",)
    assert farm.lending.amount_min == pack.lending.amount_min
    assert (farm.product.code, farm.product.name.zh) == ("farm", "农户贷款")


def test_the_first_product_is_the_pack_itself_and_an_unknown_one_names_those_there_are() -> None:
    pack = products()
    assert pack.for_product(None) is pack.for_product("small_loan") is pack
    with pytest.raises(
        ProductUnknown, match=r"farm（农户贷款）.*small_loan \(Poverty-relief small loan\), farm"
    ) as found:
        pack.for_product("forest")
    assert (found.value.code, found.value.values["products"]) == ("product-unknown", ["small_loan", "farm"])


def test_a_confirmed_pack_gives_each_product_and_builds_it_once() -> None:
    kept = ConfirmedPack(new_id(), products())
    farm = kept.product("farm")
    assert farm is kept.product("farm")
    assert (farm.pack_id, farm.product_code, farm.loan_terms.amount_max) == (kept.pack_id, "farm", Decimal(30_000))
    assert kept.product(None) is kept.product("small_loan") is kept
    assert [each.product_code for each in kept.each_product()] == ["small_loan", "farm"]


def test_a_pack_with_products_comes_back_whole_from_the_event_that_carries_it() -> None:
    pack = products()
    assert PolicyPack.model_validate(pack.content()) == pack.rules()
    assert pack.content_hash() != read_pack(FENGJIE).content_hash()


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("farm", "small_loan", "products", "the product small_loan is there twice; rename one"),
        ("deposit", "lending.amount_max", "products[0].without", "is no key, or one that every pack must have"),
        ("deposit", "supper.time", "products[0].without", "supper.time is no key"),
        ("deposit", "rating.bank_schemes", "products[0].without", "rating.bank_schemes is no key"),
        ('"30000.00"', '"60000.00"', "products[0].lending.household_cap", "the product farm this is below amount_max"),
        ("value: [general]", "value: []", "products[0].eligibility.eligible_states", "nobody could borrow"),
        ("70", "12", "products[0].eligibility.age_max_years", "is below age_min_years"),
        ("amount_max", "amount_most", "products[0].lending.amount_most", "is not a key that a pack has here"),
        ("    subsidy:\n", "    renewal:\n      top_up_allowed: {value: true, clause: FJ-4}\n    subsidy:\n",
         "products[0]", "is written whole; renewal_term_months_max is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_of_a_product_is_named(old: str, new: str, key: str, said: str) -> None:
    found = refused(with_products(FARM.replace(old, new)))
    assert any(at == key and said in message for at, message in found), found


def test_what_is_wrong_with_the_county_is_said_once_and_not_for_every_product() -> None:
    found = refused(with_products(FARM, ('fund_share:\n    value: "0.80"', 'fund_share:\n    value: "0.70"')))
    assert [key for key, _ in found] == ["compensation.fund_share"]


def test_a_worked_example_is_of_the_product_that_it_names() -> None:
    text = with_products(FARM)
    examples = """
  - name: {zh: 一般农户可申请农户贷款, en: Any farm household may take the farm loan}
    clause: FJ-10
    product: farm
    borrowing: {as_of: 2017-06-01, state: general}
    expect: {reasons: []}
  - name: {zh: 一般农户不得申请扶贫贷款, en: But not the poor households' one}
    clause: FJ-10
    product: small_loan
    borrowing: {as_of: 2017-06-01, state: general}
    expect: {reasons: [state-not-eligible]}
  - name: {zh: 农户贷款贴息四分之一, en: A quarter of its interest is given back}
    clause: FJ-10
    product: farm
    subsidy: {interest: "100.00", period_from: 2017-06-01, period_until: 2017-07-01}
    expect: {subsidised: "25.00"}
"""
    tried = try_examples(read_pack(text.rstrip() + "\n" + examples.lstrip("\n")))
    assert [each.passed for each in tried[-3:]] == [True, True, True]
    unknown = refused(text.rstrip() + "\n" + examples.lstrip("\n").replace("product: farm", "product: forest"))
    assert [message for _, message in unknown] == [
        "forest is not a product of this pack; known are small_loan, farm"
    ] * 2


def test_the_differences_name_products_and_their_values() -> None:
    one, two = read_pack(FENGJIE), products()
    said = {change.key: change.en for change in diff(one, two)}
    assert said["products[farm]"] == "products[farm]: changed from none to Farm loan."
    assert said["products[farm].subsidy.share"].startswith("products[farm].subsidy.share: added “share of the interest")
    assert "products[farm].without.deposit" in said
    cheaper = read_pack(with_products(FARM.replace('"0.25"', '"0.50"')))
    [only] = diff(two, cheaper)
    assert (
        only.en == "products[farm].subsidy.share: “share of the interest given back” changed from 0.25 to 0.50 (FJ-10)."
    )


SHARES = st.decimals("0", "1", places=2)
AMOUNTS = st.decimals("1000", "50000", places=2)


@given(share=SHARES, largest=AMOUNTS, days=st.integers(0, 60), months=st.integers(36, 60))
def test_a_product_is_the_pack_whose_file_says_the_same_in_its_sections(
    share: Decimal, largest: Decimal, days: int, months: int
) -> None:
    pack = load_pack(PROJECT / "policy" / "packs" / "miaoshan.yaml")
    leaves: dict[str, dict[str, Any]] = {
        "subsidy": {"share": str(share)},
        "lending": {"amount_max": str(largest), "amount_min": "500.00"},
        "repayment": {"grace_days": days},
    }
    sourced = {
        name: {key: {"value": value, "clause": ["MS-1"]} for key, value in held.items()}
        for name, held in leaves.items()
    }
    content = pack.content()
    named = {"code": "other", "name": {"zh": "另一种", "en": "Another"}}
    with_part = PolicyPack.model_validate({**content, "products": [{**named, **sourced}]})
    written = {name: {**content[name], **held} for name, held in sourced.items()}
    whole = PolicyPack.model_validate({**content, **written, "product": named})
    assert with_part.for_product("other") == whole
    for name in PRODUCT_SECTIONS:
        assert getattr(with_part, name) == getattr(pack, name)


def test_content_from_when_a_pack_had_one_product_and_one_legacy_rule_is_still_read() -> None:
    pack = load_pack(PROJECT / "policy" / "packs" / "lingui.yaml")
    content = pack.content()
    for added in ("product", "products", "without", "based_on", "legacy_rules"):
        del content[added]
    rule = {key: leaf for key, leaf in pack.content()["legacy_rules"][0].items() if leaf and key != "named"}
    old = PolicyPack.model_validate({**content, "legacy_rule": rule})
    assert [each.code for each in old.legacy_loan_rules()] == ["legacy"]
    assert old.legacy_loan_rules()[0].held_on(date(2016, 12, 31))
    assert old.product.code == "small_loan"
    assert PolicyPack.model_validate({**content, "legacy_rule": None}).legacy_rules == ()


def test_a_key_that_is_gone_is_read_in_confirmed_content_and_named_in_a_file() -> None:
    gone = {"value": False, "clause": ["FJ-10"]}
    content = products().content()
    old = {**content, "subsidy": {**content["subsidy"], "covers_penalty": gone}}
    old["products"] = [{**part, "subsidy": {**part["subsidy"], "covers_penalty": gone}} for part in content["products"]]
    assert PolicyPack.model_validate(old).content() == content
    written = FARM.replace("    subsidy:\n", "    subsidy:\n      covers_penalty: {value: true, clause: FJ-10}\n")
    settle = "  settle_first: {value: true, clause: FJ-11}\n"
    also = (settle, settle + "  covers_penalty: {value: true, clause: FJ-11}\n")
    said = "is no longer a key: penalty interest is never subsidised"
    assert refused(with_products(written, also)) == [
        ("subsidy.covers_penalty", said),
        ("products[0].subsidy.covers_penalty", said),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cooperative_entrusted", "notice_70", "two earlier rules are called notice_70"),
        ("granted_from: {value: 2016-01-01", "granted_from: {value: 2017-12-08", "lies before granted_from"),
        ('amount_max: {value: "100000.00"', 'amount_max: {value: "50000.00"', "no loan would fall under the rule"),
    ],
)
def test_earlier_rules_that_cannot_stand_are_named(old: str, new: str, said: str) -> None:
    text = (PROJECT / "policy" / "packs" / "lingui.yaml").read_text(encoding="utf-8")
    assert old in text
    assert any(said in message for _, message in refused(text.replace(old, new, 1)))
