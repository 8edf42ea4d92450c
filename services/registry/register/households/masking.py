"""How personal data are shown: enough to recognise, too little to use."""


def masked_name(name: str) -> str:
    """Return a name with only its first character shown, e.g. 王**."""
    return name[:1] + "*" * (len(name) - 1)
