"""What is installed beside digest, without loading any of it: plug-ins for sources, and the extras."""

from importlib.metadata import entry_points
from importlib.util import find_spec

PLUGINS = "digest.sources"
"""The entry-point group in which packages name the types of source that they read."""


def plugin_types() -> tuple[str, ...]:
    """Return the types of source that installed plug-ins read, sorted."""
    return tuple(sorted({one.name for one in entry_points(group=PLUGINS)}))


def has_fulltext() -> bool:
    """Tell whether the extra `fulltext` is installed, which finds the full text of an item's own page."""
    return find_spec("trafilatura") is not None
