"""Every expected failure, as one tree; data travels as attributes, faces map it to exit codes.

DigestError
├── ConfigError      config.yaml cannot be used: every problem at once, each with its place
├── UsageError       the caller named something that does not exist (an item, a list, a file)
├── SourceError      a source could not be read: what was seen
├── FeedError        a feed failed its check and keeps its last good copy
├── TemplateError    a template cannot render: its list is held
├── AddressError     a text that is no mail address we would write to
├── TransportError   no connection to hand mail over: nothing was sent, try later
├── WebError         the address to serve at cannot be used: what to do
└── StoreError       the database cannot be opened, is too old or too new, or is busy
"""

from dataclasses import dataclass


class DigestError(Exception):
    """The root: an expected failure, told to people as one sentence."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a text file: 1-based line and column, the line itself, and a cure if we know one.

    `caret` is the 1-based place under the snippet, in columns of a terminal, where it differs from `column`: long
    lines are shown in part, and some characters are two columns wide.
    """

    file: str
    line: int
    column: int
    message: str
    snippet: str = ""
    suggestion: str | None = None
    caret: int | None = None

    def __str__(self) -> str:
        head = f"{self.file}:{self.line}:{self.column}: error: {self.message}"
        lines = [head]
        if self.snippet:
            lines += [f"  {self.snippet}", f"  {' ' * ((self.caret or self.column) - 1)}^"]
        if self.suggestion:
            lines.append(f"  {self.suggestion}")
        return "\n".join(lines)


class ConfigError(DigestError):
    """The configuration has problems; they are listed in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(DigestError):
    """Somebody asked for what is not there; the sentence says what there is."""


class SourceError(DigestError):
    """A source gave nothing usable; `seen` says what was found there, in words for an operator."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


class FeedError(DigestError):
    """A feed broke a rule; `problems` are sentences."""

    def __init__(self, feed: str, problems: tuple[str, ...]) -> None:
        super().__init__(f"{feed}: " + "; ".join(problems))
        self.feed = feed
        self.problems = problems


class TemplateError(DigestError):
    """A template failed; `template` is its file name, `line` 1-based where known."""

    def __init__(self, template: str, line: int | None, reason: str) -> None:
        where = template if line is None else f"{template}:{line}"
        super().__init__(f"{where}: {reason}")
        self.template = template
        self.line = line
        self.reason = reason


class AddressError(DigestError):
    """A text is no address we write to; the reason never repeats the address."""


class TransportError(DigestError):
    """The next hop could not be reached or refused the session: certain, nothing was handed over."""


class WebError(DigestError):
    """Nobody can be served at the configured address; the sentence says why and what to do."""


class StoreError(DigestError):
    """The store cannot be used as it is; the sentence says what to do."""
