"""What befalls one host of a few while it renews, logs in or revokes."""

import contextlib
import os
import pathlib
import random
import re
import signal
import time

import trace
from fleet_line import BEFORE, BEHIND, failing
from fleet_world import DUE, LIFE, Broken, Fleet

MODES = ("refuses", "ends")


def calls(world, name, classes=trace.CLASSES, prepare=lambda fleet: fleet.leap(DUE)):
    """What a run that nobody disturbs calls, from its lock on."""
    fleet = Fleet(world, "refuses")
    try:
        prepare(fleet)
        ended = fleet.run(fleet.hosts[0], name, under=trace.recording(world.trace, classes))
        if ended.status != 0:
            raise RuntimeError(f"{name} under strace: {ended}{fleet.told()}")
        found = trace.calls(world.trace)
        return found[trace.first(found, b"flock("):]
    finally:
        fleet.close()


def killing(world, call, number):
    """What to put before a run to kill it there, with a record of all that it did."""
    return [*trace.recording(world.trace), "-e", f"inject={call}:signal=KILL:when={number}"]


def has_gone_on(record):
    """Whether a run did anything with X's answer but write it down: that one window is open."""
    _, _, after = record.read_bytes().partition(b"/oauth2/token")
    _, _, after = after.partition(b"HTTP/1.1 200")
    return re.search(rb"(connect|send[a-z]*)\(|sync\(\d+\) += 0", after) is not None


# One host is killed before one of its calls, and comes back at once, or late, or never.

def copying(fleet):
    fleet.leap(DUE)
    fleet.run(fleet.hosts[1])


def taking_over(fleet):
    """The other's request never came to X, and the token has expired."""
    fleet.leap(DUE)
    failing(fleet.hosts[1].x, ("token",), "cut", 1, 1)
    fleet.run(fleet.hosts[1])
    fleet.hosts[1].x.heal()
    fleet.leap(LIFE + 600)


def carrying_on(fleet):
    """The store didn't take the new grant."""
    fleet.leap(DUE)
    failing(fleet.hosts[0].store, ("txn",), "cut", 2, 99)
    fleet.run(fleet.hosts[0])
    fleet.hosts[0].store.heal()


def restoring(fleet):
    """The store was set back."""
    old = fleet.world.engine.get(fleet.key)
    fleet.leap(DUE)
    for host in (*fleet.hosts, *fleet.hosts):
        fleet.run(host)
    fleet.world.engine.put(fleet.key, old)


SITUATIONS = {"renewing": lambda fleet: fleet.leap(DUE), "copying": copying, "taking over": taking_over,
              "carrying on": carrying_on, "restoring": restoring}


def killed(fleet, situation, call, number, fate):
    first, second = fleet.hosts
    SITUATIONS[situation](fleet)
    ended = fleet.run(first, under=killing(fleet.world, call, number))
    fleet.note(f"{first.name}: killed before {call} {number}")
    if ended.status not in (-9, 137):
        return "call not made"
    time.sleep(0.02)  # X may still be at it.
    fleet.look()
    is_nowhere = not fleet.places()
    is_alone = not set(fleet.places()) - {first.name}
    if is_nowhere and has_gone_on(fleet.world.trace):
        raise Broken("the new token is nowhere, long after its answer")
    # Past the expiry the others try the old token once; X may end the grant then.
    is_past = fate == "away" or situation == "taking over"
    if fate == "lost":
        first.lose()
    elif fate == "away":
        fleet.run(second)
        fleet.leap(LIFE + 600)
        for _ in range(3):
            fleet.run(second, but=first.name)
            fleet.leap(360)
    else:
        fleet.settle([first, second] if number % 2 else [second, first],
                     but=first.name if is_past else ())
    if situation == "restoring":
        fleet.leap(LIFE + 600)  # Until then nobody renews what was restored.
    return fleet.check(
        is_nowhere or is_alone and (fate == "lost" or is_past and fleet.has_ended))


def kill_tries(world, quick):
    del quick
    chance = random.Random(1)
    found = {name: calls(world, "refresh", prepare=act) for name, act in SITUATIONS.items()}
    # As many of each: a host that watches calls the same over and over.
    least = min(map(len, found.values()))
    return [(f"{situation}, {fate}", mode, 2,
             lambda fleet, s=situation, c=call, n=number, f=fate: killed(fleet, s, c, n, f))
            for situation, each in found.items()
            for call, number, _ in chance.sample(each, min(len(each), 2 * least))
            for fate in ("back", "lost", *(["away"] if situation == "renewing" else []))
            for mode in MODES]


