"""What a benefit agreement lacks, by its kind and its county's pack (ZJ-2a, ZJ-2b, ZJ-4, ZJ-5, FJ-9)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.subsidy.agreements.rules.years import years_of
from shared.dates import add_months
from shared.languages import Sentence
from shared.money import yuan
from shared.policy.arrangements import LinkageModel

WITH_HOUSEHOLDS: Final = ("household_township", "rolling_development", "entity_household")
WITH_ENTITY: Final = ("entity_household", "township_entity")
TEXTS: Final[Mapping[str, Sentence]] = {
    "scale": Sentence("项目规模", "the scale"),
    "benefit": Sentence("项目效益", "the benefit"),
    "aftercare": Sentence("后续管理", "the aftercare"),
    "duties": Sentence("实施方或乡镇的责任", "the duties of the entity or township"),
    "household_duties": Sentence("农户的责任", "the duties of the households"),
}
# What the company does for the households that lease its orchard: 统一管理、统一指导、统一服务 (FJ-9d).
LEASE_SERVICES: Final[Mapping[str, Sentence]] = {
    "management": Sentence("统一管理", "management"),
    "guidance": Sentence("统一指导", "guidance"),
    "service": Sentence("统一服务", "service"),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the county's pack asks of an agreement; None where its document says nothing. Rates in percent a year."""

    guaranteed_rate_min: Decimal | None = None
    guaranteed_rises: bool = False
    security_ratio_min: Decimal = Decimal(0)
    household_share_min: Decimal | None = None
    delegate: bool = False
    negotiated_by: Mapping[str, Sentence] | None = None
    years_min: Mapping[str, int] | None = None  # by form of dividend, and for rolling development
    models: Mapping[str, LinkageModel] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement's terms as far as rules look at them; money in yuan, rates in percent a year, one for each year."""

    kind: str
    valid_from: date
    valid_until: date
    texts: Mapping[str, str | None]
    form: str | None = None
    model: str | None = None
    has_entity: bool = False
    households: int = 0
    grant: Decimal = Decimal(0)
    loan: Decimal = Decimal(0)
    area_mu: Decimal = Decimal(0)
    grant_rates: tuple[Decimal, ...] = ()
    loan_rates: tuple[Decimal, ...] = ()
    household_share: Decimal | None = None
    security: Decimal = Decimal(0)
    pledged: bool = False  # it names an asset that secures another agreement
    negotiators: frozenset[str] = frozenset()
    delegate_from: date | None = None
    rent_per_mu: Decimal | None = None
    floor_price_per_500g: Decimal | None = None
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an agreement lacks, by its code and in words."""

    code: str
    sentence: Sentence


def lacks(terms: Terms, bounds: Bounds) -> tuple[Lack, ...]:
    """Return all that keeps an agreement from being signed, in one written order; empty when nothing does."""
    return tuple(lack for check in _CHECKS for lack in check(terms, bounds))


def texts(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """Time, scale, benefit, aftercare and both sides' duties are written down (ZJ-2a(a))."""
    for name, words in TEXTS.items():
        needed = name != "household_duties" or terms.kind in WITH_HOUSEHOLDS
        if needed and not terms.texts.get(name):
            yield Lack(name, Sentence(f"未载明{words.zh}", f"{words.en} is not written down"))


