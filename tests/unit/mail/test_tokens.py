"""Tokens: only ours verify, each for its own purpose; Message-IDs and hashes are the same every time."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.tokens import TOKEN_LENGTH, address_hash, message_id, unsubscribe_token, verify_unsubscribe
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER

KEY = bytes(range(32))
IDS = st.integers(min_value=0, max_value=2**63 - 1)


@given(IDS)
def test_a_token_names_its_subscription(subscription_id: int) -> None:
    """A token has 43 base64url letters, as many as the placeholder, and verifies to the id it was made for."""
    token = unsubscribe_token(KEY, subscription_id)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert len(token) == TOKEN_LENGTH == len(UNSUBSCRIBE_PLACEHOLDER)
    assert verify_unsubscribe(KEY, token) == subscription_id


def test_each_flipped_bit_breaks_a_token() -> None:
    """A29: no token that differs in one bit of any letter verifies, not even in bits that base64 ignores."""
    token = unsubscribe_token(KEY, 17)
    for at, letter in enumerate(token):
        for bit in range(8):
            forged = token[:at] + chr(ord(letter) ^ 1 << bit) + token[at + 1 :]
            assert verify_unsubscribe(KEY, forged) is None, (at, bit)


def test_the_last_letter_has_one_spelling() -> None:
    """The letters that decode to the same octets as the true last one are refused."""
    token = unsubscribe_token(KEY, 17)
    octets = base64.urlsafe_b64decode(token + "=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [
        token[:-1] + letter for letter in alphabet if base64.urlsafe_b64decode(token[:-1] + letter + "=") == octets
    ]
    assert len(twins) == 4
    assert [twin for twin in twins if verify_unsubscribe(KEY, twin) is not None] == [token]


@given(st.one_of(st.text(), st.text(min_size=43, max_size=43), st.text("AZaz09-_=+/", min_size=40, max_size=46)))
def test_any_text_is_no_token(text: str) -> None:
    """A32: whatever comes in, also beyond ASCII, the answer is None and never an exception."""
    assert verify_unsubscribe(KEY, text) is None


def test_another_key_or_purpose_proves_nothing() -> None:
    """A30: a token of another installation fails, and the purposes share no octets."""
    token = unsubscribe_token(KEY, 17)
    assert verify_unsubscribe(bytes(32), token) is None
    hashed = bytes.fromhex(address_hash(KEY, "17"))
    assert verify_unsubscribe(KEY, base64.urlsafe_b64encode(bytes(7) + b"\x11" + hashed[:24]).decode()[:43]) is None
    assert message_id(KEY, 1, 7, "example.org")[1:33] != address_hash(KEY, "1:7")[:32]


def test_a_short_key_is_refused() -> None:
    """A key of fewer than 16 octets signs nothing."""
    with pytest.raises(ValueError, match="16 octets"):
        unsubscribe_token(b"secret", 17)


def test_a_message_id_is_the_same_every_time_and_different_for_each() -> None:
    """A Message-ID depends on key, edition and subscription, and on nothing else."""
    first = message_id(KEY, 12, 3, "example.org")
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", first)
    assert first == message_id(KEY, 12, 3, "example.org")
    others = {
        message_id(KEY, 1, 23, "example.org"),
        message_id(KEY, 12, 4, "example.org"),
        message_id(bytes(32), 12, 3, "example.org"),
    }
    assert len(others | {first}) == 4


def test_an_address_hash_needs_the_key() -> None:
    """The hash of an address is stable for one key and unrelated under another."""
    assert address_hash(KEY, "jane@example.org") == address_hash(KEY, "jane@example.org")
    assert address_hash(KEY, "jane@example.org") != address_hash(bytes(32), "jane@example.org")
    assert re.fullmatch(r"[0-9a-f]{64}", address_hash(KEY, "أمينة@example.org"))
