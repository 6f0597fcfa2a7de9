"""Curves as SVG, drawn from scratch: a slider wants a new picture in a few milliseconds.

The picture takes the color of the text around it, so it follows light and dark notebooks.
"""

import math
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from optedu.plotting import COLORS, NEUTRAL

YOURS = COLORS["gradient descent"]
WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 30, 44
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Curve(NamedTuple):
    """What is drawn: points, joined by a line, marked by dots, or with a text at each."""

    points: np.ndarray
    line: bool = True
    dots: bool = False
    text: str = ""
    name: str = ""


@dataclass(frozen=True)
class View:
    """The frame: what the axes hold, how far they reach, and what lies behind the curves."""

    x: str
    y: str
    x_range: tuple
    y_range: tuple
    log: str = ""
    backdrop: tuple = ()
    # What a point of a curve is called, if curves are runs; "" if they cannot be compared.
    compared_by: str = "point"


def valley(hessian, center=(0.0, 0.0), x_range=(-5, 5), y_range=(-2.5, 2.5)):
    """Return the view of a quadratic bowl, with its level lines."""
    eigenvalues, axes = np.linalg.eigh(hessian)
    angles = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    ellipse = (axes @ (circle / np.sqrt(eigenvalues)[:, None])).T
    farthest = max(np.abs([*x_range, *y_range])) * np.sqrt(eigenvalues[0])
    radii = farthest * np.linspace(0.15, 1.5, 10)
    levels = tuple(Curve(center + radius * ellipse) for radius in radii)
    return View("x₁", "x₂", x_range, y_range, backdrop=levels)


def draw(view, yours, reference, says):
    """Return a picture as an ``<svg>`` element; `says` is its text alternative."""
    place = _placer(view)
    backdrop = "".join(
        _line(place, c.points, "currentColor", 1, ' opacity=".3"') for c in view.backdrop
    )
    mine = "".join(_mine(place, curve, 0.9 - 0.3 * k) for k, curve in enumerate(yours))
    other = "".join(_other(place, curve) for curve in reference)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    box = f'x="{LEFT}" y="{TOP}" width="{inner_width}" height="{inner_height}"'
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(says)}" '
        f'style="display: block; width: {WIDTH}px; max-width: 100%; height: auto; '
        'fill: currentColor; font: 12px system-ui, sans-serif">'
        f"{_axes(view, place)}{_legend(bool(yours))}"
        # A nested picture cuts off what leaves it.
        f'<svg {box} viewBox="{LEFT} {TOP} {inner_width} {inner_height}">'
        f"{backdrop}{mine}{other}</svg>"
        f'<rect {box} fill="none" stroke="currentColor" opacity=".5"/></svg>'
    )


def _placer(view):
    """Return the map from points to places; what has no place is NaN."""
    low, high = np.array([view.x_range, view.y_range], dtype=float).T
    logs = np.array(["x" in view.log, "y" in view.log])
    low, high = np.where(logs, np.log10(np.where(logs, [low, high], 1)), [low, high])
    size = np.array([WIDTH - LEFT - RIGHT, TOP + BOTTOM - HEIGHT])

    def place(points):
        points = np.array(points, dtype=float).reshape(-1, 2)
        with np.errstate(all="ignore"):
            points[:, logs] = np.log10(points[:, logs])
            points = (points - low) / (high - low)
        points[~np.isfinite(points).all(axis=1)] = np.nan
        return [LEFT, HEIGHT - BOTTOM] + size * np.clip(points, -50, 50)

    return place


def _line(place, points, color, width, more=""):
    """Return a line, broken where a point has no place."""
    parts, word = [], "M"
    for x, y in place(points).tolist():
        if math.isnan(x):
            word = "M"
            continue
        parts.append(f"{word}{x:.1f} {y:.1f}")
        word = "L"
    return f'<path d="{"".join(parts)}" fill="none" stroke="{color}" stroke-width="{width}"{more}/>'


def _spots(place, points):
    return [(f"{x:.1f}", f"{y:.1f}") for x, y in place(points).tolist() if not math.isnan(x)]


def _mine(place, curve, name_at):
    parts = [_line(place, curve.points, YOURS, 2.5)] if curve.line else []
    spots = _spots(place, curve.points)
    if curve.dots:
        parts += [f'<circle cx="{x}" cy="{y}" r="3.2" fill="{YOURS}"/>' for x, y in spots]
    if curve.text:
        parts += [
            _word(x, y, curve.text, f'fill="{YOURS}" font-weight="700" font-size="14"')
            for x, y in spots
        ]
    if curve.name and spots:
        x, y = spots[int(max(name_at, 0) * (len(spots) - 1))]
        parts.append(_word(x, float(y) - 9, curve.name, ""))
    return "".join(parts)


def _other(place, curve):
    dashed = ' stroke-dasharray="6 4"'
    parts = [_line(place, curve.points, NEUTRAL, 1.8, dashed)] if curve.line else []
    spots = _spots(place, curve.points)
    if curve.dots:
        ring = f'r="4.6" fill="none" stroke="{NEUTRAL}" stroke-width="1.5"'
        parts += [f'<circle cx="{x}" cy="{y}" {ring}/>' for x, y in spots]
    if curve.text:
        parts += [_word(x, float(y) + 16, curve.text, f'fill="{NEUTRAL}"') for x, y in spots]
    return "".join(parts)


def _word(x, y, text, look, anchor="middle"):
    return f'<text x="{x}" y="{y}" {look} text-anchor="{anchor}">{escape(text)}</text>'


def _legend(has_yours):
    yours = (
        f'<path d="M{LEFT} 14h28" stroke="{YOURS}" stroke-width="2.5"/>'
        f'<text x="{LEFT + 34}" y="18">yours</text>'
    )
    return (yours if has_yours else "") + (
        f'<path d="M{LEFT + 90} 14h28" stroke="{NEUTRAL}" stroke-width="1.8" '
        f'stroke-dasharray="6 4"/><text x="{LEFT + 124}" y="18">the reference</text>'
    )


def _axes(view, place):
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts = [_word(middle, HEIGHT - 8, view.x, "")]
    turned = f'transform="rotate(-90 14 {(TOP + HEIGHT - BOTTOM) / 2})"'
    parts.append(_word(14, (TOP + HEIGHT - BOTTOM) / 2, view.y, turned))
    for value, name in _ticks(view.x_range, "x" in view.log):
        (x, _), *_ = place([(value, view.y_range[0])])
        parts.append(f'<path d="M{x:.1f} {HEIGHT - BOTTOM}v4" stroke="currentColor"/>')
        parts.append(_word(f"{x:.1f}", HEIGHT - BOTTOM + 17, name, ""))
    for value, name in _ticks(view.y_range, "y" in view.log):
        (_, y), *_ = place([(view.x_range[0], value)])
        parts.append(f'<path d="M{LEFT} {y:.1f}h-4" stroke="currentColor"/>')
        parts.append(_word(LEFT - 8, f"{y + 4:.1f}", name, "", "end"))
    return "".join(parts)


def _ticks(span, log):
    """Return round numbers within a range, each with what is written there."""
    low, high = sorted(span)
    if log:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        powers = range(first, last + 1, max(1, -(-(last - first) // 6)))
        return [(10.0**power, "10" + str(power).translate(_SUPERSCRIPTS)) for power in powers]
    rough = (high - low) / 5
    unit = 10 ** math.floor(math.log10(rough))
    step = unit * min((1, 2, 5, 10), key=lambda times: abs(times * unit - rough))
    numbers = step * np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [(number, f"{number:.10g}".replace("-", "−")) for number in numbers.tolist()]