def parties(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """Each kind of agreement has the parties that the clause names, and no others (ZJ-2a, ZJ-2b)."""
    if terms.has_entity != (terms.kind in WITH_ENTITY):
        yield Lack("entity", Sentence("经营主体与协议种类不符", "the entity does not go with the kind of agreement"))
    if (terms.households > 0) != (terms.kind in WITH_HOUSEHOLDS):
        yield Lack("households", Sentence("农户与协议种类不符", "the households do not go with the kind of agreement"))


def dividend(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """An agreement with an entity says how households share in its return, as its county knows it (ZJ-2b, FJ-9)."""
    if (terms.form is not None) != (terms.kind in WITH_ENTITY):
        yield Lack(
            "dividend", Sentence("分红方式与协议种类不符", "the dividend does not go with the kind of agreement")
        )
    known = {
        "guaranteed": bounds.guaranteed_rate_min is not None,
        "equity": bounds.household_share_min is not None,
        "linkage": terms.model in (bounds.models or {}),
        None: True,
    }
    if not known[terms.form]:
        yield Lack("dividend_form", Sentence("本县没有这种分红方式", "the county has no such form of dividend"))


def term(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """It holds for as many years as the pack asks, three in Zhijin (ZJ-4(c), ZJ-5(b), ZJ-6(b))."""
    years = (bounds.years_min or {}).get(terms.form or terms.kind, 0)
    if terms.valid_until < add_months(terms.valid_from, 12 * years):
        yield Lack("term", Sentence(f"期限不足{years}年", f"it holds for less than {years} years"))


def guaranteed(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """The guaranteed dividend is 5 % of the invested grant or more in each year and rises every year (ZJ-4(a))."""
    if terms.form != "guaranteed" or bounds.guaranteed_rate_min is None:
        return
    years = len(years_of(terms.valid_from, terms.valid_until))
    if len(terms.grant_rates) != years:
        yield Lack("rates", Sentence(f"须为{years}个年度各定一个比例", f"state one rate for each of {years} years"))
    if any(rate < bounds.guaranteed_rate_min for rate in terms.grant_rates):
        least = bounds.guaranteed_rate_min
        yield Lack("rate_min", Sentence(f"保底分红比例低于{least}%", f"a year's rate lies below {least} %"))
    if bounds.guaranteed_rises and any(later <= earlier for earlier, later in pairwise(terms.grant_rates)):
        yield Lack("rising", Sentence("分红比例未逐年递增", "the rate does not rise every year"))


def security(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """The entity secures the guaranteed dividend with money or fixed assets for the whole money (ZJ-4(b))."""
    needed = security_needed(terms, bounds)
    if terms.security < needed:
        yield Lack("security", Sentence(f"担保不足{needed:.2f}元", f"the security is less than {needed:.2f} yuan"))
    elif terms.pledged:
        yield Lack(
            "security_pledged", Sentence("部分担保物已为其他协议担保", "an asset secures another agreement already")
        )


def security_needed(terms: Terms, bounds: Bounds) -> Decimal:
    """Return for how much, in yuan, the entity's security stands as long as the agreement holds (ZJ-4(b))."""
    if terms.form != "guaranteed" or terms.kind != "entity_household":
        return Decimal("0.00")
    return yuan(bounds.security_ratio_min * terms.grant)


def equity(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """Households get 70 % of the yield on their quantified money or more (ZJ-5(a))."""
    if terms.form != "equity" or bounds.household_share_min is None:
        return
    if terms.household_share is None or terms.household_share < bounds.household_share_min:
        least = f"{100 * bounds.household_share_min:.0f}"
        yield Lack("share_min", Sentence(f"农户分红比例低于{least}%", f"the households' share lies below {least} %"))


def delegate(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """The implementing unit has a delegate in the management from the first day (ZJ-5(c))."""
    if terms.form != "equity" or terms.kind != "entity_household" or not bounds.delegate:
        return
    if terms.delegate_from is None or terms.delegate_from > terms.valid_from:
        yield Lack("delegate", Sentence("未自首日起委派管理人员", "no delegate from the first day on"))


def negotiators(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """Everyone whom the document names was at the table, by name (ZJ-5(f))."""
    if terms.form != "equity" or terms.kind != "entity_household":
        return
    for code, words in (bounds.negotiated_by or {}).items():
        if code not in terms.negotiators:
            yield Lack(f"negotiator_{code}", Sentence(f"协商缺少{words.zh}", f"not negotiated with: {words.en}"))


def linkage(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """A linkage model promises at least what the document says of it (FJ-9a to FJ-9c)."""
    model = (bounds.models or {}).get(terms.model or "")
    if terms.form != "linkage" or model is None:
        return
    if not any((model.grant_rate, model.loan_rate, model.rent_per_mu)):
        yield Lack("own_use", Sentence("该方式由农户自用自还，不交主体", "the household itself uses what it borrows"))
    years = len(years_of(terms.valid_from, terms.valid_until))
    for least, rates, zh, en in (
        (model.grant_rate, terms.grant_rates, "政府投入部分", "government's part"),
        (model.loan_rate, terms.loan_rates, "贷款投入部分", "loans' part"),
    ):
        if least is not None and (len(rates) != years or min(rates) < least):
            yield Lack(
                "linkage_rate", Sentence(f"{zh}各年须不低于{least}%", f"the {en} earns {least} % or more a year")
            )


def lease(terms: Terms, bounds: Bounds) -> Iterator[Lack]:
    """Households lease the orchard for the document's rent, are served, and have a floor price (FJ-9d)."""
    model = (bounds.models or {}).get(terms.model or "")
    if terms.form != "linkage" or model is None or model.rent_per_mu is None:
        return
    if terms.rent_per_mu is None or terms.rent_per_mu > model.rent_per_mu or terms.area_mu <= 0:
        most = model.rent_per_mu
        yield Lack(
            "rent", Sentence(f"须载明面积和每亩租金（不超过{most}元）", f"state mu and rent, at most {most} per mu")
        )
    floor = model.floor_price_per_500g or Decimal(0)
    if terms.floor_price_per_500g is None or terms.floor_price_per_500g < floor:
        yield Lack("floor_price", Sentence(f"保底价低于每斤{floor}元", f"the floor price is below {floor} per 500 g"))
    for code, words in LEASE_SERVICES.items():
        if code not in terms.services:
            yield Lack(f"lease_{code}", Sentence(f"未约定{words.zh}", f"the company does not promise {words.en}"))


_CHECKS: Final[tuple[Callable[[Terms, Bounds], Iterator[Lack]], ...]] = (
    texts, parties, dividend, term, guaranteed, security, equity, delegate, negotiators, linkage, lease,
)  # fmt: skip
