"""What was left out, in few lines: of many stories with one reason the first is named."""

from collections.abc import Iterator, Sequence

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
