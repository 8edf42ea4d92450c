"""Every operation of every service, from the committed contracts, with requests made up for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.gateway.routing.contracts import METHODS, SERVICES, read_contracts
from shared.access import RIGHTS, Right, Role

Schema = dict[str, Any]
NOBODY: Final = "01a20122-0000-7000-8000-000000000000"
COUNTY: Final = "500236"
_TOWNSHIP: Final = "500236001"

# One text for each pattern of the contracts that a plain word does not match.
_BY_PATTERN: Final = {
    r"^[0-9]{8,30}$": "6217000010001234567",
    r"^\d{6}$": COUNTY,
    r"^[0-9]{6}$": COUNTY,
    r"^\d{9}$": "500236001",
    r"^[0-9]{9}$": "500236001",
    r"^([0-9]{9}|[0-9]{12})$": "500236001",
    r"^[0-9]{12}$": "500236001001",
    r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$": COUNTY,
    r"^(1[3-9][0-9]{9}|0[0-9]{9,11})$": "13900000001",
    r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$": COUNTY,
    r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$": COUNTY,
    r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$": COUNTY,
    r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$": COUNTY,
    r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$": "10.00",
    r"^[0-9a-f]{64}$": "0" * 64,
    r"^-?\d{1,6}(\.\d{1,8})?$": "4.35",
    r"^-?[0-9]{1,6}(\.[0-9]{1,8})?$": "4.35",
    r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$": "2",
}
# Fields that must agree with another one, or be hard to guess.
_BY_NAME: Final = {
    "password": "mountain-river-2017",
    "client_secret": "mountain-river-2017",
    "malicious": False,
    "for_application": False,  # for services alone
    "mode": "indirect",  # it alone goes with an implementing entity
    "valid_until": "2018-12-20",
    "period_until": "2018-12-20",
    "ends_on": "2018-12-20",
    "asker_regions": [COUNTY],
    "payer": "guarantor",  # any payer but the borrower has a name
    "id_number": "11010519491231002X",
    "debtor": "entity",  # it alone is called upon by an agreement
    "leader": "holding",  # nobody has two posts in a project
}
# Of these the schema admits each word, and the other fields of the body belong to this one.
_BY_OPERATION: Final = {
    "book_lease_entry": {"kind": "sale"},
    "propose_programme_closing": {"kind": "carry_over"},
    "settle_grant_transfers": {"outcome": "rejected"},
    "take_project_step": {"step": "works"},
}
# Of these the schema admits each, and the operation wants exactly one.
_ONE_OF_TWO: Final = {
    "show_list_effects": "household_id",
    "propose_listing": "household_id",
    "propose_commendation": "household_id",
}
_THE_OTHER: Final = {
    "answer_insurance_policy": {"reason"},  # of a policy that is none of the insurer's
    "propose_listing": {"entity_id"},
    "propose_commendation": {"entity_id"},
    "propose_fund_movement": {"contribution_id", "recovery_id"},  # of a reversal, or of money back to a bank
    "book_lease_entry": {"amount"},  # of a rent
    "propose_programme_closing": {"reverses"},  # of a carry-over that was wrong
    "propose_programme_supplement": {"from_source"},  # of money that moves between two sources
    "take_project_step": {"amount", "entity_code", "entity_name"},  # of a claim, of the choice of an entity
}
_BY_FORMAT: Final = {"uuid": NOBODY, "date": "2017-12-20"}


@dataclass(frozen=True)
class Operation:
    """One operation; `schemas` are those of its service's contract."""

    service: str
    method: str
    template: str
    right: Right
    contract: Schema
    schemas: Schema

    @property
    def name(self) -> str:
        """Return the operation's own name."""
        return str(self.contract["operationId"])

    @property
    def media_type(self) -> str | None:
        """Return what kind of body it takes, if any."""
        return next(iter(self.contract.get("requestBody", {}).get("content", {})), None)

    @property
    def takes_key(self) -> bool:
        """Return whether it is a write."""
        return any(each["name"] == "idempotency-key" for each in self.contract.get("parameters", []))

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles that hold its right."""
        return RIGHTS[self.right]

    @property
    def an_allowed_role(self) -> Role:
        """Return one role that may call it, always the same."""
        return min(self.roles, key=str)

    def path(self, ids: Mapping[str, str]) -> str:
        """Return the path with real ids put in; a thing that does not exist gets an id of nobody."""
        path = self.template
        for parameter in self.contract.get("parameters", []):
            if parameter["in"] == "path":
                name = parameter["name"]
                made_up = sample(parameter["schema"], self.schemas)
                path = path.replace(f"{{{name}}}", ids.get(f"{self.service}.{name}", made_up))
        return path

    def query(self) -> dict[str, str]:
        """Return a right value for each query parameter that is needed."""
        return {
            parameter["name"]: str(_BY_NAME.get(parameter["name"], sample(parameter["schema"], self.schemas)))
            for parameter in self.contract.get("parameters", [])
            if parameter["in"] == "query" and (parameter["required"] or parameter["name"] == _ONE_OF_TWO.get(self.name))
        }

    def query_parameters(self) -> list[str]:
        """Return the names of all query parameters."""
        return [each["name"] for each in self.contract.get("parameters", []) if each["in"] == "query"]

    def body(self, ids: Mapping[str, str]) -> Any:
        """Return a JSON body that the schema admits; None where it takes none."""
        if self.media_type != "application/json":
            return None
        by_name = {name.partition(".")[2]: each for name, each in ids.items()}
        by_name |= {name.partition(".")[2]: each for name, each in ids.items() if name.startswith(self.service)}
        by_name |= _BY_OPERATION.get(self.name, {})
        schema = self.contract["requestBody"]["content"]["application/json"]["schema"]
        body = sample(schema, self.schemas, by_name)
        for other in _THE_OTHER.get(self.name, ()):
            body.pop(other)
        return body


def operations() -> list[Operation]:
    """Return the operations of all services."""
    return [
        Operation(
            service, method.upper(), template, Right(operation["x-right"]), operation, contract["components"]["schemas"]
        )
        for service, contract in read_contracts().items()
        for template, item in contract["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def of_service(service: str) -> list[Operation]:
    """Return one service's operations."""
    assert service in SERVICES
    return [operation for operation in operations() if operation.service == service]


