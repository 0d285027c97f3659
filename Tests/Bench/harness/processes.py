"""Child processes of the benchmark: started here, ended here, whatever happens to the benchmark itself."""
import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
_libc = ctypes.CDLL(None, use_errno=True)
_children = []
_cleanups = []
_began = time.monotonic()


class BenchError(Exception):
    """A figure cannot be measured; the text says why."""


def say(text):
    print(f"bench {time.monotonic() - _began:6.1f} s  {text}", file=sys.stderr, flush=True)


def elapsed():
    return time.monotonic() - _began


def _die_with_parent():
    _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: even a kill -9 of the benchmark leaves nothing behind


def start(words, **options):
    process = subprocess.Popen(words, preexec_fn=_die_with_parent, **options)
    _children.append(process)
    return process


def stop(process, patience=12):
    """SIGTERM, then SIGKILL. Returns the seconds it took."""
    began = time.monotonic()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in _children:
        _children.remove(process)
    return time.monotonic() - began


def run(words, timeout, text=None, env=None, check=True):
    """Runs to the end and returns standard output. Throws BenchError with the first lines of the complaint."""
    try:
        process = start(words, stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True, env=env)
    except OSError as error:
        raise BenchError(f"{words[0]}: {error.strerror}") from None
    try:
        out, complaint = process.communicate(text, timeout)
    except subprocess.TimeoutExpired:
        stop(process, 2)
        raise BenchError(f"{os.path.basename(words[0])} {words[1]} took more than {timeout} s") from None
    finally:
        if process in _children:
            _children.remove(process)
    if check and process.returncode != 0:
        reason = " ".join((complaint or out).split())[:300]
        raise BenchError(f"{os.path.basename(words[0])} {' '.join(words[1:3])} ended with {process.returncode}: {reason}")
    return out


def at_end(action):
    _cleanups.append(action)


def clean_up():
    for process in list(_children):
        stop(process, 3)
    while _cleanups:
        try:
            _cleanups.pop()()
        except Exception as error:  # the rest must still be cleaned up
            print(f"bench: {error}", file=sys.stderr)


def install_cleanup():
    atexit.register(clean_up)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status_field(pid, name):
    """A field of /proc/PID/status in MB (10^6 bytes)."""
    with open(f"/proc/{pid}/status") as lines:
        for line in lines:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


class LoadTool:
    """Tests/Bench/LoadGenerator/load.c, compiled for this run."""

    def __init__(self, folder):
        self.folder = folder
        self.program = os.path.join(folder, "load")
        source = os.path.join(ROOT, "Tests/Bench/LoadGenerator/load.c")
        failures = []
        for compiler in ("clang", "gcc", "cc"):
            try:
                run([compiler, "-O2", "-std=c11", source, "-o", self.program], 60)
                return
            except BenchError as error:
                failures.append(str(error))
        raise BenchError("no C compiler: " + "; ".join(failures))

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", newline="", encoding="utf-8") as file:
            file.write(text)
        return path

    def words(self, mode, **options):
        words = [self.program, mode]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), str(value)]
        return words

    def measure(self, mode, timeout, **options):
        out = run(self.words(mode, **options), timeout)
        return json.loads(out)
