"""The mean-field equation on the circle, solved by moving quadrature nodes.

A start density rho_0 (with respect to sigma, uniform = 1) is written as weighted labels phi_j, and every label is moved by
the velocity of the weighted labels:

    dTheta_j/dt = X[mu](Theta_j),    mu = sum_j w_j delta(Theta_j),    w_j = q_j rho_0(phi_j) / (2 pi).

No density is ever discretized. What is analytic in the label is integrated to rounding, so for a smooth start the only
errors are those of the quadrature in phi, which panels of Gauss-Legendre nodes, split where Theta(phi) is steep, push to
rounding, and those of DOP853.

    Z(x) = int e^{beta(cos(x-y) - 1)} dmu(y) = sum_k e^{-beta} I_k(beta) m_k e^{ikx}      (scaled; e^beta is put back below)
    softmax  X = Z'/(beta Z)      peak  X = Z'/beta      unnormalized  X = e^beta Z'/beta
    beta = 0: X = Im(m_{-1} e^{-ix}) for all three
"""

import json
import os

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import ive

TAU = 2 * np.pi


# --- start densities -----------------------------------------------------------------------------------------------

def harmonics(*terms):
    """1 + sum of a cos k theta + b sin k theta over terms (k, a, b)."""
    return lambda x: 1 + sum(a * np.cos(k * x) + b * np.sin(k * x) for k, a, b in terms)


def von_mises(*bumps):
    """Mixture of von Mises densities over bumps (mean, concentration, weight); weights are normalized."""
    total = sum(weight for _, _, weight in bumps)
    return lambda x: sum(
        weight / total * np.exp(c * (np.cos(x - mean) - 1)) / ive(0, c) for mean, c, weight in bumps)


# --- quadrature in the label ---------------------------------------------------------------------------------------

class Panels:
    """Gauss-Legendre panels in the label; `order` nodes on each."""

    def __init__(self, edges, order=20):
        self.edges = np.asarray(edges, float)
        self.order = order
        self.x, q = np.polynomial.legendre.leggauss(order)
        a, b = self.edges[:-1, None], self.edges[1:, None]
        self.nodes = (0.5 * (a + b) + 0.5 * (b - a) * self.x).ravel()
        self.weights = (0.5 * (b - a) * q).ravel()
        # values on the nodes -> Legendre coefficients
        vandermonde = np.polynomial.legendre.legvander(self.x, order - 1)
        self.analysis = (vandermonde * q[:, None]).T * (np.arange(order)[:, None] + 0.5)

    def coefficients(self, values):
        """Legendre coefficients on each panel, shape (panels, order)."""
        return values.reshape(-1, self.order) @ self.analysis.T

    def halved(self):
        middle = 0.5 * (self.edges[1:] + self.edges[:-1])
        return Panels(np.sort(np.concatenate([self.edges, middle])), self.order)

    def split(self, flags):
        middle = 0.5 * (self.edges[1:] + self.edges[:-1])
        return Panels(np.sort(np.concatenate([self.edges, middle[flags]])), self.order)


class Trapezoid:
    """N equispaced labels."""

    def __init__(self, count):
        self.nodes = TAU * np.arange(count) / count
        self.weights = np.full(count, TAU / count)


# --- the velocity --------------------------------------------------------------------------------------------------

def powers(theta, count):
    """e^{i k theta_j}, shape (len(theta), count), k = 0..count-1."""
    z = np.exp(1j * np.asarray(theta))
    table = np.empty((len(z), count), complex)
    table[:, 0] = 1
    m = 1
    while m < count:
        n = min(m, count - m)
        table[:, m:m + n] = table[:, :n] * (table[:, m - 1] * z)[:, None]
        m += n
    return table


