"""The routing table: literal segments win, unknown operations are nobody's, nothing without a right is reachable."""

from services.gateway.routing.contracts import RoutingTable, merged, operations

CONTRACTS = {
    "lending": {
        "paths": {
            "/api/v1/loans": {"get": {"x-right": "loans:read", "tags": ["loans"]}},
            "/api/v1/loans/{loan_id}": {"get": {"x-right": "loans:read"}},
            "/api/v1/loans/{loan_id}/repayments": {"post": {"x-right": "repayments:record"}},
            "/api/v1/loans/late": {"get": {"x-right": "reports:read"}},
            "/api/v1/loans/export.{form}": {"get": {"x-right": "loans:read"}},
            "/api/v1/open": {"get": {}},
        },
        "components": {"schemas": {"Row": {"type": "object"}, "Same": {"type": "string"}}},
    },
    "registry": {
        "paths": {
            "/api/v1/rows": {
                "get": {
                    "x-right": "households:read",
                    "responses": {"200": {"schema": {"$ref": "#/components/schemas/Row"}}},
                }
            }
        },
        "components": {"schemas": {"Row": {"type": "array"}, "Same": {"type": "string"}}},
    },
}


def found(method: str, path: str) -> str | None:
    operation = RoutingTable(operations(CONTRACTS)).find(method, path)
    return operation.template if operation else None


def test_finds_the_operation_of_a_path() -> None:
    assert found("GET", "/api/v1/loans") == "/api/v1/loans"
    assert found("GET", "/api/v1/loans/5") == "/api/v1/loans/{loan_id}"
    assert found("GET", "/api/v1/loans/late") == "/api/v1/loans/late"
    assert found("POST", "/api/v1/loans/5/repayments") == "/api/v1/loans/{loan_id}/repayments"
    assert found("GET", "/api/v1/loans/export.csv") == "/api/v1/loans/export.{form}"
    assert found("GET", "/api/v1/loans/export.") == "/api/v1/loans/{loan_id}"


def test_unknown_operations_are_nobodys() -> None:
    assert found("DELETE", "/api/v1/loans/5") is None
    assert found("GET", "/api/v1/loans/5/repayments") is None
    assert found("GET", "/api/v1/loans/5/6/7") is None
    assert found("GET", "/api/v1") is None
    assert found("GET", "/api/v1/loans/ GET") is None


def test_an_operation_without_a_right_cannot_be_reached() -> None:
    assert found("GET", "/api/v1/open") is None


def test_merging_keeps_equal_schemas_once_and_renames_different_ones() -> None:
    document = merged({"openapi": "3.1.0", "paths": {}, "components": {}}, CONTRACTS)
    assert set(document["components"]["schemas"]) == {"Row", "Same", "RegistryRow"}
    answer = document["paths"]["/api/v1/rows"]["get"]["responses"]["200"]
    assert answer["schema"]["$ref"] == "#/components/schemas/RegistryRow"
    assert document["paths"]["/api/v1/loans"]["get"]["tags"] == ["lending: loans"]


def test_a_path_has_the_methods_of_all_its_operations() -> None:
    table = RoutingTable(operations(CONTRACTS))
    assert table.methods_of("/api/v1/loans/5/repayments") == {"POST"}
    assert table.methods_of("/api/v1/loans/5") == {"GET"}
    assert table.methods_of("/api/v1/loans/5/6/7") == set()


def test_a_slash_more_is_another_path() -> None:
    for path in ("/api/v1/loans/", "//api/v1/loans", "/api/v1/loans/5/", "/api/v1//loans", "api/v1/loans/"):
        assert found("GET", path) is None, path
