"""A step of training in JAX, timed, for every line read: NETWORK BATCH. The protocol and the networks are train_peer.py's.

Images lie as NHWC, the layout that XLA's convolutions like on processors; the step is one compiled function, compiled before
"ready". XLA takes the threads it finds: restrict them by taskset.
"""
import resource
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

network, batch = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(1)
params = []                                                     # (weights, gamma, beta) of every convolution, in the order of their use


def conv(o, c, k):
    params.append((rng.standard_normal((k, k, c, o)).astype(np.float32) * (2 / (k * k * o)) ** 0.5, np.ones(o, np.float32), np.zeros(o, np.float32)))
    return len(params) - 1


def norm(x, p, i, stride, pad):
    w, gamma, beta = p[i]
    y = jax.lax.conv_general_dilated(x, w, (stride, stride), [(pad, pad)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    mean, var = y.mean((0, 1, 2)), y.var((0, 1, 2))
    return (y - mean) * (gamma * jax.lax.rsqrt(var + 1e-5)) + beta, (mean, var)


if network == "resnet18":
    side, classes, first, widths, counts = 224, 1000, 64, (64, 128, 256, 512), (2, 2, 2, 2)
    stem = conv(64, 3, 7)
else:
    side, classes, first, widths = 32, 10, 16, (16, 32, 64)
    counts = ((int(network[6:]) - 2) // 6,) * 3
    stem = conv(16, 3, 3)
blocks, c = [], first
for i, width in enumerate(widths):
    for j in range(counts[i]):
        blocks.append((conv(width, c, 3), conv(width, width, 3), 2 if i and not j else 1,
                       conv(width, c, 1) if c != width and network == "resnet18" else None))
        c = width
head = (rng.standard_normal((c, classes)).astype(np.float32) * c ** -0.5, np.zeros(classes, np.float32))


def loss_of(state, x, labels):
    p, (w, b) = state
    seen = []

    def unit(x, i, stride, pad):
        y, moments = norm(x, p, i, stride, pad)
        seen.append(moments)
        return y
    x = jax.nn.relu(unit(x, stem, 2, 3) if network == "resnet18" else unit(x, stem, 1, 1))
    if network == "resnet18":
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), ((0, 0), (1, 1), (1, 1), (0, 0)))
    for one, two, stride, down in blocks:
        y = unit(jax.nn.relu(unit(x, one, stride, 1)), two, 1, 1)
        if down is not None:
            x = unit(x, down, stride, 0)
        elif stride == 2:
            n = x.shape[3] // 2
            x = jnp.pad(x[:, ::2, ::2], ((0, 0), (0, 0), (0, 0), (n, n)))
        x = jax.nn.relu(y + x)
    logits = jax.nn.log_softmax(x.mean((1, 2)) @ w + b)
    return -jnp.take_along_axis(logits, labels[:, None], 1).mean(), seen


@jax.jit
def step(state, velocity, running, x, labels):
    (loss, seen), gradient = jax.value_and_grad(loss_of, has_aux=True)(state, x, labels)
    running = jax.tree.map(lambda r, s: 0.9 * r + 0.1 * s, running, seen)
    velocity = jax.tree.map(lambda v, g, p: 0.9 * v + g + 1e-4 * p, velocity, gradient, state)
    return jax.tree.map(lambda p, v: p - 0.01 * v, state, velocity), velocity, running, loss


state = jax.tree.map(jnp.asarray, (params, head))
velocity = jax.tree.map(jnp.zeros_like, state)
x, labels = jnp.asarray(rng.random((batch, side, side, 3), np.float32)), jnp.arange(batch) % 10
running = jax.tree.map(jnp.zeros_like, jax.eval_shape(loss_of, state, x, labels)[1])
state, velocity, running, loss = jax.block_until_ready(step(state, velocity, running, x, labels))
print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    state, velocity, running, loss = jax.block_until_ready(step(state, velocity, running, x, labels))
    print("%.3f" % ((time.perf_counter() - start) * 1e3), flush=True)
assert np.isfinite(float(loss))
print("%.1f" % (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
