"""noise.json: the equation with diffusion, by spectral elements in real space.

The circle is cut into elements carrying Gauss-Lobatto-Legendre polynomials, the equation is taken in weak form

    sum over elements of  int v rho_t = - int v' (D rho' - rho X),

and Z, Z' are pair sums of e^{beta(cos - 1)} over the nodes: no Fourier series anywhere. DOP853 in time. The error is the
largest difference of a moment against a run with half as many elements more. Long-time states are checked against the
fixed point rho ~ exp(Z / (beta D)) (unnormalized) or Z^{1/(beta D)} (softmax).
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import iv, ive

from lagrangian import harmonics, pair, save

TAU = 2 * np.pi


class Elements:
    """Periodic spectral elements; `mass` are the quadrature weights of sigma (sum 1)."""

    def __init__(self, elements, degree):
        legendre = np.polynomial.legendre
        p = np.zeros(degree + 1)
        p[-1] = 1
        x = np.concatenate([[-1], np.sort(legendre.legroots(legendre.legder(p)).real), [1]])
        w = 2 / (degree * (degree + 1) * legendre.legval(x, p) ** 2)
        # differentiation of nodal values: Vandermonde of the derivatives times the inverse Vandermonde
        v = legendre.legvander(x, degree)
        dv = np.stack([legendre.legval(x, legendre.legder(np.eye(degree + 1)[k])) for k in range(degree + 1)], axis=1)
        self.local_derivative = dv @ np.linalg.inv(v)
        self.elements, self.degree, n = elements, degree, elements * degree
        h = TAU / elements
        self.index = (np.arange(elements)[:, None] * degree + np.arange(degree + 1)) % n
        self.nodes = ((np.arange(elements)[:, None] + 0.5 * (x[:-1] + 1)) * h).ravel()
        self.local_weight = w * h / 2 / TAU
        self.mass = self.assemble(np.broadcast_to(self.local_weight, self.index.shape))
        self.local_derivative = self.local_derivative * (2 / h)

    def assemble(self, local):
        """Adds what the elements hold at the node they share."""
        return np.bincount(self.index.ravel(), weights=local.ravel(), minlength=len(self.nodes))

    def divergence(self, values, velocity, diffusivity):
        """(d/dt) rho from the weak form; `velocity` on the nodes."""
        local, x = values[self.index], velocity[self.index]
        flux = self.local_weight * (local * x - diffusivity * (local @ self.local_derivative.T))
        return self.assemble(flux @ self.local_derivative) / self.mass


class Problem:
    def __init__(self, beta, normalization, diffusivity, space):
        self.beta, self.normalization, self.diffusivity, self.space = beta, normalization, diffusivity, space
        d = space.nodes[:, None] - space.nodes
        self.kernel = np.exp(beta * (np.cos(d) - 1)) * space.mass
        self.slope = -np.sin(d) * self.kernel

    def velocity(self, rho):
        z1 = self.slope @ rho
        if self.normalization == "softmax":
            return z1 / (self.kernel @ rho)
        return z1 * (np.exp(self.beta) if self.normalization == "unnormalized" else 1.0)

    def solve(self, start, times, rtol=1e-13, atol=1e-14):
        rho, t, out = start(self.space.nodes), 0.0, []
        rate = lambda _, r: self.space.divergence(r, self.velocity(r), self.diffusivity)
        for target in times:
            if target > t:
                result = solve_ivp(rate, (t, target), rho, method="DOP853", rtol=rtol, atol=atol)
                assert result.success, result.message
                rho, t = result.y[:, -1], target
            out.append(rho)
        return out

    def moments(self, rho, count=13):
        return np.exp(-1j * np.outer(np.arange(count), self.space.nodes)) @ (self.space.mass * rho)

    def functionals(self, rho):
        mass = self.space.mass
        normalized = (rho * mass) @ (self.kernel @ rho)
        factor = 1.0 if self.normalization == "peak" else np.exp(self.beta)
        energy = factor * normalized / (2 * self.beta)
        entropy = -(mass * rho * np.log(rho)).sum()
        out = {"energy": float(energy), "normalized_energy": float(normalized), "entropy": float(entropy),
               "smallest_density": float(rho.min()), "mass_defect": float((mass * rho).sum() - 1)}
        if self.normalization != "softmax":
            out["free_energy"] = float(-self.diffusivity * entropy - energy)
        return out


def fixed_point(beta, normalization, diffusivity, space, count=256):
    """A stationary state with one maximum, at 0: fixed point on an equispaced grid, and its residual in `space`.

    Returns the moments and the largest d rho / dt that the spectral elements see.
    """
    x = TAU * np.arange(count) / count
    rho = 1 + 0.5 * np.cos(x)

    def image(y):
        z = np.exp(beta * (np.cos(y[:, None] - x) - 1)) @ rho / count
        if normalization == "softmax":
            return z ** (1 / (beta * diffusivity))
        factor = np.exp(beta) if normalization == "unnormalized" else 1.0
        return np.exp(factor * z / (beta * diffusivity))

    for _ in range(5000):
        new = image(x)
        new /= new.mean()
        change = np.abs(new - rho).max()
        rho = 0.5 * (new + new[-np.arange(count)])      # keeps the symmetry, so that the state cannot drift
        if change < 1e-14:
            break
    there = image(space.nodes)
    there /= space.mass @ there
    residual = space.divergence(there, Problem(beta, normalization, diffusivity, space).velocity(there), diffusivity)
    return np.exp(-1j * np.outer(np.arange(13), x)) @ rho / count, float(np.abs(residual).max())


def run(name, beta, normalization, diffusivity, terms, times, space, finer):
    start, entries = harmonics(*terms), []
    a, b = (Problem(beta, normalization, diffusivity, s) for s in (space, finer))
    ra, rb = a.solve(start, times), b.solve(start, times, rtol=1e-12, atol=1e-13)
    for t, p, q in zip(times, ra, rb):
        m, n = a.moments(p), b.moments(q)
        entries.append({"time": t, "moments": pair(m), "moment_error": float(np.abs(m - n).max()), **a.functionals(p)})
        print(name, t, m[1:5], entries[-1]["moment_error"], entries[-1]["energy"])
    return {"name": name, "equation": {"beta": beta, "normalization": normalization, "noise": diffusivity},
            "initial": {"harmonics": [{"mode": k, "cosine": c, "sine": s} for k, c, s in terms]}, "entries": entries}


def stationary(beta, normalization, diffusivity):
    m, residual = fixed_point(beta, normalization, diffusivity, Elements(16, 14))
    print("stationary", beta, normalization, diffusivity, m[1:5].real, residual)
    return {"equation": {"beta": beta, "normalization": normalization, "noise": diffusivity},
            "moments": pair(m), "residual": residual}


def critical():
    """Largest D at which mode k is neutral is lambda_k / k^2, largest for k = 1."""
    rows = []
    for beta in (0, 0.5, 1, 2, 3, 4, 5, 7, 9, 16, 25, 100, 400, 10000):
        scaled = 0.5 if beta == 0 else float(ive(1, beta) / beta)
        softmax = 0.5 if beta == 0 else float(ive(1, beta) / ive(0, beta) / beta)
        unnormalized = 0.5 if beta == 0 else (float(iv(1, beta) / beta) if beta < 700 else None)
        rows.append({"beta": beta, "softmax": softmax, "unnormalized": unnormalized, "peak": scaled})
        print(rows[-1])
    return rows


def main():
    small, fine, finer = Elements(10, 12), Elements(12, 12), Elements(18, 12)
    cases = [
        run("above", 1, "unnormalized", 1 / 3, [(1, 0.5, 0)], [0.5, 1, 2], fine, finer),
        run("above, long", 1, "unnormalized", 1 / 3, [(1, 0.5, 0)], [10, 40], small, fine),
        run("below", 1, "unnormalized", 1 / 1.5, [(1, 0.5, 0)], [1, 2], fine, finer),
        run("below, long", 1, "unnormalized", 1 / 1.5, [(1, 0.5, 0)], [20, 40], Elements(8, 10), Elements(12, 10)),
        run("softmax", 5, "softmax", 0.1, [(2, 0.3, 0), (1, 0, 0.1)], [0.5, 1, 2, 3], fine, finer)]
    late = {e["time"]: e["moments"]["re"][1] for e in cases[3]["entries"]}
    rate = float(np.log(late[40] / late[20]) / 20)
    exact = float(iv(1, 1) - 1 / 1.5)
    cases[3]["growth_rate_mode_1"] = {"formula": "I_1(beta)/beta - D", "exact": exact, "measured_20_to_40": rate}
    print("rate", rate, exact)
    states = [stationary(1, "unnormalized", 1 / 3), stationary(1, "unnormalized", 1 / 2),
              stationary(2, "unnormalized", 1 / 1.5), stationary(5, "softmax", 0.1), stationary(1, "peak", 0.1)]
    save("noise.json", {
        "description": "noise: moments and functionals of the density, D > 0",
        "method": "spectral elements, real-space kernel, DOP853", "cases": cases, "stationary": states,
        "critical_diffusivity": critical()})


if __name__ == "__main__":
    main()
