"""Sliders, a picture and a sentence: what every explorer is made of.

`explorer` turns an experiment into an explorer. An experiment takes functions, and the values of
the sliders by name; it returns a `View` and what to draw in it. It is run with the student's
functions and with the course's, and never knows which.
"""

import inspect
import io
import os
import traceback
import warnings
from contextlib import contextmanager, redirect_stdout
from functools import wraps
from html import escape
from time import perf_counter
from typing import NamedTuple

import numpy as np

from optedu.interactive._picture import draw

SLOW = 0.25  # seconds; above, a picture follows the slider only when it is let go


class Slider(NamedTuple):
    """A number or a choice that the student can move: the name of a widget and its options."""

    kind: str
    options: dict

    @property
    def value(self):
        """Return where it stands at first."""
        return self.options["value"]


def linear(low, high, value, step):
    """Return a slider of numbers."""
    return Slider("FloatSlider", {"min": low, "max": high, "value": value, "step": step})


def logarithmic(low, high, value):
    """Return a slider of positive numbers, equal factors being equal ways."""
    ends = {"min": np.log10(low), "max": np.log10(high), "step": 0.01}
    return Slider("FloatLogSlider", {**ends, "value": value, "readout_format": ".3g"})


def whole(low, high, value):
    """Return a slider of whole numbers."""
    return Slider("IntSlider", {"min": low, "max": high, "value": value})


def choice(*options):
    """Return a list to choose from."""
    return Slider("Dropdown", {"options": list(options), "value": options[0]})


def switch():
    """Return a box to tick."""
    return Slider("Checkbox", {"value": False, "indent": False})


class Mistake(BaseException):
    """What the student's function did wrong, in a sentence to the student.

    Not an `Exception`, so that a student's ``except Exception`` does not swallow it.
    """


class Unfinished(Mistake):
    """The function returns nothing yet."""


def explorer(*reference, **sliders):
    """Make an experiment an explorer that stands beside the reference.

    Parameters
    ----------
    *reference : callable
        The course's functions, of the same form as the student's.
    **sliders : Slider
        The sliders, by the experiment's argument.

    Returns
    -------
    callable
        The decorator. The explorer takes the student's functions.
    """

    def decorate(experiment):
        @wraps(experiment)
        def explore(*functions):
            bound = explore.__signature__.bind(*functions)
            return _show(lambda values: render(explore, bound.args, values), sliders)

        given = inspect.signature(experiment).parameters.values()
        names = [p.name for p in given if p.kind is p.POSITIONAL_OR_KEYWORD]
        explore.__signature__ = inspect.Signature([p for p in given if p.name in names])
        explore.__doc__ = inspect.cleandoc(experiment.__doc__) + _DOC.format(", ".join(names))
        explore.experiment, explore.reference, explore.sliders = experiment, reference, sliders
        return explore

    return decorate


_DOC = """

Parameters
----------
{} : callable
    Yours, as the exercise asks for it. The reference's result is drawn beside it.

Returns
-------
ipywidgets.VBox or None
    The sliders and the picture; None without ipywidgets, and where work is graded.
"""


def render(explore, functions, values):
    """Return the picture and the sentence below it, as HTML."""
    with _quietly():
        view, reference = explore.experiment(*explore.reference, **values)
        try:
            guarded = [_guarded(function) for function in functions]
            _, yours = explore.experiment(*guarded, **values)
            says = _compare(yours, reference, view.compared_by)
        except (Unfinished, NotImplementedError) as unfinished:
            return _sentence(str(unfinished) or "Finish the function first.")
        except Mistake as mistake:
            yours, says = [], str(mistake)
        except (Exception, SystemExit) as error:
            yours, says = [], _explain(error, functions)
    settings = ", ".join(f"{_spoken(name)} {_number(value)}" for name, value in values.items())
    picture = draw(view, yours, reference, f"{view.y} over {view.x}, for {settings}. {says}")
    return picture + _sentence(says)


def _sentence(says):
    return f'<p role="status" style="margin: 4px 0; line-height: 1.4">{escape(says)}</p>'


