"""The commands of `python -m optedu`."""

import argparse
import sys
from collections import Counter
from contextlib import nullcontext, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from optedu.grading import intake, release, report, sample
from optedu.grading.course import Course, GradingError


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

    command = commands.add_parser("grade", help="grade what is new or changed; write feedback")
    command.add_argument("assignment")
    command.add_argument("--workers", type=int, default=2, help="processes at once (default: 2)")
    command.set_defaults(run=_grade, writes=True)

    command = commands.add_parser("serve", help="serve the built site on this machine")
    command.add_argument("--port", type=int, default=8000, help="if free (default: 8000)")
    command.set_defaults(run=_serve, writes=False)
    return parser


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
    from optedu.grading import pipeline  # loads nbgrader, which the other commands can do without

    results = pipeline.grade(course, args.assignment, args.workers)
    print(report.table(results), report.where_to_look(course, args.assignment, results), sep="\n\n")
    return 0


def _serve(course, args):
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
