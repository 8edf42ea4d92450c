"""Where things stand: services, their wings and rooms, and the modules in them."""

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
SERVICES: Final = ("registry", "lending", "subsidy", "riskfund", "gateway")
WINGS: Final = {"registry": ("register", "credit", "standing", "policy", "dossier")}
_NOT_ROOMS: Final = frozenset({"tests", "migrations", "contracts"})


def modules_of(service: str) -> list[Path]:
    """Return a service's modules without tests and migrations, as paths relative to the project."""
    folder = PROJECT / "services" / service
    found = (path.relative_to(PROJECT) for path in sorted(folder.rglob("*.py")))
    return [path for path in found if not _NOT_ROOMS & set(path.parts)]


def room_of(path: Path) -> str:
    """Return the room of a module: `rating` or `register/households`; the service's own name for its root files."""
    _, service, *rest = path.with_suffix("").parts
    if rest[0] in WINGS.get(service, ()):
        return "/".join(rest[:2])
    return rest[0] if len(rest) > 1 else service


def rooms_of(service: str) -> list[Path]:
    """Return the folders of a service's rooms, relative to the project."""
    folder = PROJECT / "services" / service
    wings = [folder / wing for wing in WINGS.get(service, ())]
    parents = [folder, *wings]
    rooms = [each for parent in parents for each in sorted(parent.iterdir()) if (each / "__init__.py").exists()]
    return [each.relative_to(PROJECT) for each in rooms if each not in wings and each.name not in _NOT_ROOMS]
