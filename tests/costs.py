"""What work costs, in a form that holds on any machine: growth and ratios, never seconds.

Processor time of this thread is measured, the least of several rounds, and both sides of a comparison take turns: a
slow or busy machine slows both. A limit that is missed is measured again before the test fails, so that only a cost
that stays too high is a finding.
"""

import gc
import time
from collections.abc import Callable

Work = Callable[[], object]

MOST_ROUNDS = 8

TWICE_DOUBLED = 9.0
"""Three times three: what work may cost whose input was doubled twice."""


def measure(work: Work) -> float:
    """Return the processor seconds that this thread spends on some work, without collections of garbage."""
    was_on = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        work()
        return time.thread_time() - began
    finally:
        if was_on:
            gc.enable()


def compare(work: Work, reference: Work, is_fine: Callable[[float, float], bool], rounds: int) -> tuple[float, float]:
    """Return what some work and its reference cost: each the least of some rounds, of more while that is not fine."""
    cost, least = measure(work), measure(reference)
    for done in range(1, MOST_ROUNDS):
        if done >= rounds and is_fine(cost, least):
            break
        cost, least = min(cost, measure(work)), min(least, measure(reference))
    return cost, least


def assert_cheap(work: Work, reference: Work, *, below: float) -> None:
    """Some work costs less than `below` times what the reference costs here and now."""
    cost, least = compare(work, reference, lambda cost, least: cost < below * least, 1)
    ratio = cost / least
    assert ratio < below, f"costs {ratio:.1f} times as much as its reference, and may cost {below:g} times"


def assert_gentle_growth(make: Callable[[int], Work], size: int) -> None:
    """Work on twice the size costs less than three times as much; `make` prepares the work on a size, unmeasured.

    It is doubled twice, from half the size, and may cost nine times then: linear work costs four times, quadratic work
    sixteen. What costs less than counting to a million is fine however it grows: of so little the larger part may be
    the memory that a system hands out page by page. The size must be large enough for the part that grows to count.
    """
    trifle = measure(lambda: sum(range(1_000_000)))

    def is_fine(cost: float, least: float) -> bool:
        return cost < TWICE_DOUBLED * least + trifle

    cost, least = compare(make(2 * size), make(max(1, size // 2)), is_fine, 2)
    told = f"four times {size // 2:,} cost {cost / least:.1f} times as much, and may cost nine times"
    assert is_fine(cost, least), told
