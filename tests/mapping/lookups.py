"""What a mapping may find stored, for tests without a database."""

from app.mapping.names import Named
from app.rules.json_types import JsonObject


class NothingStored:
    """The lookup of an empty database."""

    def named(self, resource: Named, key: str) -> dict[str, str]:
        """None has it."""
        return {}

    def stored(self, resource: Named, id: str) -> JsonObject | None:
        """None is there."""
        return None
