"""Who works in the ledger, by a name that tells a later run on the same machine whether they are still alive.

A lease must outlast a server's slowest answer, so after a kill it would keep its rows for half an hour; a process that
is plainly gone need not be waited for. Where nothing is certain (another machine, another container), the lease is.
"""

import os
import secrets
import socket
from pathlib import Path


def make_owner() -> str:
    """Return a name for this process that nobody else has: machine, process namespace, process, and a random part."""
    return f"{_machine()}/{os.getpid()}-{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Tell whether the process of that name certainly lives no more; False where that cannot be told."""
    machine, _, rest = owner.rpartition("/")
    number = rest.partition("-")[0]
    if machine != _machine() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """Return the host's name and the namespace in which its process numbers count."""
    namespace = Path("/proc/self/ns/pid")
    inode = namespace.stat().st_ino if namespace.exists() else 0
    return f"{socket.gethostname()}/{inode}"
