"""A response's body, decoded in bounded steps: bombs are seen before they are unpacked (FAULTS.md A9)."""

import zlib
from collections.abc import AsyncIterator
from typing import Protocol

from digest.sources.network.target import show_text

_STEP_BYTES = 64 * 1024
_MOST_MEMBERS = 1_000
"""gzip members of one body: servers send one, and millions of empty ones are a bomb of time instead of space."""


class BodyError(Exception):
    """An answer that is not used, and why; it never leaves the code that fetches."""


class _Decoder(Protocol):
    @property
    def complete(self) -> bool: ...
    def decode(self, data: bytes, before: int) -> bytes: ...


async def read_body(parts: AsyncIterator[bytes], coding: str, max_bytes: int) -> bytes:
    """Return the whole body, its content coding undone.

    Raises: BodyError when it is too large, breaks off, or is in a coding that was not asked for.
    """
    decoder = _choose_decoder(coding.strip().lower(), max_bytes)
    body = bytearray()
    received = 0
    async for part in parts:
        received += len(part)
        body += decoder.decode(part, len(body))
        if max(received, len(body)) > max_bytes:
            raise _too_large(max_bytes)
    if received and not decoder.complete:
        raise BodyError(f"the {coding} body breaks off")
    return bytes(body)


def _choose_decoder(coding: str, max_bytes: int) -> _Decoder:
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip"):
        return _Gzip(max_bytes)
    if coding == "deflate":
        return _Deflate(max_bytes)
    raise BodyError(f"the body is in the coding {show_text(coding, 40)}, which was not asked for")


def _too_large(max_bytes: int) -> BodyError:
    return BodyError(f"the body is larger than {max_bytes / 1024 / 1024:.3g} MB")


class _Plain:
    complete = True

    def decode(self, data: bytes, before: int) -> bytes:
        return data


class _Gzip:
    """gzip (RFC 1952) in steps; several members may follow one another."""

    _name, _window = "gzip", zlib.MAX_WBITS | 16

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._members = 0
        self._member = self._begin(b"")

    @property
    def complete(self) -> bool:
        return self._member.eof

    def _begin(self, data: bytes) -> "zlib._Decompress":
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise BodyError(f"the {self._name} body is in more than {_MOST_MEMBERS} pieces")
        return zlib.decompressobj(self._window)

    def decode(self, data: bytes, before: int) -> bytes:
        """Return what `data` adds to the `before` bytes that are already there."""
        out = bytearray()
        try:
            while data:
                if self._member.eof:
                    self._member = self._begin(data)
                out += self._member.decompress(data, _STEP_BYTES)
                if before + len(out) > self._max_bytes:
                    raise _too_large(self._max_bytes)
                data = self._member.unconsumed_tail or self._member.unused_data
        except zlib.error as error:
            raise BodyError(f"the {self._name} body is broken") from error
        return bytes(out)


class _Deflate(_Gzip):
    """deflate (RFC 9110 §8.4.1.2): zlib's wrapping, or without it, as some servers send it."""

    _name = "deflate"

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes)
        self._fresh = True

    def decode(self, data: bytes, before: int) -> bytes:
        if self._fresh and data:
            # RFC 1950 §2.2: the first byte of zlib's wrapping names method 8; raw data cannot well begin so.
            wrapped = data[0] & 0x0F == 8
            self._member = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
            self._fresh = False
        return super().decode(data, before)
