"""The table of figures: what was measured, what was wanted, what it compares with."""
import json
import os
import platform
import subprocess
import time


class Table:
    def __init__(self):
        self.rows = []

    def add(self, figure, value, unit, target=None, at_least=False, compared="", note="", broken=False):
        """`target` None means the row is for comparison only; a `broken` one misses its target whatever the number."""
        row = {"figure": figure, "measured": value, "unit": unit, "target": target, "at_least": at_least, "compared": compared, "note": note}
        if target is not None and value is not None:
            row["ratio"] = value / target
            row["met"] = not broken and (value >= target if at_least else value <= target)
        self.rows.append(row)
        print("  " + " | ".join(self.cells(row)), flush=True)

    def missing(self, figure, reason):
        self.add(figure, None, "", note="not measured: " + reason)

    @staticmethod
    def _number(value, unit):
        if value is None:
            return "–"
        digits = 0 if value >= 100 else 1 if value >= 10 else 2
        return f"{value:,.{digits}f} {unit}".strip()

    def cells(self, row):
        target = "–" if row["target"] is None else ("≥ " if row["at_least"] else "≤ ") + f"{row['target']:,g} {row['unit']}"
        ratio = "–" if "ratio" not in row else f"{row['ratio']:.2f} {'✓' if row['met'] else '✗'}"
        compared = "; ".join(part for part in (row["compared"], row["note"]) if part)
        return [row["figure"], self._number(row["measured"], row["unit"]), target, ratio, compared or "–"]

    def markdown(self, facts):
        lines = ["# Figures of SevenSales", ""] + [f"- {name}: {value}" for name, value in facts.items()] + [
            "", "Every number was measured in this run, except those marked *quoted*. The ratio is measured / target: at least 1 is wanted for ≥,",
            "at most 1 for ≤.", "", "figure | measured | target | ratio | compared with", "---|---:|---:|---:|---"]
        return "\n".join(lines + [" | ".join(cell.replace("|", "/") for cell in self.cells(row)) for row in self.rows]) + "\n"

    def save(self, facts, markdown, document):
        for path, text in ((markdown, self.markdown(facts)), (document, json.dumps({"facts": facts, "rows": self.rows}, ensure_ascii=False, indent=1))):
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text + "\n" if not text.endswith("\n") else text)

    @property
    def missed(self):
        return [row for row in self.rows if row.get("met") is False]


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as lines:
        memory = int(lines.readline().split()[1]) * 1024 / 1e9
    load = os.getloadavg()[0]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "") if hasattr(platform, "freedesktop_os_release") else ""
    return {
        "machine": f"{os.cpu_count()} × {model}, {memory:.0f} GB, {system}, Linux {platform.release()}",
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "load before the run": f"{load:.2f}" + (" (something else was running: the figures are too low)" if load > 0.7 else ""),
    }


def revision(root):
    try:
        return subprocess.run(["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True, timeout=10).stdout.strip() or "none"
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
