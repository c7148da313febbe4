"""One connection of a reader, with the limits that uvicorn's own lacks: the size of a head, and time for each step."""

from asyncio import BaseTransport, Transport
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from digest.web.negotiate import http_date


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may take.

    `head_bytes` is the size of a request's first line and headers. `head_s` are the seconds from the opening of a
    connection, or from the last answer, until the next head is whole, of which `idle_s` may pass in silence;
    `answer_s` are those in which an answer must have been taken. `connections` may be open at a time: one more, and
    the one that has been waiting longest without a request is dropped. It stays below the 1024 files that most
    systems let a process open.
    """

    head_bytes: int = 16 * 1024
    head_s: float = 10.0
    idle_s: int = 5
    answer_s: float = 60.0
    connections: int = 512


class _HeadTooLargeError(Exception):
    """Raised through the parser, which ends the connection."""


class Connection(HttpToolsProtocol):
    """Speaks HTTP/1.1 with one reader."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.in_head = True
        self.is_too_large = False
        self.head_bytes = 0
        self.deadline = 0.0

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin; a crowd loses whoever has been waiting longest."""
        super().connection_made(cast(Transport, transport))
        self._expect(self.limits.head_s)
        if len(self.connections) > self.limits.connections:
            waiting = [one for one in own(self.connections) if one.in_head]
            min(waiting, key=lambda one: one.deadline).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that grows without an end is refused (RFC 6585 §5)."""
        if self.in_head:
            self.head_bytes += len(data)
        super().data_received(data)
        if self.in_head and self.head_bytes > self.limits.head_bytes:
            self.refuse(431)

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the head is too large; it may have come in one piece."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > self.limits.head_bytes:
            self.is_too_large = True
            raise _HeadTooLargeError
        self.in_head = False
        self._expect(self.limits.answer_s)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Await the next head."""
        super().on_message_complete()
        self.in_head, self.head_bytes = True, 0

    def on_response_complete(self) -> None:
        """Await the next head once what was written has been taken."""
        super().on_response_complete()
        self._expect(self.limits.answer_s if self.transport.get_write_buffer_size() else self.limits.head_s)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn's own answer has no date."""
        self.refuse(431 if self.is_too_large else 400)

    def refuse(self, status: int) -> None:
        """End the connection with an error; in the middle of an answer without one."""
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            if self.cycle.response_started:
                self.transport.abort()
                return
        date = http_date(datetime.now(UTC))
        head = b"date: %b\r\ncache-control: no-store\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % date
        self.transport.write(STATUS_LINE[status] + head)
        self.transport.close()

    def _expect(self, seconds: float) -> None:
        self.deadline = self.loop.time() + seconds


def own(connections: Iterable[object]) -> list[Connection]:
    """Return those connections of a server that are ours, which all of them are."""
    return [one for one in connections if isinstance(one, Connection)]
