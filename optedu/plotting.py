"""Figures for pages that are light or dark, wide or narrow, seen or listened to.

Draw inside `style`, then end the cell with `show`. It puts the figure into the page as inline
SVG: what is black takes the color of the page's own text, a few colors have a lighter twin for
dark pages, text stays text, and the picture shrinks with the page. Every method keeps one color
and one marker in all figures.
"""

import hashlib
import html
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

NEUTRAL = "#808080"

COLORS = {
    "gradient descent": "#0072B2",
    "SGD": "#56B4E9",
    "momentum": "#D55E00",
    "Nesterov": "#E69F00",
    "AdaGrad": "#009E73",
    "RMSProp": "#CC79A7",
    "Adam": "#882255",
    "AdamW": "#882255",
    "Newton": "#332288",
    "quasi-Newton": "#332288",
    "optimum": NEUTRAL,
    "theory": NEUTRAL,
}

# Too dark for a dark page, so there they give way to a lighter twin.
DARK_COLORS = {"#332288": "#8C7AE6", "#882255": "#C8518F"}

_MARKERS = dict(zip(COLORS, "osD^vPX*dhxx", strict=True))
_CYCLE = [name for name in COLORS if name not in ("AdamW", "quasi-Newton", "optimum", "theory")]
_CONTOUR = (0x6F / 255, 0x8B / 255, 0xA6 / 255)
_FONTS = "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@contextmanager
def style():
    """Draw in the course's style, within a ``with`` block.

    No spines at the top and the right, a light grid, a transparent background, black ink.

    Yields
    ------
    None
        The style holds until the block ends.

    Examples
    --------
    >>> with style():
    ...     fig, ax = subplots()
    >>> ax.spines["top"].get_visible()
    False
    """
    import matplotlib

    ink, nothing = "#000000", "none"
    options = {
        "figure.facecolor": nothing,
        "axes.facecolor": nothing,
        "savefig.facecolor": nothing,
        "text.color": ink,
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "figure.constrained_layout.use": True,
        "figure.dpi": 96,
        "savefig.dpi": 192,
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.labelsize": 11.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": matplotlib.cycler(color=[COLORS[name] for name in _CYCLE]),
        "grid.color": ink,
        "grid.alpha": 0.13,
        "lines.linewidth": 2,
        "lines.markersize": 6,
        "legend.frameon": False,
        "contour.negative_linestyle": "solid",
    }
    with matplotlib.rc_context(options):
        yield


def subplots(nrows=1, ncols=1, *, width=560, height=360, **options):
    """Make a figure and its axes, sized in the pixels of the page.

    Parameters
    ----------
    nrows, ncols : int
        The grid of axes.
    width, height : float
        The size in CSS pixels. The default fills most of the text column and, shrunk to a
        phone's width, keeps its labels legible.
    **options
        Passed on to `matplotlib.pyplot.subplots`.

    Returns
    -------
    fig : matplotlib.figure.Figure
        The figure.
    axes : matplotlib.axes.Axes or ndarray of them
        The axes.
    """
    import matplotlib.pyplot as plt

    return plt.subplots(nrows, ncols, figsize=(width / 96, height / 96), **options)


def contours(ax, problem, *, bounds=None, levels=12, resolution=241):
    """Draw the level lines of a function of two variables, and a cross at its minimizer.

    Where the minimum is known, levels crowd toward it, as the squares of equal steps would;
    otherwise they are equally spaced. Higher lines are fainter.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    problem : Problem
        The function.
    bounds : array_like of shape (2, 2), optional
        The range along each axis; by default the problem's own.
    levels : int or array_like
        How many levels, or which.
    resolution : int
        Grid points along each axis.

    Raises
    ------
    ValueError
        If the problem does not have two variables.
    """
    if len(problem.start) != 2:
        raise ValueError(
            f"problem must have 2 variables to have contours; {problem.name} has "
            f"{len(problem.start)}"
        )
    (left, right), (bottom, top) = problem.bounds if bounds is None else bounds
    x, y = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    values = problem.value(np.stack(np.meshgrid(x, y), axis=-1))
    if np.ndim(levels) == 0:
        low = values.min() if problem.minimum is None else problem.minimum
        power = 1 if problem.minimum is None else 3
        levels = low + (values.max() - low) * (np.arange(1, levels + 1) / (levels + 1)) ** power
    fade = np.linspace(0.95, 0.4, len(levels))
    ax.contour(x, y, values, levels=levels, colors=[(*_CONTOUR, a) for a in fade], linewidths=1.2)
    if problem.minimizer is not None:
        ax.scatter(*problem.minimizer, marker="x", s=70, color=COLORS["optimum"], zorder=3)
    ax.grid(visible=False)
    ax.set(xlabel="θ₁", ylabel="θ₂", xlim=(left, right), ylim=(bottom, top))


