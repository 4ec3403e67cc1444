"""Several hosts and one grant: every step killed, hosts lost, stopped and away, a store and an X that
don't answer, clocks hours apart, backups put back, five hosts with a thousand renewals."""

import concurrent.futures
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

import fleet_cases
import trace
from fleet_line import BEHIND, failing
from fleet_world import DUE, LIFE, Broken, Engine, Fleet, World

SECTION = "fleet"

#: Seconds for each part, of all workers together: what isn't tried by then is said.
SHARES = {"killed": 120, "store fails": 70, "X fails": 35, "stopped": 60, "a person": 60,
          "backup put back": 30, "clocks apart": 25, "at once": 150, "anything": 50}


# Many at once.

def at_once(fleet, hosts, chance, *arguments, may=(0,)):
    processes = []
    for host in hosts:
        processes.append((host, host.start("refresh", *arguments)))
        time.sleep(chance.choice((0, 0, 0.005, 0.03)))
    for host, process in processes:
        try:
            output = process.communicate(timeout=90)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = f"it doesn't end {process.communicate()[0]}"
        fleet.note(f"{host.name}: ends with exit {process.returncode}: {output}")
        if process.returncode not in may:
            raise Broken(f"{host.name}: exit {process.returncode}")
    fleet.look(("a host",))


def clocks_apart(fleet, seed, rounds):
    """Each host sees another expiry, so there is more than one renewal; none spends a spent token."""
    chance = random.Random(seed)
    for host, hours in zip(fleet.hosts, (0, -5, 7, 72)):
        host.wall = hours * 3600
    for _ in range(rounds):
        fleet.leap(chance.choice((600, DUE, LIFE)))
        at_once(fleet, chance.sample(fleet.hosts, chance.randint(2, 4)), chance, may=(0, 75))
    for host in fleet.hosts:
        host.wall = 0
    fleet.leap(4 * 86400)
    fleet.settle(renewals=fleet.renewals + 1)
    return fleet.check()


def clock_tries(world, quick):
    del world
    return [(f"X {mode}", mode, 4, lambda fleet, s=seed: clocks_apart(fleet, s, 3 if quick else 12))
            for seed in range(1 if quick else 4) for mode in fleet_cases.MODES]


def thousand(fleet, rounds, seconds):
    """Each time it is due, one of five renews it, and all have it."""
    chance = random.Random(5)
    figures = fleet.world.figures
    start, done = time.monotonic(), 0
    while done < rounds and time.monotonic() - start < seconds:
        fleet.leap(DUE)
        before = fleet.renewals
        at_once(fleet, chance.sample(fleet.hosts, chance.randint(2, 5)), chance)
        if fleet.renewals != before + 1:
            raise Broken(f"{fleet.renewals - before} renewals at once")
        done += 1
    what = "at once: renewals"
    figures.count(SECTION, what, "by one of five hosts", done)
    if done < rounds:
        figures.skip(SECTION, f"{what}: {rounds - done} of {rounds}, as the time was over")
    figures.measure(SECTION, what, f"{done / (time.monotonic() - start):.1f} a second")
    return fleet.check()


def thousand_tries(world, quick):
    del world
    seconds = SHARES["at once"] / (10 if quick else 1)
    return [("five hosts", "ends", 5,
             lambda fleet: thousand(fleet, 60 if quick else 1000, seconds))]


# Anything, at random.

class Storm:
    """Hosts that renew at once while some are killed, and lines fail."""

    def __init__(self, fleet, seed):
        self.fleet, self.chance = fleet, random.Random(seed)
        #: Those whose disks may hold what they had no chance to tell the others.
        self.away = set()

    def disturb(self, host):
        fault = self.chance.choice(("cut", "late", "unavailable", *BEHIND, "slow"))
        is_x = self.chance.random() < 0.2
        if is_x:
            failing(host.x, ("token",), fault, 1, 1)
        else:
            last = self.chance.choice((1, 4, 99))
            failing(host.store, ("range", "txn"), fault, self.chance.randint(1, 4), last)
        self.away.add(host.name)

    def kill(self, host, process):
        time.sleep(self.chance.random() * 0.12)
        os.killpg(process.pid, signal.SIGKILL)
        self.away.add(host.name)

    def round(self):
        fleet, chance = self.fleet, self.chance
        fleet.leap(chance.choice((60, 600, DUE, DUE, LIFE + 900)))
        hosts = chance.sample(fleet.hosts, chance.randint(2, len(fleet.hosts)))
        before, replays = fleet.newest, fleet.replays
        at_hand = set(fleet.places()) - self.away
        self.away -= {host.name for host in hosts}
        for host in hosts:
            if chance.random() < 0.25:
                self.disturb(host)
        runs = [(host, host.start("refresh")) for host in hosts]
        for host, process in runs:
            if chance.random() < 0.3:
                self.kill(host, process)
        with fleet.world.clock.fast():
            for host, process in runs:
                output = process.communicate(timeout=90)[0].decode(errors="replace")
                fleet.note(f"{host.name}: ends with exit {process.returncode}: {output}")
                if process.returncode not in (0, 3, 5, 75, -9):
                    raise Broken(f"{host.name}: exit {process.returncode}: {output}")
        for host in hosts:
            host.x.heal()
            host.store.heal()
        time.sleep(0.02)
        fleet.look(at_hand, then=())
        known = set(fleet.places()) - self.away
        if fleet.replays > replays and fleet.newest != before and known:
            raise Broken(f"a spent token was sent, its successor in {', '.join(sorted(known))}")

    def is_lost(self):
        lost = self.fleet.has_ended or not self.fleet.places()
        if lost and not self.away:
            raise Broken("the grant is lost without a reason")
        return lost


