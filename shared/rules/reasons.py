"""A reason against a loan, in words (DZ-4). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against a loan: the clause it rests on, and a sentence in both languages that says what to do."""

    code: str
    clause: str
    zh: str
    en: str
