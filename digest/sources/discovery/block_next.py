"""The selector of the link that leads to the next page of a listing."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.sources.discovery.block_groups import ancestors, find_all, is_same, stable_names, text_of

_NEXT_WORDS = re.compile(
    r"(?:next|older|suivante?s?|siguientes?|próxim[ao]s?|proxim[ao]s?|weiter|nächste|volgende|successiv[ao]|التالي(?:ة)?"
    r"|следующ\w+|дальше|次へ|下一页|後へ)(?:\s+(?:page|posts|news|seite|página|pagina|الصفحة))?\s*[›»→>]*|[›»→]",
    re.I,
)
_BY_MEANING = ("link[rel=next]", "a[rel=next]", 'a[rel~="next"]')
_CALLED_NEXT = re.compile(r"next|older|suivant|siguiente|weiter|volgende", re.I)
_LONGEST_LABEL = 40


def next_selector(tree: LexborHTMLParser) -> str | None:
    """Return the selector of the link to the next page, with `@href`; None where the page has none.

    It must mean the next page on every page of the listing: the only link of its kind, or one that is called so.
    """
    for selector in _BY_MEANING:
        if tree.css_first(f"{selector}[href]") is not None:
            return f"{selector}@href"
    for link in tree.css("a[href]"):
        if _leads_on(link):
            for selector in _selectors(link):
                found = find_all(tree, selector)
                if found and is_same(found[0], link) and (len(found) == 1 or _CALLED_NEXT.search(selector)):
                    return f"{selector}@href"
    return None


def _leads_on(link: LexborNode) -> bool:
    href = link.attributes.get("href") or ""
    label = (link.attributes.get("aria-label") or text_of(link)).strip()
    return not href.startswith(("#", "javascript:")) and bool(_NEXT_WORDS.fullmatch(label[:_LONGEST_LABEL]))


def _selectors(link: LexborNode) -> Iterator[str]:
    """Yield selectors for a link, those first whose names say what it is."""
    names = [f"a.{name}" for name in stable_names(link)]
    names += [f".{name} a" for parent in list(ancestors(link))[:2] for name in stable_names(parent)]
    yield from sorted(names, key=lambda name: (not _CALLED_NEXT.search(name), name.startswith("."), len(name), name))
    label = link.attributes.get("aria-label")
    if label and label.isprintable() and not set(label) & set('"\\'):
        yield f'a[aria-label="{label}"]'
