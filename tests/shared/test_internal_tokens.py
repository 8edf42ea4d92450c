"""The token with which one service asks another: one for a while for the same caller, never for another one."""

import time
from collections.abc import Callable

import pytest
from joserfc.jwk import ECKey, KeySet

from shared import tokens
from shared.access import Grant, Principal, Role
from shared.tokens import CACHED_TOKENS, INTERNAL_LIFETIME_SECONDS, TokenSigner, TokenVerifier

OFFICER = Principal("zhang", "张伟", (Grant(Role.BANK, "500236"),), "RCB")
MOVED = Principal("zhang", "张伟", (Grant(Role.BANK, "500237"),), "RCB")


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": "gateway", "use": "sig", "alg": "ES256"})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the clock stand still, but for the seconds that somebody waits."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def test_it_says_who_asks_and_is_the_same_for_half_its_life(key: ECKey, later: Callable[[float], None]) -> None:
    signer = TokenSigner("gateway", key)
    first = signer.sign_internal(OFFICER, "lending")
    later(INTERNAL_LIFETIME_SECONDS / 2 - 1)
    assert signer.sign_internal(OFFICER, "lending") == first
    later(2)
    second = signer.sign_internal(OFFICER, "lending")
    assert second != first
    caller, claims = TokenVerifier("lending", KeySet([key])).verify(second)
    assert caller == OFFICER
    assert claims["exp"] - claims["iat"] == INTERNAL_LIFETIME_SECONDS


def test_it_is_always_good_for_half_its_life(key: ECKey, later: Callable[[float], None]) -> None:
    signer = TokenSigner("gateway", key)
    signer.sign_internal(OFFICER, "lending")
    later(INTERNAL_LIFETIME_SECONDS / 2 - 1)
    lent = signer.sign_internal(OFFICER, "lending")
    later(INTERNAL_LIFETIME_SECONDS / 2 - 1)
    assert TokenVerifier("lending", KeySet([key])).verify(lent)[0] == OFFICER


@pytest.mark.parametrize(("caller", "audience"), [(MOVED, "lending"), (OFFICER, "subsidy")])
def test_other_grants_or_another_service_get_another_one(key: ECKey, caller: Principal, audience: str) -> None:
    signer = TokenSigner("gateway", key)
    first = signer.sign_internal(OFFICER, "lending")
    other = signer.sign_internal(caller, audience)
    assert other != first
    assert TokenVerifier(audience, KeySet([key])).verify(other)[0] == caller


def test_no_more_callers_are_remembered_than_the_bound(key: ECKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CACHED_TOKENS", 2)
    signer = TokenSigner("gateway", key)
    for number in range(4):
        signer.sign_internal(Principal(f"p{number}", "p", ()), "lending")
    assert len(signer._lent) == 2 < CACHED_TOKENS
    assert {asked[0].subject for asked in signer._lent} == {"p2", "p3"}
