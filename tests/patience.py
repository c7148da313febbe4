"""How long tests wait for what must happen: so long that only a hang meets the limit."""

import threading
from collections.abc import Callable

HANG_S = 240.0
"""Seconds. Whatever must happen has happened by then, on the slowest machine; only a hang has not."""

TEMPTATION_S = 0.3
"""Seconds that something wrong is given to happen. A slow machine makes such a test less sharp, never red."""

PAUSE_S = 0.02
"""Seconds between two looks at something that tells nobody when it happens."""


def wait_until(is_so: Callable[[], object]) -> None:
    """Look again and again until something is so, in a file or another process, that nobody is told of."""
    pause = threading.Event()
    for _ in range(int(HANG_S / PAUSE_S)):
        if is_so():
            return
        pause.wait(PAUSE_S)
    raise AssertionError(f"not within {HANG_S:g} s")
