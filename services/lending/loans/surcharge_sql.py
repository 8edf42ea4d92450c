"""The surcharge in a penalty (`rules.surcharge`) as SQL; a property test holds the two equal."""


def surcharge(penalty: str, multiplier: str) -> str:
    """Return the surcharge in one instalment's penalty so far, both given as SQL."""
    return f"({penalty} - round(({penalty}) / greatest({multiplier}, 1), 2))"
