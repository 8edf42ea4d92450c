"""Nothing is filed for a household that did not say that it wants it (SX-10). Pure."""

from collections.abc import Mapping
from datetime import date

from services.lending.applications.refusals import ConsentMissing


def ensure_consent(given_on: Mapping[str, date | None], filed_on: date) -> None:
    """Refuse a filing for households, by number or id, that had not consented by the day of filing.

    Raises:
        ConsentMissing: some had not; nothing is filed, for nobody.
    """
    without = [household for household, day in given_on.items() if day is None or day > filed_on]
    if without:
        raise ConsentMissing(without)