class Attention:
    """beta, normalization and the scaled kernel coefficients g_k = e^{-beta} I_k(beta) down to 1e-20 of the first."""

    def __init__(self, beta, normalization):
        assert normalization in ("softmax", "unnormalized", "peak")
        self.beta, self.normalization = beta, normalization
        if beta == 0:
            self.g = np.array([0.0, 0.5])          # h' / beta -> -sin: coefficient 1/2 on k = 1
            return
        g = ive(np.arange(20 + int(12 * np.sqrt(beta) + 2 * min(beta, 30))), beta)
        self.g = g[:np.max(np.nonzero(g > 1e-20 * g[0])) + 1]

    @property
    def scale(self):
        """Factor of Z'/beta in the velocity; softmax divides by Z on top of it."""
        return np.exp(self.beta) if self.normalization == "unnormalized" else 1.0

    def partition(self, moments, table, derivatives=2):
        """Z and its first derivatives (scaled by e^{-beta}) at the points of `table`."""
        k = np.arange(len(self.g))
        c = self.g * moments
        c = np.where(k > 0, 2 * c, c)
        return [(table @ (c * (1j * k) ** n)).real for n in range(derivatives + 1)]

    def velocity(self, moments, table, slope=False):
        """X, and dX/dx if asked, at the points of `table`."""
        z, z1, z2 = self.partition(moments, table)
        if self.beta == 0:
            return (z1, z2) if slope else z1
        if self.normalization == "softmax":
            x = z1 / z
            return (x / self.beta, (z2 / z - x * x) / self.beta) if slope else x / self.beta
        f = self.scale / self.beta
        return (f * z1, f * z2) if slope else f * z1

    def normalized_energy(self, moments):
        """int int e^{beta(cos(x-y)-1)} dmu dmu; beta = 0 has no such kernel and gives |m_1|^2."""
        p = np.abs(moments) ** 2 * self.g
        return 2 * p[1] if self.beta == 0 else p[0] + 2 * p[1:].sum()

    def energy(self, moments):
        """(1/2 beta) int int k dmu dmu with the kernel of the normalization; beta = 0: |m_1|^2 / 2."""
        if self.beta == 0:
            return 0.5 * self.normalized_energy(moments)
        factor = 1.0 if self.normalization == "peak" else np.exp(self.beta)
        return factor * self.normalized_energy(moments) / (2 * self.beta)


# --- the flow ------------------------------------------------------------------------------------------------------

class Solution:
    """Labels, masses, positions and log of the Jacobian d Theta / d phi at the output times."""

    def __init__(self, attention, start, rule, times, positions, log_jacobians):
        self.attention, self.start, self.rule, self.times = attention, start, rule, times
        self.masses = rule.weights * start(rule.nodes) / TAU
        self.positions, self.log_jacobians = positions, log_jacobians

    def moments(self, i, count=None):
        count = count or len(self.attention.g)
        return np.conj(powers(self.positions[i], count)).T @ self.masses


def integrate(attention, start, rule, times, rtol=1e-13, atol=1e-14):
    """Moves the labels of `rule` from t = 0 through `times` (stopping on each: no dense output is used)."""
    masses = rule.weights * start(rule.nodes) / TAU
    n, count = len(masses), len(attention.g)

    def rate(_, y):
        table = powers(y[:n], count)
        x, slope = attention.velocity(np.conj(masses @ table), table, slope=True)
        return np.concatenate([x, slope])

    y = np.concatenate([rule.nodes, np.zeros(n)])
    t, positions, logs = 0.0, [], []
    for target in times:
        if target > t:
            out = solve_ivp(rate, (t, target), y, method="DOP853", rtol=rtol, atol=atol)
            assert out.success, out.message
            y, t = out.y[:, -1], target
        positions.append(y[:n].copy())
        logs.append(y[n:].copy())
    return Solution(attention, start, rule, list(times), positions, logs)


