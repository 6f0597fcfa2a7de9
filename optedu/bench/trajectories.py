"""Many runs at once: 500 Adam steps on Rosenbrock's function from a grid of starts."""

import numpy as np

from optedu.adaptive import Adam
from optedu.bench.timing import Case
from optedu.fused import trajectories
from optedu.problems import rosenbrock

SIDE, STEPS = 512, 500


def against_jax(threads):
    """Yield cases against jax, compiled, its steps in a scan under vmap."""
    import jax

    jax.config.update("jax_enable_x64", True)
    rule, grad = Adam(0.01), rosenbrock().grad
    for precision in (np.float32, np.float64):
        starts = _starts(precision)
        run = _jax_run(jax, rule)
        on_device = jax.numpy.asarray(starts)
        yield Case(
            f"{SIDE} × {SIDE} runs of {STEPS} Adam steps, against jax",
            np.dtype(precision).name,
            lambda starts=starts: trajectories(rule, grad, starts, STEPS, threads=threads),
            lambda run=run, starts=on_device: jax.block_until_ready(run(starts)),
            4.0,
            rounds=3,
        )


def _starts(precision):
    x, y = np.meshgrid(np.linspace(-2, 2, SIDE), np.linspace(-1, 3, SIDE))
    return np.stack([x, y], axis=-1).reshape(-1, 2).astype(precision)


def _jax_run(jax, rule):
    numpy = jax.numpy

    def loss(params):
        x, y = params
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    slopes = jax.grad(loss)

    def one_run(start):
        def one_step(carry, step):
            params, m, v = carry
            grads = slopes(params)
            m = rule.beta1 * m + (1 - rule.beta1) * grads
            v = rule.beta2 * v + (1 - rule.beta2) * grads**2
            m_hat = m / (1 - rule.beta1**step)
            v_hat = v / (1 - rule.beta2**step)
            params = params - rule.learning_rate * m_hat / (numpy.sqrt(v_hat) + rule.eps)
            return (params, m, v), None

        steps = numpy.arange(1, STEPS + 1, dtype=start.dtype)
        still = numpy.zeros_like(start)
        return jax.lax.scan(one_step, (start, still, still), steps)[0][0]

    return jax.jit(jax.vmap(one_run))
