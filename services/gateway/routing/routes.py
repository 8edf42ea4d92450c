"""Pass requests on to the services, with the internal token in place of the caller's."""

from fastapi import APIRouter, Request, Response

from services.gateway.access import Caller
from services.gateway.routing.contracts import Operation, RoutingTable
from services.gateway.routing.refusals import NoSuchOperation
from services.gateway.routing.upstream import Upstream
from shared.tokens import TokenSigner
from shared.web.parameters import methods_of
from shared.web.refusals import MethodNotAllowed

router = APIRouter()

PASSED_ON = ("content-type", "accept", "accept-language", "idempotency-key", "if-match", "if-none-match")
PASSED_BACK = (
    "content-type",
    "content-disposition",
    "content-language",
    "vary",
    "etag",
    "location",
    "retry-after",
    "www-authenticate",
    "link",
)


# Every method, so that one which a path does not have is refused with those that it has.
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@router.api_route("/api/v1/{path:path}", methods=EVERY_METHOD, include_in_schema=False)
async def forward(request: Request, caller: Caller) -> Response:
    """Check the right, then pass the request to the service that owns the operation."""
    operation = _operation_of(request)
    request.scope["operation"] = operation.template  # what logs and metrics call this request
    caller.ensure_has(operation.right)
    signer: TokenSigner = request.app.state.signer
    token = signer.sign_internal(caller, operation.service)
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    headers["authorization"] = f"Bearer {token}"
    headers["traceparent"] = request.scope["traceparent"]
    headers["x-request-id"] = request.scope["request_id"]
    upstream: Upstream = request.app.state.upstreams[operation.service]
    answer = await upstream.request(
        request.method, request.scope["path"], request.scope["query_string"], headers, await request.body()
    )
    passed_back = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
    return Response(answer.body, answer.status, headers=passed_back)


def _operation_of(request: Request) -> Operation:
    """Return the operation that a request asks for; a slash that is written as %2F divides no path.

    Raises:
        MethodNotAllowed: the path has other methods.
        NoSuchOperation: there is no such path.
    """
    table: RoutingTable = request.app.state.routing
    path: str = request.scope["path"]
    if b"%2f" in request.scope.get("raw_path", b"").lower():
        raise NoSuchOperation(request.method, path)
    operation = table.find(request.method, path)
    if operation is not None:
        return operation
    if methods := table.methods_of(path) | methods_of(request.app, path):
        raise MethodNotAllowed(methods)
    raise NoSuchOperation(request.method, path)
