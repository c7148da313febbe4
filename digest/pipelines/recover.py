"""recover: leases that ran out, rows in doubt, editions whose time is over (ARCHITECTURE 6).

Run first by every verb that delivers: what a kill left behind is settled before anything new is claimed.
"""

from dataclasses import dataclass
from datetime import datetime

from digest.errors import TransportError, UsageError
from digest.model.delivery import Delivery, Outcome
from digest.pipelines.deliver import Post, find_list, name_message
from digest.pipelines.owner import is_gone
from digest.store import deliveries as ledger
from digest.store.editions import load_edition


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found lying about: claims released, rows expired, doubts settled with evidence and without."""

    released: int = 0
    expired: int = 0
    proved: int = 0
    in_doubt: int = 0


def recover(post: Post, now: datetime) -> Recovered:
    """Settle what an interrupted run left behind, by `now`."""
    with post.store.read() as connection:
        gone = [owner for owner in ledger.load_owners(connection) if is_gone(owner)]
    with post.store.write() as connection:
        released = ledger.release_claims(connection, now, gone)
        expired = ledger.expire_late(connection, now)
    with post.store.read() as connection:
        doubtful = ledger.load_in_doubt(connection, now, gone)
        lists = {one.edition_id: load_edition(connection, one.edition_id).list_id for one in doubtful}
    proved = settled = 0
    for one in doubtful:
        try:
            evidence = _find_evidence(post, lists[one.edition_id], one)
        except TransportError:  # Nobody can look now: it stays as it is until somebody can.
            continue
        proved += evidence is not None
        settled += 1
        with post.store.write() as connection:
            ledger.settle_in_doubt(connection, one, evidence, now)
    return Recovered(released, expired, proved, settled - proved)


def _find_evidence(post: Post, list_id: str, one: Delivery) -> Outcome | None:
    try:
        mailing = find_list(post.settings, list_id)
    except UsageError:  # The list was taken out of the configuration meanwhile.
        return None
    return post.transport.evidence(name_message(post.key, mailing, one))
