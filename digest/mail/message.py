"""The RFC 5322 octets of a digest: made once for a variant, then spliced for each person.

    rendered ─▶ prepare_variant ─▶ Prepared ─▶ compose_message (one join) ─▶ message

All lines end in CRLF and all octets are ASCII, but for a recipient who is not (RFC 6532).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from digest.errors import AddressError
from digest.mail.address import is_wire_safe
from digest.mail.encoding import Piece, Slot, encode_body, slotted
from digest.mail.headers import date_field, list_fields, mailbox_field, subject_field
from digest.mail.tokens import TOKEN_LENGTH
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER, Rendered
from digest.model.mailing import MailingList
from digest.model.site import Site

_PLACEHOLDER = UNSUBSCRIBE_PLACEHOLDER.encode("ascii")
_ADDRESS_AT, _MESSAGE_ID_AT = 1, 3
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A variant's message with places for one person.

    `parts` are the shared octets; an empty part stands at 1 for the address, at 3 for the Message-ID, at each of
    `tokens` for the unsubscribe token, and at each of `slots` for the token in base64.
    """

    parts: tuple[bytes, ...] = field(repr=False)
    tokens: tuple[int, ...]
    slots: tuple[tuple[int, Slot], ...]


def prepare_variant(
    rendered: Rendered,
    mailing: MailingList,
    site: Site,
    *,
    edition_key: str,
    date: datetime,
    one_click_url: str | None = None,
) -> Prepared:
    """Encode all that the readers of a variant share: its headers and both parts, the text alone when html is None.

    `edition_key` names the edition in any letters, the same on every machine; `date` is aware and frozen with the
    edition; `one_click_url` (RFC 8058) is https and holds the placeholder once. Each part ends with a line end, which
    it is given if need be. The same arguments give the same octets.

    Raises:
        ValueError: for a line break or control character in a header value, a naive date, or a NUL in a part.
        AddressError: when the list's sender or reply_to is no mailbox.
    """
    origin = [mailbox_field("From", mailing.sender), mailbox_field("Reply-To", mailing.reply_to), b"To: "]
    naming = [b"", subject_field(rendered.subject), date_field(date), b"Message-ID: "]
    lists = [b"", *list_fields(mailing, site, edition_key, one_click_url), b"MIME-Version: 1.0", b""]
    return _prepared(
        [
            b"\r\n".join(origin),
            Slot(),
            b"\r\n".join(naming),
            Slot(),
            *slotted(b"\r\n".join(lists), _PLACEHOLDER),
            *_body(rendered, edition_key),
        ]
    )


def compose_message(prepared: Prepared, *, address: str, message_id: str, token: str) -> bytes:
    """Splice one person's address, Message-ID (with its angle brackets) and unsubscribe token into a variant.

    Raises:
        AddressError: when the address could change the header.
        ValueError: when the Message-ID or token is not as `digest.mail.tokens` makes them.
    """
    if not is_wire_safe(address):
        raise AddressError("it cannot stand in a header")
    if not _MESSAGE_ID.fullmatch(message_id) or not _TOKEN.fullmatch(token):
        raise ValueError("a Message-ID or token is misspelled")
    letters = token.encode("ascii")
    parts = list(prepared.parts)
    parts[_ADDRESS_AT] = address.encode()
    parts[_MESSAGE_ID_AT] = message_id.encode("ascii")
    for at in prepared.tokens:
        parts[at] = letters
    for at, slot in prepared.slots:
        parts[at] = slot.filled(letters)
    return b"".join(parts)


def check_wire(message: bytes) -> None:
    """Refuse octets that a server could take for another message: ValueError unless every line ends in CRLF.

    A bare CR or LF lets a receiver see an end of data that we did not send (SMTP smuggling; RFC 5321 §2.3.8).
    """
    line_ends = message.count(b"\r\n")
    if message.count(b"\r") != line_ends or message.count(b"\n") != line_ends or not message.endswith(b"\r\n"):
        raise ValueError("a line of the message does not end in CRLF")


def dot_stuffed(message: bytes) -> bytes:
    """Double the dot that begins a line, as DATA wants it (RFC 5321 §4.5.2)."""
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _body(rendered: Rendered, edition_key: str) -> list[Piece]:
    """Write the content fields and the parts, text first (RFC 2046 §5.1.4: the last one is preferred)."""
    text = _part("plain", rendered.text)
    if rendered.html is None:
        return text
    boundary = b"=_digest_" + _content_hash(rendered, edition_key)
    opening = b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n--' + boundary + b"\r\n"
    between = b"\r\n--" + boundary + b"\r\n"
    return [opening, *text, between, *_part("html", rendered.html), b"\r\n--" + boundary + b"--\r\n"]


def _part(subtype: str, content: str) -> list[Piece]:
    encoding, pieces = encode_body(content, _PLACEHOLDER)
    fields = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return [fields.encode("ascii"), *pieces]


def _content_hash(rendered: Rendered, edition_key: str) -> bytes:
    """Name the content; `=_` before it keeps the boundary out of quoted-printable and base64 (RFC 2045 §6.7)."""
    content = "\x00".join((edition_key, rendered.subject, rendered.text, rendered.html or ""))
    return hashlib.sha256(content.encode()).hexdigest()[:32].encode("ascii")


def _prepared(pieces: Iterable[Piece]) -> Prepared:
    """Join neighbouring octets and note where the slots are."""
    parts: list[bytes] = []
    tokens: list[int] = []
    slots: list[tuple[int, Slot]] = []
    for is_slot, run in groupby(pieces, key=lambda piece: isinstance(piece, Slot)):
        if not is_slot:
            parts.append(b"".join(piece for piece in run if isinstance(piece, bytes)))
            continue
        for slot in run:
            if isinstance(slot, Slot) and slot.base64:
                slots.append((len(parts), slot))
            else:
                tokens.append(len(parts))
            parts.append(b"")
    return Prepared(tuple(parts), tuple(tokens[2:]), tuple(slots))
