"""Kinds: which one a source's label means."""

from collections.abc import Mapping, Sequence

from digest.model.topic import Kind


def find_kind(label: str | None, kinds: Sequence[Kind], own: Mapping[str, str] | None = None) -> str | None:
    """Return the id of a kind by a label; one that nobody knows makes its own id.

    `own` are the labels of the source with the ids that they stand for; they come before the newsroom's.
    """
    if not label:
        return None
    folded = label.casefold()
    if own:
        mapped = next((kind for words, kind in own.items() if words.casefold() == folded), None)
        if mapped:
            return mapped
    known = next((kind.id for kind in kinds if folded in (kind.label.casefold(), kind.id)), None)
    slug = "-".join("".join(char if char.isalnum() else " " for char in folded).split())
    return known or slug or None
