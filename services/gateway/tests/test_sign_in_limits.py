"""How often a secret may be guessed: counted before it is checked, by account and by the address that connects."""

import asyncio
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.sign_in.rules.source import networks_of, source_of
from services.gateway.sign_in.rules.throttle import CountedAttempt, SignInRules, Wait, wait_before_next
from services.gateway.tests.test_accounts import PASSWORD, created, sign_in, signed_in
from shared.testing.service import ServiceUnderTest, StartService

NOW = datetime(2018, 6, 1, 8, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)
RULES = SignInRules(failures_allowed=3, failures_of_account_allowed=5, window=WINDOW)
HERE, THERE = "203.0.113.7", "203.0.113.8"


def attempts_from(source: str) -> st.SearchStrategy[list[CountedAttempt]]:
    """Return as many attempts within the window as the limit admits of one source."""
    at = st.integers(0, 899).map(lambda seconds: NOW - timedelta(seconds=seconds))
    return st.lists(st.builds(CountedAttempt, at, st.just(source), st.booleans()), max_size=RULES.failures_allowed)


def allowed(earlier: list[CountedAttempt], moment: datetime = NOW) -> bool:
    """Return whether the limits leave room for one more attempt from HERE at a moment, counted anew."""
    within = [each for each in earlier if each.at > moment - WINDOW]
    from_here = [each for each in within if each.source == HERE]
    return len(from_here) < RULES.failures_allowed and len(within) < RULES.failures_of_account_allowed


@given(attempts_from(HERE), attempts_from(THERE))
def test_the_wait_ends_exactly_when_there_is_room_again(
    from_here: list[CountedAttempt], from_there: list[CountedAttempt]
) -> None:
    earlier = [*from_here, *from_there]
    wait = wait_before_next(earlier, HERE, NOW, RULES)
    assert (wait is None) == allowed(earlier)
    if wait is not None and wait.is_locked:
        failed = [each for each in earlier if each.is_failed]
        assert not allowed(failed, NOW + timedelta(seconds=wait.seconds) - timedelta(seconds=1.001))
        assert allowed(failed, NOW + timedelta(seconds=wait.seconds))
    elif wait is not None:
        assert wait == Wait(1, is_locked=False)
        assert allowed([each for each in earlier if each.is_failed])


addresses = st.ip_addresses().map(str)
PROXIES = networks_of("10.0.0.0/8, fd00::1")


@given(addresses, st.lists(addresses, max_size=3))
def test_what_a_header_says_counts_for_nothing_without_trusted_proxies(peer: str, forwarded: list[str]) -> None:
    assert source_of(peer, [", ".join(forwarded)], ()) == str(_unmapped(peer))


@given(addresses.filter(lambda text: not _is_proxy(text)), st.lists(st.text(max_size=20), max_size=3))
def test_behind_trusted_proxies_the_source_is_the_last_address_that_is_none_of_them(
    client: str, claimed: list[str]
) -> None:
    source = str(_unmapped(client))
    assert source_of("10.1.2.3", [*claimed, f"{client}, fd00::1", "10.9.9.9"], PROXIES) == source
    assert source_of(client, [*claimed, "10.9.9.9"], PROXIES) == source, "a client of its own says nothing of others"


def _unmapped(text: str) -> object:
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _is_proxy(text: str) -> bool:
    address = _unmapped(text)
    return any(address in network for network in PROXIES)


