"""Whose standard rates: the county's, or a bank's own (LG-10). Pure."""

from dataclasses import replace

from shared.policy.rating_terms import BankScheme, Grade, RatingScheme


def scheme_of(county: RatingScheme, bank_code: str | None) -> RatingScheme:
    """Return the scheme by which a bank rates: its own indicators, bands, credit limits and path, or the county's
    (LG-10).

    Everything else (validity, collection, review, growth, thresholds) is the county's for every bank.
    """
    own = own_scheme(county, bank_code)
    if own is None:
        return county
    least_scores = {band.code: band.score_min for band in own.grade_bands}
    grades = tuple(Grade(each.code, least_scores[each.code], each.limit_or_none) for each in own.grade_limits)
    return replace(county, indicators=own.indicators, grades=grades, promotion_path=own.promotion_path)


def own_scheme(county: RatingScheme, bank_code: str | None) -> BankScheme | None:
    """Return the bank's own standard, or None when it rates by the county's."""
    return next((each for each in county.bank_schemes or () if each.bank_code == bank_code), None)


def banks_with_own_scheme(county: RatingScheme) -> tuple[str, ...]:
    """Return the codes of the banks that rate by a standard of their own, in the order of the pack."""
    return tuple(each.bank_code for each in county.bank_schemes or ())
