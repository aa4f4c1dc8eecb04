"""Moving labels kept at whole times, and points traced back through them: circle and zonal spheres, softmax, D = 0.

    theta' = X(theta),  log rho(t, theta) = log rho_0(a) - int_0^t div X ds,   a = theta(0)

X and div X at a traced point are sums of positive terms over the labels, never a Fourier series.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import gammaln, i0e, i1e

from lagrangian import Attention, powers


def graded(low, high, watersheds, least, base, ratio):
    """Edges: equal pieces of size base, and distances base * ratio^-k down to `least` about every watershed."""
    marks = [low] + sorted(w for w in watersheds if low < w < high) + [high]
    edges = set(marks)
    for a, b in zip(marks, marks[1:]):
        centre = np.linspace(a, b, int(np.ceil((b - a) / base)) + 1)
        edges |= set(centre)
        for end, sign, other in ((a, 1, centre[1]), (b, -1, centre[-2])):
            if end in watersheds:
                d = abs(other - end) / ratio
                while d > least:
                    edges.add(end + sign * d)
                    d /= ratio
    return np.array(sorted(edges))


class Circle:
    def __init__(self, beta):
        self.beta, self.attention = beta, Attention(beta, "softmax")

    def nodes_rate(self, y, mass):
        table = powers(y, len(self.attention.g))
        return self.attention.velocity(np.conj(mass @ table), table)

    def field(self, x, y, mass):
        """X and div X at x by positive sums over the labels."""
        d = x[:, None] - y
        s = np.sin(d)
        w = mass * np.exp(-2 * self.beta * np.sin(d / 2)**2)
        w /= w.sum(axis=1)[:, None]
        first = (w * s).sum(axis=1)
        # variance of sin as a sum of squares: no cancellation
        return -first, self.beta * (w * (s - first[:, None])**2).sum(axis=1) - (w * np.cos(d)).sum(axis=1)


class Zonal:
    def __init__(self, beta, d):
        self.beta, self.d = beta, d

    def kernel(self, x, y):
        """Averaged kernel and its two derivatives in x, over e^beta."""
        b, d = self.beta, self.d
        u, s, v, r = np.cos(x)[:, None], np.sin(x)[:, None], np.cos(y), np.sin(y)
        z = b * s * r
        if d == 3:
            f, f1 = i0e(z), i1e(z)
            f2 = f - np.where(z > 1e-9, f1 / np.maximum(z, 1e-300), 0.5)
            scale = np.exp(b * (u * v + s * r - 1))
        else:
            q, a = z * z / 4, (d - 1) / 2
            # 0F1(; a; q) and its derivatives in q: positive terms; here q <= 1 and a > 30
            k = np.arange(13)
            f, h1, h2 = (np.polynomial.polynomial.polyval(q, np.exp(gammaln(a) - gammaln(a + n + k) - gammaln(k + 1)))
                         for n in range(3))
            f1, f2, scale = h1 * z / 2, h1 / 2 + h2 * q, np.exp(b * (u * v - 1))
        p, p1, g, g1 = -b * s * v, -b * u * v, b * u * r, -z
        return scale * f, scale * (p * f + g * f1), scale * ((p * p + p1) * f + (2 * p * g + g1) * f1 + g * g * f2)

    def nodes_rate(self, y, mass):
        k, k1, _ = self.kernel(y, y)
        return (k1 @ mass) / (k @ mass) / self.beta

    def field(self, x, y, mass):
        k, k1, k2 = (a @ mass for a in self.kernel(x, y))
        v = k1 / k / self.beta
        return v, k2 / k / self.beta - self.beta * v * v + (self.d - 2) * v / np.tan(x)


class Labels:
    """Labels moved to `end`, places and masses kept at every whole time; those that have met to 1e-8 become one.

    The place of a label matters as much as its mass: in a void the moments' rounding would stop the integrator.
    """

    def __init__(self, model, rule, mass, end, rtol):
        self.model, self.rtol, y = model, rtol, rule.nodes
        self.kept = [(y, mass)]
        for _ in range(end):
            y = self.solve(lambda _, y: model.nodes_rate(y, mass), (0, 1), y, self.slack(mass))
            bins = np.unique(np.floor(y * 1e8), return_inverse=True)[1]
            total = np.bincount(bins, mass)
            y, mass = np.bincount(bins, mass * y) / total, total
            self.kept.append((y, mass))

    def slack(self, mass):
        return np.clip(1e-4 * self.rtol / mass, self.rtol / 10, 1e-7)

    def solve(self, rate, span, y, slack):
        out = solve_ivp(rate, span, y, method="DOP853", rtol=self.rtol, atol=slack)
        assert out.success
        return out.y[:, -1]

    def back(self, times, grid):
        """For every (whole) time: labels a of the grid points and the integral of div X."""
        live, x, total = [], np.empty(0), np.empty(0)
        for k in range(max(times), 0, -1):
            if k in times:
                live.append((k, slice(len(x), len(x) + len(grid))))
                x, total = np.concatenate([x, grid]), np.concatenate([total, np.zeros(len(grid))])
            start, mass = self.kept[k]
            n, m = len(start), len(start) + len(x)

            def rate(_, y):
                v, divergence = self.model.field(y[n:m], y[:n], mass)
                return np.concatenate([self.model.nodes_rate(y[:n], mass), v, divergence])

            slack = np.concatenate([self.slack(mass), np.full(2 * len(x), self.rtol)])
            y = self.solve(rate, (1, 0), np.concatenate([start, x, total]), slack)
            x, total = y[n:m], y[m:]
        return {t: (x[s], -total[s]) for t, s in live}
