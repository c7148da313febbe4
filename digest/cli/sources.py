"""sources try, sources list: how a newsroom can be read, and from where ours is."""

import asyncio
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.base import (
    CONFIG,
    AsJson,
    add_command,
    as_typed,
    clock,
    complain,
    config_path,
    cut,
    folded,
    near,
    out,
    out_json,
    say,
    say_next,
    typed,
)

if TYPE_CHECKING:
    from digest.config.settings import Settings
    from digest.pipelines.explore import Exploration
    from digest.pipelines.trial import Question
    from digest.sources.discovery.ways import Way


def register(root: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(name="sources", no_args_is_help=True, help="Find out how a newsroom can be read.")
    add_command(group, "try", try_)
    add_command(group, "list", list_)
    root.add_typer(group)


def try_(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page, a saved file, or a folder.")],
    id_: Annotated[str | None, typer.Argument(metavar="ID", help="With --save: its id in config.yaml.")] = None,
    way: Annotated[int, typer.Option("--way", metavar="N", min=1, help="The way to show in full, or to save.")] = 1,
    save: Annotated[bool, typer.Option("--save", help="Write it into config.yaml.")] = False,
    as_json: AsJson = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Ask an address in your own network.")] = False,
) -> None:
    """Look at a page or file and show each way to read it, best first.

    Each way is really read once; at most 15 requests are sent, within a minute, and nothing is stored. The YAML of
    the best way is printed to paste.
    """
    from digest.errors import UsageError

    if id_ and not save:
        raise UsageError(f"the id `{id_}` counts only with --save")
    config = config_path(context)
    settings = _load_settings(config, needed=save)
    if id_ and settings:
        _check_id(id_, settings)
    found = asyncio.run(_explore(_ask(address, settings, allow_private=allow_private)))
    chosen = _choose(found, way)
    name = id_ or _name_source(found, settings)
    if as_json:
        from digest.cli.ways import exploration_json

        out_json(exploration_json(found, name, config))
    else:
        from digest.cli.ways import show_exploration

        show_exploration(found, way, name, config)
    if chosen is None:
        if not as_json:
            say("next: try the page that lists its stories, or the address of its feed")
        raise typer.Exit(1)
    if save:
        _save(config, name, chosen, told=not as_json)
    elif not as_json:
        _say_next(address, found, way, config, allow_private=allow_private)


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the sources that config.yaml names."""
    from digest.config.load import load_config

    sources = load_config(config_path(context)).sources
    if as_json:
        out_json([{"id": one.id, "type": one.type, "url": one.url, "path": one.path} for one in sources])
        return
    for one in sources:
        out(cut(f"{one.id:<20} {one.type:<10} {near(Path(one.path)) if one.path else one.url}", 80))
    if not sources:
        words = "No sources yet: `digest sources try https://…` finds out how one is read."
        say(folded(as_typed(words, config_path(context))))


def _load_settings(config: Path, *, needed: bool) -> "Settings | None":
    """Return the configuration; where nothing is saved, it may be missing."""
    from digest.config.load import load_config

    return load_config(config) if needed or config.exists() else None


def _ask(address: str, settings: "Settings | None", *, allow_private: bool) -> "Question":
    from digest.pipelines.trial import Question

    return Question(
        address=_complete(address),
        allow_private=allow_private,
        contact=settings.site.contact if settings else None,
        kinds=tuple(kind.label for kind in settings.kinds) if settings else (),
        timezone=settings.site.timezone if settings else "UTC",
        language=settings.site.language if settings else None,
    )


def _check_id(id_: str, settings: "Settings") -> None:
    """Refuse an id under which nothing can be saved, before anybody is asked anything."""
    from digest.cli.ways import plain_id
    from digest.config.fields import SLUG
    from digest.errors import UsageError

    if not SLUG.fullmatch(id_):
        raise UsageError(f"`{id_}` is no id: small letters, digits and -, such as {plain_id(id_) or 'newsroom'}")
    taken = next((one for one in settings.sources if one.id == id_), None)
    if taken:
        place = f"{near(settings.file)}:{taken.line}" if taken.line else near(settings.file)
        raise UsageError(f"{place}: there is a source `{id_}` already: choose another id")


def _complete(address: str) -> str:
    """Return an address as it is asked: people leave out https:// where they name a site and no file.

    Raises: UsageError where it can be neither.
    """
    from digest.errors import UsageError

    if not address.strip():
        raise UsageError("name a page by its address, a saved file, or a folder")
    if re.match(r"(?!https?:)[a-z][a-z0-9+.-]*://|mailto:", address, re.I):
        raise UsageError(f"{address} is neither an http or https address nor a file")
    if re.match(r"https?://", address, re.I) or Path(address).expanduser().exists():
        return address
    host = address.partition("/")[0]
    if re.fullmatch(r"(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?", host):
        return f"http://{address}"
    looks_like_site = re.fullmatch(r"(?:[\w-]+\.)+[^\W\d]{2,}(?::\d+)?", host) and not re.search(r"[*?\[]", address)
    return (
        f"https://{address}" if looks_like_site and not host.endswith((".txt", ".html", ".xml", ".json")) else address
    )


async def _explore(question: "Question") -> "Exploration":
    from digest.pipelines.explore import explore

    with _telling() as tell:
        return await explore(question, clock(), tell)


class _telling:
    """What is being done now, on one line of a terminal that is gone in the end; elsewhere nothing."""

    def __enter__(self) -> Callable[[str], None]:
        self._shown = sys.stderr.isatty()
        return self._tell

    def _tell(self, words: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{cut(words, 79)}")
            sys.stderr.flush()

    def __exit__(self, *_: Any) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _choose(found: "Exploration", way: int) -> "Way | None":
    from digest.errors import UsageError

    if found.ways and way > len(found.ways):
        raise UsageError(f"there is no way {way}: {found.address} can be read in {len(found.ways)}")
    return found.ways[way - 1] if found.ways else None


def _name_source(found: "Exploration", settings: "Settings | None") -> str:
    """Return an id that is free: of the site's host, of the file's name, or of the page's title."""
    from digest.cli.ways import make_id

    name = make_id(found)
    taken = {one.id for one in settings.sources} if settings else set()
    return next(one for n in range(1, len(taken) + 2) if (one := name if n == 1 else f"{name}-{n}") not in taken)


def _save(config: Path, name: str, way: "Way", *, told: bool) -> None:
    from digest.cli.ways import source_for
    from digest.config.edit import add_source

    add_source(config, name, source_for(way, config))
    say(f"Saved in {near(config)} as `{name}`.")
    for problem in [] if told else way.problems:
        complain(f"note: {problem}")
    if way.forbidden:
        own = "where the site is your own, add `robots: ignore` to the source"
        say_next(f"it is not read while its robots.txt forbids it: ask the newsroom for a feed, or, {own}", config)
    else:
        say_next(f"`digest fetch {name}` reads it, `digest items` shows what came", config)


def _say_next(address: str, found: "Exploration", way: int, config: Path, *, allow_private: bool) -> None:
    private = " --allow-private" if allow_private else ""
    if not config.exists():
        say_next("`digest init` writes a config.yaml to save it in", config if config == CONFIG else CONFIG)
    chosen = f" --way {way}" if way > 1 else ""
    say(f"next: {typed(f'sources try {shlex.quote(address)}{private}{chosen} --save', config)}")
    say(f"      writes way {way} into {near(config)} for you")
    if len(found.ways) > 1 and way == 1:
        say(f"      --way 2 shows the second in full{', and so on' if len(found.ways) > 2 else ''}")
