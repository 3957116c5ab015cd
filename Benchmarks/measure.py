"""measure.py [--sample-memory] -- COMMAND...: runs one command and prints its cost as JSON.

Started afresh for every measured run: getrusage(RUSAGE_CHILDREN) is then about this command and nothing before it.

wallSeconds, userSeconds, systemSeconds
    of the command and all its descendants that were waited for.
largestProcessBytes
    the peak resident memory of the largest single process of the tree (ru_maxrss). A process begins its life as a copy
    of this one, so values near this script's own size (`floorBytes`) mean "at most that".
otherCPUSeconds (Linux only)
    what the rest of the machine computed meanwhile: busy time of all processors, stolen time included, less the command's
    own. A wall time is only worth comparing when this is small.
treePeakBytes (with --sample-memory, Linux only)
    the highest sum, over the tree, of proportional set sizes, sampled about fifty times a second: pages that processes
    share count once. Sampling takes time, so runs that are timed are run without it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time

SAMPLE_INTERVAL_SECONDS = 0.02


def descendants(root):
    """root and its descendants, found through every process's parent (/proc/PID/stat)."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                # The command's name, in parentheses, may contain anything; the parent is the second field after it.
                parent = int(stat.read().rpartition(b")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process, []))
    return found


def proportional_bytes(process):
    try:
        with open(f"/proc/{process}/smaps_rollup", "rb") as rollup:
            for line in rollup:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def sample(root, ended, result):
    while not ended.is_set():
        total = sum(proportional_bytes(process) for process in descendants(root))
        result["treePeakBytes"] = max(result["treePeakBytes"] or 0, total)
        ended.wait(SAMPLE_INTERVAL_SECONDS)


def own_peak_bytes(unit):
    try:
        # This process's own; its ru_maxrss has the size of the program that started it in it.
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def busy_seconds():
    try:
        with open("/proc/stat") as stat:
            # user nice system idle iowait irq softirq steal; guest time is already part of user and nice.
            ticks = [int(field) for field in stat.readline().split()[1:9]]
    except OSError:
        return None
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def main():
    arguments = sys.argv[1:]
    sample_memory = arguments[0] == "--sample-memory"
    command = arguments[arguments.index("--") + 1 :]
    # ru_maxrss is in bytes on macOS and in KiB elsewhere.
    unit = 1 if sys.platform == "darwin" else 1024
    result = {"treePeakBytes": None}
    ended = threading.Event()
    # Files, not pipes: a full pipe would make the command wait for this process.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        result["floorBytes"] = own_peak_bytes(unit)
        busy_before = busy_seconds()
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=sys.stdin, stdout=output, stderr=errors)
        sampler = None
        if sample_memory and os.path.isdir("/proc/self"):
            sampler = threading.Thread(target=sample, args=(process.pid, ended, result))
            sampler.start()
        exit_code = process.wait()
        result["wallSeconds"] = time.perf_counter() - began
        busy_after = busy_seconds()
        ended.set()
        if sampler:
            sampler.join()
        output.seek(0)
        errors.seek(0)
        result["stdout"] = output.read().decode(errors="replace")
        result["stderr"] = errors.read().decode(errors="replace")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["exitCode"] = exit_code
    result["userSeconds"] = usage.ru_utime
    result["systemSeconds"] = usage.ru_stime
    result["largestProcessBytes"] = usage.ru_maxrss * unit
    result["otherCPUSeconds"] = None
    if busy_before is not None:
        own = usage.ru_utime + usage.ru_stime
        result["otherCPUSeconds"] = max(0.0, busy_after - busy_before - own)
    json.dump(result, sys.stdout)


main()
