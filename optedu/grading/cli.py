"""The commands of `python -m optedu`."""

import argparse
import gc
import os
import sys
from collections import Counter
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path

from optedu.grading import intake, lean, release, report, sample
from optedu.grading.course import Course, GradingError

# How `grade` ends if there is something left to do; 2 is what a mistyped command gives.
FLAGGED, FAILED = 3, 4


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    args = _parser().parse_args(argv)
    try:
        course = Course(args.course)
        with course.alone() if args.writes else nullcontext():
            return args.run(course, args)
    except GradingError as error:
        print(f"optedu: {error}", file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="python -m optedu", description=__doc__)
    parser.add_argument("--course", default=".", help="the course's folder (default: this one)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("exercises", help="generate exercises/ from solutions/")
    command.add_argument(
        "--check", action="store_true", help="only compare; exit with 1 if they differ"
    )
    command.add_argument(
        "--replace", action="store_true", help="replace notebooks that hold someone's work too"
    )
    command.set_defaults(run=_exercises, writes=True)

    command = commands.add_parser("sample", help="take in the sample class of an assignment")
    command.add_argument("assignment")
    command.set_defaults(run=_sample, writes=True)

    command = commands.add_parser("collect", help="take in files named <student_id>.ipynb")
    command.add_argument("assignment")
    command.add_argument("folder", type=Path)
    command.set_defaults(run=_collect, writes=True)

    command = commands.add_parser(
        "grade",
        help="grade what is new or changed; write feedback",
        description="Grade what is new or changed, and write feedback. A run that was killed is "
        "taken up where it stopped.",
        epilog="Exit code: 0 if all submissions are graded and none is flagged, 3 if all are dealt "
        "with and some are flagged for you to look at, 4 if grading went wrong for some and should "
        "be run again, 1 if nothing could be done.",
    )
    command.add_argument("assignment")
    command.add_argument(
        "--jobs", type=_count, metavar="N", help="submissions at once (default: one a processor)"
    )
    command.add_argument("--no-feedback", action="store_true", help="write no feedback pages")
    command.set_defaults(run=_grade, writes=True)

    command = commands.add_parser("report", help="write the class at a glance, one page")
    command.add_argument("assignment")
    command.set_defaults(run=_report, writes=True)

    command = commands.add_parser("doctor", help="try whether student code can be confined here")
    command.set_defaults(run=_doctor, writes=False)

    command = commands.add_parser("bench", help="time the reference beside its peers")
    command.add_argument("pairs", nargs="*", help="which comparisons (default: all)")
    command.set_defaults(run=_bench, writes=False)

    command = commands.add_parser("serve", help="serve the built site on this machine")
    command.add_argument("--port", type=int, default=8000, help="if free (default: 8000)")
    command.set_defaults(run=_serve, writes=False)
    return parser


def _count(text):
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"it must be at least 1; got {text}")
    return count


def _exercises(course, args):
    if not args.check:
        print("\n".join(release.write(course, replace=args.replace)))
        return 0
    complaints = release.check(course)
    if complaints:
        print("\n".join(complaints), file=sys.stderr)
        print("Run `python -m optedu exercises` and commit the result.", file=sys.stderr)
        return 1
    print("exercises/ is what solutions/ generates")
    return 0


def _sample(course, args):
    return _tell_intake(args.assignment, sample.take_in_sample(course, args.assignment))


def _collect(course, args):
    return _tell_intake(args.assignment, intake.collect(course, args.assignment, args.folder))


def _tell_intake(assignment, outcomes):
    counts = Counter(outcomes.values())
    print(
        f"{assignment}: {len(outcomes)} submissions, {counts['new']} new, "
        f"{counts['changed']} changed (the earlier ones are in .grading/earlier)"
    )
    return 0


def _grade(course, args):
    gc.disable()  # what is loaded stays; to look through it for garbage takes a fifth of the time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here computes, and workers fork
    lean.load_on_demand()
    from optedu.grading import pipeline  # loads nbgrader, which the other commands can do without

    gc.freeze()
    gc.enable()
    tell, watch = print, None
    if sys.stderr.isatty():
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # no thread of its own: workers are forked from this process
        tell, watch = tqdm.write, partial(tqdm, unit=" submissions")
    results = pipeline.grade(
        course, args.assignment, args.jobs, tell, watch, pages=not args.no_feedback
    )
    print(report.table(results))
    if not args.no_feedback:
        print("", report.where_to_look(course, args.assignment, results), sep="\n")
    if any(result.failed for result in results):
        return FAILED
    return FLAGGED if any(result.flags for result in results) else 0


def _report(course, args):
    lean.load_on_demand()
    from optedu.grading import overview  # loads nbgrader, as above

    print(overview.write(course, args.assignment))
    return 0


def _doctor(course, args):
    from optedu.grading.sandbox import walls

    held = []
    for namespaces, tier in ((True, "with namespaces"), (False, "without namespaces")):
        try:
            able = walls.try_to_escape(namespaces)
        except walls.NoWalls as error:
            print(f"{tier}: not possible here: {error}")
            continue
        for what in walls.TRIALS:
            print(f"{tier}: student code {'CAN' if what in able else 'cannot'} {what}")
        if not able:
            held.append(tier)
    if not held:
        print("Student code cannot be confined here, and will not be run. Grade in a container.")
        return 1
    print(f"Grading runs student code {held[0]}.")
    return 0


def _bench(course, args):
    from optedu import bench  # the other commands can do without

    unknown = [name for name in args.pairs if name not in bench.PAIRS]
    if unknown:
        raise GradingError(
            f"there is no comparison {', '.join(unknown)}; choose from {', '.join(bench.PAIRS)}"
        )
    bench.run(args.pairs or None, course.root / bench.RECORD)
    return 0


def _serve(course, args):
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    site = course.root / "_build" / "html"
    if not (site / "index.html").exists():
        raise GradingError("the site is not built yet; run `make book`")
    # Windows may know .js by another name, and browsers then refuse the figures' modules.
    SimpleHTTPRequestHandler.extensions_map[".js"] = "text/javascript"
    handler = partial(SimpleHTTPRequestHandler, directory=site)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", args.port), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with server:
        print(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C to stop)", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0
