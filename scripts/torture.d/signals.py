"""Signals between request and save, stops past the deadline, and a standard error that nobody reads."""

import contextlib
import fcntl
import os
import signal
import subprocess
import threading
import time

from syscalls import Bench
from world import environment, sha256

SECTION = "signals"

#: Milliseconds that the sandbox thinks about an answer: time for what is to come between.
DELAY = 1200
#: Seconds that the tool gives a request.
DEADLINE = 12

#: signal(7): the program's own faults, which nobody can be kept from.
FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP,
          signal.SIGABRT, signal.SIGSYS}
#: Those that do nothing by default.
HARMLESS = {signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT, signal.SIGPIPE,
            signal.SIGXFSZ}
STOPS = {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
ENDING = sorted(set(signal.valid_signals()) - FAULTS - HARMLESS - STOPS
                - {signal.SIGKILL, signal.SIGSTOP})


def name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def fill(writing):
    """Fills a pipe to its last byte."""
    flags = fcntl.fcntl(writing, fcntl.F_GETFL)
    fcntl.fcntl(writing, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x")
    fcntl.fcntl(writing, fcntl.F_SETFL, flags)


def is_stopped(process):
    with contextlib.suppress(FileNotFoundError), open(f"/proc/{process.pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"
    return False


class Trial:
    """One run of the tool, disturbed while the server thinks about its answer."""

    def __init__(self, bench, command):
        self.bench = bench
        self.command = command
        self.project = bench.project()
        self.process = None

    def start(self, errors=subprocess.DEVNULL):
        self.process = subprocess.Popen(
            # With more to say while the file is locked.
            [self.bench.tool.path, *self.bench.command(self.command), "--verbose",
             "--env-file", str(self.project.file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
            env=environment(HOME=str(self.project.home)), cwd=self.project.folder,
            # A group of its own, as a shell gives it: an orphaned one isn't stopped by SIGTSTP.
            process_group=0)
        outcome = {"refresh": "refreshed", "login": "exchanged"}[self.command]
        seen = wait_for(lambda: self.bench.sandbox.new_events(outcome))
        return None if seen else "the request never came"

    def end(self, seconds=30):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def lost(self):
        """What became of the new token; None when it is where it should be and lives."""
        values = self.project.values()
        if values is None or not self.bench.sandbox.accepts(values[0]):
            return f"the token is lost; the file holds {values and sha256(values[1])[:8]}"
        return None

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.project.close()


def ended_by(number):
    def attempt(trial):
        trial.process.send_signal(number)
        status = trial.end()
        if status != -number:
            return f"it ended with {status}"
        return trial.lost()
    return attempt


def stopped_by(number):
    def attempt(trial):
        before = trial.project.read()
        trial.process.send_signal(number)
        if not wait_for(lambda: trial.project.read() != before):
            return "it stopped before it had saved"
        if not wait_for(lambda: is_stopped(trial.process)):
            return "it never stopped"
        trial.process.send_signal(signal.SIGCONT)
        status = trial.end()
        return trial.lost() if status == 0 else f"it ended with {status}"
    return attempt


def frozen(trial):
    """Stopped until the deadline has passed, while the answer comes."""
    trial.process.send_signal(signal.SIGSTOP)
    time.sleep(DEADLINE + 1)
    trial.process.send_signal(signal.SIGCONT)
    status = trial.end()
    return trial.lost() if status == 0 else f"it ended with {status}"


def undrained_beside_another(trial):
    """Nobody reads what this run says: the next one must not wait for that."""
    values = trial.project.values
    before = values()
    if not wait_for(lambda: values() != before):
        return "nothing was saved"
    ended = trial.bench.run(trial.project, "refresh")
    if ended.seconds > 5 or ended.status != 0:
        return f"the next run, after {ended.seconds:.1f} s: {ended}"
    return trial.lost()


def torture(binaries, figures, quick, jobs):
    del jobs  # What is measured is one process at a time; those that wait do it together.
    # A shell has its background jobs ignore these two, and what is ignored stays ignored.
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    ending = [signal.SIGQUIT, signal.SIGALRM, signal.SIGUSR1, signal.SIGTERM, max(ENDING)]
    if not quick:
        ending = ENDING
    cases = [("signals that end a process", "refresh", ended_by(number), name(number), False)
             for number in ending]
    cases += [("signals that end a process", "login", ended_by(number), name(number), False)
              for number in (ending[:1] if quick else ending)]
    cases += [("signals that stop a process", "refresh", stopped_by(number), name(number), False)
              for number in sorted(STOPS)]
    cases += [("stopped past the deadline", command, frozen, "continued", False)
              for command in ("refresh", "login")]
    cases += [("standard error is full", command, ended_by(number), name(number), True)
              for command in ("refresh", "login") for number in (signal.SIGINT, signal.SIGTERM)]
    cases.append(
        ("standard error is full", "refresh", undrained_beside_another, "and another run", True))

    def attempt(what, command, disturb, detail, full):
        bench = Bench(binaries, figures, "--delay", str(DELAY))
        trial = Trial(bench, command)
        reading, writing = os.pipe() if full else (None, subprocess.DEVNULL)
        try:
            wrong = trial.start(writing)
            if full:
                fill(writing)
            wrong = wrong or disturb(trial)
        except Exception as error:  # pylint: disable=broad-except
            wrong = f"{type(error).__name__}: {error}"
        finally:
            trial.close()
            bench.close()
            if full:
                os.close(reading)
                os.close(writing)
        if wrong:
            figures.fail(SECTION, f"{what}: {command}, {detail}", wrong)
        else:
            figures.count(SECTION, what, "nothing lost")

    waiting = list(cases)
    lock = threading.Lock()

    def worker():
        while True:
            with lock:
                if not waiting:
                    return
                case = waiting.pop()
            attempt(*case)

    workers = [threading.Thread(target=worker) for _ in range(8)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