def refined(attention, start, times, order=20, panels=8, target=1e-15, rounds=30, by_mass=True, **options):
    """Splits panels until e^{i Theta(phi)} is resolved on each of them, at all times, to `target` in mass.

    The last Legendre coefficients of e^{i Theta}, times the mass of the panel, bound what the panel loses in a moment;
    with `by_mass` off the mass is left out, for integrals in which dTheta/dphi multiplies it.
    """
    rule = Panels(np.linspace(0, TAU, panels + 1), order)
    for _ in range(rounds):
        # a coarse run tells where to split; the last one is done at full tolerance
        trial = integrate(attention, start, rule, times, rtol=1e-9, atol=1e-10)
        mass = trial.masses.reshape(-1, order).sum(axis=1)
        tail, floor = np.zeros(len(mass)), np.full(len(mass), 3e-15)
        for theta, log_j in zip(trial.positions, trial.log_jacobians):
            c = np.abs(rule.coefficients(np.exp(1j * theta)))
            tail = np.maximum(tail, c[:, -3:].max(axis=1))
            if not by_mass:
                # the rounding of Z in a void (1e-16 of the largest Z) is magnified by dTheta/dphi
                floor = np.maximum(floor, 1e-10 * np.exp(log_j).reshape(-1, order).max(axis=1))
        flags = tail * (mass if by_mass else 1) > target
        # coefficients cannot fall below rounding
        flags &= tail > floor
        if not by_mass:
            for theta in trial.positions:
                flags |= np.ptp(theta.reshape(-1, order), axis=1) > 0.25
        if not flags.any():
            break
        rule = rule.split(flags)
    return rule, integrate(attention, start, rule, times, **options)


def carried_density(solution, i):
    """The density d mu / d sigma at an output time as a function of the angle: rho_0 / (dTheta/dphi) (panels only)."""
    rule, legendre = solution.rule, np.polynomial.legendre
    c = rule.coefficients(solution.positions[i])
    log_j = rule.coefficients(solution.log_jacobians[i])
    slopes = legendre.legder(c, axis=1)
    ends = np.concatenate([[legendre.legval(-1.0, c[0])], legendre.legval(1.0, c.T)])

    def value(series, s):
        return np.einsum("jk,jk->j", legendre.legvander(s, series.shape[1] - 1), series)

    def density(x):
        shape = np.shape(x)
        x = (np.ravel(x) - ends[0]) % TAU + ends[0]
        p = np.clip(np.searchsorted(ends, x) - 1, 0, len(c) - 1)
        lo, hi, s = -np.ones_like(x), np.ones_like(x), np.zeros_like(x)
        for _ in range(70):                                  # Newton, kept inside a shrinking bracket
            f = value(c[p], s) - x
            hi, lo = np.where(f > 0, s, hi), np.where(f > 0, lo, s)
            new = s - f / value(slopes[p], s)
            s = np.where((new > lo) & (new < hi), new, 0.5 * (lo + hi))
        a, b = rule.edges[p], rule.edges[p + 1]
        out = solution.start(0.5 * (a + b) + 0.5 * (b - a) * s) * np.exp(-value(log_j[p], s))
        return out.reshape(shape)

    return density


# --- what is read off a solution -----------------------------------------------------------------------------------

def clusters(solution, i, least=1e-3):
    """Maxima of Z, the arc between the neighbouring minima, and its mass: sorted by mass, then position."""
    attention = solution.attention
    m = solution.moments(i)

    def z(x, n):
        return attention.partition(m, powers(np.atleast_1d(x), len(m)))[n]

    grid = np.linspace(0, TAU, 16385)
    slope = z(grid, 1)
    values = z(grid, 0)
    if values.max() - values.min() < 1e-12 * values.max():
        return []
    roots = []
    for a, b, fa, fb in zip(grid[:-1], grid[1:], slope[:-1], slope[1:]):
        if fa == 0 or fa * fb < 0:
            root = a if fa == 0 else brentq(lambda x: z(x, 1)[0], a, b, xtol=1e-15, rtol=1e-15)
            roots.append((root, bool(z(root, 2)[0] < 0)))
    minima = np.array([r for r, is_maximum in roots if not is_maximum])
    found = []
    for r, is_maximum in roots:
        if not is_maximum:
            continue
        below = minima[minima < r].max() if (minima < r).any() else minima.max() - TAU
        above = minima[minima > r].min() if (minima > r).any() else minima.min() + TAU
        mass = arc_mass(solution, i, below, above)
        if mass >= least:
            position = float(r % TAU)
            found.append({"position": 0.0 if TAU - position < 1e-12 else position, "mass": float(mass),
                          "basin": [float(below), float(above)]})
    return sorted(found, key=lambda c: (-round(c["mass"], 9), c["position"]))


def cluster_differences(found, again):
    """Largest difference in position and in mass between two lists of clusters."""
    turn = lambda x: abs((x + np.pi) % TAU - np.pi)
    assert len(found) == len(again)
    return (max(turn(p["position"] - q["position"]) for p, q in zip(found, again)),
            max(abs(p["mass"] - q["mass"]) for p, q in zip(found, again)))


