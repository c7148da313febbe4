"""What was left out or held, in few lines: of many stories or feeds with one reason the first are named."""

from collections.abc import Iterable, Iterator, Sequence

from digest.cli.base import cut

LINES_SHOWN = 10
"""Lines that tell what was left out; `status --json` names every story."""

FEW = 2
"""Stories with one reason that are named each by itself."""

Row = tuple[str, str, str]
"""How the line begins, the story's name, and why it was left out."""


def left_out_lines(rows: Sequence[Row], rest: str) -> Iterator[str]:
    """Yield a line for each story, or for all that share a reason; `rest` says where the others are named."""
    groups: dict[tuple[str, str], list[str]] = {}
    for begin, name, reason in rows:
        groups.setdefault((begin, reason), []).append(name)
    lines: list[tuple[str, int]] = []
    for (begin, reason), names in groups.items():
        if len(names) > FEW:
            lines.append((f"{begin}: {cut(names[0], 50)} and {len(names) - 1:,} more: {reason}", len(names)))
        else:
            lines += [(f"{begin}: {cut(name, 50)}: {reason}", 1) for name in names]
    for line, _ in lines[:LINES_SHOWN]:
        yield line
    if left := sum(number for _, number in lines[LINES_SHOWN:]):
        yield f"  … and {left:,} more left out: {rest}"


def held_lines(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for all feeds that share a reason; a row is a feed's name, and why it keeps its last good copy."""
    groups: dict[str, list[str]] = {}
    for name, reason in rows:
        groups.setdefault(reason, []).append(name)
    lines = [(_few(names), reason, len(names)) for reason, names in groups.items()]
    yield from (f"{names}: {reason}" for names, reason, _ in lines[:LINES_SHOWN])
    if left := sum(number for _, _, number in lines[LINES_SHOWN:]):
        yield f"… and {left:,} more: status --json names all of them"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= FEW + 1 else f"{', '.join(names[:FEW])} and {len(names) - FEW:,} more"
