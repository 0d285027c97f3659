"""The figures that need no running installation: the limits of the machine, the job queue, the passage index, memory, size."""
import json
import os
import re
import shutil
import time

import traffic
from installation import Installation
from processes import BenchError, free_port, run, say, start, stop


class MachineFigures:
    def __init__(self, table, load, programs, folder, sizes):
        self.table, self.load, self.programs, self.folder, self.sizes = table, load, programs, folder, sizes

    def attempt(self, figure, measure, *arguments):
        try:
            return measure(*arguments)
        except (BenchError, OSError, ValueError, KeyError) as error:
            self.table.missing(figure, str(error))
            return None

    def hummingbird_limit(self):
        """What a route that does nothing reaches beside the same generator, with the same bytes."""
        say("Hummingbird no-op route")
        port = free_port()
        server = start([self.programs["NoopServer"], str(port)])
        try:
            time.sleep(0.7)
            template = self.load.file("noop.http", traffic.noop(traffic.FLOOD_TEXT))
            result = self.load.measure("run", 60, port=port, template=template, connections=64, seconds=self.sizes["limit"])
        finally:
            stop(server, 2)
        self.table.add("Hummingbird no-op route, 64 connections", result["rate"], "/s", note=f"p99 {result['p99_ms']:.1f} ms: the limit of this machine")
        return result

    def single_inserts(self):
        say("one INSERT per transaction")
        result = json.loads(run([self.programs["ProductBench"], "inserts", str(self.sizes["limit"])], 90))
        self.table.add("one durable INSERT per transaction, 64 callers (SQLite)", result["per_second"], "/s",
                       note=f"p99 {result['p99_ms']:.0f} ms, no HTTP, no sealing: what group commit is compared with")
        return result

    def jobs(self, postgres=None):
        name = "PostgreSQL" if postgres else "SQLite"
        say(f"jobs on {name}")
        words = [self.programs["ProductBench"], "jobs", str(self.sizes["jobs"])] + ([postgres] if postgres else [])
        result = json.loads(run(words, 240))
        compared = "*quoted* PgQueuer 1.6: 8,991/s, procrastinate 3.10: 200/s" if postgres else ""
        self.table.add(f"jobs claimed + completed ({name})", result["per_second"], "/s", 9_000, True, compared,
                       f"completed by a transaction each {result['per_second_with_a_transaction_each']:,.0f}/s, "
                       f"enqueued {result['enqueued_per_second']:,.0f}/s")

    def passage_index(self):
        say("knowledge search over 100,000 passages")
        out = run([self.programs["PassageIndexBench"], "100000"], 400)
        rows = {}
        for line in out.splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            number = re.match(r"([\d.]+) (\S+)", cells[1]) if len(cells) > 1 else None
            if number:
                # A later row of the same figure is the one after merging.
                rows[re.sub(r", \d+ segments?$", "", cells[0])] = (float(number[1]), number[2])
        full_text = [rows[name][0] for name in rows if "FTS5" in name]
        compared = "*quoted* tantivy 1.3 / 2.3 ms" + (
            f"; FTS5 in this run p50 {full_text[0]:.0f}, p95 {full_text[1]:.0f} ms" if len(full_text) == 2 else "")
        self.table.add("knowledge search, 100,000 passages, p50", rows["search p50"][0], "ms", 2, compared=compared)
        self.table.add("knowledge search, 100,000 passages, p95", rows["search p95"][0], "ms", 5,
                       note=f"index built in {rows['build'][0]:.0f} s, {rows['index size'][0]:.0f} MB")

    def demo_memory(self):
        say("memory of the idle demo")
        demo = Installation(self.programs, os.path.join(self.folder, "demo"), demo=True)
        try:
            demo.start()
            time.sleep(self.sizes["idle"])
            resident, anonymous = demo.memory()
        finally:
            demo.stop()
        self.table.add("resident memory, idle with demo data", resident, "MB", 80, note=f"of that {anonymous:.0f} MB not backed by files")

    def binary_size(self):
        source = self.programs["sevensales-server"]
        copy = os.path.join(self.folder, "stripped")
        shutil.copy(source, copy)
        run([shutil.which("strip") or shutil.which("llvm-strip") or "strip", copy], 60)
        whole, stripped = os.path.getsize(source), os.path.getsize(copy)
        os.remove(copy)
        self.table.add("server binary, stripped", stripped / 1e6, "MB", 60, note=f"{whole / 1e6:.0f} MB with symbols; {self.linkage(source)}")

    @staticmethod
    def linkage(program):
        try:
            libraries = run(["ldd", program], 10)
        except BenchError:
            return "linkage unknown"
        return "Swift runtime linked dynamically, not counted" if "libswiftCore" in libraries else "Swift runtime inside"
