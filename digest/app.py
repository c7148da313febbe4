"""The composition root: settings → store, matcher, renderer, transport → pipelines.

Faces (cli, scheduler, web) hold an App and call its verbs; `now` is taken by them, once per run.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from digest.config.load import load_config
from digest.config.settings import MailSettings, Settings
from digest.editions.calendar import MOST_AT_ONCE
from digest.editions.render import Renderer
from digest.errors import StoreError
from digest.mail.maildir import MaildirTransport
from digest.mail.smtp import SmtpTransport
from digest.model.mailing import MailingList
from digest.pipelines.archive import OnProgress
from digest.pipelines.assemble import Assembled, assemble, assemble_now
from digest.pipelines.deliver import Clock, Post, Tally, Transport, deliver
from digest.pipelines.ingest import forget_reading, ingest
from digest.pipelines.owner import make_owner
from digest.pipelines.ping import Pinged, ping_hub
from digest.pipelines.publish import MOST_ARCHIVES, FeedResult, Memory, ignore_made, publish
from digest.pipelines.recover import Recovered, recover
from digest.pipelines.save import Desk, Ingested, release_pending
from digest.store.engine import Store, open_store
from digest.store.migrate import ready_store
from digest.topics.match import Matcher, build_matcher

MOST_ROUNDS = MOST_AT_ONCE + 1
"""Editions of one list that are made up for one after the other, and the round that finds no more."""

KEY_BYTES = 32
"""Length of the newsroom's secret, from which tokens and Message-IDs are derived."""


def ignore_progress(_count: int) -> None:
    """Take a count and show nothing."""


@dataclass(slots=True)
class Round:
    """What one round of mail did: what was settled first, editions assembled, mail handed over."""

    assembled: list[Assembled] = field(default_factory=list)
    recovered: Recovered = field(default_factory=Recovered)
    tally: Tally = field(default_factory=Tally)


class App:
    """One newsroom at work. Opens its store on first use; `close` lets go of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @classmethod
    def open(cls, config: Path) -> "App":
        """Return the app of a config.yaml.

        Raises: ConfigError.
        """
        return cls(load_config(config))

    @cached_property
    def store(self) -> Store:
        """The database, with its schema in place."""
        store = open_store(self.settings.store)
        ready_store(store)
        return store

    @cached_property
    def matcher(self) -> Matcher:
        """The rules of all topics and regions, compiled."""
        return build_matcher(self.settings.topics, self.settings.regions)

    @cached_property
    def renderer(self) -> Renderer:
        """The templates: the operator's folder first, then the packaged ones."""
        folder = self.settings.templates
        return Renderer(folder if folder.is_dir() else None, self.settings.compiled)

    @cached_property
    def memory(self) -> Memory:
        """Entries built and checked so far, kept between publications."""
        return Memory()

    @cached_property
    def transport(self) -> Transport:
        """The way out for mail that config.yaml chooses."""
        return make_transport(self.settings.mail)

    @cached_property
    def key(self) -> bytes:
        """The newsroom's secret, made at first use and kept beside the store."""
        return load_key(self.settings.var / "secret.key")

    @cached_property
    def post(self) -> Post:
        """What handing over needs, under a name in the ledger that is ours alone."""
        return Post(self.settings, self.store, self.transport, self.key, make_owner())

    async def ingest(
        self,
        now: datetime,
        *,
        only: Collection[str] = (),
        due: bool = False,
        on_progress: Callable[[Ingested], None] = forget_reading,
    ) -> list[Ingested]:
        """Read sources; see pipelines.ingest."""
        return await ingest(self.settings, self.store, self.matcher, now, only=only, due=due, on_progress=on_progress)

    def approve(self, sources: Collection[str], now: datetime) -> dict[str, int]:
        """Place the items of a burst that waited for a word; return how many, by source."""
        desk = Desk(self.settings, self.store, self.matcher)
        return {source: release_pending(desk, source, now) for source in sources}

    def publish(
        self,
        now: datetime,
        *,
        only: Collection[str] = (),
        every: bool = False,
        most_archives: int | None = MOST_ARCHIVES,
        on_progress: OnProgress = ignore_made,
    ) -> list[FeedResult]:
        """Publish feeds; see pipelines.publish."""
        return publish(
            self.settings,
            self.store,
            now,
            only=only,
            every=every,
            memory=self.memory,
            most_archives=most_archives,
            on_progress=on_progress,
        )

    async def ping(self, now: datetime) -> Pinged:
        """Tell the hub of feeds that changed; see pipelines.ping."""
        return await ping_hub(self.settings, self.store, now)

    def assemble(self, now: datetime, *, only: Collection[str] = ()) -> list[Assembled]:
        """Assemble what is due; see pipelines.assemble."""
        return assemble(self.settings, self.store, self.renderer, now, only=only)

    def assemble_now(self, mailing: MailingList, now: datetime) -> Assembled:
        """Assemble an edition at once; see pipelines.assemble."""
        return assemble_now(self.settings, self.store, self.renderer, mailing, now)

    def recover(self, now: datetime) -> Recovered:
        """Settle what an interrupted run left; see pipelines.recover."""
        return recover(self.post, now)

    async def deliver(
        self, clock: Clock, stop: asyncio.Event, on_progress: Callable[[int], None] = ignore_progress
    ) -> Tally:
        """Hand over what is due; see pipelines.deliver."""
        return await deliver(self.post, clock, stop, on_progress)

    async def send_due(
        self,
        clock: Clock,
        stop: asyncio.Event,
        on_progress: Callable[[int], None] = ignore_progress,
        *,
        only: Collection[str] = (),
    ) -> Round:
        """Recover, assemble what is due and hand it over, until nothing is due any more."""
        done = Round()
        done.recovered = await asyncio.to_thread(self.recover, clock())
        for _ in range(MOST_ROUNDS):
            assembled = await asyncio.to_thread(self.assemble, clock(), only=only)
            # A list that is held is due again in every round, and told once.
            done.assembled += [one for one in assembled if one not in done.assembled]
            done.tally.add(await self.deliver(clock, stop, on_progress))
            if stop.is_set() or not any(one.edition_id for one in assembled):
                break
        return done

    def close(self) -> None:
        """Let go of the database."""
        if "store" in self.__dict__:
            self.store.close()


def make_transport(mail: MailSettings) -> Transport:
    """Return the transport that the settings choose."""
    if mail.transport == "maildir" and mail.folder is not None:
        return MaildirTransport(mail.folder)
    return SmtpTransport(mail)


def load_key(file: Path) -> bytes:
    """Return the secret in a file that only its owner reads; made where there is none, whole or not at all.

    Raises: StoreError where it cannot be read or written.
    """
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = file.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(KEY_BYTES))
            try:
                os.link(fresh, file)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = file.read_bytes()
    except OSError as error:
        raise StoreError(f"{file}: the newsroom's key cannot be read or made: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise StoreError(f"{file}: is not a key of {KEY_BYTES} bytes; restore it from a backup")
    return key
