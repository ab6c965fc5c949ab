"""Functions over many geometries: order, faults, resuming, processes, memory."""

from __future__ import annotations

import inspect
import json
import os
import re
import resource
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import pytest
import swept_code
from swept_code import STRIDED

import symconv
from symconv.errors import SymconvError
from symconv.executors import in_order
from symconv.sweeps.result import Swept
from symconv.sweeps.running import run
from symconv.sweeps.source import fingerprint
from symconv.sweeps.store import Store

GRID = symconv.geometries(N=range(3, 7), K=(2, 3, 4), S=(1, 2))
SEVERAL = int(os.environ.get("SYMCONV_SWEEP", "400"))
"""How many geometries the sweep goes over whose memory is looked at."""


def swept(function, geometries=GRID, executor=None, **options):
    return list(symconv.sweep(function, STRIDED, geometries, executor, **options))


def fits(sizes):
    return sizes["K"] <= sizes["N"]


def strides_matter(sizes):
    """Whether there is a second window: only then can a wrong step show."""
    return sizes["S"] > 1 and sizes["N"] - sizes["K"] >= sizes["S"]


# --- what is found ------------------------------------------------------------------------------


def test_a_right_function_is_right_wherever_there_is_an_operation():
    for result in swept(swept_code.right):
        assert result.outcome == ("checked" if fits(result.sizes) else "impossible"), result
        assert result.good


def test_a_wrong_function_is_wrong_exactly_where_it_is():
    results = swept(swept_code.unstrided)
    wrong = [r.sizes for r in results if r.outcome == "refuted"]
    assert wrong == [sizes for sizes in GRID if fits(sizes) and strides_matter(sizes)]
    assert wrong
    first = next(r for r in results if r.outcome == "refuted")
    assert "dx" in first.evidence
    assert first.position == (1,)
    assert first.right != first.got


def test_a_failing_case_stops_nothing():
    results = swept(swept_code.failing)
    assert len(results) == len(GRID)
    for result in results:
        if result.sizes["K"] == 3:
            assert result.outcome == "undecided"
            assert "three is too many" in result.fault
        else:
            assert result.good


def test_the_forward_function_counts_too():
    right = swept(swept_code.right, forward=swept_code.forward)
    assert {r.outcome for r in right} == {"checked", "impossible"}
    wrong = swept(swept_code.right, forward=swept_code.unpadded_forward)
    assert all(r.outcome == "refuted" for r in wrong if fits(r.sizes))
    alone = swept(swept_code.forward, gives="y")
    assert {r.outcome for r in alone} == {"checked", "impossible"}


def test_options_are_those_of_a_declaration():
    def renamed(x, w, dout, step):
        return swept_code.right(x, w, dout, step)

    results = swept(renamed, upstream="dout", names={"step": "S"})
    assert {r.outcome for r in results} == {"checked", "impossible"}
    assumed = swept(swept_code.failing, assume="K < 3")
    assert {r.outcome for r in assumed} == {"checked", "impossible"}


REFUSED = [
    (lambda: symconv.sweep(swept_code.right, "y = conv3x(x[N])", GRID), "conv3x"),
    (lambda: symconv.sweep(swept_code.right, STRIDED, GRID, gives="dq"), "dq"),
    (lambda: symconv.sweep(swept_code.forward, STRIDED, GRID), "upstream"),
    (lambda: symconv.sweep(swept_code.right, STRIDED, GRID, batch=0), "batch"),
    (lambda: symconv.geometries(N=()), "no value for N"),
    (lambda: symconv.geometries(N=3, count=0), "count"),
]


