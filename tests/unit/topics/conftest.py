"""Short ways to write rules and to ask a matcher."""

from collections.abc import Callable, Iterable

import pytest

from digest.model.topic import Region, Rule, Term, Topic
from digest.topics.match import build_matcher


def _terms(texts: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(text, line) for line, text in enumerate(texts, 1))


def _rule(
    *,
    any_: Iterable[str] = (),
    in_title: Iterable[str] = (),
    all_: Iterable[str] = (),
    none: Iterable[str] = (),
    ignore: Iterable[str] = (),
    kinds: Iterable[str] = (),
    regions: Iterable[str] = (),
) -> Rule:
    return Rule(
        any_=_terms(any_),
        in_title=_terms(in_title),
        all_=_terms(all_),
        none=_terms(none),
        ignore=_terms(ignore),
        kinds=tuple(kinds),
        regions=tuple(regions),
    )


@pytest.fixture(scope="session")
def make_rule() -> Callable[..., Rule]:
    """Build a rule from plain strings: `make_rule(any_=["gun"], kinds=["report"])`; a term's line is its place."""
    return _rule


@pytest.fixture(scope="session")
def is_given() -> Callable[..., bool]:
    """Tell whether one rule gives its topic to a title and summary; `regions` maps region ids to their words."""

    def ask(rule: Rule, title: str = "", summary: str = "", kind: str | None = None, **regions: Iterable[str]) -> bool:
        areas = [Region(id, id, _rule(any_=words)) for id, words in regions.items()]
        return build_matcher([Topic("it", "It", rule)], areas).match(title, summary, kind).topics == ("it",)

    return ask
