"""How text becomes the 7-bit octets of a message: encoded words, folded fields, quoted-printable and base64.

A body is encoded once for everyone and keeps its places for a person's token: `Slot`s among the encoded octets.
"""

import re
from base64 import b64encode
from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass

LINE = 78
"""Letters that a header line should have at most (RFC 5322 §2.1.1)."""

BODY_LINE = 76
"""Letters that an encoded body line has at most (RFC 2045 §6.7, §6.8)."""

_WORD_OCTETS = 39
"""Octets of text in an encoded word: it has 64 letters, so that a field's first line stays below 76 (RFC 2047 §2)."""

_BASE64_SHARE = 6
"""One octet in so many beyond ASCII, and base64 (4 for 3) is shorter than quoted-printable (3 for 1)."""

_BASE64_OCTETS = BODY_LINE // 4 * 3
_CROWDED = 8
"""Octets that must stand between two tokens in base64, where each has a line for itself."""

_ASCII = bytes(range(128))
_ESCAPED = re.compile(rb"[^ !-<>-~]")
_LAST_BLANK = re.compile(rb" \Z")
_FROM_OR_DOT = re.compile(rb"\.|From ")
_BROKEN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a token. In base64 it is encoded together with the octets around it, up to the group of three."""

    base64: bool = False
    before: bytes = b""
    after: bytes = b""

    def filled(self, token: bytes) -> bytes:
        """Give the octets that stand here for one person."""
        return b2a_base64(self.before + token + self.after, newline=False) if self.base64 else token


Piece = bytes | Slot


def refuse_line_breaks(text: str) -> str:
    """Give back a text that is fit for a header; ValueError for a control character or a Unicode line break."""
    if _BROKEN_LINE.search(text):
        raise ValueError("a header value has a control character or a line break")
    return text


def encode_words(text: str) -> list[str]:
    """Spell any text as encoded words of UTF-8 in base64 (RFC 2047 §4.1), none of which splits a character."""
    words = [b""]
    for char in text:
        octets = char.encode()
        if len(words[-1]) + len(octets) > _WORD_OCTETS:
            words.append(b"")
        words[-1] += octets
    return [f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in words]


def fold_field(name: str, words: list[str]) -> bytes:
    """Write a header field from its words, one space or fold between two, without its last CRLF."""
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}"
    return "\r\n".join(lines).encode("ascii")


def encode_body(text: str, placeholder: bytes) -> tuple[str, list[Piece]]:
    """Encode a body, giving its Content-Transfer-Encoding and the octets with a slot for each placeholder.

    Line ends become CRLF, and the text always ends in one. Raises ValueError for a NUL.
    """
    if "\x00" in text:
        raise ValueError("a body has a NUL")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    octets = "".join(f"{line}\r\n" for line in lines).encode()
    pieces = octets.split(placeholder)
    beyond_ascii = len(octets.translate(None, _ASCII))
    crowded = any(len(piece) < _CROWDED for piece in pieces[1:-1])
    if beyond_ascii * _BASE64_SHARE > len(octets) and not crowded:
        return "base64", list(_base64(pieces, len(placeholder)))
    return "quoted-printable", slotted(_quoted_printable(octets, placeholder), placeholder)


def slotted(encoded: bytes, placeholder: bytes) -> list[Piece]:
    """Put a slot in the stead of every placeholder."""
    first, *others = encoded.split(placeholder)
    pieces: list[Piece] = [first]
    for other in others:
        pieces += [Slot(), other]
    return pieces


def _quoted_printable(octets: bytes, placeholder: bytes) -> bytes:
    lines = (_ESCAPED.sub(_hex, line) for line in octets.removesuffix(b"\r\n").split(b"\r\n"))
    return b"".join(physical for line in lines for physical in _soft_lines(_LAST_BLANK.sub(b"=20", line), placeholder))


def _hex(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % match[0][0]


def _soft_lines(line: bytes, placeholder: bytes) -> Iterator[bytes]:
    """Cut an escaped line with soft breaks, never inside an escape or a placeholder.

    No line starts with a dot or `From `, which SMTP and mbox would change.
    """
    at, end = 0, len(line)
    while True:
        start = b""
        if _FROM_OR_DOT.match(line, at):
            start = b"=%02X" % line[at]
            at += 1
        if end - at <= BODY_LINE - len(start):
            yield start + line[at:] + b"\r\n"
            return
        cut = _cut(line, at, at + BODY_LINE - 1 - len(start), placeholder)
        yield start + line[at:cut] + b"=\r\n"
        at = cut


def _cut(line: bytes, at: int, cut: int, placeholder: bytes) -> int:
    """Move a cut back before the escape or placeholder that it would split."""
    escape = line.rfind(b"=", cut - 2, cut)
    if escape >= 0:
        cut = escape
    slot = line.find(placeholder, max(at, cut - len(placeholder) + 1), cut + len(placeholder) - 1)
    return slot if at < slot < cut else cut


def _base64(pieces: list[bytes], token_octets: int) -> Iterator[Piece]:
    """Encode what stands between the tokens in whole groups of three octets; the rest goes into the slots."""
    left = pieces[0]
    for right in pieces[1:]:
        whole = len(left) - len(left) % 3
        before = left[whole:]
        after = right[: -(len(before) + token_octets) % 3]
        yield _base64_lines(left[:whole])
        yield Slot(base64=True, before=before, after=after)
        yield b"\r\n"
        left = right[len(after) :]
    yield _base64_lines(left)


def _base64_lines(octets: bytes) -> bytes:
    starts = range(0, len(octets), _BASE64_OCTETS)
    return b"".join(b64encode(octets[start : start + _BASE64_OCTETS]) + b"\r\n" for start in starts)
