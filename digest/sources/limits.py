"""How much of one source is read at most."""

MAX_BYTES = 10 * 1024 * 1024
"""Most bytes of one file or one decoded body: 10 MB, a thousand times a usual listing page (FAULTS.md A10)."""
