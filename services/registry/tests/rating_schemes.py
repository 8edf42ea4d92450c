"""Rating standards for the tests: Fengjie's, with a bank that has its own, as data and as a pack."""

from typing import Any, Final

import yaml

from services.registry.tests.county import PACK_TEXT
from shared.access import Role
from shared.policy.load import read_pack
from shared.testing.service import ServiceUnderTest

BANK: Final = "PSBC"
BANK_SCHEME: Final[dict[str, Any]] = {
    "bank_code": BANK,
    "indicators": [
        {
            "code": "income_annual",
            "zh": "年收入(元)",
            "en": "Annual income (CNY)",
            "better_when": "higher",
            "steps": [{"threshold": "10000", "points": "20"}, {"threshold": "40000", "points": "40"}],
        },
        {
            "code": "deposits",
            "zh": "本行存款(元)",
            "en": "Deposits with the bank (CNY)",
            "better_when": "higher",
            "steps": [{"threshold": "1000", "points": "30"}, {"threshold": "10000", "points": "60"}],
        },
    ],
    "grade_limits": [{"code": "gold", "credit_limit": "45000.00"}, {"code": "silver", "credit_limit": "20000.00"}],
    "grade_bands": [{"code": "gold", "score_min": "80"}, {"code": "silver", "score_min": "40"}],
    "promotion_path": ["silver", "gold"],
}


class _WrittenOut(yaml.SafeDumper):
    """Writes a value that stands in two places out twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def pack_text(**rating: Any) -> str:
    """Return Fengjie's pack with values of its rating section set; each says that it is the test's."""
    content = yaml.safe_load(PACK_TEXT)
    content.pop("examples", None)  # they hold for the county's own values
    for key, value in rating.items():
        content["rating"][key] = {"value": value, "assumed": True, "reason": "Set by the test."}
    for key in (key for key, value in rating.items() if value is None):
        del content["rating"][key]
    return yaml.dump(content, Dumper=_WrittenOut, allow_unicode=True, sort_keys=False)


SCHEME_WITH_BANK: Final = read_pack(pack_text(bank_schemes=[BANK_SCHEME]), "with a bank").rating_scheme()


async def governed(registry: ServiceUnderTest, **rating: Any) -> ServiceUnderTest:
    """Put the county under Fengjie's pack with other values in its rating section."""
    body = pack_text(**rating).encode()
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=body, headers=headers)
    assert pack.status_code == 201, pack.text
    headers = registry.headers(Role.POVERTY_OFFICE, subject="checker")
    done = await registry.client.post(f"/api/v1/policy-packs/{pack.json()['id']}/confirmations", headers=headers)
    assert done.status_code == 201, done.text
    return registry
