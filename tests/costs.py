"""What work costs, in a form that holds on any machine: growth and ratios, never seconds.

Processor time of this thread is measured, the least of several rounds, and both sides of a comparison take turns: a
slow or busy machine slows both. A limit that is missed is measured again before the test fails, so that only a cost
that stays too high is a finding.
"""

import gc
import time
from collections.abc import Callable

Work = Callable[[], object]

MOST_ROUNDS = 6


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


def find_ratio(work: Work, reference: Work, below: float, rounds: int = 1) -> float:
    """Return how many times as much as the reference some work costs, after more rounds while that is not `below`."""
    cost, least = measure(work), measure(reference)
    for done in range(1, MOST_ROUNDS):
        if done >= rounds and cost < below * least:
            break
        cost, least = min(cost, measure(work)), min(least, measure(reference))
    return cost / least


def assert_cheap(work: Work, reference: Work, *, below: float) -> None:
    """Some work costs less than `below` times what the reference costs here and now."""
    ratio = find_ratio(work, reference, below)
    assert ratio < below, f"costs {ratio:.1f} times as much as its reference, and may cost {below:g} times"


def assert_gentle_growth(make: Callable[[int], Work], size: int, *, below: float = 3.0) -> None:
    """Work on twice the size costs less than three times as much; `make` prepares the work on a size, unmeasured.

    Linear work doubles, quadratic work quadruples. The size must be large enough for the part that grows to count.
    """
    ratio = find_ratio(make(2 * size), make(size), below, rounds=2)
    assert ratio < below, f"twice {size:,} costs {ratio:.1f} times as much, and may cost {below:g} times"
