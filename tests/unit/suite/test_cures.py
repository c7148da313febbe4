"""The cures for seconds: each of them fails where it should, and holds where it should."""

import asyncio

import pytest

from tests.clocks import OwnClockLoop
from tests.costs import Work, assert_cheap, assert_gentle_growth
from tests.patience import HANG_S

SHORT_S = 0.001
"""Of the clock of a loop, not of anybody else's."""


def linear(size: int) -> Work:
    return lambda: sum(range(size * 2_000))


def quadratic(size: int) -> Work:
    return lambda: sum(1 for _ in range(size) for _ in range(size * 200))


def test_growth_tells_linear_from_quadratic() -> None:
    """Twice the size of linear work passes, of quadratic work fails with both figures."""
    assert_gentle_growth(linear, 100)
    with pytest.raises(AssertionError, match=r"four times 50 cost 1\d\.\d times"):
        assert_gentle_growth(quadratic, 100)


def test_a_ratio_tells_cheap_from_dear() -> None:
    """Ten times the reference is less than twenty times, and more than five times."""
    assert_cheap(linear(1_000), linear(100), below=20)
    with pytest.raises(AssertionError, match="times as much as its reference"):
        assert_cheap(linear(1_000), linear(100), below=5)


@pytest.mark.own_clock
async def test_the_clock_leaps_over_what_nobody_waits_for() -> None:
    """An hour of sleep takes none, to the instant; in between the clock stands still."""
    clock = asyncio.get_running_loop()
    assert isinstance(clock, OwnClockLoop)
    await asyncio.sleep(3_600)
    assert clock.time() == pytest.approx(3_600)
    await asyncio.to_thread(linear(1_000))
    assert clock.time() == pytest.approx(3_600)


@pytest.mark.own_clock
async def test_a_deadline_strikes_and_nothing_else_does() -> None:
    """What never comes meets its deadline; what comes from a socket is there before any."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SHORT_S):
            await asyncio.Event().wait()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(1))
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        async with asyncio.timeout(SHORT_S):
            writer.write(b"x")
            assert await reader.read() == b"x"
        writer.close()


@pytest.mark.own_clock
async def test_the_clock_stands_still_for_who_works_elsewhere() -> None:
    """While somebody outside of the loop is at work, no deadline strikes."""
    clock = asyncio.get_running_loop()
    assert isinstance(clock, OwnClockLoop)
    done = asyncio.Event()
    clock.hold_while(lambda: not done.is_set())
    waiting = asyncio.create_task(asyncio.wait_for(done.wait(), HANG_S))
    for _ in range(3):
        await asyncio.sleep(0)
    before = clock.time()
    # A real moment passes here, in which the clock would have leapt.
    await asyncio.to_thread(linear(5_000))
    done.set()
    await waiting
    assert clock.time() == before
