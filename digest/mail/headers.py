"""The header fields of a digest, each as octets without its last CRLF.

The List- fields are written letter by letter: an encoded or refolded List-Unsubscribe loses the unsubscribe button
of the large mail services.
"""

import re
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from digest.mail.address import parse_mailbox
from digest.mail.encoding import LINE, encode_words, fold_field, refuse_line_breaks
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER
from digest.model.mailing import MailingList
from digest.model.site import Site

_PLAIN_NAME = 60
"""Letters up to which an ASCII display name stays unencoded; it then fits its line."""

_PLAIN_WORD = 900
"""Letters of a word that may stay unencoded: a line has at most 998 (RFC 5322 §2.1.1)."""

_FEEDBACK_SENDER = 15
"""Letters of the last part of Feedback-ID: Gmail wants 5 to 15, the same in all mail of one sender."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_ASCII_URL = re.compile(r"https?://[!-;=?-~]+")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
_LIST_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


def mailbox_field(name: str, mailbox: str) -> bytes:
    """Write From or Reply-To (RFC 5322 §3.6.2) from `Name <a@b>` or `a@b`; ValueError for a sender beyond ASCII."""
    display, address = parse_mailbox(mailbox)
    if not display:
        return fold_field(name, [address])
    return fold_field(name, [*_phrase(refuse_line_breaks(display)), f"<{address}>"])


def _phrase(display: str) -> list[str]:
    if not display.isascii() or len(display) > _PLAIN_NAME or "=?" in display:
        return encode_words(display)
    if _ATOMS.fullmatch(display):
        return [display]
    escaped = re.sub(r'(["\\])', r"\\\1", display)
    return [f'"{escaped}"']


def subject_field(subject: str) -> bytes:
    """Write Subject, as encoded words wherever folding could change it (RFC 2047)."""
    refuse_line_breaks(subject)
    words = subject.split(" ")
    plain = subject.isascii() and "=?" not in subject and all(0 < len(word) <= _PLAIN_WORD for word in words)
    return fold_field("Subject", words if plain or not subject else encode_words(subject))


def date_field(date: datetime) -> bytes:
    """Write Date in the zone that it has (RFC 5322 §3.6.1); ValueError when it has none."""
    if date.tzinfo is None:
        raise ValueError("the date of a message is aware")
    return fold_field("Date", [format_datetime(date)])


def list_fields(mailing: MailingList, site: Site, edition_key: str, one_click_url: str | None) -> list[bytes]:
    """Write what says that this is list mail from a machine, and how to leave it (RFC 2369, 2919, 3834, 8058).

    The unsubscribe addresses hold the placeholder of the token. Mail to them reaches the list's reply_to.
    """
    replies = _mailto(parse_mailbox(mailing.reply_to)[1])
    owner = _mailto(site.contact) if site.contact else replies
    domain = parse_mailbox(mailing.sender)[1].partition("@")[2]
    leave = [f"<{replies}?subject=unsubscribe%20{UNSUBSCRIBE_PLACEHOLDER}>"]
    fields = {
        "List-Id": [f"<{_checked(_LIST_ID, mailing.id)}.{domain}>"],
        "List-Unsubscribe": leave if one_click_url is None else [f"<{_one_click(one_click_url)}>", *leave],
        "List-Unsubscribe-Post": [] if one_click_url is None else ["List-Unsubscribe=One-Click"],
        "List-Help": [f"<{replies}?subject=help>"],
        "List-Owner": [f"<{owner}>"],
        "List-Archive": [f"<{site.feeds_url}>"] if _ASCII_URL.fullmatch(site.feeds_url) else [],
        "List-Post": ["NO"],
        "Auto-Submitted": ["auto-generated"],
        "Precedence": ["bulk"],
        "Content-Language": [_checked(_LANGUAGE, mailing.language)],
        "Feedback-ID": [_feedback_id(mailing.id, edition_key, domain)],
    }
    return [_verbatim(name, values) for name, values in fields.items() if values]


def _verbatim(name: str, values: list[str]) -> bytes:
    """Write a field that is never encoded, folded only between two values."""
    line = f"{name}: {', '.join(values)}"
    if len(line) > LINE:
        line = f"{name}: " + ",\r\n ".join(values)
    return line.encode("ascii")


def _mailto(address: str) -> str:
    return f"mailto:{quote(parse_mailbox(address)[1], safe='@+!$*')}"


def _one_click(url: str) -> str:
    if not url.startswith("https://") or url.count(UNSUBSCRIBE_PLACEHOLDER) != 1:
        raise ValueError("a one-click address is https and holds the token once")
    return _checked(_ASCII_URL, url)


def _feedback_id(list_id: str, edition_key: str, domain: str) -> str:
    """Name edition and list, for the spam rates that mail services show to senders: nothing of any person."""
    edition = re.sub(r"[^A-Za-z0-9._-]+", "-", edition_key)
    sender = re.sub(r"[^a-z0-9]", "", domain)[:_FEEDBACK_SENDER].ljust(5, "0")
    return f"{edition}:{list_id}:digest:{sender}"


def _checked(shape: re.Pattern[str], value: str) -> str:
    if not shape.fullmatch(value):
        raise ValueError(f"{value!r} cannot stand in a header")
    return value
