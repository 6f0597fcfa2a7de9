"""The page about speed: a summary, a plot and a full table, from the record of a run."""

import html
import json
from pathlib import Path

# Why a target can be missed, by the work it belongs to; the page must be able to say it.
DIVIDER = (
    "The targets were set on a processor with AVX-512, which divides and takes roots of eight "
    "numbers at a time. Where it has four lanes, division and root alone take nearly all the time "
    "of these rules, for us and for the peer."
)
HANDOVER = (
    "With two threads the array is cut in two, and Python hands the halves over; at a million "
    "numbers that costs as much as it saves."
)
REASONS = {
    "step of 1,000,000 numbers, against torch": f"{DIVIDER} {HANDOVER}",
    "step of 10,000,000 numbers, against torch": (
        "At this size both move memory as fast as it goes, so little is left to gain."
    ),
    "step of 10,000,000 numbers, against memory's bandwidth": DIVIDER,
    "512 × 512 runs of 500 Adam steps, against jax": (
        f"{DIVIDER} Most of our time is that floor, so no loop could reach the target there."
    ),
    "L-BFGS on at most 100 numbers, against scipy": (
        "Most of the time is Python's, for the function and the line search, in both."
    ),
    "L-BFGS on 10,000 numbers, against scipy": (
        "Two passes over the pairs and the function itself are most of the time: it lies on its "
        "target, and falls on either side from run to run."
    ),
    "BFGS on 100 numbers, against scipy": (
        "On a function as cheap as this, half of our time is Python's, for the function and the "
        "line search, as it is of the peer's."
    ),
    "gradient check of 30,730 numbers, against the loop: random directions": (
        "A check costs seven losses, two of them complex, and one gradient; a few more than the "
        "target allows."
    ),
    "gradient check of 30,730 numbers, against the loop: every coordinate": (
        "A second thread speeds up the products of the loop, not the sums over few classes that "
        "replace them."
    ),
    "loss grid 201 × 201 of a network 64-64-10, against the loop": (
        "With inputs as few as hidden units, the second layer and the exponentials cost as much as "
        "the layer that is saved."
    ),
    "loss grid 201 × 201 of a network 784-128-10, against the loop": (
        "With one thread it lies on its target, and falls on either side from run to run. A second "
        "thread speeds up the loop's larger products more than our smaller ones."
    ),
    "import, against NumPy's and 50 ms": (
        "`import optedu` costs almost nothing. All chapters at once cost more than the target; a "
        "chapter is imported when it is needed."
    ),
}


def load(path) -> dict:
    """Read the record of a run.

    Parameters
    ----------
    path : path-like
        What `optedu.bench.run` wrote.

    Returns
    -------
    dict
        ``machine``, ``date`` and ``rows``.
    """
    return json.loads(Path(path).read_text(encoding="utf-8"))


def summarize(rows) -> list:
    """Gather the rows of each work and number of threads.

    Parameters
    ----------
    rows : list of dict
        The rows of a record.

    Returns
    -------
    list of dict
        ``work``, ``threads``, ``ratios`` in ascending order, ``target`` (the lowest) and
        ``missed``, the details that stay below theirs.
    """
    groups = {}
    for row in rows:
        groups.setdefault((row["work"], row["threads"]), []).append(row)
    return [
        {
            "work": work,
            "threads": threads,
            "ratios": sorted(row["ratio"] for row in group),
            "target": min(row["target"] for row in group),
            "missed": [row for row in group if row["ratio"] < row["target"]],
        }
        for (work, threads), group in groups.items()
    ]


def summary_table(rows) -> str:
    """Return the summary as an HTML table.

    Parameters
    ----------
    rows : list of dict
        The rows of a record.

    Returns
    -------
    str
        One line for each work and number of threads.
    """
    lines = []
    for group in summarize(rows):
        low, high = group["ratios"][0], group["ratios"][-1]
        span = _number(low) if len(group["ratios"]) == 1 else f"{_number(low)} to {_number(high)}"
        reached = len(group["ratios"]) - len(group["missed"])
        lines.append(
            [
                group["work"],
                group["threads"],
                span,
                _number(group["target"]),
                f"{reached} of {len(group['ratios'])}",
            ]
        )
    return _table(["work", "threads", "times as fast", "to reach", "reached"], lines)


