"""What an SMTP reply means for a message (RFC 5321 §4.2.1), with every address taken out of its text."""

import re

from digest.mail.address import without_addresses
from digest.model.delivery import DeliveryState, Envelope, Outcome

SHUTTING_DOWN = 421
"""The one code that speaks of the session and not of the command (RFC 5321 §3.8)."""

START_INPUT = 354

_QUEUE_ID = re.compile(r"(?:queued as|\bid=|InternalId=|\bqp) ?([A-Za-z0-9][A-Za-z0-9.-]*)", re.IGNORECASE)


def decide_refusal(code: int, text: str, envelope: Envelope) -> Outcome | None:
    """Read a refusal: QUEUED for 4yz (try later), FAILED for 5yz; None for any other code."""
    states = {4: DeliveryState.QUEUED, 5: DeliveryState.FAILED}
    state = states.get(code // 100)
    return Outcome(state, scrubbed(text, envelope), code) if state else None


def decide_answer(code: int, text: str, envelope: Envelope) -> Outcome:
    """Read the answer to the dot: SENT for 2yz, a refusal, or IN_DOUBT for what is neither."""
    if code // 100 == 2:
        found = _QUEUE_ID.search(text)
        return Outcome(DeliveryState.SENT, scrubbed(text, envelope), code, found[1] if found else None)
    refusal = decide_refusal(code, text, envelope)
    return refusal or Outcome(DeliveryState.IN_DOUBT, "the answer makes no sense", code)


def scrubbed(text: str, envelope: Envelope) -> str:
    """Give a server's text as one line without the addresses of this envelope, or any other."""
    return without_addresses(text, envelope.recipient, envelope.sender) or "no text"