# The store fails one host, for one request or from then on.

def store_fails(fleet, fault, number, lasting, is_first_back):
    first, second = fleet.hosts
    fleet.leap(DUE)
    failing(first.store, ("range", "txn"), fault, number, 99 if lasting else number)
    with fleet.world.clock.fast() if fault == "hang" else contextlib.nullcontext():
        fleet.run(first)
    if number == 1 and lasting and fault not in ("late", "slow") and fleet.renewals:
        raise Broken("renewed without the store's word")
    if not is_first_back:
        fleet.run(second)
    first.store.heal()
    if fleet.renewals and not fleet.places():
        raise Broken("the new token is nowhere")
    fleet.settle([first, second] if is_first_back else [second, first])
    return fleet.check()


def store_tries(world, quick):
    del world, quick
    return [(f"{fault}{' for long' if lasting else ''}", mode, 2,
             lambda fleet, f=fault, n=number, l=lasting, b=back: store_fails(fleet, f, n, l, b))
            for fault in (*BEFORE, *BEHIND, "slow") for number in range(1, 6)
            for lasting in (False, True) for back in (False, True) for mode in MODES]


# X fails one host; everybody goes on by the clock.

def x_fails(fleet, fault, times):
    first, second = fleet.hosts
    fleet.leap(DUE)
    failing(first.x, ("token",), fault, 1, times)
    with fleet.world.clock.fast() if fault == "hang" else contextlib.nullcontext():
        fleet.run(first)
    for turn in range(12):
        # Late, but within the minutes in which a request can be under way.
        first.x.deliver()
        fleet.look()
        if fleet.is_in_step() and fleet.renewals:
            break
        for host in fleet.hosts:
            fleet.run(host)
        fleet.leap(1200)
    first.x.heal()
    if fault in ("cut", "unavailable") and times == 1 and turn > 4:
        raise Broken("whoever got no answer didn't try again while the token lived")
    return fleet.check(fault in ("late", *BEHIND), spends=times)


def x_tries(world, quick):
    del world, quick
    return [(f"{fault}, X {mode}", mode, 2, lambda fleet, f=fault, t=times: x_fails(fleet, f, t))
            for fault in ("cut", "unavailable", "hang", "late", "lose", "error", "junk")
            for times in (1, 2) for mode in MODES]


# A host is stopped at one of its calls, for two minutes or past the expiry, and goes on.

def tracee(process, record):
    """What strace traces, once it is stopped; None if it ends before."""
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.003)
        if record.exists() and b"stopped by SIGSTOP" in record.read_bytes():
            children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
            return int(children.read_text().split()[0])
    return None


def stopped(fleet, call, number, seconds, is_between):
    """`is_between`: after the last look at the clock, where a pause is named as open."""
    first, second = fleet.hosts
    fleet.leap(DUE)
    fleet.world.trace.unlink(missing_ok=True)
    process = first.start(
        "refresh", under=trace.injecting(call, number, "signal=STOP", fleet.world.trace))
    try:
        child = tracee(process, fleet.world.trace)
        fleet.look()
        fleet.note(f"{first.name}: stopped after {call} {number}")
        before = fleet.renewals
        fleet.leap(seconds)
        for _ in range(2):
            fleet.run(second, but=first.name if seconds > LIFE else ())
        is_twice = fleet.renewals > before
        if child:
            os.kill(child, signal.SIGCONT)
        output = process.communicate(timeout=60)[0].decode(errors="replace")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    fleet.note(f"{first.name}: goes on and ends with exit {process.returncode}: {output}")
    is_open = is_between and is_twice
    fleet.look(() if is_open else fleet.places())
    if child is None:
        return "call not made"
    # Away beyond the expiry with the answer, at an X that ends grants.
    ended = fleet.check(fleet.has_ended and (is_open or seconds > LIFE))
    return f"{ended}, sent late" if is_open and fleet.replays else ended


