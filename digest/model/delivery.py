"""A delivery: one edition to one subscriber, and what a transport answered."""

from dataclasses import dataclass
from enum import StrEnum

from digest.model.subscriber import Choice


class DeliveryState(StrEnum):
    """`SENT` means accepted by the next hop with a 250, nothing more."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    BOUNCED = "bounced"


OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.CLAIMED)
"""States from which a message may still be handed over."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """RFC 5321 envelope of one message: one recipient, always."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What handing over one message came to, with the server's code (RFC 5321 §4.2) and its text, addresses removed.

    `state` is SENT, QUEUED (certainly not taken: try later), FAILED (certainly refused) or IN_DOUBT.
    """

    state: DeliveryState
    reason: str
    code: int | None = None
    queue_id: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A digest that waits to be handed over, for all people of an edition whom mark and choices do not tell apart."""

    edition_id: int
    list_id: str
    to_seq: int
    mark: int
    choices_id: int
    chosen: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed row of the ledger, with what composing its message needs."""

    edition_id: int
    subscription_id: int
    variant_id: int
    address: str
    attempts: int