def full_table(rows) -> str:
    """Return every row as an HTML table.

    Parameters
    ----------
    rows : list of dict
        The rows of a record.

    Returns
    -------
    str
        The ratio of the shortest times, and the middle half of the ratios of all rounds.
    """
    lines = [
        [
            row["work"],
            row["detail"],
            row["threads"],
            _number(row["ratio"]),
            f"{_number(row['low'])} to {_number(row['high'])}",
            _number(row["target"]),
            row["note"],
        ]
        for row in rows
    ]
    head = ["work", "variant", "threads", "times as fast", "middle half", "to reach", "note"]
    return _table(head, lines)


def grading_table(rows) -> str:
    """Return how the grading compares with nbgrader's own as an HTML table.

    Parameters
    ----------
    rows : list of dict
        The rows of the record that `optedu.bench.grading` writes.

    Returns
    -------
    str
        A line for each comparison.
    """
    lines = [
        [row["ours"], row["peer"], row["clock"], _number(row["ratio"]), f"{row['target']:g}"]
        for row in rows
    ]
    return _table(["ours", "against", "clock", "times as fast", "to reach"], lines)


def missed(rows) -> list:
    """List what stays below its target, with the reason.

    Parameters
    ----------
    rows : list of dict
        The rows of a record.

    Returns
    -------
    list of str
        A sentence for each work that misses a target.
    """
    sentences = []
    for work in dict.fromkeys(row["work"] for row in rows):
        late = [row for row in rows if row["work"] == work and row["ratio"] < row["target"]]
        if late:
            which = ", ".join(
                f"{row['detail']}, {_threads(row['threads'])}: {_number(row['ratio'])} of "
                f"{_number(row['target'])}"
                for row in late
            )
            reason = REASONS.get(work, "")
            sentences.append(f"{work[0].upper()}{work[1:]} ({which}). {reason}".strip())
    return sentences


def plot(rows):
    """Draw, for each work, how many times as fast each case is, and the target.

    Parameters
    ----------
    rows : list of dict
        The rows of a record.

    Returns
    -------
    Figure
        A Matplotlib figure, in the course's style.
    """
    from optedu import plotting

    works = list(dict.fromkeys(row["work"] for row in rows))
    with plotting.style():
        figure, axes = plotting.subplots(height=60 + 40 * len(works))
        for threads, color, marker, shift in ((1, "#0072B2", "o", 0.1), (2, "#D55E00", "s", -0.1)):
            chosen = [row for row in rows if row["threads"] == threads]
            axes.plot(
                [row["ratio"] for row in chosen],
                [shift - works.index(row["work"]) for row in chosen],
                marker,
                color=color,
                markersize=4,
                label=_threads(threads),
            )
        for place, work in enumerate(works):
            target = min(row["target"] for row in rows if row["work"] == work)
            axes.plot(
                [target, target], [-place - 0.25, -place + 0.25], color="black", linewidth=1.5
            )
            # Above its row a label has the whole width of the page, even of a narrow one.
            axes.text(0.0, 0.3 - place, work, transform=axes.get_yaxis_transform(), fontsize=9)
        axes.set_xscale("log")
        axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
        axes.set_ylim(-len(works) + 0.5, 0.7)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("times as fast as the peer")
        axes.legend(loc="lower right")
    return figure


def _threads(count):
    return f"{count} thread{'s' if count > 1 else ''}"


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value >= 10 else f"{value:.2f}"


def _table(head, lines):
    def cells(values, tag):
        return "".join(f"<{tag}>{html.escape(str(value))}</{tag}>" for value in values)

    body = "".join(f"<tr>{cells(line, 'td')}</tr>" for line in lines)
    return (
        f'<table class="dataframe table"><thead><tr>{cells(head, "th")}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
