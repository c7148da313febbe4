"""The command line: one door, errors as sentences, exit codes 0 ok · 1 failed · 2 usage · 75 try later · 78 config."""

import errno
import os
import sys

EXIT_FAILED, EXIT_USAGE, EXIT_LATER, EXIT_CONFIG, EXIT_INTERRUPTED = 1, 2, 75, 78, 130


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run a command and return its exit code; expected failures are one sentence on stderr, never a traceback."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _complain("digest: stopped; what was done is kept, repeat the command to go on", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough; Python must not complain about it while it exits.
        _drop_stdout()
        return 0
    except OSError as error:
        # What the stages translate is an error of ours by now: this is our own output, or a folder of the caller.
        if error.filename is None:
            _drop_stdout()
        where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "the output"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return _complain(f"digest: {where}: {error.strerror or error}", EXIT_LATER if full else EXIT_FAILED)


def _run(arguments: list[str]) -> int:
    from digest.cli.root import app
    from digest.errors import AddressError, ConfigError, DigestError, StoreError, TransportError, UsageError

    try:
        return app(arguments)
    except ConfigError as error:
        told = f"{error}\n{_count(len(error.problems))} in the configuration; nothing was done."
        return _complain(told, EXIT_CONFIG, fold=True)
    except AddressError as error:
        return _complain(f"digest: not an address we can write to: {error}", EXIT_USAGE, fold=True)
    except UsageError as error:
        return _complain(f"digest: {error}", EXIT_USAGE, fold=True)
    except (TransportError, StoreError) as error:
        return _complain(f"digest: {error}", EXIT_LATER, fold=True)
    except DigestError as error:
        return _complain(f"digest: {error}", EXIT_FAILED, fold=True)


def _complain(sentence: str, code: int, *, fold: bool = False) -> int:
    # In a log an error stays one line; on a terminal it is broken between words.
    if fold and sys.stderr.isatty():
        from digest.cli.base import WIDTH, folded

        sentence = "\n".join(folded(line) if len(line) > WIDTH else line for line in sentence.splitlines())
    sys.stderr.write(sentence + "\n")
    return code


def _drop_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _count(problems: int) -> str:
    return "1 problem" if problems == 1 else f"{problems} problems"
