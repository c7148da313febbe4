"""Mail addresses: one spelling for one person, mailboxes of senders, and texts without anybody's address.

`canonical_address` is the identity of a subscriber. It lower-cases the whole address: RFC 5321 §2.4 lets a host tell
`Jane@` from `jane@`, no host that people use does, and two digests for one person would be worse.
"""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from digest.errors import AddressError

MAX_ADDRESS = 254
"""Octets of an address (RFC 5321 §4.5.3.1.3 gives a path 256, with its angle brackets)."""

MAX_LOCAL = 64
"""Octets before the @ (RFC 5321 §4.5.3.1.1)."""

_RESERVED = ("arpa", "invalid", "local", "localhost", "onion", "test")
"""Top-level names that no public mail reaches (RFC 6761, RFC 6762, RFC 7686); email-validator's list."""

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]"
_ORDINARY = re.compile(
    rf"(?=[^@]{{1,{MAX_LOCAL}}}@)(?=[^@]+@[^@]{{1,253}}\Z){_ATEXT}+(?:\.{_ATEXT}+)*"
    r"@(?!.*--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    rf"(?!(?:{'|'.join(_RESERVED)})\Z)[a-z]{{2,63}}\Z"
)
"""Most addresses there are, lower-cased: plain atoms, no Punycode, a public top-level name of letters."""

_WIRE_SAFE = re.compile(r'[^\s\x00-\x1f\x7f-\x9f"(),:;<>@\[\\\]]{1,64}@[A-Za-z0-9.-]{1,253}')
_MAILBOX = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"|[^"<>]*?) *<(?P<address>[^<>]*)>')
_REPLY_KEPT = 512
"""Characters of a server's text that are kept: one reply line (RFC 5321 §4.5.3.1.5)."""

_ADDRESS_LIKE = re.compile(r"[^\s<>()\[\],;:\"]+(?:@|%40|=40)[^\s<>()\[\],;:\"]+", re.IGNORECASE)


def canonical_address(text: str) -> str:
    """Give the one spelling of an address: lower case, NFC, the domain as A-labels (IDNA 2008).

    `text` is the address alone: white space around it, a display name, a quoted local part, an address literal or a
    second address are refused. What is beyond ASCII may only remain before the @ (SMTPUTF8, RFC 6531).

    Raises:
        AddressError: with a reason that never repeats any of the text.
    """
    lowered = text.lower()
    if text.isascii() and len(lowered) <= MAX_ADDRESS and _ORDINARY.match(lowered):
        return lowered
    return _careful_address(text)


def _careful_address(text: str) -> str:
    """Judge an address that is not ordinary, by our own rules and then by email-validator's."""
    reason = _refusal(text)
    if reason is None:
        try:
            return _spelled(text)
        except EmailNotValidError:
            # The library's sentences quote the address: neither they nor the exception may travel on.
            reason = _plain_reason(text)
    raise AddressError(reason)


def _spelled(text: str) -> str:
    parsed = validate_email(text, check_deliverability=False, strict=True)
    local = unicodedata.normalize("NFC", parsed.local_part.lower())
    address = f"{local}@{parsed.ascii_domain}"
    if len(local.encode()) > MAX_LOCAL or len(address.encode()) > MAX_ADDRESS:
        raise AddressError(f"it is longer than {MAX_LOCAL} octets before the @, or {MAX_ADDRESS} in all")
    return address


def _refusal(text: str) -> str | None:
    """Say which of our own rules a text breaks, or None."""
    local_octets = len(text.partition("@")[0].encode("utf-8", "replace"))
    rules = (
        (not text, "it is empty"),
        (len(text) > MAX_ADDRESS, f"it is longer than {MAX_ADDRESS} octets"),
        (any(char.isspace() or not char.isprintable() for char in text), "it has a space or a control character"),
        ("@" not in text, "it has no @"),
        ("<" in text or ">" in text, "it must be the address alone, without a name or angle brackets"),
        ('"' in text, "a quoted part before the @ is not taken"),
        ("[" in text or "]" in text, "an address literal is not taken: it needs a domain"),
        (text.count("@") > 1 or "," in text or ";" in text, "it must be one address"),
        (local_octets > MAX_LOCAL, f"it has more than {MAX_LOCAL} octets before the @"),
    )
    return next((reason for broken, reason in rules if broken), None)


def _plain_reason(text: str) -> str:
    """Say what is wrong with an address that email-validator refused, without its own words."""
    domain = text.rpartition("@")[2].lower()
    if "." not in domain.strip("."):
        return "its domain needs a dot"
    if domain.rpartition(".")[2] in _RESERVED:
        return "its domain ends in a reserved name that mail does not reach"
    return "it is not spelled as RFC 5321 and IDNA 2008 ask"


def is_wire_safe(address: str) -> bool:
    """Whether an address can end neither the header field nor the SMTP command that it stands in."""
    return _WIRE_SAFE.fullmatch(address) is not None


def parse_mailbox(text: str) -> tuple[str, str]:
    """Split a list's sender, `Name <a@b>` or `a@b`, into its display name ("" when there is none) and address.

    A name may stand in double quotes. Raises AddressError, also for a name with a control character.
    """
    match = _MAILBOX.fullmatch(text.strip())
    if match is None:
        return "", canonical_address(text.strip())
    name = match["name"].strip()
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    if not name.isprintable():
        raise AddressError("its name has a control character")
    return name, canonical_address(match["address"])


def without_addresses(text: str, *addresses: str) -> str:
    """Give a server's text as one printable line in which every address reads `[address]`.

    The named addresses vanish in any case, and so do their local parts where they stand alone as a word; anything
    else that looks like an address vanishes too.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text[:_REPLY_KEPT]).split())
    line = _ADDRESS_LIKE.sub("[address]", line)
    for address in addresses:
        local = address.rpartition("@")[0]
        if local:
            line = re.sub(rf"(?<![\w.+-]){re.escape(local)}(?![\w+-]|\.\w)", "[address]", line, flags=re.IGNORECASE)
    return line
