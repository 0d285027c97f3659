"""Waiting for something to become true, and saying well what did not."""
import time


def wait_until(condition, timeout: float = 15, what: str = "", every: float = 0.03):
    """Calls `condition` until it gives something true, and returns that."""
    end, last, problem = time.monotonic() + timeout, None, None
    while True:
        try:
            last, problem = condition(), None
            if last:
                return last
        except (AssertionError, OSError, KeyError, IndexError) as error:
            problem = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what or condition}; last: {problem or last!r}")
        time.sleep(every)
        every = min(every * 1.3, 0.25)


def stays(condition, seconds: float, what: str = ""):
    """Fails as soon as `condition` stops being true within `seconds`: for things that must not happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert condition(), f"did not stay so for {seconds} s: {what or condition}"
        time.sleep(0.05)
