"""One command that is measured, and what its runs took."""
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


class Contestant:
    """A command in a folder. `before` puts the folder back to where a run begins; `after` gets what
    a run printed. With `count`, so many of it run side by side."""

    def __init__(self, stage, name, command, folder=None, environment=None, count=1,
                 before=None, after=None):
        self.stage, self.name, self.count = stage, name, count
        self.command = [str(word) for word in command]
        self.folder, self.environment = folder or stage.folder, environment or {}
        self.before, self.after = before, after
        self.runs = []

    def run(self, keep=True):
        if self.before:
            self.before()
        with tempfile.NamedTemporaryFile(dir=self.stage.folder) as output:
            line = subprocess.run(
                [self.stage.tools / "measure", str(self.count), output.name, *self.command],
                cwd=self.folder, env={**self.stage.environment, **self.environment},
                stdout=subprocess.PIPE, text=True, check=True).stdout
            wall, cpu, peak, well = (int(word) for word in line.split())
            if well != self.count:
                sys.exit(f"bench: {self.name}: {self.count - well} of {self.count} failed")
            if self.after:
                self.after(Path(output.name).read_text())
        if keep:
            self.runs.append((wall / 1e6, cpu / 1e3, peak / 1024))

    @property
    def walls(self):
        return [wall for wall, _, _ in self.runs]

    @property
    def peak(self):
        return max(peak for _, _, peak in self.runs)

    def figures(self):
        walls = sorted(self.walls)
        quartiles = [walls[len(walls) // 4], walls[len(walls) * 3 // 4]]
        return {
            "name": self.name,
            "wall_ms": round(statistics.median(walls), 3),
            "wall_ms_quartiles": [round(wall, 3) for wall in quartiles],
            "cpu_ms": round(statistics.median(cpu for _, cpu, _ in self.runs), 3),
            "peak_mib": round(self.peak, 1),
        }


def ratio(one, *others):
    """How many times longer `one` takes than the others one after another: the median of what
    each round says by itself, so that a disturbance of a round is in both."""
    rounds = zip(one.walls, *(other.walls for other in others))
    return statistics.median(wall / sum(rest) for wall, *rest in rounds)