@pytest.mark.parametrize(("ask", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_would_fail_everywhere_is_said_at_once(ask, said):
    with pytest.raises(SymconvError, match=said):
        ask()


def test_sizes_that_mean_nothing_are_the_faults_of_their_cases():
    cases = [{"N": 5, "K": 2, "S": 2}, {"N": 5, "K": 2, "Q": 1}, {"N": 5, "K": 2}]
    results = swept(swept_code.right, cases)
    assert [r.outcome for r in results] == ["checked", "undecided", "undecided"]
    assert "Q" in results[1].fault
    assert "S" in results[2].fault


# --- geometries ---------------------------------------------------------------------------------


def test_a_grid_is_every_combination_in_order():
    by_hand = [{"N": n, "K": k, "S": s} for n in range(3, 7) for k in (2, 3, 4) for s in (1, 2)]
    assert list(GRID) == by_hand
    assert len(GRID) == len(by_hand)


def test_a_sample_repeats_and_stays_in_order():
    some = symconv.geometries({"N": range(1000)}, K=range(1000), count=50, seed=3)
    places = [sizes["N"] * 1000 + sizes["K"] for sizes in some]
    assert places == sorted(set(places))
    assert len(places) == len(some) == 50
    assert list(some) == list(some)
    assert list(some) != list(symconv.geometries(N=range(1000), K=range(1000), count=50, seed=4))


# --- executors ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def here():
    return swept(swept_code.failing)


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_a_pool_of_processes_gives_the_same(here, batch):
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        assert swept(swept_code.failing, GRID, pool, batch=batch, window=2) == here


def test_threads_give_the_same(here):
    with ThreadPoolExecutor(3) as pool:
        assert swept(swept_code.failing, GRID, pool, batch=2) == here


def test_two_dask_workers_give_the_same(here):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    cloudpickle = pytest.importorskip("cloudpickle", reason="Dask is not installed")
    cloudpickle.register_pickle_by_value(swept_code)
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
    try:
        with (
            distributed.LocalCluster(dashboard_address=None, **options) as cluster,
            distributed.Client(cluster) as client,
        ):
            found = swept(swept_code.failing, GRID, client.get_executor(), batch=2)
            workers = client.run(os.getpid)
            assert len({*workers.values(), os.getpid()}) == 3
    finally:
        cloudpickle.unregister_pickle_by_value(swept_code)
    assert found == here


def test_results_come_in_order_however_the_work_ends():
    def slow_first(number):
        time.sleep(0.05 if number == 0 else 0)
        return number * number

    with ThreadPoolExecutor(4) as pool:
        items = [(str(n), n) for n in range(20)]
        found = list(in_order(pool, slow_first, items, window=8))
    assert found == [(str(n), n * n) for n in range(20)]


def test_no_more_is_handed_over_than_the_window_holds():
    most = 0
    under_way = 0

    class Counting(ThreadPoolExecutor):
        def submit(self, *args, **kwargs):
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            return super().submit(*args, **kwargs)

    with Counting(2) as pool:
        for _ in in_order(pool, abs, [(n, n) for n in range(50)], window=5):
            under_way -= 1
    assert most == 5


def test_who_stops_asking_cancels_the_rest():
    futures = []

    class Lazy(ThreadPoolExecutor):
        def submit(self, *args, **kwargs):
            future = Future()
            if not futures:
                future.set_result(1)
            futures.append(future)
            return future

    results = in_order(Lazy(1), abs, [(n, n) for n in range(50)], window=6)
    assert next(results) == (0, 1)
    results.close()
    assert [f.cancelled() for f in futures] == [False, *[True] * 5]


def ends_its_process(x, w, g, stride):
    """Not an error: the process is gone."""
    if os.environ.get("SWEPT_PARENT") != str(os.getpid()) and len(w) == 3:
        os._exit(7)
    return swept_code.right(x, w, g, stride)


def test_a_process_that_ends_is_an_error_and_what_was_done_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEPT_PARENT", str(os.getpid()))
    file = tmp_path / "results.jsonl"
    sizes = symconv.geometries(N=9, K=(2, 4, 3), S=range(1, 4))
    found = []
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        results = symconv.sweep(
            ends_its_process, STRIDED, sizes, pool, write=file, batch=1, window=1
        )
        with pytest.raises(SymconvError, match="process of the executor ended") as caught:
            found += results
    assert isinstance(caught.value.__cause__, BrokenProcessPool)
    assert len(found) < 9
    assert len(file.read_text().splitlines()) == len(found)


def test_what_an_executor_loses_is_a_fault_and_tried_again(tmp_path):
    class Losing(ThreadPoolExecutor):
        lost = 0

        def submit(self, work, item):
            if self.lost == 2:
                return super().submit(work, item)
            self.lost += 1
            future = Future()
            future.set_exception(ConnectionError("a machine is gone"))
            return future

    file = tmp_path / "results.jsonl"
    with Losing(1) as pool:
        found = swept(swept_code.right, GRID, pool, batch=2, write=file)
    assert ["a machine is gone" in r.fault for r in found[:5]] == [True] * 4 + [False]
    assert len(file.read_text().splitlines()) == len(GRID) - 4
    again = swept(swept_code.right, write=file)
    assert again == swept(swept_code.right)


README = (Path(symconv.__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def snippet(word):
    found = [text for text in re.findall(r"```py\n(.*?)```", README, re.DOTALL) if word in text]
    assert len(found) == 1
    return found[0]


def test_the_readme_on_processes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = snippet("ProcessPoolExecutor").replace("range(5, 30)", "(5, 8)")
    text = text.replace("ProcessPoolExecutor()", "ProcessPoolExecutor(2)")
    exec(text, {"symconv": symconv, "backward": swept_code.unpadded, "__name__": "__main__"})
    sizes = [(n, k, s, p) for n in (5, 8) for k in range(1, 6) for s in (1, 2, 3) for p in range(3)]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len([p for *_, p in sizes if p])
    assert len(Path("sweep.jsonl").read_text().splitlines()) == len(sizes)


def test_the_readme_on_dask(tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    cloudpickle = pytest.importorskip("cloudpickle", reason="Dask is not installed")
    cloudpickle.register_pickle_by_value(swept_code)
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
    space = {"symconv": symconv, "backward": swept_code.right, "SPEC": STRIDED, "sizes": GRID}
    try:
        with distributed.LocalCluster(dashboard_address=None, **options) as cluster:
            address = cluster.scheduler_address
            exec(snippet("dask").replace("tcp://scheduler:8786", address), space)
    finally:
        cloudpickle.unregister_pickle_by_value(swept_code)
    assert space["results"] == swept(swept_code.right)


# --- the file -----------------------------------------------------------------------------------


def test_an_interrupted_sweep_goes_on(tmp_path, monkeypatch):
    file = tmp_path / "results.jsonl"
    whole = swept(swept_code.failing)
    started = symconv.sweep(swept_code.failing, STRIDED, GRID, write=file)
    first = [next(started) for _ in range(9)]
    started.close()
    assert first == whole[:9]
    assert len(file.read_text().splitlines()) == 9
    worked = []
    work = symconv.sweeps.work._examined
    monkeypatch.setattr("symconv.sweeps.work._examined", lambda *a: worked.append(a[3]) or work(*a))
    assert swept(swept_code.failing, write=file) == whole
    assert worked == list(GRID)[9:]


def test_a_sweep_that_is_killed_goes_on(tmp_path):
    file = tmp_path / "results.jsonl"
    code = (
        "import os, signal, symconv, swept_code\n"
        "grid = symconv.geometries(N=range(3, 7), K=(2, 3, 4), S=(1, 2))\n"
        f"file = {str(file)!r}\n"
        "for result in symconv.sweep(swept_code.right, swept_code.STRIDED, grid, write=file):\n"
        "    if result.number == 5: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root, near = Path(symconv.__file__).parent.parent, Path(swept_code.__file__).parent
    paths = {"PYTHONPATH": os.pathsep.join(map(str, (root, near)))}
    ended = subprocess.run([sys.executable, "-c", code], env={**os.environ, **paths})
    assert ended.returncode == -9
    assert len(file.read_text().splitlines()) == 6
    assert swept(swept_code.right, write=file) == swept(swept_code.right)


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_half_a_line_counts_as_none(tmp_path, cut):
    file = tmp_path / "results.jsonl"
    few = list(GRID)[:4]
    whole = swept(swept_code.right, few, write=file)
    data = file.read_bytes()
    file.write_bytes(data[:-cut])
    assert swept(swept_code.right, few, write=file) == whole
    lines = file.read_bytes().splitlines()
    assert len(lines) == 5
    assert data.splitlines()[3] == lines[4]
    assert swept(swept_code.right, few, write=file) == whole
    assert len(file.read_bytes().splitlines()) == 5


STRANGE = [
    b"[]",
    b"null",
    b"{}",
    b'{"key": 1, "sizes": 3, "outcome": "checked", "evidence": ""}',
    b'{"key": "zz", "sizes": {}, "outcome": "x", "evidence": ""}',
    b'{"key": "zz", "sizes": {}, "outcome": "checked", "evidence": ""}',
    b"\xff\xfe",
    b"[" * 5000,
]


@pytest.mark.parametrize("line", STRANGE)
def test_lines_of_others_are_passed_over(tmp_path, line):
    file = tmp_path / "results.jsonl"
    file.write_bytes(line + b"\n")
    found = swept(swept_code.right, list(GRID)[:2], write=file)
    assert found == swept(swept_code.right, list(GRID)[:2])
    assert file.read_bytes().startswith(line + b"\n")


def test_a_result_is_of_its_function_operation_and_options(tmp_path):
    file = tmp_path / "results.jsonl"
    one = [{"N": 6, "K": 2, "S": 2}]
    outcomes = []
    for function, spec, options in [
        (swept_code.right, STRIDED, {}),
        (swept_code.unstrided, STRIDED, {}),
        (swept_code.right, "y = conv1d(x[N], w[K], stride=S, padding=1)", {}),
        (swept_code.right, STRIDED, {"gives": ("dx", "_")}),
        (swept_code.right, STRIDED, {"assume": "S < 2"}),
    ]:
        results = symconv.sweep(function, spec, one, write=file, **options)
        outcomes.append(next(iter(results)).outcome)
    assert outcomes[:2] == ["checked", "refuted"]
    assert outcomes[2] != "checked"
    assert outcomes[3:] == ["checked", "impossible"]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len({line["key"] for line in lines}) == 5


def test_a_changed_function_is_another_one(tmp_path):
    def of(text, name="backward"):
        file = tmp_path / f"module{len(list(tmp_path.iterdir()))}.py"
        file.write_text(text)
        space = {"__name__": "some_module"}
        exec(compile(text, str(file), "exec"), space)
        return fingerprint(space[name])

    plain = "def helper(x):\n    return x * 2\n\n\ndef backward(x, w, g):\n    return helper(x)\n"
    assert of(plain) == of(plain)
    assert of(plain) != of(plain.replace("helper(x)\n", "helper(x) + w\n"))
    assert of(plain) != of(plain.replace("x * 2", "x * 3"))
    assert of(plain) == of(plain + "\n\ndef unrelated():\n    return 1\n")
    scaled = "FACTOR = 2\n\n\ndef backward(x, w, g):\n    return FACTOR * x\n"
    assert of(scaled) != of(scaled.replace("= 2", "= 3"))

    def closing(factor):
        return lambda x, w, g: factor * x

    assert fingerprint(closing(2)) == fingerprint(closing(2))
    assert fingerprint(closing(2)) != fingerprint(closing(3))


def test_a_file_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(SymconvError, match="can't be written"):
        swept(swept_code.right, write=tmp_path / "missing" / "results.jsonl")


# --- progress -----------------------------------------------------------------------------------


def test_nothing_is_shown_in_a_pipe(capfd):
    swept(swept_code.right, list(GRID)[:3])
    assert capfd.readouterr() == ("", "")


def test_a_bar_is_shown_where_it_is_asked_for(capfd):
    swept(swept_code.failing, list(GRID)[:6], progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "6/6" in err or "2 not right" in err


# --- many ---------------------------------------------------------------------------------------


class Quick:
    """Work that is none, so that what is seen is the sweep's own memory."""

    def __call__(self, batch):
        return [Swept(number, sizes, "checked", "x" * 200) for number, sizes in batch]


def peak(count, store):
    grid = symconv.geometries(N=range(200), K=range(200), count=count)
    with ThreadPoolExecutor(2) as pool:
        tracemalloc.start()
        seen = Counter(r.outcome for r in run(Quick(), grid, pool, store, batch=8, window=16))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert seen == {"checked": count}
    return most


def test_memory_does_not_grow_with_the_sweep(tmp_path):
    few, many = peak(2_000, None), peak(20_000, None)
    assert many - few < 2_000_000  # the numbers that are drawn; the results alone are 10 MB
    with Store(tmp_path / "results.jsonl", "about") as store:
        kept = peak(20_000, store)
    assert kept - many < 6_000_000  # where each line begins; the file itself is more
    assert (tmp_path / "results.jsonl").stat().st_size > 6_000_000


def test_memory_of_a_real_sweep():
    grid = symconv.geometries(N=range(3, 60), K=range(1, 4), S=range(1, 200), count=SEVERAL)
    results = symconv.sweep(swept_code.right, STRIDED, grid)
    assert inspect.isgenerator(results)
    before = None
    for result in results:
        if result.number == SEVERAL // 4:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 20_000  # kilobytes
