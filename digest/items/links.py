"""What a link may be: an absolute http or https URL in ASCII, with nothing in it that a reader cannot see."""

import re
import unicodedata
from urllib.parse import SplitResult, quote, urljoin, urlsplit

_WEB = ("http", "https")
_UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
_DEVIATING = re.compile("[ßς]")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$'*+/=^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_KEPT = "%/:;=?@!$&'()*+,~[]"
_PLAIN = re.compile(r"https?://[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+/[A-Za-z0-9._~/-]*")
"""The ordinary link, which cleaning leaves as it is; a property test holds it to that."""


def clean_link(url: str | None, base_url: str | None, *, mailto: bool = False) -> str | None:
    """Return the link as an absolute http or https URL, or None where it is none that a reader should follow.

    Relative links need `base_url`. None for every other scheme, for credentials, and for white space, controls, bidi
    or zero-width characters anywhere inside. With `mailto`, a mail address is a link too (RFC 6068), without its
    header fields. Host in lower case and IDNA, the rest percent-encoded (RFC 3987 §3.1), otherwise as given.
    """
    text = (url or "").strip()
    if _PLAIN.fullmatch(text):
        return text
    if not text or "\\" in text or any(unicodedata.category(letter) in _UNSEEN for letter in text):
        return None
    if text[:7].lower() == "mailto:":
        return _clean_mailto(text[7:]) if mailto else None
    try:
        return _clean_web(text, base_url)
    except ValueError:
        return None


def _clean_mailto(text: str) -> str | None:
    address = text.partition("?")[0]
    return f"mailto:{address}" if _ADDRESS.fullmatch(address) else None


def _clean_web(text: str, base_url: str | None) -> str | None:
    given = urlsplit(text)
    # `https:evil` is not relative, as urljoin has it: to some readers it is a host, so it stays one without a name.
    parts = given if given.scheme else urlsplit(urljoin(_without_credentials(base_url), text))
    if parts.scheme not in _WEB or "@" in parts.netloc:
        return None
    host = _clean_host(parts)
    return None if host is None else parts._replace(netloc=host, **_encoded(parts)).geturl()


def _without_credentials(base_url: str | None) -> str:
    parts = urlsplit(base_url or "")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.netloc else ""


def _clean_host(parts: SplitResult) -> str | None:
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else ".".join(_clean_label(label) for label in name.split("."))
    port = "" if parts.port is None else f":{parts.port}"
    return name + port if _HOST.fullmatch(name) else None


def _clean_label(label: str) -> str:
    if _DEVIATING.search(label):  # RFC 5894 §7.2: the codec follows IDNA 2003 and would lead to another host
        return "xn--" + label.encode("punycode").decode("ascii")
    return label.encode("idna").decode("ascii").lower()


def _encoded(parts: SplitResult) -> dict[str, str]:
    return {name: quote(getattr(parts, name), safe=_KEPT) for name in ("path", "query", "fragment")}
