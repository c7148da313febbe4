"""A response's body, decoded in bounded steps: bombs are seen before they are unpacked (FAULTS.md A9)."""

import zlib

import httpx2

_STEP_BYTES = 64 * 1024


class BodyError(Exception):
    """An answer that is not used, and why; it never leaves the code that fetches."""


async def read_body(response: httpx2.Response, max_bytes: int) -> bytes:
    """Return the whole decoded body. Raises: BodyError when it is too large, cut, or in a coding we cannot undo."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    unpacker = _Unpacker(max_bytes) if coding in ("gzip", "x-gzip") else None
    if unpacker is None and coding not in ("identity", ""):
        raise BodyError(f"the body is in the coding {coding[:40]}, which was not asked for")
    body = bytearray()
    received = 0
    async for part in response.aiter_raw():
        received += len(part)
        body += unpacker.unpack(part, len(body)) if unpacker else part
        if max(received, len(body)) > max_bytes:
            raise too_large(max_bytes)
    if unpacker and received and not unpacker.complete:
        raise BodyError("the gzip body breaks off")
    return bytes(body)


def too_large(max_bytes: int) -> BodyError:
    """Return the refusal of a body above the limit."""
    return BodyError(f"the body is larger than {max_bytes / 1024 / 1024:.3g} MB")


class _Unpacker:
    """gzip (RFC 1952) in steps; several members may follow one another."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def complete(self) -> bool:
        return self._member.eof

    def unpack(self, data: bytes, before: int) -> bytes:
        out = bytearray()
        try:
            while data:
                if self._member.eof:
                    self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                out += self._member.decompress(data, _STEP_BYTES)
                if before + len(out) > self._max_bytes:
                    raise too_large(self._max_bytes)
                data = self._member.unconsumed_tail or self._member.unused_data
        except zlib.error as error:
            raise BodyError("the gzip body is broken") from error
        return bytes(out)
