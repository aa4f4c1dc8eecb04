"""clt.json: Gaussian fluctuations of the moments of N independent tokens around the density.

An infinitesimal extra mass at label b changes the moment m_k(t) by the influence function f_k(b, t), and

    lim N Cov(m_k^N(s), m_l^N(t)) = int f_k(b, s) f_l(b, t) dmu_0(b)        (int f dmu_0 = 0).

Two ways to f. Tangent: the variational equation of the moving labels, one column per b,

    xi' = X'(Theta) xi + dX_b(Theta),   dm_l = e^{-il Theta_b} - m_l - il sum_j w_j e^{-il Theta_j} xi_j,   f_k = dm_k.

Adjoint: g(T, x) = e^{-ikx} carried backwards along the labels (G = g, P = dg/dx at Theta_j),

    G' = - A(Theta),  P' = - X'(Theta) P - A'(Theta),  A(y) = int (dX(x)/dmu(y)) P(x) dmu(x);     f_k(b) = G_b(0) - mean.

The small cases take the tangent and are checked by the adjoint; the clusters of clusters.json take the adjoint.
"""

import numpy as np
from scipy.integrate import solve_ivp

from lagrangian import (
    Attention, Trapezoid, carried_density, harmonics, integrate, powers, refined, save, von_mises)


class Linearization:
    """What both ways share: Z, X, X' and the response of X to a change of moments, at labels Theta."""

    def __init__(self, attention, masses, theta):
        self.attention, self.w, self.theta = attention, masses, theta
        self.table = powers(theta, len(attention.g))
        self.k = np.arange(len(attention.g))
        self.moments = np.conj(masses @ self.table)
        self.z, self.z1, self.z2 = attention.partition(self.moments, self.table)
        self.x, self.slope = attention.velocity(self.moments, self.table, slope=True)
        self.two_g = attention.g * np.where(self.k > 0, 2, 1)

    def response(self, dm):
        """dX at the labels (rows) for each column of moment changes dm (l, b)."""
        attention = self.attention
        d1 = (self.table @ ((1j * self.k * self.two_g)[:, None] * dm)).real
        if attention.beta == 0:
            return d1
        if attention.normalization == "softmax":
            d0 = (self.table @ (self.two_g[:, None] * dm)).real
            return (d1 / self.z[:, None] - (self.z1 / self.z**2)[:, None] * d0) / attention.beta
        return attention.scale / attention.beta * d1

    def adjoint(self, p):
        """A and A' at the labels for each column of P = dg/dx (j, k); P is complex."""
        attention, g, k = self.attention, self.attention.g, self.k
        q = self.w[:, None] * p
        if attention.beta == 0:
            first, second = q, None
        elif attention.normalization == "softmax":
            first = q / (attention.beta * self.z)[:, None]
            second = -q * (self.z1 / (attention.beta * self.z**2))[:, None]
        else:
            first, second = q * attention.scale / attention.beta, None
        # kernel h(x - y) = sum over l of g_l e^{il(x-y)}, both signs of l
        conj = np.conj(self.table)
        out, slope = 0, 0
        for sign, at_x, at_y in ((1, self.table, conj), (-1, conj, self.table)):
            c = (1j * sign * k)[:, None] * (at_x.T @ first)
            if second is not None:
                c = c + at_x.T @ second
            c = c * (g if sign == 1 else np.where(k > 0, g, 0))[:, None]
            out = out + at_y @ c
            slope = slope + at_y @ ((-1j * sign * k)[:, None] * c)
        return out, slope


def tangent(attention, start, labels, times, modes=4, rtol=1e-11, atol=1e-12):
    """Influence functions f_k(b, t), shape (times, modes, labels), and masses of b."""
    rule = Trapezoid(labels)
    w = rule.weights * start(rule.nodes) / (2 * np.pi)
    n = labels

    def change(lin, xi, count):
        k = np.arange(count)
        table = np.conj(powers(lin.theta, count))
        return table.T - (w @ table)[:, None] - 1j * k[:, None] * ((w[:, None] * table).T @ xi)

    def rate(_, y):
        lin = Linearization(attention, w, y[:n])
        xi = y[n:].reshape(n, n)
        return np.concatenate([lin.x, (lin.slope[:, None] * xi + lin.response(change(lin, xi, len(lin.k)))).ravel()])

    y, t, out = np.concatenate([rule.nodes, np.zeros(n * n)]), 0.0, []
    for target in times:
        if target > t:
            y, t = solve_ivp(rate, (t, target), y, method="DOP853", rtol=rtol, atol=atol).y[:, -1], target
        lin = Linearization(attention, w, y[:n])
        out.append(change(lin, y[n:].reshape(n, n), modes + 1)[1:])
    return np.array(out), w


