"""The tests' county under a pack that asks for more than its own: values set by section and key."""

from typing import Any

import yaml

from services.registry.tests.county import PACK_TEXT
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def governed_by(registry: ServiceUnderTest, **values: Any) -> ServiceUnderTest:
    """Put the county under Fengjie's pack with `section__key=value` set."""
    content = yaml.safe_load(PACK_TEXT)
    content.pop("examples", None)  # they hold for the county's own values
    for name, value in values.items():
        section, key = name.split("__")
        content[section][key] = {"value": value, "assumed": True, "reason": "Set by the test."}
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=body, headers=headers)
    assert pack.status_code == 201, pack.text
    headers = registry.headers(Role.POVERTY_OFFICE, subject="checker")
    done = await registry.client.post(f"/api/v1/policy-packs/{pack.json()['id']}/confirmations", headers=headers)
    assert done.status_code == 201, done.text
    return registry