def arc_mass(solution, i, a, b):
    """Mass of the arc from a to b, by the labels that the flow carries to its ends (panels only)."""
    rule, theta = solution.rule, solution.positions[i]
    coefficients = rule.coefficients(theta)
    legendre = np.polynomial.legendre
    panel_mass = solution.masses.reshape(-1, rule.order).sum(axis=1)
    ends = np.array([legendre.legval(1.0, c) for c in coefficients])
    base = legendre.legval(-1.0, coefficients[0])

    def cumulative(x):
        turns = np.floor((x - base) / TAU)
        x = x - turns * TAU
        p = min(int(np.searchsorted(ends, x)), len(ends) - 1)
        f = lambda s: legendre.legval(s, coefficients[p]) - x
        if f(-1.0) >= 0:
            s = -1.0
        elif f(1.0) <= 0:
            s = 1.0
        else:
            s = brentq(f, -1, 1, xtol=1e-15, rtol=1e-15)
        lo, hi = rule.edges[p], rule.edges[p + 1]
        half = 0.25 * (hi - lo) * (s + 1)
        nodes, q = legendre.leggauss(30)
        part = half * (q @ solution.start(lo + half * (1 + nodes))) / TAU
        return turns + panel_mass[:p].sum() + part

    return cumulative(b) - cumulative(a)


def largest_density(solution, i):
    """Largest d mu / d sigma, on an eightfold finer label grid than the nodes (panels only)."""
    rule = solution.rule
    fine = np.linspace(-1, 1, 8 * rule.order + 1)
    log_j = np.polynomial.legendre.legval(fine, rule.coefficients(solution.log_jacobians[i]).T)
    a, b = rule.edges[:-1, None], rule.edges[1:, None]
    labels = 0.5 * (a + b) + 0.5 * (b - a) * fine
    return float((solution.start(labels) * np.exp(-log_j)).max())


def high_moments(solution, i, modes):
    """|m_k| for large k: Theta(phi) is interpolated on its panels until k times a subpanel is below 6 radians."""
    rule, legendre = solution.rule, np.polynomial.legendre
    coefficients = rule.coefficients(solution.positions[i])
    x, q = legendre.leggauss(24)
    out = []
    top = max(modes)
    pieces = []
    for p, c in enumerate(coefficients):
        span = abs(legendre.legval(1.0, c) - legendre.legval(-1.0, c))
        parts = max(1, int(np.ceil(top * span / 6)))
        s = np.linspace(-1, 1, parts + 1)
        local = (0.5 * (s[:-1] + s[1:])[:, None] + x / parts).ravel()
        lo, hi = rule.edges[p], rule.edges[p + 1]
        labels = 0.5 * (lo + hi) + 0.5 * (hi - lo) * local
        mass = np.tile(q / parts, parts) * 0.5 * (hi - lo) * solution.start(labels) / TAU
        pieces.append((legendre.legval(local, c), mass))
    theta = np.concatenate([a for a, _ in pieces])
    mass = np.concatenate([b for _, b in pieces])
    for k in modes:
        out.append(abs(np.exp(-1j * k * theta) @ mass))
    return np.array(out)


def modes_needed(solution, i, threshold, limit=200000):
    """Smallest K, to about 1 %, with |m_k| < threshold for k > K: the largest of six neighbours smooths out beats."""
    def envelope(k):
        return high_moments(solution, i, [int(k * f) + n for f in (1, 1.03) for n in range(3)]).max()

    k = 8.0
    while envelope(k) > threshold:
        k *= 1.5
        if k > limit:
            return None
    lo, hi = k / 1.5, k
    while hi > 1.01 * lo + 1:
        middle = np.sqrt(lo * hi)
        lo, hi = (middle, hi) if envelope(middle) > threshold else (lo, middle)
    return int(np.ceil(hi))


# --- writing -------------------------------------------------------------------------------------------------------

def pair(m, count=None):
    m = np.asarray(m)[:count]
    return {"re": [float(v) for v in m.real], "im": [float(v) for v in m.imag]}


def save(name, content):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