def storm(fleet, seed, rounds):
    figures = fleet.world.figures
    weather = Storm(fleet, seed)
    for _ in range(rounds):
        weather.round()
        figures.count(SECTION, "anything: rounds", "kept")
        if weather.is_lost():
            figures.count(SECTION, "anything: rounds", fleet.check(True, spends=rounds))
            fleet.replays = 0
    return fleet.check(bool(weather.away), spends=rounds)


def storm_tries(world, quick):
    del world
    return [(f"X {mode}", mode, 4, lambda fleet, s=seed: storm(fleet, s, 6 if quick else 25))
            for seed in range(1 if quick else 8) for mode in fleet_cases.MODES]


# All of it.

def attempt(world, figures, part, try_):
    name, mode, hosts, act = try_
    fleet = None
    try:
        fleet = Fleet(world, mode, hosts)
        figures.count(SECTION, f"{part}: {name}", act(fleet))
    except Exception as error:  # pylint: disable=broad-except
        world.engine.require()
        kind = "" if isinstance(error, Broken) else f"{type(error).__name__}: "
        figures.fail(SECTION, f"{part}: {name}", f"{kind}{error}{fleet.told() if fleet else ''}")
    finally:
        if fleet:
            fleet.close()


def run_part(part, tries, pool, figures, quick):
    """Each world takes the next try until there is none, or the time is over."""
    share = SHARES[part] / (10 if quick else 1)
    end = time.monotonic() + share
    random.Random(part).shuffle(tries)
    rest = iter(tries)
    late = []

    def drain(world):
        for each in rest:
            if time.monotonic() > end:
                late.append(each)
            else:
                attempt(world, figures, part, each)

    with concurrent.futures.ThreadPoolExecutor(len(pool)) as executor:
        list(executor.map(drain, pool))
    if late:
        figures.skip(SECTION, f"{part}: {len(late)} of {len(tries)}, as the time was over")


def obstacle():
    for program in ("etcd", "cc"):
        if not shutil.which(program):
            return f"there is no {program}"
    return None if trace.is_possible() else "there is no strace, or it may not trace"


def torture(binaries, figures, quick, jobs):
    why = obstacle()
    if why:
        figures.skip(SECTION, why)
        return
    folder = tempfile.mkdtemp(prefix="xauth-torture-")
    library = f"{folder}/clock.so"
    subprocess.run(
        ["cc", "-std=gnu17", "-O1", "-shared", "-fPIC", "-o", library,
         str(pathlib.Path(__file__).with_name("fleet_clock.c"))], check=True)
    pool, engine = [], None
    try:
        engine = Engine()
        pool += [World(binaries, figures, engine, library) for _ in range(jobs)]
        parts = {
            "killed": fleet_cases.kill_tries, "store fails": fleet_cases.store_tries,
            "X fails": fleet_cases.x_tries, "stopped": fleet_cases.stop_tries,
            "a person": fleet_cases.person_tries, "backup put back": fleet_cases.backup_tries,
            "clocks apart": clock_tries, "at once": thousand_tries, "anything": storm_tries}
        only = os.environ.get("XAUTH_TORTURE_FLEET", "")
        for part, make in parts.items():
            if only in part:
                run_part(part, make(pool[0], quick), pool, figures, quick)
    finally:
        for world in pool:
            world.close()
        if engine:
            engine.close()
        shutil.rmtree(folder, ignore_errors=True)
