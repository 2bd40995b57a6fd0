"""See ``meta.world``."""

from tests.channels.adapters.meta.world import world

__all__ = ["world"]
