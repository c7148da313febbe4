"""Lines of a text dump → the stories on it, each as picture lines, kind, title, excerpt and date.

Anchored on the one line that is sure, a date alone on its line, and read backwards from there. Where a kind is known
it tells the rest; without one, the width of the gaps and the look of the lines decide, because the page leaves an
empty line where a kind is missing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.sources.dump.header import count_header_lines, is_header, is_sure_header
from digest.sources.dump.picture import is_sure_picture, match_credit
from digest.sources.kinds import match_kind, match_kind_after_words


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, white space normal, with the number of blank lines before it."""

    text: str
    gap: int


@dataclass(frozen=True, slots=True)
class Story:
    """The lines of one story by what they are; `title` is empty where there is none."""

    picture: tuple[str, ...]
    kind: str | None
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Split:
    """The lines before one date: the story that it belongs to, and stories before it that have no date at all."""

    story: Story
    undated: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What all blocks of a dump have in common: its kinds, its icons' alt texts, and its usual gap in blank lines."""

    vocabulary: frozenset[str]
    icons: frozenset[str]
    gap: int


_SHORTEST_SURE_EXCERPT = 260
"""Letters: no title of this newsroom is longer (the longest seen has 226); most cut excerpts have 500 to 700."""
_MOST_PICTURE_LINES = 3
_MOST_BLOCK_LINES = 60
"""Lines before one date that are looked at: a story has seven at most, a page's header with its menu some thirty."""


def survey_page(blocks: Sequence[Sequence[Line]], date_gaps: Sequence[int], vocabulary: frozenset[str]) -> Page:
    """Learn what the blocks of one dump share, labels that recur in the place of a kind among it."""
    usual = Counter(date_gaps).most_common(1)[0][0] if date_gaps else 1
    recent = (line.text for block in blocks for line in block[-_MOST_BLOCK_LINES:])
    split = (match_kind_after_words(text, vocabulary) for text in recent)
    icons = frozenset(found[1] for found in split if found and found[1])
    known = Page(vocabulary, icons, usual)
    return Page(vocabulary | _recurring_labels(blocks, known), icons, usual)


def split_block(block: Sequence[Line], page: Page, *, first: bool) -> Split:
    """Split the lines before one date, or after the last one; what stands above a dump's `first` story is header."""
    recent, older = list(block[-_MOST_BLOCK_LINES:]), block[:-_MOST_BLOCK_LINES]
    # Two pages in one file have a header in the middle: there it takes a sure sign, lest it be a picture's words.
    lines = _drop_header(recent, page) if first or any(is_sure_header(line.text) for line in recent) else recent
    if first:
        lines = _drop_strangers(lines, page)
    lost = () if first or not older else (Story((), None, "", f"{older[0].text} (and {len(older) - 1} lines more)"),)
    split = _split_lines(lines, page)
    return Split(split.story, (*lost, *split.undated))


def _split_lines(lines: list[Line], page: Page) -> Split:
    found = _find_kind(lines, page)
    if found is None:
        return Split(_split_without_kind(lines, page))
    at, kind = found
    after = [line.text for line in lines[at + 1 :]]
    before, undated = _split_before(lines[:at], page)
    title = after[0] if after and not (len(after) == 1 and _is_sure_excerpt(after[0])) else ""
    return Split(Story(before, kind, title, " ".join(after[1:] if title else after)), undated)


def drop_header(lines: Sequence[Line], vocabulary: frozenset[str]) -> list[Line]:
    """Return the lines of a dump without dates that are not its header."""
    top, rest = list(lines[:_MOST_BLOCK_LINES]), lines[_MOST_BLOCK_LINES:]
    return [*_drop_header(top, Page(vocabulary, frozenset(), 1)), *rest]


def _find_kind(lines: list[Line], page: Page) -> tuple[int, str] | None:
    """Return place and words of the kind: best with title and excerpt after it, else with a title only."""
    exact = [(at, kind) for at, line in enumerate(lines) if (kind := match_kind(line.text, page.vocabulary))]
    if exact:
        best = min(exact, key=lambda found: _distance(len(lines) - 1 - found[0]))
        alone = len(lines) == 2 and best[0] == 0 and lines[0].gap > page.gap and _is_excerpt(lines[1].text)
        return None if alone else best
    return _find_labelled(lines, page)


def _find_labelled(lines: list[Line], page: Page) -> tuple[int, str] | None:
    """Return place and words of a kind with other words before it; never where an empty kind line is left."""
    for at in (len(lines) - 3, len(lines) - 2):
        found = match_kind_after_words(lines[at].text, page.vocabulary) if at >= 0 else None
        if found is None or lines[at + 1].gap > page.gap:
            continue
        last = lines[-1].text
        if at == len(lines) - 3 or not (
            lines[at].gap > page.gap or _is_sure_excerpt(last) or (not found[1] and _is_excerpt(last))
        ):
            return at, found[0]
    return None


def _distance(lines_after: int) -> int:
    return {2: 0, 1: 1, 0: 1_000_000_000}.get(lines_after, lines_after)


