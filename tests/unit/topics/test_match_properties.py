"""The matcher against the plainest reading of its rules, on random rules and texts."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.model.topic import Region, Rule, Term, Topic
from digest.topics.fold import fold
from digest.topics.match import build_matcher

# A small world of words, so that rules meet texts often.
WORDS = ["us", "US", "U.S.", "bus", "gun", "guns", "Kılıç", "kilic", "police", "kill", "killed", "women’s", "a", "WHO"]
TEXT = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", "-", ", ", "  ", "’s ", "; "])), max_size=8
).map(lambda parts: "".join(word + gap for word, gap in parts))
TERM = st.builds(
    lambda words, star: Term(" ".join(words) + star),
    st.lists(st.sampled_from([*WORDS, "ki*", "pol*"]), min_size=1, max_size=3),
    st.sampled_from(["", "", "*"]),
)
TERMS = st.lists(TERM, max_size=3).map(tuple)
RULES = st.builds(
    Rule,
    any_=TERMS,
    in_title=TERMS,
    all_=st.lists(TERM, max_size=1).map(tuple),
    none=st.lists(TERM, max_size=1).map(tuple),
    ignore=TERMS,
    kinds=st.sampled_from([(), (), ("report",)]),
    regions=st.sampled_from([(), (), ("r0",), ("r0", "r1")]),
)
ITEMS = st.tuples(TEXT, TEXT, st.sampled_from([None, "report", "letter"]))


def _spans(term: Term, text: str) -> set[tuple[int, int]]:
    """Find a term by one regular expression over the folded text, at every place it can begin."""
    folded = fold(text)
    capitals = len(term.text) <= 4 and term.text.isalpha() and term.text.isupper()
    haystack = folded.cased if capitals else folded.lower
    if capitals and folded.cased.isupper():
        return set()
    whole = fold(re.sub(r"\*+", "*", term.text))
    needle = whole.cased if capitals else whole.lower
    needle = needle if "*" in needle else needle.rstrip(".")
    body = r"[^\W_]*".join(re.escape(part) for part in needle.split("*"))
    pattern = re.compile(rf"(?<![^\W_]){body}(?![^\W_])")
    return {found.span() for at in range(len(haystack)) if (found := pattern.match(haystack, at))}


def _counts(rule: Rule, term: Term, texts: tuple[str, ...]) -> bool:
    for text in texts:
        masks = [span for mask in rule.ignore for span in _spans(mask, text)]
        for start, end in _spans(term, text):
            if not any(first <= start and end <= last for first, last in masks):
                return True
    return False


def _gives(rule: Rule, title: str, summary: str, kind: str | None, regions: set[str]) -> bool:
    texts = (title, summary)
    wanted = [_counts(rule, term, texts) for term in rule.any_]
    wanted += [_counts(rule, term, (title,)) for term in rule.in_title]
    return (
        any((rule.any_, rule.in_title, rule.all_, rule.none, rule.kinds, rule.regions))
        and (not wanted or any(wanted))
        and all(_counts(rule, term, texts) for term in rule.all_)
        and not any(_counts(rule, term, texts) for term in rule.none)
        and (not rule.kinds or kind in rule.kinds)
        and (not rule.regions or bool(regions & set(rule.regions)))
    )


@given(st.lists(RULES, max_size=4), st.lists(RULES, max_size=2), ITEMS)
def test_the_matcher_reads_rules_as_written(
    rules: list[Rule], areas: list[Rule], item: tuple[str, str, str | None]
) -> None:
    """One automaton for all rules gives what each rule gives when read by itself."""
    areas = [replace(rule, regions=()) for rule in areas]
    matcher = build_matcher(
        [Topic(f"t{at}", "", rule) for at, rule in enumerate(rules)],
        [Region(f"r{at}", "", rule) for at, rule in enumerate(areas)],
    )
    regions = [f"r{at}" for at, rule in enumerate(areas) if _gives(rule, *item, set())]
    match = matcher.match(*item)
    assert list(match.regions) == regions
    assert list(match.topics) == [f"t{at}" for at, rule in enumerate(rules) if _gives(rule, *item, set(regions))]


@given(st.lists(RULES, min_size=1, max_size=4), st.lists(RULES, max_size=4), ITEMS)
def test_topics_do_not_disturb_each_other(few: list[Rule], more: list[Rule], item: tuple[str, str, str | None]) -> None:
    """Adding topics never changes what the others are given."""
    first = [Topic(f"a{at}", "", rule) for at, rule in enumerate(few)]
    second = [Topic(f"b{at}", "", rule) for at, rule in enumerate(more)]
    alone = build_matcher(first, []).match(*item).topics
    together = build_matcher([*second, *first], []).match(*item).topics
    assert alone == tuple(id for id in together if id.startswith("a"))


@given(st.lists(RULES, max_size=4), ITEMS)
def test_an_explanation_is_the_match(rules: list[Rule], item: tuple[str, str, str | None]) -> None:
    """Explaining gives the same topics, and every quoted word stands in its field."""
    matcher = build_matcher([Topic(f"t{at}", "", rule) for at, rule in enumerate(rules)], [])
    why = matcher.explain(*item)
    assert why.match == matcher.match(*item)
    assert tuple(verdict.id for verdict in why.topics if verdict.matched) == why.match.topics
    for hit in (hit for verdict in why.topics for hit in verdict.hits):
        assert hit.words
        assert hit.words in (item[0] if hit.field == "title" else item[1])