def sample(schema: Schema, schemas: Schema, ids: Mapping[str, str] | None = None, name: str = "") -> Any:
    """Return a value that a schema admits, with everything it may have filled in; `ids` are of real things by name.

    They may hold the word to take of several too.
    """
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, ids, name)
    if union := schema.get("anyOf") or schema.get("oneOf"):
        return sample(next(part for part in union if part.get("type") != "null"), schemas, ids, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        wanted = (ids or {}).get(name)
        return wanted if wanted in schema["enum"] else schema["enum"][0]
    match schema.get("type"):
        case "object":
            properties = dict(schema.get("properties", {}))
            if "household_id" in properties:
                properties.pop("household_number", None)  # one of them names the household
            if schema.get("minProperties"):  # a map with keys of its own: one of them
                properties["labour"] = next(iter(schema["patternProperties"].values()))
            return {
                name: _BY_NAME.get(name) if name in _BY_NAME else sample(part, schemas, ids, name)
                for name, part in properties.items()
            }
        case "array":
            item = sample(schema.get("items", {}), schemas, ids, name.removesuffix("s"))
            return [item] * max(schema.get("minItems", 1), 1)
        case "integer":
            return int(max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1))
        case "boolean":
            return True
    if schema.get("format") == "uuid" and name in (ids or {}):
        return (ids or {})[name]
    text = _BY_FORMAT.get(schema.get("format", "")) or _BY_PATTERN.get(
        schema.get("pattern", ""), "planting".ljust(schema.get("minLength", 0), "!")
    )
    return _TOWNSHIP if text == COUNTY and schema.get("minLength", 0) > len(COUNTY) else text
