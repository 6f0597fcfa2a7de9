"""One step of an update rule, against torch, optax, memory itself and the naive text."""

from functools import partial

import numpy as np

from optedu.adaptive import AdaGrad, Adam, AdamW, RMSProp
from optedu.bench.timing import Case
from optedu.fused import fuse
from optedu.momentum import Momentum

RULES = [Adam(), Momentum(0.01), RMSProp(), AdaGrad(), AdamW()]
SIZES = [2, 10_000, 1_000_000, 10_000_000]
PRECISIONS = [np.float32, np.float64]
TORCH_TARGETS = {2: 33, 10_000: 6, 1_000_000: 1.5, 10_000_000: 1.1}


def against_torch(threads):
    """Yield cases against torch.optim: fused where torch has it, else foreach."""
    import torch

    torch.set_num_threads(threads)
    for rule, size, precision in _settings():
        target = 5 if (size, precision) == (10_000, np.float64) else TORCH_TARGETS[size]
        kind, theirs = _torch_step(rule, size, precision)
        yield Case(
            f"step of {size:,} numbers, against torch",
            _detail(rule, precision),
            _fused_step(rule, size, precision, threads),
            theirs,
            target,
            f"torch {kind}",
        )


def against_optax(threads):
    """Yield cases against optax, compiled, with its arguments donated."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    for rule, size, precision in _settings():
        yield Case(
            f"step of {size:,} numbers, against optax",
            _detail(rule, precision),
            _fused_step(rule, size, precision, threads),
            _optax_step(jax, optax, rule, size, precision),
            1.0,
        )


def against_memory(threads):
    """Yield cases against a loop that only moves what a step must read and write."""
    import numba

    for rule, _, precision in _settings(sizes=[10_000_000]):
        arrays = _arrays(rule, 10_000_000, precision)
        yield Case(
            "step of 10,000,000 numbers, against memory's bandwidth",
            _detail(rule, precision),
            _fused_step(rule, 10_000_000, precision, threads),
            partial(_stream(numba, len(arrays), threads), *arrays),
            0.9,
        )


def against_text(threads):
    """Yield cases of the text in blocks, as it runs without numba, against the naive text."""
    del threads  # neither has a second thread to use
    for rule, size, precision in _settings(sizes=[10_000_000]):
        params, grads, *state = _arrays(rule, size, precision)
        in_blocks = fuse(rule, precision, engine="numpy")
        yield Case(
            "step of 10,000,000 numbers without numba, against the naive text",
            _detail(rule, precision),
            partial(in_blocks, params, grads, 3, *state),
            partial(rule.update, params, grads, 3, *state),
            2.0,
            rounds=5,
        )


def _settings(sizes=SIZES):
    for size in sizes:
        for rule in RULES:
            for precision in PRECISIONS:
                yield rule, size, precision


def _detail(rule, precision):
    return f"{type(rule).__name__}, {np.dtype(precision).name}"


def _arrays(rule, size, precision):
    """Return params, grads and a warm state: one update is behind it, so no root is of zero."""
    generator = np.random.default_rng(0)
    params, grads = generator.standard_normal((2, size)).astype(precision)
    _, *state = rule.update(params, grads, 1, *rule.init(params))
    return params, grads, *(np.ascontiguousarray(array, precision) for array in state)


def _fused_step(rule, size, precision, threads):
    params, grads, *state = _arrays(rule, size, precision)
    # A second thread costs more than it saves on arrays that a cache holds.
    step = fuse(rule, precision, threads=threads if size >= 1_000_000 else 1)
    return partial(step, params, grads, 3, *state)


def _torch_step(rule, size, precision):
    import torch

    params, grads, *_ = (torch.from_numpy(array) for array in _arrays(rule, size, precision))
    params.requires_grad_(True)
    params.grad = grads
    learning_rate = rule.learning_rate
    for kind in ("fused", "foreach"):
        options = {kind: True}
        try:
            optimizer = {
                Momentum: lambda o=options: torch.optim.SGD(
                    [params], learning_rate, momentum=rule.momentum, **o
                ),
                Adam: lambda o=options: torch.optim.Adam([params], learning_rate, **o),
                AdamW: lambda o=options: torch.optim.AdamW([params], learning_rate, **o),
                RMSProp: lambda o=options: torch.optim.RMSprop([params], learning_rate, **o),
                AdaGrad: lambda o=options: torch.optim.Adagrad([params], learning_rate, **o),
            }[type(rule)]()
        except (TypeError, RuntimeError):
            continue  # this rule has no such form
        return kind, optimizer.step
    raise RuntimeError(f"torch has neither a fused nor a foreach form of {type(rule).__name__}")


def _optax_step(jax, optax, rule, size, precision):
    transform = {
        Momentum: lambda: optax.sgd(rule.learning_rate, momentum=rule.momentum),
        Adam: lambda: optax.adam(rule.learning_rate),
        AdamW: lambda: optax.adamw(rule.learning_rate, weight_decay=rule.weight_decay),
        RMSProp: lambda: optax.rmsprop(rule.learning_rate, decay=rule.beta2),
        AdaGrad: lambda: optax.adagrad(rule.learning_rate),
    }[type(rule)]()
    params, grads, *_ = (jax.numpy.asarray(array) for array in _arrays(rule, size, precision))
    held = [params, transform.init(params)]

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(params, state):
        updates, state = transform.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    def run():
        held[:] = step(*held)
        jax.block_until_ready(held[0])

    return run


def _stream(numba, count, threads):
    """Return a loop that reads `count` arrays once and writes all but the second, the gradient."""
    names = [f"a{k}" for k in range(count)]
    total = " + ".join(f"{name}[i]" for name in names)
    lines = [f"def stream({', '.join(names)}):", f" for i in prange({names[0]}.size):"]
    lines += [f"  total = {total}"]
    lines += [f"  {name}[i] = total" for k, name in enumerate(names) if k != 1]
    scope = {"prange": numba.prange}
    exec("\n".join(lines), scope)
    numba.set_num_threads(threads)
    return numba.njit(scope["stream"], parallel=threads > 1)
