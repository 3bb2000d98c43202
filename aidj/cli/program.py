"""The frame that every command runs in."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib import import_module

from aidj.cli.parser import build_parser
from aidj.errors import AidjError


def run(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments and run the command they name."""
    # One thread per matrix product: the products here are small, and other work runs beside them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = build_parser()
    options = parser.parse_args(arguments)
    if "command" not in options:
        parser.print_help()
        return 2
    from aidj.cli.screen import LogToScreen, Screen
    from aidj.processes import GARBAGE_AFTER

    gc.set_threshold(GARBAGE_AFTER)
    module, function = options.command.split(".")
    command = getattr(import_module(f"aidj.cli.{module}"), function)
    screen = Screen(quiet=options.quiet)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)  # leave no half file behind when told to stop, either
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING, handlers=[LogToScreen(screen)], force=True
    )
    try:
        return int(command(options, screen))
    except AidjError as error:
        screen.error(error)
        return 1
    except KeyboardInterrupt:
        screen.problem("Interrupted. What was stored up to now is kept.")
        return 130
    except BrokenPipeError:
        # The reader of a pipe has read enough; Python would complain about that once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
