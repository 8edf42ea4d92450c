"""Pass requests on to the services, with the internal token in place of the caller's."""

from fastapi import APIRouter, Request, Response

from services.gateway.access import Caller
from services.gateway.routing.contracts import RoutingTable
from services.gateway.routing.refusals import NoSuchOperation
from services.gateway.routing.upstream import Upstream
from shared.access import RightMissing
from shared.tokens import INTERNAL_LIFETIME_SECONDS, TokenSigner

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


@router.api_route("/api/v1/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def forward(request: Request, caller: Caller) -> Response:
    """Check the right, then pass the request to the service that owns the operation."""
    table: RoutingTable = request.app.state.routing
    path: str = request.scope["path"]
    operation = table.find(request.method, path)
    if operation is None:
        raise NoSuchOperation(request.method, path)
    request.scope["operation"] = operation.template  # what logs and metrics call this request
    if not caller.has(operation.right):
        raise RightMissing(operation.right)
    signer: TokenSigner = request.app.state.signer
    token = signer.sign(caller, operation.service, INTERNAL_LIFETIME_SECONDS)
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    headers["authorization"] = f"Bearer {token}"
    headers["traceparent"] = request.scope["traceparent"]
    headers["x-request-id"] = request.scope["request_id"]
    upstream: Upstream = request.app.state.upstreams[operation.service]
    answer = await upstream.request(request.method, path, request.scope["query_string"], headers, await request.body())
    passed_back = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
    return Response(answer.body, answer.status, headers=passed_back)
