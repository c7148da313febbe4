"""What we sign and what we hash: unsubscribe tokens, Message-IDs, and the hash that stands for an address.

Each purpose has its own key, derived from the installation's, so a value made for one purpose proves nothing in
another. itsdangerous signs our other tokens; here its tokens would not do: they grow with the id they carry, and the
token of a message must always have the length of the placeholder that it replaces (`digest.mail.message`).
"""

import base64
import hmac
from binascii import Error as Base64Error

TOKEN_LENGTH = 43
"""Letters of a token: 32 octets in base64url without padding (RFC 4648 §5)."""

_ID_BYTES = 8
_MAC_BYTES = 24
_MIN_KEY_BYTES = 16


def unsubscribe_token(key: bytes, subscription_id: int) -> str:
    """Make the token that ends one subscription: 8 octets of its id, then 24 of HMAC-SHA256, as 43 letters.

    It never expires: RFC 8058 wants an old digest's link to work. `key` has at least 16 octets (ValueError), the id
    is between 0 and 2^63 - 1.
    """
    carried = subscription_id.to_bytes(_ID_BYTES, "big")
    signed = carried + _mac(key, b"unsubscribe", carried)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(signed)[:TOKEN_LENGTH].decode("ascii")


def verify_unsubscribe(key: bytes, token: str) -> int | None:
    """Give the id of the subscription that a token ends, or None for anything that we did not make.

    Takes the same time whichever letters are wrong. The whole text is compared, so the two bits that the last letter
    leaves unused cannot make a second spelling of the same token.
    """
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        signed = base64.urlsafe_b64decode(token + "=")
    except Base64Error:
        return None
    subscription_id = int.from_bytes(signed[:_ID_BYTES], "big")
    expected = unsubscribe_token(key, subscription_id)
    return subscription_id if hmac.compare_digest(expected, token) else None


def message_id(key: bytes, edition_id: int, subscription_id: int, domain: str) -> str:
    """Name the message of one edition to one subscription, with its angle brackets (RFC 5322 §3.6.4).

    The same arguments always give the same name, so a repeat by a relay is recognisable; nobody without the key can
    tell from it whom it was for.
    """
    digest = _mac(key, b"message-id", f"{edition_id}:{subscription_id}".encode())
    return f"<{digest[:16].hex()}@{domain}>"


def address_hash(key: bytes, address: str) -> str:
    """Stand in for a canonical address in suppressions and logs: 64 hexadecimal letters, the same for the same key."""
    return _mac(key, b"address", address.encode()).hex()


def _mac(key: bytes, purpose: bytes, message: bytes) -> bytes:
    if len(key) < _MIN_KEY_BYTES:
        raise ValueError(f"a key has at least {_MIN_KEY_BYTES} octets")
    return hmac.digest(hmac.digest(key, b"digest " + purpose, "sha256"), message, "sha256")
