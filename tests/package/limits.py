"""How long a call may take."""

import contextlib
import faulthandler
import sys


@contextlib.contextmanager
def in_time(seconds: float = 10):
    """Stop the tests and show where, even if the loop that hangs is written in C."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
