"""noisy.json: lim N Cov of the moments of N independent noisy tokens on S^{d-1}, started from a law about the pole.

Moments h_l = int e_l dmu, e_l = Y_lm at one order m (d = 3) or the Gegenbauer polynomial P_l (any d, m = 0), obey h' = F(h),
and their covariance a Lyapunov equation, without any sampling:

    C' = A C + C A^T + 2D int grad e . grad e' df,     A = linearized right-hand side,     C(0) = int e e' df - (int e df)(int e' df)

Everything is a sum over Gauss-Legendre nodes u = cos(theta) of the polynomials themselves, the law a polynomial in u times the
uniform weight; for the order m functions are g(u) cos(m phi) and grad g . grad e = (1 - u^2) g' e' + m^2 g e/(1 - u^2).
"""

from math import lgamma

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import assoc_legendre_p_all, eval_gegenbauer

from lagrangian import save

TIMES = [0.3, 1.0, 2.0]


class Functions:
    """Values and slopes at the nodes of functions of degrees m...top, orthogonal in the uniform law."""

    def __init__(self, dimension, order, top):
        u, q = np.polynomial.legendre.leggauss(4 * top + 8)
        if dimension % 2 == 0:  # the weight (1 - u^2)^((d - 3)/2) is a polynomial only in theta
            t, s = np.polynomial.legendre.leggauss(6 * top + 40)
            theta = 0.5 * np.pi * (t + 1)
            u, q = np.cos(theta), s * np.sin(theta)
        weight = q * (1 - u * u) ** ((dimension - 3) / 2)
        self.u, self.weight, self.m = u, weight / weight.sum(), order
        self.degrees = np.arange(order, top + 1)
        if order == 0:
            a = dimension / 2 - 1
            scale = [eval_gegenbauer(l, a, 1.0) for l in self.degrees]
            self.e = np.array([eval_gegenbauer(l, a, u) / s for l, s in zip(self.degrees, scale)])
            self.slope = np.array([
                2 * a * eval_gegenbauer(l - 1, a + 1, u) / s if l else 0 * u for l, s in zip(self.degrees, scale)])
        else:  # Y_lm / cos(m phi) over sqrt(2), so that the mean over phi is that of plain functions of u
            tables = assoc_legendre_p_all(top, order, u, diff_n=1)
            scale = np.array([
                np.sqrt(2 * l + 1) * np.exp(0.5 * (lgamma(l - order + 1) - lgamma(l + order + 1))) for l in self.degrees])
            self.e, self.slope = (scale[:, None] * tables[i, order:, order] for i in (0, 1))
        self.square = self.e**2 @ self.weight
        self.angular = order**2 / (1 - u * u)


def kernel(dimension, beta, top):
    """int e^{beta (u - 1)} P_l dsigma for l = 0...top."""
    f = Functions(dimension, 0, top)
    return f.e @ (f.weight * np.exp(beta * (f.u - 1)))


class Law:
    """h' = F(h) of the law about the pole, and what its fluctuations of one order obey."""

    def __init__(self, dimension, beta, normalization, noise, order, top):
        self.d, self.beta, self.softmax, self.noise = dimension, beta, normalization == "softmax", noise
        self.clock = np.exp(beta) if normalization == "unnormalized" else 1
        self.law, self.f = Functions(dimension, 0, top), Functions(dimension, order, top)
        self.kernel = kernel(dimension, beta, top)

    def field(self, functions, moments):
        """Z and its slope: the kernel's a_l times the projection on degree l."""
        terms = self.kernel[functions.degrees] * moments / functions.square
        return terms @ functions.e, terms @ functions.slope

    def density(self, h):
        return (h / self.law.square) @ self.law.e * self.law.weight

    def rates(self, functions):
        return self.noise * functions.degrees * (functions.degrees + self.d - 2)

    def velocity(self, h):
        z, slope = self.field(self.law, h)
        return slope / (self.beta * z) if self.softmax else self.clock * slope / self.beta

    def rate(self, h):
        bend = (1 - self.law.u**2) * self.density(h) * self.velocity(h)
        return self.law.slope @ bend - self.rates(self.law) * h

    def linear(self, h):
        """The matrix A: column after column the rate of a unit of one moment."""
        f, z, v, mass = self.f, self.field(self.law, h)[0], self.velocity(h), self.density(h)
        sine = 1 - f.u**2
        result = np.diag(-self.rates(f))
        for i in range(len(f.degrees)):
            unit = np.eye(len(f.degrees))[i]
            extra = f.e[i] / f.square[i] * f.weight
            dz, slope = self.field(f, unit)
            if self.softmax:
                along, across = (slope / self.beta - v * dz) / z, dz / (self.beta * z)
            else:
                along, across = self.clock * slope / self.beta, self.clock * dz / self.beta
            result[:, i] += f.slope @ (sine * (extra * v + mass * along)) + f.e @ (f.angular * mass * across)
        return result

    def source(self, h):
        f, mass = self.f, self.density(h)
        return 2 * self.noise * ((f.slope * ((1 - f.u**2) * mass)) @ f.slope.T + (f.e * (f.angular * mass)) @ f.e.T)

    def covariances(self, terms):
        """At the times; the law starts as 1 + sum of terms_l P_l."""
        n, k = len(self.law.degrees), len(self.f.degrees)
        h = np.zeros(n)
        h[0], h[1:len(terms) + 1] = 1, terms * self.law.square[1:len(terms) + 1]
        start = (self.f.e * self.density(h)) @ self.f.e.T
        if self.f.m == 0:
            start -= np.outer(h, h)

        def move(_, state):
            h, c = state[:n], state[n:].reshape(k, k)
            a = self.linear(h) @ c
            return np.concatenate([self.rate(h), (a + a.T + self.source(h)).ravel()])

        done = solve_ivp(move, (0, TIMES[-1]), np.concatenate([h, start.ravel()]), method="LSODA", t_eval=TIMES,
                         rtol=1e-10, atol=1e-12)
        return [np.diag(c.reshape(k, k)) for c in done.y[n:].T]


def case(dimension, beta, normalization, noise, terms, top):
    """Variances of int P_l dmu, and for d = 3 the sums over m of those of int Y_lm dmu, l = 1...4."""
    def table(top):
        zonal = np.array(Law(dimension, beta, normalization, noise, 0, top).covariances(np.array(terms)))
        if dimension > 3:
            return [zonal[:, 1:5]]
        sums = zonal[:, 1:5] * (2 * np.arange(1, 5) + 1)
        for m in range(1, 5):
            rows = np.array(Law(3, beta, normalization, noise, m, top).covariances(np.array(terms)))
            sums[:, m - 1:] += 2 * rows[:, :5 - m]
        return [zonal[:, 1:5], sums]

    coarse, fine = table(top), table(top + 8)
    error = max(np.max(np.abs(a - b)) for a, b in zip(coarse, fine))
    assert error < 1e-6, error
    entries = [{"time": t, "zonal": list(fine[0][i]), "sphere": list(fine[1][i]) if dimension == 3 else None}
               for i, t in enumerate(TIMES)]
    return {"dimension": dimension, "equation": {"beta": beta, "normalization": normalization, "noise": noise},
            "terms": terms, "entries": entries, "error": error}


save("noisy.json", [
    case(3, 2.0, "softmax", 0.2, [0.9, 0.5], 16),
    case(3, 1.0, "unnormalized", 0.3, [0.9, 0.3], 16),
    case(8, 3.0, "softmax", 0.05, [2.0, 3.0], 20),
])
