"""Our own web server before a published folder, which remembers what readers asked for."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.config.load import parse_config
from digest.web.reading import make_web
from digest.web.server import listen, serve
from tests.patience import HANG_S
from tests.readers.stage import CONFIG


@dataclass
class FeedServer:
    """A running server and the requests it saw: path, and the status they were answered."""

    folder: Path
    port: int
    asked: list[tuple[str, int]] = field(default_factory=list)

    def url(self, name: str) -> str:
        """Return the address of a file here."""
        return f"http://127.0.0.1:{self.port}/feeds/{name}"

    def statuses(self, name: str) -> list[int]:
        """Return what each request for a file was answered, in order."""
        return [status for path, status in self.asked if path == f"/feeds/{name}"]

    def publish(self, published: Path) -> None:
        """Put a publication in the place of the one before, each file whole."""
        for file in (one for one in published.rglob("*") if one.is_file()):
            target = self.folder / file.relative_to(published)
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f".{target.name}.new")
            shutil.copyfile(file, fresh)
            fresh.replace(target)

    def listen_in(self, web: ASGIApp) -> ASGIApp:
        """Return the application, with an ear at its door."""

        async def heard(scope: Scope, receive: Receive, send: Send) -> None:
            async def note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.asked.append((scope["path"], message["status"]))
                await send(message)

            await web(scope, receive, note)

        return heard


@contextmanager
def serve_publication(published: Path, folder: Path) -> Iterator[FeedServer]:
    """Serve a copy of a publication, in this folder, on loopback."""
    settings = parse_config(CONFIG.encode(), folder / "config.yaml")
    listener = listen("127.0.0.1:0")
    server = FeedServer(settings.feeds.folder, listener.getsockname()[1])
    server.publish(published)
    web = server.listen_in(make_web(settings, lambda: datetime.now(UTC)))
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(web, listener, stop)), name="web")
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=HANG_S)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
