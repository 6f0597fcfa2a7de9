"""Draw what a failed check shows, as SVG that stands in a page: no scripts, no styles, no numbers.

The picture has the color of the text around it, so it follows a light and a dark page and prints.
The student's curve is drawn through with full dots, what it is compared with is dashed; a page may
also give ``.yours`` a color of its own.
"""

import math
from html import escape

WIDTH, HEIGHT, EDGE = 320, 210, 26
MOST_CURVES, MOST_POINTS, MOST_DOTS = 4, 200, 30


def svg(picture, title):
    """Return a picture as SVG.

    Parameters
    ----------
    picture : dict
        ``x`` and ``y``, what the axes hold; ``curves``, by what each is its points, pairs of finite
        numbers. The view is that of the curves which are not the student's, twice as wide and high
        if the student's leave it.
    title : str
        What it shows, for those who listen.

    Returns
    -------
    str
        SVG, or an empty text if this is no such picture.

    Examples
    --------
    >>> svg({"x": "step", "y": "x", "curves": {"your run": [[0, 4.0], [1, 6.0]]}}, "A run")[:21]
    '<svg class="picture" '
    >>> svg({"x": "step", "curves": "none"}, "A run")
    ''
    """
    try:
        labels = [escape(str(picture[axis])[:40]) for axis in "xy"]
        curves = {
            str(name)[:60]: [(float(x), float(y)) for x, y in points[:MOST_POINTS]]
            for name, points in list(picture["curves"].items())[:MOST_CURVES]
            if points
        }
        place = _view(curves)
        drawn = "".join(_curve(name, points, place) for name, points in curves.items())
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return ""
    legend = "".join(_entry(row, name) for row, name in enumerate(curves))
    height = HEIGHT + 18 * len(curves)
    return (
        f'<svg class="picture" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}: {escape(", ".join(curves))}" fill="currentColor" '
        'font-family="system-ui, sans-serif" font-size="12">'
        f'<path d="M{EDGE} 8V{HEIGHT - EDGE}H{WIDTH - 8}" fill="none" stroke="currentColor" '
        'opacity=".5"/>'
        f'<text x="{WIDTH - 8}" y="{HEIGHT - 9}" text-anchor="end">{labels[0]}</text>'
        f'<text transform="translate(16 8) rotate(-90)" text-anchor="end">{labels[1]}</text>'
        f'<svg x="{EDGE}" y="0" width="{WIDTH - EDGE}" height="{HEIGHT - EDGE}" '
        f'viewBox="{EDGE} 0 {WIDTH - EDGE} {HEIGHT - EDGE}">{drawn}</svg>{legend}</svg>'
    )


def _view(curves):
    """Return the map from numbers to places."""
    given = [point for name, points in curves.items() if not _yours(name) for point in points]
    every = [point for points in curves.values() for point in points]
    if not all(math.isfinite(number) for point in every for number in point):
        raise ValueError("a point has no place")
    spans = [
        _span([point[axis] for point in given or every], [point[axis] for point in every])
        for axis in (0, 1)
    ]
    room = (WIDTH - EDGE - 16, HEIGHT - EDGE - 16)

    def place(point):
        right, up = (
            min(max((number - low) / (high - low), -9), 9)
            for number, (low, high) in zip(point, spans, strict=True)
        )
        return f"{EDGE + 6 + room[0] * right:.1f} {HEIGHT - EDGE - 6 - room[1] * up:.1f}"

    return place


def _span(given, every):
    """Return the ends of an axis: all that is given, and the student's up to as much again."""
    low, high = min(given), max(given)
    wide = (high - low) or abs(high) or 1.0
    low, high = max(min(every), low - wide / 2), min(max(every), high + wide / 2)
    return (low, high) if high > low else (low - wide / 2, high + wide / 2)


def _curve(name, points, place):
    places = list(map(place, points))
    style = _style(name)
    line = f'<path d="M{"L".join(places)}" fill="none" stroke="currentColor" {style}/>'
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{3 if _yours(name) else 2}"/>'
        for x, y in map(str.split, places if len(places) <= MOST_DOTS else [])
    )
    return f"<g{_class(name)}>{line}{dots}</g>"


def _entry(row, name):
    y = HEIGHT + 6 + 18 * row
    return (
        f'<g{_class(name)}><path d="M{EDGE} {y}h28" fill="none" stroke="currentColor" '
        f'{_style(name)}/></g><text x="{EDGE + 36}" y="{y + 4}">{escape(name)}</text>'
    )


def _yours(name):
    return name.startswith("your")


def _style(name):
    return 'stroke-width="2"' if _yours(name) else 'stroke-width="1.5" stroke-dasharray="4 3"'


def _class(name):
    return ' class="yours"' if _yours(name) else ' opacity=".65"'
