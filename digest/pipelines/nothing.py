"""nothing: why an edition that somebody asked for has nothing to say, as words for an operator."""

from collections.abc import Sequence

from digest.model.edition import Audience, Group
from digest.model.mailing import MailingList
from digest.model.placement import Action
from digest.store import placements as log_rows
from digest.store.editions import load_groups, load_last_edition_seq
from digest.store.engine import Connection


def explain_nothing(connection: Connection, mailing: MailingList, to_seq: int) -> str:
    """Return why nothing up to `to_seq` is to be mailed on a list, the nearest reason first."""
    groups = load_groups(connection, Audience(mailing.id))
    if not groups:
        return "nobody is subscribed"
    behind = [group for group in groups if group.mark < to_seq]
    if not behind:
        begun = load_last_edition_seq(connection, mailing.id) > 0
        return f"nothing new since {'the last edition' if begun else 'people subscribed'}"
    days = mailing.schedule.cadence.period_days
    if _is_all_old(connection, behind, to_seq, days):
        period = "a day" if days == 1 else f"{days} days"
        return f"all that came is older than one period of the list ({period}), so it counts as seen"
    return "nothing new in the topics that people take"


def _is_all_old(connection: Connection, behind: Sequence[Group], to_seq: int, days: int) -> bool:
    """Whether whatever was placed for these groups was old when its source was read for the first time."""
    mark = min(group.mark for group in behind)
    placed = [
        row for row in log_rows.load_window(connection, mark, to_seq) if row.action is Action.PLACED and row.seq > mark
    ]
    return bool(placed) and all(row.backlog_days > days for row in placed)
