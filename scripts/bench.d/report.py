"""What was measured: a table while it runs, JSON at the end."""
import sys

from contestant import ratio

HEAD = f"  {'':34} {'wall ms':>9} {'quartiles':>19} {'CPU ms':>9} {'peak MiB':>9} {'ratio':>7}"


class Report:
    def __init__(self, scale):
        self.scale = scale
        self.groups, self.targets = [], []

    def measure(self, title, rounds, contestants):
        """Runs each contestant once a round, in turning order; ratios are to the first one."""
        rounds = max(3, int(rounds * self.scale))
        for contestant in contestants:
            contestant.run(keep=False)
        for number in range(rounds):
            turn = number % len(contestants)
            for contestant in contestants[turn:] + contestants[:turn]:
                contestant.run()
        rows = [{**each.figures(), "ratio": round(ratio(each, contestants[0]), 3)}
                for each in contestants]
        self.groups.append({"title": title, "rounds": rounds, "rows": rows})
        self._print(title, rounds, rows)

    def _print(self, title, rounds, rows):
        print(f"\n{title} ({rounds} rounds)\n{HEAD}")
        for row in rows:
            low, high = row["wall_ms_quartiles"]
            print(f"  {row['name']:34} {row['wall_ms']:9.2f} {low:9.2f}–{high:9.2f} "
                  f"{row['cpu_ms']:9.2f} {row['peak_mib']:9.1f} {row['ratio']:7.2f}")
        sys.stdout.flush()

    def target(self, text, value, limit):
        """Something that should be at most `limit`."""
        self.targets.append({"target": text, "value": round(value, 4), "limit": limit,
                             "met": value <= limit})

    def print_targets(self):
        print("\nTargets")
        for each in self.targets:
            verdict = "met" if each["met"] else "MISSED"
            print(f"  {verdict:7} {each['value']:8.3f}, at most {each['limit']:<6g} {each['target']}")
