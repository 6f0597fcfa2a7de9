"""How fast the grading is, beside nbgrader's own executor.

`python -m optedu.bench.grading` grades one class several times, each time in a new course: with
nbgrader's `Execute`, alone and as two processes that share the class, and with ours, with one
worker and with two. The configuration is otherwise the same. Ours take their turn before, between
and after, and the mean counts: a shared machine's clock wanders. Processor time is that of all
processes that a command started, and only ratios are kept. Submissions that nbgrader cannot read
are left out; those with a loop that never ends wait for the time limit, whoever grades them, and
are timed in a class of their own on request.
"""

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import fmean

from optedu.bench.timing import machine
from optedu.grading import intake, release, sample
from optedu.grading.course import Course

RECORD = Path("book/reference/grading-speed.json")
ASSIGNMENT = "2-descent"
UNREADABLE = ("tanaka-h", "umar-b", "vogel-n", "wang-x")
ENDLESS = ("aalto-m",)
# What nbgrader itself needs to execute notebooks, in place of our preprocessor.
VANILLA = """
c.Autograde.autograde_preprocessors[0] = "nbgrader.preprocessors.Execute"
c.Execute.timeout = cell_seconds
c.Execute.extra_arguments = ["--log-level=ERROR"]
"""
_PR_SET_CHILD_SUBREAPER = 36

NBGRADER = [str(Path(sys.executable).with_name("nbgrader")), "autograde", ASSIGNMENT]
OURS = [sys.executable, "-m", "optedu", "grade", ASSIGNMENT, "--no-feedback", "--jobs"]
THEIR_VARIANTS = {
    "nbgrader": [NBGRADER],
    "nbgrader, two processes": [[*NBGRADER, "--student=a*"], [*NBGRADER, "--student=b*"]],
}
OUR_VARIANTS = {
    "ours, one worker": [[*OURS, "1"]],
    "ours, two workers": [[*OURS, "2"]],
}
# Ours, theirs, on which clock, and how many times as fast it shall be.
COMPARISONS = (
    ("ours, one worker", "nbgrader", "cpu", 10),
    ("ours, two workers", "nbgrader", "cpu", 10),
    ("ours, two workers", "nbgrader", "wall", 16),
    ("ours, two workers", "nbgrader, two processes", "wall", 8),
)


def main(root=".", copies=60, endless=False, record=RECORD):
    """Time the variants, print how many times as fast ours are, and keep the ratios.

    Parameters
    ----------
    root : path-like
        The course's folder.
    copies : int
        Submissions in the class, copied from the sample class.
    endless : bool
        Time those with endless loops too, as a class of their own.
    record : path-like
        Where the ratios go.
    """
    # So that a process whose parent has ended becomes ours, and its time can be read.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    everyone = sorted(
        path.stem for path in Path(root, "tests/sample_class", ASSIGNMENT).glob("*.py")
    )
    usual = [name for name in everyone if name not in (*UNREADABLE, *ENDLESS)]
    classes = {f"{copies} submissions that end": (usual, copies)}
    if endless:
        classes["two submissions with endless loops"] = (list(ENDLESS), 2)
    rows = []
    for name, (students, size) in classes.items():
        rows += _compare(Path(root).resolve(), name, students, size)
    result = {"machine": machine(), "date": date.today().isoformat(), "rows": rows}
    Path(record).write_text(
        json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _compare(root, name, students, size):
    print(f"{name}:")
    with tempfile.TemporaryDirectory() as folder:
        course = _class_of(root, Path(folder) / "course", students, size)
        turns = list(OUR_VARIANTS)
        for theirs in THEIR_VARIANTS:
            turns += [theirs, *OUR_VARIANTS]
        times = {variant: [] for variant in turns}
        for variant in turns:
            mine = Path(shutil.copytree(course, Path(folder) / "graded"))
            if variant in THEIR_VARIANTS:
                with (mine / "nbgrader_config.py").open("a", encoding="utf-8") as config:
                    config.write(VANILLA)
            times[variant].append(_timed((THEIR_VARIANTS | OUR_VARIANTS)[variant], mine))
            print(f"  {variant} took its turn")
            shutil.rmtree(mine)
    rows = []
    for ours, theirs, clock, target in COMPARISONS:
        needed = {name: fmean(turn[clock] for turn in times[name]) for name in (ours, theirs)}
        ratio = needed[theirs] / needed[ours]
        rows.append(
            {
                "class": name,
                "ours": ours,
                "peer": theirs,
                "clock": clock,
                "ratio": round(ratio, 2),
                "target": target,
            }
        )
        print(f"  {ours} against {theirs}, {clock}: {ratio:.1f} times as fast (to reach {target})")
    return rows


def _class_of(root, folder, students, size):
    """Write a course with a class in which every student of the sample hands in several times."""
    folder.mkdir()
    shutil.copy(root / "nbgrader_config.py", folder)
    shutil.copytree(root / "solutions" / ASSIGNMENT, folder / "solutions" / ASSIGNMENT)
    course = Course(folder)
    release.write(course)
    released = intake.only_notebook(course, ASSIGNMENT)
    text = released.read_text(encoding="utf-8")
    for number in range(size):
        path = root / "tests/sample_class" / ASSIGNMENT / f"{students[number % len(students)]}.py"
        name = f"{'ab'[number % 2]}{number:03}-{path.stem}"
        files = sample.submission(path, text, released.name)
        intake.take_in(course, ASSIGNMENT, name, files)
    return folder


def _timed(commands, folder):
    """Return the seconds on the wall and on the processors that the commands take together."""
    # A course is graded again and again, with its modules compiled the first time.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start, before = time.perf_counter(), _used()
    running = [
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).pid
        for command in commands
    ]
    while running:
        pid, _ = os.wait()
        running = [other for other in running if other != pid]
    wall = time.perf_counter() - start
    while True:  # what they have left behind is about to end
        try:
            os.wait()
        except ChildProcessError:
            return {"wall": wall, "cpu": _used() - before}


def _used():
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", default=".", help="the course's folder")
    parser.add_argument("--copies", type=int, default=60, help="submissions (default: 60)")
    parser.add_argument("--endless", action="store_true", help="time endless loops too")
    args = parser.parse_args()
    main(args.course, args.copies, args.endless, Path(args.course) / RECORD)
