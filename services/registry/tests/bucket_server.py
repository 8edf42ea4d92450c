"""A small S3-compatible server for the tests: real HTTP, and every request's signature (SigV4) is checked."""

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

BUCKET: Final = "papers"
KEY_ID: Final = "registry"
SECRET: Final = "bucket-secret-2017"
REGION: Final = "cn-test-1"
KEYS_PER_PAGE: Final = 2
_WHEN: Final = "2017-03-01T08:00:00.000Z"


class BucketServer(ThreadingHTTPServer):
    """Objects in memory; `down` makes it answer 500, `refused` counts requests with a wrong signature."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Bucket)
        self.objects: dict[str, bytes] = {}
        self.refused = 0
        self.down = False

    @property
    def endpoint(self) -> str:
        """Return the address for the settings."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """Run the server for a while."""
    server = BucketServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BucketServer

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        if self.server.down:
            self._answer(500)
        elif not self._is_signed(body):
            self.server.refused += 1
            self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        else:
            key = unquote(parts.path).removeprefix(f"/{BUCKET}").lstrip("/")
            self._respond(key, dict(parse_qsl(parts.query, keep_blank_values=True)), body)

    do_GET = do_PUT = do_HEAD = do_POST = _serve

    def _respond(self, key: str, query: dict[str, str], body: bytes) -> None:
        objects = self.server.objects
        if self.command == "PUT":
            objects[key] = body
            self._answer(200, etag=hashlib.md5(body, usedforsecurity=False).hexdigest())
        elif self.command == "POST" and "delete" in query:
            gone = [unescape(each) for each in re.findall("<Key>(.*?)</Key>", body.decode())]
            for each in gone:
                objects.pop(each, None)
            deleted = "".join(f"<Deleted><Key>{escape(each)}</Key></Deleted>" for each in gone)
            self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())
        elif not key:
            self._answer(200, self._listing(query))
        elif key in objects:
            self._answer(200, objects[key], etag="e")
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _listing(self, query: dict[str, str]) -> bytes:
        keys = sorted(key for key in self.server.objects if key.startswith(query.get("prefix", "")))
        keys = [key for key in keys if key > query.get("continuation-token", "")]
        shown, more = keys[:KEYS_PER_PAGE], len(keys) > KEYS_PER_PAGE
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{_WHEN}</LastModified><ETag>e</ETag>"
            f"<Size>{len(self.server.objects[key])}</Size></Contents>"
            for key in shown
        )
        token = f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>" if more else ""
        return (
            f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"<KeyCount>{len(shown)}</KeyCount>{entries}{token}</ListBucketResult>"
        ).encode()

    def _answer(self, status: int, body: bytes = b"", etag: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Wed, 01 Mar 2017 08:00:00 GMT")
        if etag:
            self.send_header("ETag", f'"{etag}"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _is_signed(self, body: bytes) -> bool:
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        fields = dict(each.strip().split("=", 1) for each in rest.split(",") if "=" in each)
        claimed = self.headers.get("x-amz-content-sha256", "")
        if scheme != "AWS4-HMAC-SHA256" or claimed not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return False
        key_id, *scope = fields["Credential"].split("/")
        if key_id != KEY_ID or scope[1:] != [REGION, "s3", "aws4_request"]:
            return False
        return hmac.compare_digest(self._signature(fields["SignedHeaders"], scope, claimed), fields["Signature"])

    def _signature(self, signed_headers: str, scope: list[str], payload: str) -> str:
        parts = urlsplit(self.path)
        query = sorted(parse_qsl(parts.query, keep_blank_values=True))
        lines = [
            self.command,
            quote(unquote(parts.path), safe="/-_.~"),
            "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query),
            *(f"{name}:{self.headers.get(name, '').strip()}" for name in signed_headers.split(";")),
            "",
            signed_headers,
            payload,
        ]
        canonical = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        said = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), canonical])
        key = f"AWS4{SECRET}".encode()
        for part in (*scope, said):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
