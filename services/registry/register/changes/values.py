"""Old and new values of a change: sealed on file, side by side and masked in answers."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from services.registry.register.changes.schemas import AnyChange, ChangedValue, ChangeIn
from services.registry.register.households.masking import masked_name
from services.registry.register.households.sealed import NEW_VALUES_CONTEXT, OLD_VALUES_CONTEXT
from shared.pii import PiiCipher, masked_tail
from shared.resident_id import masked

Values = dict[str, str | None]
_CHANGE: Final[TypeAdapter[AnyChange]] = TypeAdapter(ChangeIn)
# What a request says about itself; all the rest is what it changes.
_FRAME: Final = dict.fromkeys(("kind", "household_id", "effective_on", "reason", "evidence"), True)
_WORDING: Final = {"reason": True, "evidence": True}
_MASKS: Final = {"name": masked_name, "resident_id": masked, "phone": masked_tail}


def sealed_old(cipher: PiiCipher, values: Values) -> bytes:
    """Return the values on file when the change was proposed, sealed."""
    return cipher.encrypt(orjson.dumps(values).decode(), OLD_VALUES_CONTEXT)


def opened_old(cipher: PiiCipher, sealed: bytes) -> Values:
    """Return the values on file when the change was proposed."""
    values: Values = orjson.loads(cipher.decrypt(sealed, OLD_VALUES_CONTEXT))
    return values


def sealed_change(cipher: PiiCipher, change: AnyChange) -> bytes:
    """Return the whole change, sealed."""
    return cipher.encrypt(change.model_dump_json(exclude_unset=True), NEW_VALUES_CONTEXT)


def opened_change(cipher: PiiCipher, sealed: bytes) -> AnyChange:
    """Return the change as it was proposed."""
    return _CHANGE.validate_json(cipher.decrypt(sealed, NEW_VALUES_CONTEXT))


def digest_of(cipher: PiiCipher, change: AnyChange) -> bytes:
    """Return the keyed digest under which the same change, however it is worded, is found again."""
    return cipher.index(f"change|{change.model_dump_json(exclude_unset=True, exclude=_WORDING)}")


def side_by_side(old: Values, change: AnyChange) -> list[ChangedValue]:
    """Return each changed value before and after, by field; personal data masked."""
    new = _flat(change.model_dump(mode="json", exclude=dict(_FRAME), exclude_unset=True))
    return [
        ChangedValue(field=field, old=_shown(field, old.get(field)), new=_shown(field, new.get(field)))
        for field in dict.fromkeys((*old, *new))
    ]


def as_value(value: Any) -> str | None:
    """Return one value as it stands in `Values`: a word, or None where nothing is on file."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Values:
    flat: Values = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            for each in value:
                flat[f"{prefix}{key}.{each['member_id']}"] = as_value(each["relation"])
        else:
            flat[f"{prefix}{key}"] = as_value(value)
    return flat


def _shown(field: str, value: str | None) -> str | None:
    mask = _MASKS.get(field)
    return mask(value) if mask and value else value
