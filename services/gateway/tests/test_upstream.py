"""The gateway's way to a service: unchanged there and back, kept connections, and a clear end when nothing comes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest

from services.gateway.routing import upstream
from services.gateway.routing.refusals import ServiceAway
from services.gateway.routing.upstream import Upstream

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def service(talk: Conversation) -> AsyncIterator[Upstream]:
    """Run a service that holds `talk` with every connection, and lend the way to it."""

    ended: list[asyncio.Event] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(end := asyncio.Event())
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            end.set()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    way = Upstream("lending", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield way
    finally:
        await way.close()
        for end in ended:
            await end.wait()
        server.close()
        await server.wait_closed()


async def one_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return head + await reader.readexactly(int(value))
    return head


async def test_passes_method_path_query_headers_and_body_on_and_the_answer_back() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await one_request(reader))
        writer.write(
            b"HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\nLink: <a>\r\nLink: <b>\r\n"
            b"Content-Length: 9\r\n\r\n"
            b'{"a":"b"}'
        )
        await writer.drain()

    async with service(talk) as way:
        path, body = "/api/v1/regions/奉节 县?#", b'{"amount":"1.00"}'
        answer = await way.request("POST", path, b"a=1&b=%20", {"idempotency-key": "k-12345678"}, body)
    assert (answer.status, answer.body) == (409, b'{"a":"b"}')
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["link"] == "<a>, <b>"
    first, *rest = seen[0].split(b"\r\n")
    assert first == b"POST /api/v1/regions/%E5%A5%89%E8%8A%82%20%E5%8E%BF%3F%23?a=1&b=%20 HTTP/1.1"
    assert b"idempotency-key: k-12345678" in rest
    assert seen[0].endswith(b"\r\n\r\n" + body)


async def test_a_connection_is_kept_for_the_next_request() -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        for _ in range(3):
            await one_request(reader)
            writer.write(GOOD)

    async with service(talk) as way:
        for _ in range(3):
            assert (await way.request("GET", "/", b"", {}, b"")).body == b"ok"
    assert connections == 1


async def test_a_connection_that_the_service_closed_meanwhile_is_replaced() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        writer.write(GOOD)  # and close, as a service does that was restarted

    async with service(talk) as way:
        for _ in range(3):
            assert (await way.request("GET", "/", b"", {}, b"")).status == 200
            await asyncio.sleep(0.05)


async def test_an_answer_in_chunks_comes_back_whole() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    async with service(talk) as way:
        assert (await way.request("GET", "/", b"", {}, b"")).body == b"abcde"


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal", b"nonsense\r\n"]
)
async def test_a_service_that_breaks_off_gave_no_answer(said: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        writer.write(said)

    async with service(talk) as way:
        with pytest.raises(ServiceAway):
            await way.request("GET", "/", b"", {}, b"")


async def test_a_service_that_is_too_slow_gave_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "ANSWER_SECONDS", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        await asyncio.sleep(0.5)

    async with service(talk) as way:
        with pytest.raises(ServiceAway) as refused:
            await way.request("GET", "/", b"", {}, b"")
        assert isinstance(refused.value.__cause__, aiohttp.SocketTimeoutError)


async def test_a_service_that_does_not_run_gave_no_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        way = Upstream("lending", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ServiceAway) as refused:
            await way.request("GET", "/", b"", {}, b"")
        assert isinstance(refused.value.__cause__, aiohttp.ClientConnectorError)
        await way.close()
