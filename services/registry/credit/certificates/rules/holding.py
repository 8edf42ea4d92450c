"""Who may hold a loan certificate (贷款证) and how long it is valid (ZJ-7). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.registry.credit.certificates.refusals import CertificateNeedsRating, ListedMayNotHoldCertificate


@dataclass(frozen=True, slots=True)
class Rating:
    """A household's latest rating by the standard that the bank uses; without a grade it was taken away."""

    grade: str | None
    credit_limit: Decimal | None
    valid_until: date


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says: the grade and credit limit it rests on, and the first day on which it holds no more."""

    grade: str
    credit_limit: Decimal
    valid_until: date


def certificate_for(rating: Rating | None, lists: Sequence[str], on: date) -> Certificate:
    """Return the certificate that a household may hold from a day on: that of its rating, as long as that one holds.

    Raises:
        CertificateNeedsRating: no rating with a credit limit holds on the day.
        ListedMayNotHoldCertificate: the household is on a list.
    """
    if rating is None or rating.grade is None or not rating.credit_limit or rating.valid_until <= on:
        raise CertificateNeedsRating(on)
    if lists:
        raise ListedMayNotHoldCertificate(lists)
    return Certificate(rating.grade, rating.credit_limit, rating.valid_until)
