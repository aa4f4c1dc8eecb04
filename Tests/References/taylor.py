"""A few weighted atoms on the circle, moved by Taylor series in whole numbers (fixed point, BITS after the point).

    d theta_i/dt = - sum_j m_j e^{beta (cos d - 1)} sin d / Z_i,   d = theta_i - theta_j      (softmax; peak: without Z_i)
    s = sin d, c = cos d, e = e^{beta (c - 1)} obey s' = c d', c' = -s d', e' = beta e c': series of any order.

Time is counted in steps of a length of its own, so that rates of e^{-200} cost as little as rates of 1. Atoms closer than
`join` become one at their centre of mass, an error of order join^2. A merger is the moment at which a maximum of Z
meets a minimum, Z' = Z'' = 0: Newton in (theta, t). The functions that ask only for positions and velocities (`fold`,
`maxima`) serve other integrators as well.
"""

from operator import mul

import mpmath as mp
import numpy as np

BITS = 448
ONE = 1 << BITS
mp.mp.prec = BITS
TAU = 2 * np.pi


def fixed(x):
    return int(mp.floor(mp.mpf(x) * ONE))


def real(i):
    return mp.mpf(i) / ONE


def dot(a, b):
    return sum(map(mul, a, reversed(b))) >> BITS


def series(theta, masses, beta, softmax, unit, order):
    """Taylor coefficients (whole numbers) of every angle in time / unit."""
    n, beta, unit = len(theta), fixed(beta), fixed(unit)
    x, m = [[fixed(t)] for t in theta], [fixed(w) for w in masses]
    pairs = [(i, j) for i in range(n) for j in range(i)]
    s, c, e, f, d1, c1 = ({p: [] for p in pairs} for _ in range(6))        # d1, c1: k times the coefficient k
    v, z = [[] for _ in theta], [[] for _ in theta]
    for k in range(order):
        for p in pairs:
            i, j = p
            if k == 0:
                d = theta[i] - theta[j]
                s[p].append(fixed(mp.sin(d)))
                c[p].append(fixed(mp.cos(d)))
                e[p].append(fixed(mp.exp(-2 * real(beta) * mp.sin(d / 2)**2)))
            else:
                d1[p].append(k * (x[i][k] - x[j][k]))
                sine, cosine = dot(d1[p], c[p]), -dot(d1[p], s[p])
                c1[p].append(cosine)
                e[p].append((beta * dot(c1[p], e[p]) >> BITS) // k)
                s[p].append(sine // k)
                c[p].append(cosine // k)
            f[p].append(dot(e[p], s[p]))
        for i in range(n):
            push, partition = 0, m[i] << BITS if k == 0 else 0
            for j in range(n):
                if j != i:
                    p = (i, j) if i > j else (j, i)
                    push += m[j] * f[p][k] * (-1 if i > j else 1)
                    partition += m[j] * e[p][k]
            push >>= BITS
            z[i].append(partition >> BITS)
            v[i].append(((push - dot(z[i][1:], v[i])) << BITS) // z[i][0] if softmax else push)
            x[i].append((unit * v[i][k] >> BITS) // (k + 1))
    return x


def value(coefficients, s):
    """Angles and their rates (per unit) at time s, in units."""
    powers = [mp.mpf(1)]
    for _ in coefficients[0][1:]:
        powers.append(powers[-1] * s)
    y = [mp.fdot(zip(map(real, a), powers)) for a in coefficients]
    return y, [mp.fdot((k * real(b), powers[k - 1]) for k, b in enumerate(a) if k) for a in coefficients]


def derivatives(theta, masses, beta, x):
    """Z'_j, Z''_j, Z'''_j at x of every atom, over the largest term of Z: three lists whose sums are wanted."""
    top = max(mp.cos(x - t) for t in theta)
    out = []
    for t, m in zip(theta, masses):
        s, c = mp.sin(x - t), mp.cos(x - t)
        w = m * mp.exp(beta * (c - top))
        out.append((-w * beta * s, w * (beta**2 * s**2 - beta * c), w * (3 * beta**2 * s * c - beta**3 * s**3 + beta * s)))
    return list(zip(*out))


def critical(theta, masses, beta, grid=8192):
    """X on a grid refined about the atoms: grid, X (float), and where X falls (maxima of Z), where it rises through zero."""
    t, m = np.array([float(a) for a in theta]), np.array([float(a) for a in masses])
    beta, width = float(beta), 3 / float(beta)**0.5
    x = np.unique(np.concatenate([np.linspace(0, TAU, grid, endpoint=False)] +
                                 [a + np.linspace(-width, width, 400) for a in t]) % TAU)
    x = x[np.concatenate([[True], np.diff(x) > 1e-7])]                     # closer points give rounding, not signs
    c = np.cos(x[:, None] - t)
    w = m * np.exp(beta * (c - c.max(axis=1)[:, None]))
    v = -(w * np.sin(x[:, None] - t)).sum(axis=1) / w.sum(axis=1)
    after = np.roll(v, -1)
    return x, v, np.nonzero((v > 0) & (after <= 0))[0], np.nonzero((v < 0) & (after >= 0))[0]


def maxima(theta, masses, beta):
    return len(critical(theta, masses, beta)[2])


def fold(state, masses, beta, s, small=mp.mpf(10)**-50):
    """Newton for Z' = Z'' = 0 in (x, s); s: shortly before. It starts between the closest maximum and minimum."""
    x, _, highs, lows = critical(state(s)[0], masses, beta)
    d = (x[highs][:, None] - x[lows] + np.pi) % TAU - np.pi
    i, j = np.unravel_index(np.argmin(np.abs(d)), d.shape)
    x = mp.mpf(x[highs[i]] - d[i, j] / 2)
    for _ in range(60):
        theta, rate = state(s)
        z1, z2, z3 = derivatives(theta, masses, beta, x)
        a = mp.matrix([[mp.fsum(z2), -mp.fdot(z2, rate)], [mp.fsum(z3), -mp.fdot(z3, rate)]])
        step = mp.lu_solve(a, mp.matrix([mp.fsum(z1), mp.fsum(z2)]))
        # far from the fold Newton overshoots
        x, s = x - max(min(step[0], mp.mpf(0.1)), mp.mpf(-0.1)), s - step[1]
        if abs(step[0]) < small:
            break
    return x, s


def parents(theta, masses, beta, x):
    """Masses on either side of x of the two basins that meet there: from x to the next minimum of Z each way."""
    y, _, _, lows = critical(theta, masses, beta)
    minima = y[lows]
    up = np.sort((minima - float(x)) % TAU)
    up = up[(up > 0.02 / float(beta)**0.5) & (up < TAU - 0.02 / float(beta)**0.5)]
    above, below = (up[0], TAU - up[-1]) if len(up) else (np.pi, np.pi)
    d = [(float(t) - float(x) + np.pi) % TAU - np.pi for t in theta]
    return [mp.fsum(m for m, a in zip(masses, d) if low < a < high) for low, high in ((-below, 0), (0, above))]


class Run:
    """Atoms carried to `end`: `mergers`, `joins`, `samples` (angles at `times`), `counts` of maxima, `crossings` (`watch`)."""

    def __init__(self, theta, masses, beta, softmax, end, times=(), watch=None, folds=True,
                 order=40, digits=45, join=mp.mpf(10)**-22):
        self.beta, self.mergers, self.joins, self.samples, self.crossings = mp.mpf(beta), [], [], {}, []
        theta, masses = [mp.mpf(t) for t in theta], [mp.mpf(m) for m in masses]
        total = mp.fsum(masses)
        masses = [m / total for m in masses]
        now, unit, index = mp.mpf(0), mp.mpf(1), [[i] for i in range(len(theta))]
        pending = sorted(mp.mpf(t) for t in times)
        self.steps, before = 0, maxima(theta, masses, beta)
        self.counts = [(mp.mpf(0), before)]
        while now < end and len(theta) > 1:
            while True:
                x = series(theta, masses, self.beta, softmax, unit, order)
                size = max(abs(real(a[-1])) for a in x), max(abs(real(a[-2])) for a in x)
                h = min([(mp.mpf(10)**-digits / a)**(mp.mpf(1) / (order - q)) for q, a in enumerate(size) if a] + [1000])
                if 0.02 < h < 50 or h * unit > 1000 * end:
                    break
                unit *= h
            h = min(h, 1.5, (end - now) / unit)
            state = lambda s: value(x, s)
            for t in list(pending):
                if t <= now + h * unit:
                    angles = state((t - now) / unit)[0]
                    self.samples[t] = [a for a, members in zip(angles, index) for _ in members]
                    pending.remove(t)
            after, _ = state(h)
            if watch:
                self.crossings += watch(now, unit, h, state, index)
            count = maxima(after, masses, beta)
            while folds and count < before:
                low, high = mp.mpf(0), h
                for _ in range(24):
                    middle = (low + high) / 2
                    low, high = (low, middle) if maxima(state(middle)[0], masses, beta) < before else (middle, high)
                point, s = fold(state, masses, self.beta, low)
                y = state(s)[0]
                just = state(s * (1 - mp.mpf(10)**-5))[0]
                before = maxima(state(high + (h - high) * mp.mpf(10)**-6)[0], masses, beta)
                self.mergers.append({
                    "time": now + s * unit, "point": point, "angles": y, "masses": list(masses), "maxima": before,
                    "members": [list(g) for g in index], "parents": parents(just, masses, beta, point)})
                self.counts.append((now + s * unit, before))
            now, theta, self.steps = now + h * unit, after, self.steps + 1
            unit *= h
            i = 0
            while i < len(theta) - 1:
                if abs(theta[i + 1] - theta[i]) < join:
                    m = masses[i] + masses[i + 1]
                    theta[i:i + 2] = [(masses[i] * theta[i] + masses[i + 1] * theta[i + 1]) / m]
                    masses[i:i + 2], index[i:i + 2] = [m], [index[i] + index[i + 1]]
                    self.joins.append((now, list(index[i])))
                else:
                    i += 1
        for t in pending:
            self.samples[t] = [theta[0]] * sum(map(len, index))
        self.theta, self.masses, self.now = theta, masses, now
