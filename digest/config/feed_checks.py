"""What no single name of a feed can tell: those that moved, and those that are no more."""

from os.path import normpath

from digest.config.document import Document, Path
from digest.config.fields import did_you_mean
from digest.model.topic import ALL, CORRECTIONS

_SECTIONS = {"topics": "", "regions": "region-", "kinds": "kind-"}
_OWN = ("index", "feeds")  # files of ours that are no feeds
_MOVED: Path = ("feeds", "moved")
_RETIRED: Path = ("feeds", "retired")


def check_feeds(document: Document) -> None:
    """Report names of feeds that cannot have moved or retired, and moves that lead nowhere."""
    known = feed_names(document)
    moved = _moves(document)
    retired = [name for _, name in document.texts(_RETIRED)]
    for old, new in moved.items():
        _check_old(document, (*_MOVED, old), old, known, "moved")
        _check_new(document, (*_MOVED, old), new, [*known, *moved], retired)
    for place, name in document.texts(_RETIRED):
        _check_old(document, place, name, known, "retired")
        if name in moved:
            document.report_value(place, f"`{name}` has moved, so it is not retired", "write it in one place alone")
    _check_circles(document, moved)
    _check_folder(document)


def _check_folder(document: Document) -> None:
    """Report a folder of feeds in which something else stands: all that is in it is meant for everybody."""
    folder = document.block("feeds").get("folder")
    if not isinstance(folder, str):
        return
    others = {"the configuration itself": ".", "`var`": document.block().get("var", "var")}
    others["`templates`"] = document.block().get("templates", "templates")
    others |= {f"the source `{id_}`": document.block("sources", id_).get("path") for id_ in document.block("sources")}
    for what, path in others.items():
        if isinstance(path, str) and normpath(path) == normpath(folder):
            message = f"`feeds.folder` is that of {what}, and everything in it is meant for readers"
            document.report_value(("feeds", "folder"), message, "give the feeds a folder of their own: feeds")
            return


def feed_names(document: Document) -> tuple[str, ...]:
    """Return the names that feeds of this file have."""
    named = [f"{prefix}{id_}" for section, prefix in _SECTIONS.items() for id_ in document.block(section)]
    return (ALL, *named, CORRECTIONS)


def _moves(document: Document) -> dict[str, str]:
    found = document.block(*map(str, _MOVED))
    return {old: new for old, new in found.items() if isinstance(new, str)}


def _check_old(document: Document, path: Path, name: str, known: tuple[str, ...], what: str) -> None:
    report = document.report_key if what == "moved" else document.report_value
    if name in known:
        report(path, f"`{name}` is the name of a feed, so it has not {what}", "take it out, or rename that feed")
    elif name in _OWN:
        report(path, f"`{name}` is the name of a file of our own, never of a feed", "take it out")


def _check_new(document: Document, path: Path, name: str, known: list[str], retired: list[str]) -> None:
    """Report a target that is no name; where a section is broken nobody knows whether it is."""
    if name in known or any(document.is_broken((section,)) for section in _SECTIONS):
        return
    if name in retired:
        document.report_value(path, f"`{name}` is retired, so nothing can move there", f"retire `{path[-1]}` too")
        return
    prefixed = next((one for one in known if one in (f"region-{name}", f"kind-{name}")), name)
    cure = did_you_mean(prefixed, known) or f"the feeds are {', '.join(known)}"
    document.report_value(path, f"no feed is called `{name}`", cure)


def _check_circles(document: Document, moved: dict[str, str]) -> None:
    """Report each circle of moves once, where the file names it first."""
    done: set[str] = set()
    for old in moved:
        way: list[str] = []
        name = old
        while name in moved and name not in done:
            done.add(name)
            way.append(name)
            name = moved[name]
        if name in way:
            circle = [*way[way.index(name) :], name]
            message = f"these moves lead in a circle: {' → '.join(circle)}"
            document.report_value((*_MOVED, name), message, "let one of them lead to a feed")