def stop_tries(world, quick):
    del quick
    found = calls(world, "refresh", f"{trace.CLASSES},clock_gettime")
    sent = trace.first(found, b"/oauth2/token")
    # Looked at before the store has answered it would be no last look.
    last = max(place for place, (_, _, line) in enumerate(found[:sent])
               if b"CLOCK_BOOTTIME" in line or b"/v3/kv/txn" in line)
    return [(f"{seconds // 60} minutes, X {mode}", mode, 2,
             lambda fleet, c=call, n=number, s=seconds, b=last < place < sent:
             stopped(fleet, c, n, s, b))
            for place, (call, number, _) in enumerate(found) if call != "clock_gettime"
            for seconds in (120, LIFE + 900) for mode in MODES]


# A login and a revocation, killed, with a renewal of another host in between.

def login_killed(fleet, call, number):
    first, second = fleet.hosts
    fleet.leap(DUE)
    ended = fleet.run(first, "login", under=killing(fleet.world, call, number))
    time.sleep(0.05)
    fleet.look()
    if ended.status not in (-9, 137):
        return "call not made"
    lost = not fleet.places()
    if lost and has_gone_on(fleet.world.trace):
        raise Broken("the new token is nowhere, long after its answer")
    if not lost:
        fleet.settle([second, first], renewals=0)
    return fleet.check(lost)


def revoked(fleet, call, number, name):
    """Killed in a renewal or in a revocation; then revoked by the other, and by itself."""
    first, second = fleet.hosts
    fleet.leap(DUE)
    ended = fleet.run(first, name, under=killing(fleet.world, call, number))
    if ended.status not in (-9, 137):
        return "call not made"
    time.sleep(0.02)
    fleet.look()
    is_nowhere = fleet.renewals and not fleet.places()
    for host in (second, first, second, first, second):
        fleet.leap(120)
        for command in ("revoke", "refresh"):
            before = fleet.renewals
            fleet.run(host, command, but=first.name)
            if fleet.renewals > before and host is not first:
                raise Broken("renewed after a revocation")
    for host in fleet.hosts:
        values = host.project.values()
        if values is None or any(values[:3]):
            raise Broken(f"{host.name}: revoked and not blank")
        if fleet.run(host).status != 3:
            raise Broken(f"{host.name}: a refresh after the revocation")
    if not fleet.has_ended and not is_nowhere:
        raise Broken("revoked and alive")
    if fleet.places():
        raise Broken(f"revoked, and kept in {fleet.places()}")
    return "nothing alive"


def person_tries(world, quick):
    del quick
    tries = [("login killed", mode, 2, lambda fleet, c=call, n=number: login_killed(fleet, c, n))
             for call, number, _ in calls(world, "login")[-250:] for mode in MODES]
    for name, share in (("refresh", 300), ("revoke", 300)):
        tries += [(f"{name} killed, revoked", mode, 2,
                   lambda fleet, c=call, n=number, what=name: revoked(fleet, c, n, what))
                  for call, number, _ in calls(world, name)[-share:] for mode in MODES]
    return tries


# The store is set back to what it once held.

def put_back(fleet, seed, is_empty, has_answer):
    chance = random.Random(seed)
    engine = fleet.world.engine
    old = None if is_empty else engine.get(fleet.key)
    for _ in range(2):
        fleet.leap(DUE)
        for host in chance.sample(fleet.hosts, 3):
            fleet.run(host)
    if has_answer:
        carrying_on(fleet)
    engine.put(fleet.key, old)
    fleet.note("the store is set back")
    before = fleet.renewals
    hosts = chance.sample(fleet.hosts, 3)
    for pause in (0, DUE):
        fleet.leap(pause)
        for host in hosts:
            fleet.run(host)
    if fleet.renewals != before and not has_answer:
        raise Broken("renewed after a restore, before the others had time to put theirs over it")
    fleet.leap(LIFE + 600)
    fleet.settle(hosts, renewals=before + 1)
    return fleet.check()


def backup_tries(world, quick):
    del world, quick
    names = {(False, False): "an old grant", (True, False): "nothing",
             (False, True): "an old grant, an answer is out", (True, True): "nothing, an answer is out"}
    return [(name, mode, 3, lambda fleet, s=seed, c=case: put_back(fleet, s, *c))
            for seed in range(4) for case, name in names.items() for mode in MODES]
