"""Run a formula in NumPy, on blocks that stay in cache, with temporaries that are used again."""

import numpy as np

from optedu.fused._text import number_text

# Elements of a block: with fewer the calls cost more than the work, with more the cache is full.
BLOCK = 1 << 17


def loop_in_numpy(formula, dtype):
    """Return ``loop(step, learning_rate, *arrays)``, one update in place."""
    rate, *others = formula.numbers
    calls, copies, numbers, n_temporaries = _plan(formula)
    code = compile(f"[{', '.join(numbers)}]", "<numbers>", "eval")
    scope = {"np": np, "inf": np.inf, "nan": np.nan}
    scope |= dict(zip(others, formula.others, strict=True))

    def loop(step, learning_rate, *arrays):
        now = eval(code, scope | {"step": step, rate: learning_rate})
        values = dict(zip(numbers, map(dtype.type, now), strict=True))
        size = arrays[0].size
        temporaries = np.empty((n_temporaries, min(size, BLOCK)), dtype)
        for start in range(0, size, BLOCK):
            for name, array in zip(formula.arrays, arrays, strict=True):
                values[f"{name}[i]"] = array[start : start + BLOCK]
            values |= enumerate(temporaries[:, : size - start])
            for function, operands, out in calls:
                function(*[values[operand] for operand in operands], out=values[out])
            # An exchange of two arrays reads both before it writes one.
            for target, result in [(target, values[result].copy()) for target, result in copies]:
                values[target][...] = result

    return loop


def _plan(formula):
    """Return the calls of NumPy that make one update, the copies after them, the numbers read.

    A result is written over the array that it replaces, once that is read no more, or else to a
    temporary that is free.
    """
    order = _in_order(formula.outputs)
    last = {_key(operand): k for k, node in enumerate(order) for operand in node.operands}
    last |= {_key(output): len(order) for output in formula.outputs}
    targets = [f"{name}[i]" for name in formula.arrays if name != "grads"]
    replaced = dict(zip(map(_key, formula.outputs), targets, strict=True))
    places, free, calls, n_temporaries = {}, [], [], 0

    def place(node):
        return places.get(_key(node), _key(node))

    for k, node in enumerate(order):
        operands = [place(operand) for operand in node.operands]
        done = {place(operand) for operand in node.operands if last[_key(operand)] == k}
        free += [temporary for temporary in done if isinstance(temporary, int)]
        out = replaced.get(_key(node))
        if out is None or last.get(out, -1) > k:
            if not free:
                free.append(n_temporaries)
                n_temporaries += 1
            out = free.pop()
        places[_key(node)] = out
        calls.append((_OTHERS.get(node.function) or getattr(np, node.function), operands, out))
    copies = list(zip(targets, map(place, formula.outputs), strict=True))
    copies = [(target, result) for target, result in copies if target != result]
    read = [*formula.outputs, *(operand for node in order for operand in node.operands)]
    numbers = list(dict.fromkeys(_key(node) for node in read if not node.each))
    return calls, copies, numbers, n_temporaries


def _in_order(outputs):
    """Return what is computed for each element, operands first."""
    order, seen = [], set()

    def visit(node):
        if node.each and node.operands and id(node) not in seen:
            seen.add(id(node))
            for operand in node.operands:
                visit(operand)
            order.append(node)

    for output in outputs:
        visit(output)
    return order


def _key(node):
    """Return what a value is called: a leaf or a number by its text, a result by its node."""
    return (node.text or id(node)) if node.each else number_text(node)


def _where(condition, chosen, other, out):
    out[...] = np.where(condition, chosen, other)


# Conditions are kept as the numbers 0 and 1, in temporaries like all else.
_OTHERS = {"where": _where, "bitwise_and": np.logical_and, "bitwise_or": np.logical_or}
