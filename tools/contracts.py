"""Write each service's OpenAPI document to where the gateway reads it (`make contracts`)."""

import importlib
import json

from services.gateway.routing.contracts import FOLDER, SERVICES


def contract(service: str) -> str:
    """Return a service's OpenAPI document as stable text."""
    app = importlib.import_module(f"services.{service}.main").create_app()
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write all documents."""
    FOLDER.mkdir(exist_ok=True)
    for service in SERVICES:
        (FOLDER / f"{service}.json").write_text(contract(service))
        print(f"{service}: {FOLDER / f'{service}.json'}")


if __name__ == "__main__":
    main()
