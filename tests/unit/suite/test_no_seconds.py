"""The tests themselves: none of them asks a machine for speed, so that all of them hold on any machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
EXEMPT = {"bench", "costs.py", "clocks.py", "patience.py", "webservers.py"}
"""Where speed is the subject, the homes of the cures, and servers that are slow by trade."""

CLOCKS = {
    "clock_gettime", "clock_gettime_ns", "default_timer", "getrusage", "monotonic", "monotonic_ns", "perf_counter",
    "perf_counter_ns", "process_time", "process_time_ns", "thread_time", "thread_time_ns", "timeit",
}  # fmt: skip
WAITS = {"join", "wait", "wait_for", "timeout", "settimeout", "communicate", "run", "get", "create_connection"}
LIMITS = {"timeout", "deadline_s", "within_s"}

CURE = {
    "clock": "measures time: assert growth or a ratio (tests/costs.py), or let the product's own clock leap "
    "(tests/clocks.py); speed itself belongs to ./run bench",
    "wait": "waits so many seconds for something that must happen: wait HANG_S, or use wait_until (tests/patience.py)",
    "sleep": "sleeps: wait for the thing itself (tests/patience.py), or let the product's own clock leap "
    "(tests/clocks.py)",
}


def find_seconds(source: str) -> list[tuple[int, str]]:
    """Return the lines in which a test asks for seconds, and the kind of it."""
    found = sorted((node.lineno, kind) for node in ast.walk(ast.parse(source)) for kind in _judge(node))
    return [one for one in found if one[1] != "sleep"] if "mark.own_clock" in source else found


def _judge(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call | ast.ImportFrom | ast.Attribute):
        return
    if isinstance(node, ast.ImportFrom):
        if node.module in ("time", "timeit", "resource") and CLOCKS & {one.name for one in node.names}:
            yield "clock"
    elif isinstance(node, ast.Attribute):
        home = node.value
        if node.attr in CLOCKS or (node.attr == "time" and isinstance(home, ast.Name) and home.id == "time"):
            yield "clock"
    elif isinstance(node, ast.Call):
        yield from _judge_call(node)


def _judge_call(node: ast.Call) -> Iterator[str]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "sleep" and node.args and not (isinstance(node.args[0], ast.Constant) and node.args[0].value == 0):
        yield "sleep"
    if name in WAITS and node.args and _is_number(node.args[-1 if name == "wait_for" else 0]):
        yield "wait"
    if name in WAITS and any(word.arg in LIMITS and _is_number(word.value) for word in node.keywords):
        yield "wait"


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def list_files() -> list[Path]:
    """Return every file of the tests but those in which speed is the subject."""
    return [file for file in sorted(TESTS.rglob("*.py")) if not EXEMPT & set(file.relative_to(TESTS).parts)]


def test_no_test_asks_for_seconds() -> None:
    """No test measures time, sleeps, or waits a few seconds for what must happen: on a slow machine it would be red."""
    found = [
        f"{file.relative_to(TESTS.parent)}:{line} {CURE[kind]}"
        for file in list_files()
        for line, kind in find_seconds(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        pytest.param("began = time.process_time()", ["clock"], id="processor time"),
        pytest.param("from time import monotonic", ["clock"], id="by its bare name"),
        pytest.param("clock = time.perf_counter", ["clock"], id="handed on"),
        pytest.param("assert time.time() - began < 5", ["clock"], id="wall clock"),
        pytest.param("resource.getrusage(0)", ["clock"], id="usage"),
        pytest.param("time.sleep(0.1)", ["sleep"], id="sleep"),
        pytest.param("await asyncio.sleep(every_s)", ["sleep"], id="a nap"),
        pytest.param("pytestmark = pytest.mark.own_clock\nawait asyncio.sleep(9)", [], id="a leap"),
        pytest.param("process.wait(timeout=30)", ["wait"], id="a process"),
        pytest.param("event.wait(2)", ["wait"], id="an event"),
        pytest.param("async with asyncio.timeout(5): pass", ["wait"], id="a block"),
        pytest.param("await asyncio.wait_for(task, 2)", ["wait"], id="a task"),
        pytest.param("subprocess.run(command, timeout=60)", ["wait"], id="a command"),
        pytest.param("subprocess.run(command, timeout=HANG_S)", [], id="a hang"),
        pytest.param("now = datetime.now(UTC)", [], id="a date"),
        pytest.param("await asyncio.sleep(0)", [], id="a turn of the loop"),
    ],
)
def test_the_pattern_is_found(source: str, kinds: list[str]) -> None:
    """Each way to ask for seconds is found, and what is none is left alone."""
    assert [kind for _, kind in find_seconds(source)] == kinds
