"""How much of one source is read at most."""

MAX_BYTES = 10 * 1024 * 1024
"""Most bytes of one file or one decoded body: 10 MB, a thousand times a usual listing page (FAULTS.md A10)."""
MAX_HEADERS = 256
"""Most header lines of one answer: servers send a few dozen (FAULTS.md A12)."""
MAX_HEADER_BYTES = 64 * 1024
"""Most bytes of all header lines of one answer: twice what the largest servers allow themselves."""
