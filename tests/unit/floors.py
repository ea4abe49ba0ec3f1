"""How the floor under the guardrails is tested: queries that nobody checked, and what a child process makes of one."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo_lib.databases import Database, QueryCancelled
from demo_lib.guardrails import CheckedQuery, GuardrailViolation
from demo_lib.guardrails.verdict import _SEAL

_CHILD = """
import json, pathlib, re, resource, sys, time
sys.path.insert(0, {folder!r})
resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from demo_lib.databases import connect
from floors import unchecked
def peak():  # in megabytes. Linux's ru_maxrss is no use: a child inherits the peak of the process that started it
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
url, dialect, sql, seconds, megabytes = json.loads(sys.stdin.read())
with connect(url, timeout_seconds=seconds, memory_limit_mb=megabytes) as database:
    database.run(unchecked("SELECT 1 AS one", dialect))
    before, began = peak(), time.monotonic()
    try:
        database.run(unchecked(sql, dialect))
        ended = "rows"
    except BaseException as error:
        ended = type(error).__name__
    print(json.dumps([ended, peak() - before, time.monotonic() - began]))
"""


def unchecked(sql: str, dialect: str, cap_rows: int = 10_000) -> CheckedQuery:
    """A query that goes around layers 1 and 2, to meet the floor alone."""
    return CheckedQuery(sql, (), (), dialect, cap_rows, seal=_SEAL)


def mixed_up_by_threads(database: Database, threads: int, times: int) -> list[object]:
    """The wrong results of so many threads that each ask so many times at once; the shop has 10,000 sales a region."""
    wrong: list[object] = []

    def ask(region: int) -> None:
        for _ in range(times):
            sql = f"SELECT count(*), {region} FROM sales WHERE region_id = {region}"
            rows = database.run(unchecked(sql, database.dialect))
            if rows.values.tolist() != [[10_000, region]]:
                wrong.append(rows)

    asking = [threading.Thread(target=ask, args=(1 + i % 2,)) for i in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return wrong


def expect_the_cap(database: Database) -> None:
    """As many rows as the cap come out, and more are an error of layer 3."""
    assert len(database.run(unchecked("SELECT * FROM sales LIMIT 5000", database.dialect, 5000))) == 5000
    with pytest.raises(GuardrailViolation, match="Result set too large") as caught:
        database.run(unchecked("SELECT * FROM sales", database.dialect, 5000))
    assert caught.value.layer == "result"


def in_a_child(
    url: str, dialect: str, sql: str, *, timeout_seconds: float, memory_limit_mb: int
) -> tuple[str, float, float]:
    """(how it ended, megabytes that it took at most, seconds) of an unchecked query in a process of its own.

    The process may take 4 GB of memory and a minute of computing. Skips where a process cannot be held to that.
    """
    if sys.platform == "win32":
        pytest.skip("Windows has no resource limits for a child process")
    done = subprocess.run(
        [sys.executable, "-c", _CHILD.format(folder=str(__file__).rpartition("/")[0])],
        input=json.dumps([url, dialect, sql, timeout_seconds, memory_limit_mb]),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:  # the system ended it
        return "killed", float("inf"), float("inf")
    ended, megabytes, seconds = json.loads(done.stdout)
    return ended, megabytes, seconds


def expect_cancelling(database: Database, runaway: CheckedQuery, harmless: CheckedQuery) -> None:
    """Two queries that would run on are ended from beside, and the database answers the next one.

    database: one whose own limit is far away.
    """
    assert database.cancel() == 0  # nothing runs
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(database.run, runaway) for _ in range(2)]
        told, began = 0, time.monotonic()
        while not all(a.done() for a in asked) and time.monotonic() - began < 20:
            time.sleep(0.1)
            told += database.cancel()
        assert told >= 2
        for ended in asked:
            with pytest.raises(QueryCancelled, match="cancelled before it was done"):
                ended.result(10)
    assert len(database.run(harmless)) == 1
    assert database.cancel() == 0
