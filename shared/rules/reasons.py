"""A reason against a loan, in words (DZ-4). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against, with the clause it rests on and its sentence in both languages."""

    code: str
    clause: str
    zh: str
    en: str