def adjoint(attention, masses, theta, duration, modes=4, rtol=1e-12, atol=1e-13):
    """f_k(b) at the labels for the moments k = 1..modes at time `duration`, from positions `theta` at that time."""
    n = len(masses)

    def rate(_, y):                                       # backwards: s = duration - t
        lin = Linearization(attention, masses, y[:n].real)
        p = y[n + n * modes:].reshape(n, modes)
        a, a1 = lin.adjoint(p)
        return np.concatenate([-lin.x, a.ravel(), (lin.slope[:, None] * p + a1).ravel()])

    k = np.arange(1, modes + 1)
    g = np.exp(-1j * np.outer(theta, k))
    y = np.concatenate([theta.astype(complex), g.ravel(), (-1j * k * g).ravel()])
    out = solve_ivp(rate, (0, duration), y, method="DOP853", rtol=rtol, atol=atol)
    assert out.success, out.message
    end = out.y[:, -1]
    f = end[n:n + n * modes].reshape(n, modes).T
    return f - (f @ masses)[:, None], end[:n].real


def covariance(f, w):
    """Covariance of (Re f_1, Im f_1, Re f_2, ...) under the masses w; f has shape (modes, labels)."""
    v = np.stack([part for row in f for part in (row.real, row.imag)])
    return (v * w) @ v.T


def constants(f, w):
    return {"C": [float(w @ np.abs(r)**2) for r in f], "C_real": [float(w @ r.real**2) for r in f],
            "C_imaginary": [float(w @ r.imag**2) for r in f]}


def main():
    cosine = harmonics((1, 0.5, 0))
    content = {"description": "lim N E|m_k^N - m_k|^2 and covariances for N independent draws, D = 0",
               "order": "Re m_1, Im m_1, Re m_2, Im m_2, ...", "cases": []}

    for name, normalization, beta, times in [
            ("USA", "unnormalized", 1, [0, 0.5, 1]), ("SA", "softmax", 1, [0, 1, 2]), ("Kuramoto", "softmax", 0, [0, 1, 2])]:
        attention = Attention(beta, normalization)
        f, w = tangent(attention, cosine, 160, times)
        h, v = tangent(attention, cosine, 240, times, rtol=1e-10, atol=1e-11)
        forward = integrate(attention, cosine, Trapezoid(512), times[1:])
        entries = []
        for i, t in enumerate(times):
            one, two = constants(f[i], w), constants(h[i], v)
            entry = {"time": t, **one, "error": max(abs(a - b) for a, b in zip(one["C"], two["C"])),
                     "covariance": covariance(f[i], w).tolist()}
            if t > 0:
                back, _ = adjoint(attention, forward.masses, forward.positions[i - 1], t)
                entry["adjoint_against_tangent"] = max(
                    abs(a - b) for a, b in zip(one["C"], constants(back, forward.masses)["C"]))
            entries.append(entry)
            print(name, t, one, entry["error"], entry.get("adjoint_against_tangent"), flush=True)
        joint = np.concatenate([f[1], f[2]])
        content["cases"].append({
            "name": name, "equation": {"beta": beta, "normalization": normalization, "noise": 0},
            "initial": {"harmonics": [{"mode": 1, "cosine": 0.5, "sine": 0}]}, "entries": entries,
            "joint": {"times": times[1:], "modes": 4,
                      "order": "Re m_1, Im m_1, ..., Im m_4 at the first time, then at the second",
                      "covariance": covariance(joint, w).tolist()}})

    # The run of clusters.json. Between the clusters the flow tears labels apart by e^{6 t}: labels laid down at t = 0
    # would have to lie closer than rounding. So they are laid down at a time s inside (0, t), and followed both ways.
    attention, start = Attention(9, "softmax"), von_mises((0.3, 4, 1), (2.5, 8, 2))
    entries = []
    for t in (1, 3, 4, 5):
        results = []
        for fraction, halve in ((0.5, True), (0.45, True), (0.5, False)):
            s = fraction * t
            _, before = refined(attention, start, [s])
            density = carried_density(before, 0)
            rule, _ = refined(attention, density, [t - s], target=1e-12, by_mass=False)
            rule = rule.halved() if halve else rule
            after = integrate(attention, density, rule, [t - s])
            f, _ = adjoint(attention, after.masses, after.positions[0], t, rtol=1e-11, atol=1e-12)
            results.append((constants(f, after.masses), covariance(f, after.masses)))
        error = max(abs(p - q) for r in results[1:] for p, q in zip(results[0][0]["C"], r[0]["C"]))
        entries.append({"time": t, **results[0][0], "error": error, "covariance": results[0][1].tolist()})
        print("clusters", t, results[0][0], error, flush=True)
    content["cases"].append({
        "name": "clusters", "equation": {"beta": 9, "normalization": "softmax", "noise": 0},
        "initial": {"vonMises": [{"mean": 0.3, "concentration": 4, "weight": 1},
                                 {"mean": 2.5, "concentration": 8, "weight": 2}]}, "entries": entries})
    save("clt.json", content)


if __name__ == "__main__":
    main()