@pytest.mark.parametrize(
    ("peer", "forwarded", "source"),
    [
        (None, ["203.0.113.7"], "unknown"),
        ("testclient", ["203.0.113.7"], "unknown"),
        ("::ffff:10.1.2.3", ["203.0.113.7"], "203.0.113.7"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["203.0.113.7, not an address"], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        ("10.1.2.3", ["10.4.4.4"], "10.4.4.4"),
    ],
)
def test_odd_connections_and_headers(peer: str | None, forwarded: list[str], source: str) -> None:
    assert source_of(peer, forwarded, PROXIES) == source


def test_the_list_of_proxies_takes_addresses_and_networks_and_nothing_else() -> None:
    assert networks_of(" 10.1.0.0/16,fd00::1 ,") == [ip_network("10.1.0.0/16"), ip_network("fd00::1/128")]
    assert networks_of("") == []
    for wrong in ("*", "proxy.example", "10.1.2.3/16"):
        with pytest.raises(ValueError, match=r"."):
            networks_of(wrong)


@pytest.fixture
async def gateway(start_service: StartService) -> ServiceUnderTest:
    gateway = await start_service("gateway")
    await created(gateway)
    return gateway


async def guessed(gateway: ServiceUnderTest, count: int, secret: str = "not-the-password") -> list[httpx.Response]:
    return await asyncio.gather(*(sign_in(gateway, "zhang.wei", secret) for _ in range(count)))


def codes(answers: list[httpx.Response]) -> list[tuple[int, str]]:
    return sorted((answer.status_code, answer.json().get("code", "signed-in")) for answer in answers)


async def test_guesses_at_once_do_not_pass_the_limit_together(gateway: ServiceUnderTest) -> None:
    answers = await guessed(gateway, 60)
    assert codes(answers)[:5] == [(401, "sign-in-refused")] * 5
    assert {answer.status_code for answer in answers if answer.json()["code"] != "sign-in-refused"} == {429}
    assert len([answer for answer in answers if answer.status_code == 401]) == 5
    checked = await gateway.database.pool.fetchval("SELECT count(*) FROM access_log WHERE what = 'sign-in-failed'")
    assert checked == 5
    assert codes(await guessed(gateway, 1, PASSWORD)) == [(429, "too-many-failures")]


async def test_a_lock_tells_how_long_it_really_lasts(gateway: ServiceUnderTest) -> None:
    await guessed(gateway, 4)
    pool = gateway.database.pool
    await pool.execute("UPDATE sign_in_attempt SET at = at - interval '14 minutes'")
    await guessed(gateway, 1)
    answer = await sign_in(gateway, "zhang.wei")
    seconds = int(answer.headers["Retry-After"])
    assert (answer.status_code, answer.json()["values"]) == (429, {"minutes": 1, "retry_after_seconds": seconds})
    assert 0 < seconds <= 60
    await pool.execute("UPDATE sign_in_attempt SET at = at - make_interval(secs => $1)", float(seconds))
    assert (await sign_in(gateway, "zhang.wei")).status_code == 200


async def test_right_secrets_leave_nothing_counted(gateway: ServiceUnderTest) -> None:
    for _ in range(8):
        await signed_in(gateway, "zhang.wei")
    assert await gateway.database.pool.fetchval("SELECT count(*) FROM sign_in_attempt") == 0
    answers = await guessed(gateway, 12, PASSWORD)
    assert set(codes(answers)) <= {(200, "signed-in"), (429, "sign-ins-underway")}
    assert codes(answers)[:5] == [(200, "signed-in")] * 5
    waiting = [answer for answer in answers if answer.status_code == 429]
    assert all(answer.headers["Retry-After"] == "1" for answer in waiting)
    assert (await sign_in(gateway, "zhang.wei")).status_code == 200


async def test_an_account_is_guarded_against_many_sources_together(gateway: ServiceUnderTest) -> None:
    allowed_in_all = gateway.app.state.settings.sign_in_failures_of_account_allowed
    await gateway.database.pool.execute(
        "INSERT INTO sign_in_attempt (username, source, at, is_failed) "
        "SELECT 'zhang.wei', '203.0.113.' || n, now(), true FROM generate_series(1, $1 - 1) AS n",
        allowed_in_all,
    )
    assert codes(await guessed(gateway, 1)) == [(401, "sign-in-refused")]
    assert codes(await guessed(gateway, 1, PASSWORD)) == [(429, "too-many-failures")]


async def test_an_attempt_whose_process_died_counts_as_a_failure_and_old_ones_are_forgotten(
    gateway: ServiceUnderTest,
) -> None:
    pool = gateway.database.pool
    await pool.execute(
        "INSERT INTO sign_in_attempt (username, source, at) "
        "SELECT 'zhang.wei', '127.0.0.1', now() - interval '1 minute' FROM generate_series(1, 5)"
    )
    assert codes(await guessed(gateway, 1, PASSWORD)) == [(429, "too-many-failures")]
    await pool.execute("UPDATE sign_in_attempt SET at = now() - interval '1 hour'")
    assert codes(await guessed(gateway, 1, PASSWORD)) == [(200, "signed-in")]
    assert await pool.fetchval("SELECT count(*) FROM sign_in_attempt") == 0
