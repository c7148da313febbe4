"""One rule against what was found of it: does the item belong, and if not, why."""

from typing import NamedTuple, TypeAlias

from digest.model.topic import Rule, Term


class Use(NamedTuple):
    """A term in a rule, and the part of the rule it stands in: any, in_title, all, none or ignore."""

    part: str
    term: Term


Find: TypeAlias = tuple[Use, int, int, int]
"""A use found in a text: use, field (0 title, 1 summary), start and end in the folded text."""


def uses_of(rule: Rule) -> tuple[Use, ...]:
    """Return every term of a rule with its part."""
    parts = {"any": rule.any_, "in_title": rule.in_title, "all": rule.all_, "none": rule.none, "ignore": rule.ignore}
    return tuple(Use(part, term) for part, terms in parts.items() for term in terms)


def needs_words(rule: Rule) -> bool:
    """Tell whether a rule can match only where one of its words stands."""
    return bool(rule.any_ or rule.in_title or rule.all_)


def counting(finds: list[Find]) -> list[Use]:
    """Return the uses that count: no `ignore` phrase, nothing inside one, `in_title` only there."""
    masks = [find for find in finds if find[0].part == "ignore"]
    seen = [find for find in finds if find[1] == 0 or find[0].part != "in_title"]
    if masks:
        seen = [find for find in seen if not any(_covers(mask, find) for mask in masks)]
    return [find[0] for find in seen]


def refusal(rule: Rule, uses: list[Use], kind: str | None, regions: list[str]) -> str:
    """Return why an item does not belong, in words for an operator, or nothing if it does.

    `uses` are those that count, `regions` those already given to the item.
    """
    return _refusal_by_frame(rule, kind, regions) or _refusal_by_words(rule, uses)


def _refusal_by_frame(rule: Rule, kind: str | None, regions: list[str]) -> str:
    if rule.kinds and kind not in rule.kinds:
        return f"its kind is not {' or '.join(rule.kinds)}"
    if rule.regions and not set(rule.regions).intersection(regions):
        return f"its regions are not {' or '.join(rule.regions)}"
    return ""


def _refusal_by_words(rule: Rule, uses: list[Use]) -> str:
    parts = {use.part for use in uses}
    if "none" in parts:
        return "excluded by " + next(use.term.text for use in uses if use.part == "none")
    if (rule.any_ or rule.in_title) and parts.isdisjoint(("any", "in_title")):
        return "none of its words counts"
    missing = [term.text for term in rule.all_ if Use("all", term) not in uses]
    if missing:
        return f"without {missing[0]}"
    return "" if parts or rule.none or rule.kinds or rule.regions else "its rule is empty"


def _covers(mask: Find, find: Find) -> bool:
    return mask[1] == find[1] and mask[2] <= find[2] and find[3] <= mask[3]
