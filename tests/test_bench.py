"""The benchmark's own arithmetic, on a clock that the tests wind; what is fast is not tested."""

import json
from pathlib import Path

import pytest

from optedu import bench
from optedu.bench import report, timing
from optedu.grading import cli

ROOT = Path(__file__).resolve().parents[1]


class Clock:
    """A clock that moves only when work is done."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        for name in ("process_time", "perf_counter"):
            monkeypatch.setattr(timing.time, name, lambda: self.now)

    def work(self, seconds):
        """Return a function that takes so long."""

        def run():
            self.now += seconds

        return run


@pytest.mark.parametrize("threads", [1, 2])
def test_the_ratio_is_the_peers_time_over_ours(monkeypatch, threads):
    clock = Clock(monkeypatch)
    case = timing.Case("work", "detail", clock.work(0.001), clock.work(0.004), target=3.0)
    row = timing.compare(case, threads)
    assert row["ratio"] == pytest.approx(4)
    assert row["low"] == pytest.approx(4)
    assert row["threads"] == threads


def test_a_part_of_the_peers_work_counts_as_the_whole(monkeypatch):
    clock = Clock(monkeypatch)
    case = timing.Case("work", "", clock.work(0.1), clock.work(0.2), target=1.0, share=0.01)
    assert timing.compare(case)["ratio"] == pytest.approx(200)


def test_the_shortest_time_counts(monkeypatch):
    clock = Clock(monkeypatch)
    durations = iter([1.0, 1.0, 5.0, 1.0, 9.0])

    def disturbed():
        clock.now += next(durations, 1.0)

    case = timing.Case("work", "", disturbed, clock.work(2.0), target=1.0, rounds=5)
    row = timing.compare(case)
    assert row["ratio"] == pytest.approx(2)
    assert row["low"] < row["ratio"]


ROWS = [
    {"work": "a step", "detail": "small", "threads": 1, "ratio": 3.0, "target": 2.0},
    {"work": "a step", "detail": "large", "threads": 1, "ratio": 1.0, "target": 2.0},
    {"work": "a step", "detail": "large", "threads": 2, "ratio": 4.0, "target": 2.0},
]


def test_a_summary_holds_the_span_and_what_is_missed():
    one, two = report.summarize(ROWS)
    assert (one["ratios"], len(one["missed"])) == ([1.0, 3.0], 1)
    assert (two["ratios"], len(two["missed"])) == ([4.0], 0)
    assert "1 of 2" in report.summary_table(ROWS)
    assert report.missed(ROWS) == ["A step (large, 1 thread: 1.00 of 2.00)."]


def test_a_run_of_one_pair_keeps_what_is_recorded_of_the_others(monkeypatch, tmp_path):
    def time_pair(name, threads):
        row = {"pair": name, "work": name, "detail": "", "threads": threads, "target": 1.0}
        return {"machine": {"processor": "x"}, "rows": [row | {"ratio": float(threads)}]}

    monkeypatch.setattr(bench, "_in_a_process", time_pair)
    record = tmp_path / "speed.json"
    bench.run(record=record, tell=lambda line: None)
    everything = json.loads(record.read_text())["rows"]
    assert {row["pair"] for row in everything} == set(bench.PAIRS)
    bench.run(["torch"], record=record, tell=lambda line: None)
    assert json.loads(record.read_text())["rows"] == everything


def test_an_unknown_pair_is_refused_by_name(capsys):
    assert cli.main(["--course", str(ROOT), "bench", "tensorflow"]) == 1
    assert "tensorflow" in capsys.readouterr().err


def test_the_page_gives_a_reason_for_every_target_that_is_missed():
    rows = report.load(ROOT / bench.RECORD)["rows"]
    late = {row["work"] for row in rows if row["ratio"] < row["target"]}
    assert late <= set(report.REASONS)
    assert set(report.REASONS) <= {row["work"] for row in rows}
