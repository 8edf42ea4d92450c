"""Who bears how much of a loss and gets how much of a recovery, worked out anew in whole fen."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from tools.reconcile.packs import Pack

FEN_A_YUAN = 100


class Parts(NamedTuple):
    """Of fund, bank and guarantor: shares of one, or yuan."""

    fund: Decimal
    bank: Decimal
    guarantor: Decimal

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


def shares_of(pack: Pack, bank_code: str) -> Parts:
    """Return the pack's shares; a bank with a row of its own shares with the fund alone."""
    own = next((row for row in pack("compensation.lender_shares") or () if bank_code in row["bank_codes"]), None)
    if own is not None:
        return Parts(Decimal(str(own["fund_share"])), Decimal(str(own["bank_share"])), Decimal(0))
    return Parts(*(Decimal(str(pack(f"compensation.{party}_share"))) for party in Parts._fields))


def parts_of(amount: Decimal, pack: Pack, bank_code: str) -> Parts:
    """Split a loss, or everything recovered of it so far.

    The fund's part is rounded down, or up where the odd fen is the fund's. Of the rest the guarantor's part is the one
    number of fen by which neither it nor the bank is a fen from its exact share.
    """
    shares, odd = shares_of(pack, bank_code), pack("compensation.odd_fen_to")
    whole = int(amount * FEN_A_YUAN)
    exact = [Fraction(share) * whole for share in shares]
    fund = ceil(exact[0]) if odd == "fund" else floor(exact[0])
    guarantor = _guarantor(whole - fund, shares, odd)
    return Parts(*(Decimal(fen) / FEN_A_YUAN for fen in (fund, whole - fund - guarantor, guarantor)))


def _guarantor(rest: int, shares: Parts, odd: str) -> int:
    if not shares.bank or not shares.guarantor:
        return rest if shares.guarantor else 0
    bank, guarantor = Fraction(shares.bank), Fraction(shares.guarantor)
    exact = rest * guarantor / (bank + guarantor)
    up_from = 1 - (guarantor if odd == "fund" else bank) / (bank + guarantor)  # fractions from here on go up
    over = exact - floor(exact)
    goes_up = over > up_from or (over == up_from and odd != "bank")
    return floor(exact) + goes_up