def _split_before(lines: list[Line], page: Page) -> tuple[tuple[str, ...], tuple[Story, ...]]:
    """Split what stands before a kind: the picture's lines, and before them perhaps a story that lost its date."""
    lines = [line for line in lines if line.text not in page.icons]
    earlier = [at for at, line in enumerate(lines) if match_kind(line.text, page.vocabulary) and at + 1 < len(lines)]
    if not earlier and len(lines) <= _MOST_PICTURE_LINES:
        return tuple(line.text for line in lines), ()
    at = _last_paragraph(lines)
    body = at - (earlier[-1] + 1 if earlier else 0)
    if earlier and (body < 1 or (body < 2 and not is_sure_picture(lines[at].text))):
        at = len(lines)
    lost = _split_lines(lines[:at], page)
    return tuple(line.text for line in lines[at:]), (*lost.undated, lost.story)


def _last_paragraph(lines: list[Line]) -> int:
    at = len(lines) - 1
    while at > 0 and lines[at].gap == 0 and len(lines) - at < _MOST_PICTURE_LINES:
        at -= 1
    return at


def _split_without_kind(lines: list[Line], page: Page) -> Story:
    at = _find_title(lines, page)
    if at is None:
        return Story((), None, "", " ".join(line.text for line in lines))
    picture = tuple(line.text for line in lines[max(0, at - _MOST_PICTURE_LINES) : at] if line.text not in page.icons)
    return Story(picture, None, lines[at].text, " ".join(line.text for line in lines[at + 1 :]))


def _find_title(lines: list[Line], page: Page) -> int | None:
    """Return where the title of a story without kind stands, None when it has none."""
    if len(lines) < 2:
        return 0 if lines and not match_credit(lines[0].text) and not lines[0].text.endswith("…") else None
    last = lines[-1].text
    excerpt = _is_excerpt(last)
    candidates = (len(lines) - 2, len(lines) - 1) if not excerpt else (len(lines) - 2,)
    wide = [at for at in candidates if at > 0 and lines[at].gap > page.gap]
    if wide:
        return wide[0]
    if is_sure_picture(lines[-2].text):
        return None if _is_sure_excerpt(last) else len(lines) - 1
    if excerpt:
        return len(lines) - 2
    pair = len(lines) > 2 and page.gap > 0 and lines[-2].gap == 0 and lines[-1].gap > 0
    return len(lines) - 1 if pair else len(lines) - 2


def _is_excerpt(text: str) -> bool:
    return _is_sure_excerpt(text) or text.endswith((".", ":", ";", ",", ".”", '."', "?”", "!”", '?"', '!"', ".’"))


def _is_sure_excerpt(text: str) -> bool:
    return text.endswith(("…", "…]", "[...]")) or len(text) > _SHORTEST_SURE_EXCERPT


def _drop_header(lines: list[Line], page: Page) -> list[Line]:
    return lines[count_header_lines([line.text for line in lines], _find_first_kind(lines, page)) :]


def _find_first_kind(lines: list[Line], page: Page) -> int | None:
    """Return where the first kind stands; the name of the page may be a kind's word (`News`), with header below it."""
    for at, line in enumerate(lines[:-1]):
        if match_kind(line.text, page.vocabulary) and not (at == 0 and is_header(lines[1].text)):
            return at
    found = _find_kind(lines, page)
    return found[0] if found and found[0] > 0 else None


def _drop_strangers(lines: list[Line], page: Page) -> list[Line]:
    """Keep of the lines before the first kind only the paragraph next to it: just that one can be a picture."""
    kind_at = _find_first_kind(lines, page) or 0
    return lines[_last_paragraph(lines[:kind_at]) :] if kind_at > _MOST_PICTURE_LINES else lines


def _recurring_labels(blocks: Sequence[Sequence[Line]], page: Page) -> frozenset[str]:
    """Return labels in no vocabulary that stand where kinds stand: below a picture, or three times and more.

    A story without kind leaves a wide gap before its title, so a short line with the usual gap on both sides, title
    and excerpt after it, is a label and no picture; seen once without a picture above, it stays unknown.
    """
    seen: Counter[str] = Counter()
    proven: set[str] = set()
    for number, block in enumerate(blocks):
        if len(block) < 3 or not _is_label_in_place(block[-3:], page):
            continue
        if _find_kind(list(block[-_MOST_BLOCK_LINES:]), page):
            continue
        label = block[-3].text.casefold()
        seen[label] += 1
        if number > 0 and len(block) > 3 and block[-3].gap > 0:
            proven.add(label)
    return frozenset(label for label, times in seen.items() if times > 2 or label in proven)


def _is_label_in_place(tail: Sequence[Line], page: Page) -> bool:
    label, title, excerpt = tail
    shaped = len(label.text) <= 40 and label.text.count(" ") <= 3 and label.text[0].isupper()
    return (
        shaped
        and label.text[-1].isalpha()
        and 0 < title.gap <= page.gap
        and not match_credit(label.text)
        and not is_sure_picture(title.text)
        and _is_excerpt(excerpt.text)
    )