def _show(picture_of, sliders):
    """Return the widgets, wired up; None where nobody looks at them."""
    if "NBGRADER_EXECUTION" in os.environ:
        return None
    try:
        import ipywidgets
    except ImportError:
        return None
    controls = {
        name: getattr(ipywidgets, slider.kind)(
            **slider.options,
            description=_spoken(name),
            style={"description_width": "130px"},
            layout={"width": "100%", "max_width": "560px"},
        )
        for name, slider in sliders.items()
    }
    picture = ipywidgets.HTML()

    # The browser holds the next move back until this one is answered, and keeps only the latest.
    def redraw(_change=None):
        began = perf_counter()
        picture.value = picture_of({name: control.value for name, control in controls.items()})
        quick = perf_counter() - began < SLOW
        for control in controls.values():
            control.continuous_update = quick

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([*controls.values(), picture])


@contextmanager
def _quietly():
    """Drop what is printed and warned: runs that diverge are worth a look, not a warning."""
    with np.errstate(all="ignore"), warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _guarded(function):
    """Return the student's function, which gets copies and is asked whether it is written."""
    name = getattr(function, "__name__", "your function")
    if not callable(function):
        raise Mistake(f"Pass the function itself, without calling it; this is {_kind(function)}.")

    def call(*args, **options):
        args = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
        try:
            result = function(*args, **options)
        except NotImplementedError:
            result = None
        parts = result if isinstance(result, tuple) else (result,)
        if result is None or any(part is Ellipsis or part is NotImplemented for part in parts):
            raise Unfinished(f"Finish the function first: {name} returns nothing yet.")
        return result

    return call


def limited(function, calls=2000):
    """Return a function for the student to call, that ends a loop without an end."""
    left = iter(range(calls))

    def call(*args):
        if next(left, None) is None:
            raise Mistake(f"Your loop does not end: we stopped it after {calls} calls.")
        return function(*args)

    return call


def as_numbers(result, shape, what):
    """Return what the student's function gave as an array of floats; None in a shape fits all."""
    try:
        array = np.array(result if hasattr(result, "__len__") else _unrolled(result), dtype=float)
    except (TypeError, ValueError):
        raise Mistake(f"Expected {what}; your function returned {_kind(result)}.") from None
    fits = len(shape) == array.ndim and all(
        wanted in (None, got) for wanted, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise Mistake(f"Expected {what}; your function returned an array of shape {array.shape}.")
    return array


def as_parts(result, names):
    """Return the parts of a result that must have as many as there are names."""
    if not isinstance(result, tuple | list) or len(result) != len(names):
        raise Mistake(f"Return {', '.join(names)}; your function returned {_kind(result)}.")
    return result


def _unrolled(result, most=5000):
    """Return a generator's items as a list, and a number as it is."""
    if not hasattr(result, "__next__"):
        return result
    items = []
    for item in result:
        items.append(np.array(item))
        if len(items) > most:
            raise Mistake(f"Your generator does not end: we stopped it after {most} items.")
    return items


def _compare(yours, reference, point):
    """Say whether both agree, and if not, from where on."""
    if not point:
        return "Yours and the reference may differ here: look at the shape."
    for mine, other in zip(yours, reference, strict=True):
        if len(mine.points) != len(other.points):
            return f"Yours has {len(mine.points)} points, the reference {len(other.points)}."
        near = np.isclose(mine.points, other.points, rtol=1e-6, atol=1e-9, equal_nan=True)
        if not near.all():
            first = int(np.argmin(near.all(axis=1)))
            return f"Yours leaves the reference at {point} {first}."
    return "Yours and the reference agree."


def _explain(error, functions):
    """Return a sentence about an exception, with the student's own line that raised it."""
    text = str(error).strip().partition("\n")[0][:200]
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    files = {getattr(getattr(f, "__code__", None), "co_filename", None) for f in functions}
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    where = f", in the line “{own[-1].line.strip()}”" if own and own[-1].line else ""
    return f"Your function raises {said}{where}."


def _kind(value):
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of length {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _spoken(name):
    return name.replace("_", " ")


def _number(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)