def path(ax, points, name="gradient descent", *, marks=None, label=None):
    """Draw the path of a run, a ring at its start and markers at its iterates.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw, usually over `contours`.
    points : array_like, shape (k, 2)
        The iterates, in order. The first one that is far outside the axes ends the path.
    name : str
        The method, which decides color and marker, or any other name.
    marks : sequence of int, optional
        The iterates that get a marker; by default all of up to 40, else none.
    label : str, optional
        What to write at the end; by default nothing.

    Returns
    -------
    matplotlib.lines.Line2D
        The line.

    Raises
    ------
    ValueError
        If the points do not have two coordinates.
    """
    points = np.asarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have shape (k, 2); got {points.shape}")
    low, high = np.transpose([ax.get_xlim(), ax.get_ylim()])
    # Overflow is what is being tested for; a run that diverges would otherwise warn here.
    with np.errstate(over="ignore", invalid="ignore"):
        far = ~np.all(np.abs(points - (low + high) / 2) < 100 * np.abs(high - low), axis=1)
    points = points[: np.argmax(far) if far.any() else None]
    if marks is None:
        marks = range(len(points)) if len(points) <= 40 else []
    color, marker = _look(name, len(ax.lines))
    (line,) = ax.plot(
        *points.T,
        color=color,
        marker=marker,
        markersize=5,
        markevery=[k for k in marks if k < len(points)],
        scalex=False,
        scaley=False,
    )
    ax.scatter(*points[:1].T, s=90, facecolors="none", edgecolors=color, linewidths=2, zorder=3)
    if label is not None and len(points):
        ax.annotate(label, points[-1], xytext=(8, 6), textcoords="offset points")
    return line


def convergence(ax, errors, *, theory=None, log_steps=False):
    """Draw errors against the step on a logarithmic axis, each line labeled at its end.

    Linear convergence, a constant factor a step, is a straight line; with `log_steps` a power
    of the step is one. The labels keep clear of each other, also when limits change later.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    errors : dict of str to array_like
        Errors by name, from step 0. What is not positive and finite is left out. A name in
        `COLORS` gets its own color and marker, any other the next in turn.
    theory : dict of str to array_like, optional
        Predictions by name, drawn dashed in gray.
    log_steps : bool
        Make the step axis logarithmic too, from step 1.
    """
    ax.set_yscale("log")
    ax.margins(x=0.01)
    lines = []
    for k, (name, values) in enumerate(errors.items()):
        color, marker = _look(name, k)
        # Markers stand at equal distances on the page, shifted so that lines that agree show both.
        spacing = {"marker": marker, "markevery": (0.02 * (k + 1), 0.15)}
        lines += ax.plot(*_drawable(values, log_steps), color=color, label=name, **spacing)
    for name, values in (theory or {}).items():
        look = {"color": COLORS["theory"], "linestyle": "--", "zorder": 1}
        lines += ax.plot(*_drawable(values, log_steps), label=name, **look)
    ax.set(xlabel="step", ylabel="error (log scale)")
    _label_powers_of_ten(ax.yaxis)
    if log_steps:
        ax.set(xscale="log", xlabel="step (log scale)")
        _label_powers_of_ten(ax.xaxis)
    _label_ends(ax, lines)


@dataclass(frozen=True)
class Picture:
    """Hold a figure as SVG for a page, with the words that stand in for it.

    Parameters
    ----------
    svg : str
        An ``<svg>`` element, ready to stand in an HTML page.
    alt : str
        The text alternative.
    caption : str, optional
        The caption: the finding, in a sentence.
    """

    svg: str
    alt: str
    caption: str | None = None

    def __repr__(self):
        """Give the words, where a picture cannot be shown."""
        return f"Figure: {self.alt}"

    def _repr_html_(self):
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="optedu-figure">{self.svg}{caption}</figure>'


def show(fig, alt, caption=None) -> Picture:
    """Turn a figure into inline SVG, and close it.

    The same figure always gives the same text, so a page that is built twice does not change.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure, drawn within `style`.
    alt : str
        What the figure shows, for those who do not see it.
    caption : str, optional
        What the figure finds, for everyone.

    Returns
    -------
    Picture
        The figure, which a notebook shows when a cell ends with it.

    Raises
    ------
    ValueError
        If `alt` is empty: say what one sees.

    Examples
    --------
    >>> with style():
    ...     fig, ax = subplots()
    >>> show(fig, alt="Empty axes.")
    Figure: Empty axes.
    """
    import matplotlib
    import matplotlib.pyplot as plt

    if not alt.strip():
        raise ValueError("alt must say what the figure shows; it is empty")
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "optedu"}):
        fig.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(fig)
    width, height = fig.get_size_inches() * 96
    return Picture(_for_the_page(buffer.getvalue(), alt, width, height), alt, caption)


