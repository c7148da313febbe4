"""How many examples of a property are tried: fewer with `--quick`, more with `--long`."""

from hypothesis import settings

USUAL = 100
"""Examples of a property that says nothing else."""


def examples(usual: int) -> int:
    """Return how many examples to try where `usual` are enough to show the fact."""
    return max(5, usual * settings().max_examples // USUAL)
