"""The grade table, and where to look next."""

import re


def question_of(grade_id):
    """Return the question that a test cell belongs to.

    Parameters
    ----------
    grade_id : str
        The test cell's name.

    Returns
    -------
    str
        The question's name, which a visible and a hidden test share.

    Examples
    --------
    >>> question_of("test_rate"), question_of("test_rate_hidden")
    ('rate', 'rate')
    """
    return re.sub(r"^test_|_hidden$", "", grade_id)


def table(results):
    """Lay out how a class did.

    Parameters
    ----------
    results : list of Result
        One a submission; at least one.

    Returns
    -------
    str
        A line a student, with a legend of the questions above.
    """
    questions = list(results[0].scores)
    possible = [points for _, points in results[0].scores.values()]
    width = max(7, *(len(result.student) for result in results))
    lines = [f"  {number}  {name}" for number, name in enumerate(questions, 1)]
    heads = "".join(f"{number:>6}" for number in range(1, len(questions) + 1))
    lines += ["", f"{'student':<{width}}{heads}   total   time  flagged"]
    lines += [f"{'of':<{width}}{''.join(map(_number, possible))}{sum(possible):>8g}"]
    for result in results:
        scores = "".join(_number(score) for score, _ in result.scores.values())
        line = f"{result.student:<{width}}{scores}{result.total:>8g}{result.seconds:>6.1f}s"
        lines.append(f"{line}  {'; '.join(result.flags)}".rstrip())
    flagged = sum(bool(result.flags) for result in results)
    mean = sum(result.total for result in results) / len(results)
    lines += [
        "",
        f"{len(results)} submissions, {flagged} flagged, mean {mean:.1f} of {sum(possible):g}",
    ]
    return "\n".join(lines)


def where_to_look(course, assignment, results):
    """Say where the site, a feedback page and the gradebook are.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    results : list of Result
        The class; the page is that of the first who lost points, but not all, without a flag.

    Returns
    -------
    str
        One line each.
    """
    shown = next(
        (one for one in results if not one.flags and 0 < one.total < _full(one)),
        results[0],
    )
    page = next((course.work / "feedback" / shown.student / assignment).glob("*.html"))
    site = course.root / "_build" / "html" / "index.html"
    places = {
        "site": site if site.exists() else "not built yet (make book)",
        "feedback": page,
        "grades": course.work / "grades.csv",
        "gradebook": course.work / "gradebook.db",
    }
    lines = [f"{name:<10}{place}" for name, place in places.items()]
    lines += [
        f"The class at a glance: python -m optedu report {assignment}",
        "To grade by hand: make lab, then the menu Nbgrader, Formgrader",
    ]
    return "\n".join(lines)


def _full(result):
    return sum(points for _, points in result.scores.values())


def _number(value):
    return f"{value:>6g}"