def _for_the_page(svg, alt, width, height):
    """Make a stand-alone SVG file an element that lives with the page and with its like."""
    body = svg[svg.index("</defs>", svg.index("</style>")) + len("</defs>") :]
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL).replace("xlink:href", "href")
    body = re.sub(r"'[^;\"<>]*?sans-serif|'DejaVu Sans[^;\"<>]*'", _FONTS, body)
    body = body.replace(": #000000", ": currentColor")
    for light, dark in DARK_COLORS.items():
        # Browsers without light-dark() keep the first of the two declarations.
        twice = rf"\1: {light}; \1: light-dark({light}, {dark})"
        body = re.sub(rf"(fill|stroke): {light}", twice, body, flags=re.IGNORECASE)
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', body))
    own = "f" + hashlib.sha1((alt + body).encode()).hexdigest()[:8]
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{own}-{m[1]}"' if m[1] in used else "", body)
    body = re.sub(r'(url\(#|href="#)', rf"\1{own}-", body)
    view_box = re.search(r'viewBox="[^"]*"', svg)[0]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view_box} width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{html.escape(alt)}" '
        'style="max-width: 100%; height: auto; fill: currentColor; stroke-linejoin: round; '
        f'stroke-linecap: butt">{body.strip()}'
    )


def _look(name, index):
    """Return the color and the marker of a method, or those whose turn it is."""
    name = name if name in COLORS else _CYCLE[index % len(_CYCLE)]
    return COLORS[name], _MARKERS[name]


def _drawable(values, log_steps):
    values = np.asarray(values, dtype=float)
    steps = np.arange(len(values))
    keep = np.isfinite(values) & (values > 0) & (steps >= log_steps)
    return steps[keep], values[keep]


def _label_powers_of_ten(axis):
    """Write 10⁻³ in characters rather than in mathtext, which would not use the page's font."""

    def power(value, _):
        exponent = round(np.log10(value))
        text = "10" + str(exponent).translate(_SUPERSCRIPTS)
        return {0: "1", 1: "10"}.get(exponent, text)

    def between(value, _):
        low, high = sorted(axis.get_view_interval())
        digit = round(value / 10 ** np.floor(np.log10(value)))
        return f"{value:g}" if high < 5 * low or (high < 30 * low and digit in (2, 5)) else ""

    axis.set_major_formatter(power)
    axis.set_minor_formatter(between)


def _label_ends(ax, lines):
    """Write each line's name to the right of where it ends, and keep the names apart."""
    size = 10.5
    labels = [
        ax.annotate(
            line.get_label(),
            (1.05, 0),
            xycoords="axes fraction",
            xytext=(7, 0),
            textcoords="offset points",
            fontsize=size,
            va="center",
            annotation_clip=False,
        )
        for line in lines
    ]
    keys = [
        ax.plot(
            [1.05],
            [0],
            transform=ax.transAxes,
            clip_on=False,
            color=line.get_color(),
            linestyle=line.get_linestyle(),
            marker=line.get_marker(),
            markevery=[-1],
            linewidth=1.2,
            scalex=False,
            scaley=False,
        )[0]
        for line in lines
    ]

    def place(_):
        height = ax.get_position().height * ax.figure.get_figheight() * 72
        ends = [_visible_end(ax, line) for line in lines]
        heights = _spread([y for _, y in ends], 1.35 * size / height)
        for label, key, (x, y), at in zip(labels, keys, ends, heights, strict=True):
            label.xy = (1.05, at)
            # A line that reaches the edge is led to its name; for others the marker must do.
            key.set_data([x if x > 0.9 else 1.02, 1.02, 1.05], [y if x > 0.9 else at, at, at])

    for event in ("xlim_changed", "ylim_changed"):
        ax.callbacks.connect(event, place)
    place(ax)


def _visible_end(ax, line):
    """Return where a line was last seen inside the axes, in fractions of their size."""
    if not len(line.get_xdata()):
        return 0.0, 0.0
    to_axes = (line.get_transform() - ax.transAxes).transform
    points = to_axes(np.transpose([line.get_xdata(), line.get_ydata()]))
    inside = np.flatnonzero(np.all((points >= -1e-9) & (points <= 1 + 1e-9), axis=1))
    last = inside[-1] if len(inside) else 0
    following = points[min(last + 1, len(points) - 1)]
    return points[last, 0], float(np.clip(following[1], 0, 1))


def _spread(positions, gap):
    """Move positions apart to at least `gap`, within 0 to 1 if they fit, keeping their order."""
    order = np.argsort(positions, kind="stable")
    spread = np.array(positions, dtype=float)[order]
    for k in range(1, len(spread)):
        spread[k] = max(spread[k], spread[k - 1] + gap)
    ceiling = max(1.0, gap * (len(spread) - 1))
    for k in reversed(range(len(spread))):
        spread[k] = min(spread[k], ceiling)
        ceiling = spread[k] - gap
    result = np.empty_like(spread)
    result[order] = spread
    return result
