"""What the torture counts, and what it found wrong."""

import threading


class Figures:
    """One table: a row for each thing tried, and every promise that was not kept."""

    def __init__(self):
        self.rows = {}
        self.measures = {}
        self.failures = []
        self.skipped = []
        self._lock = threading.Lock()

    def count(self, section, what, outcome, times=1):
        """Counts `times` tries of `what` that ended as `outcome`, as was expected."""
        with self._lock:
            row = self.rows.setdefault((section, what), {})
            row[outcome] = row.get(outcome, 0) + times

    def measure(self, section, what, text):
        """Adds what was measured to the row of `what`."""
        with self._lock:
            self.measures[section, what] = text

    def fail(self, section, what, detail):
        with self._lock:
            self.failures.append((section, what, detail))
            print(f"torture: {section}: {what}: {detail}", flush=True)
        self.count(section, what, "BROKEN")

    def skip(self, section, why):
        self.skipped.append((section, why))

    def print(self, seconds):
        """Prints the table; whether every promise was kept."""
        width = max([len(what) for _, what in self.rows] + [4])
        last = None
        for (section, what), outcomes in self.rows.items():
            heading = section if section != last else ""
            last = section
            total = sum(outcomes.values())
            detail = ", ".join(f"{n} {name}" for name, n in sorted(outcomes.items()))
            measured = self.measures.get((section, what))
            detail += f"; {measured}" if measured else ""
            print(f"{heading:<9} {what:<{width}} {total:>7}  {detail}")
        for section, why in self.skipped:
            print(f"{section:<9} skipped: {why}")
        runs = sum(sum(outcomes.values()) for outcomes in self.rows.values())
        broken = len(self.failures)
        print(f"{'':<9} {runs} in all, {broken} broken, {seconds:.0f} s")
        return broken == 0
