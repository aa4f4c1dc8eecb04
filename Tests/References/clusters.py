"""clusters.json: beta = 9, softmax, two von Mises bumps, up to and past the formation of two clusters.

Moving Gauss-Legendre panels in the label (lagrangian.py). The error of a moment is the largest difference between two
runs: every panel halved and DOP853 at 1e-12 against the panels as found and 1e-13. Two further checks: equispaced
labels, doubled, at t = 1, and the velocity by the bare pair sum of e^{beta cos}, which knows nothing of Bessel functions.
"""

import numpy as np

from lagrangian import (
    Attention, Trapezoid, cluster_differences, clusters, integrate, largest_density, modes_needed, pair, powers, refined,
    save, von_mises)

BUMPS = [(0.3, 4, 1), (2.5, 8, 2)]
TIMES = [0, 0.5, 1, 2, 3, 4, 5]
LATER = [6, 7, 8, 8.25]
GRID_MODES = 43690          # two thirds of the 65536 modes of a grid of 2^17 points


def pair_sum_velocity(solution, i, targets):
    """Softmax velocity at a few nodes from its definition."""
    beta, y, w = solution.attention.beta, solution.positions[i], solution.masses
    d = targets[:, None] - y
    kernel = w * np.exp(beta * (np.cos(d) - 1))
    return -(kernel * np.sin(d)).sum(axis=1) / kernel.sum(axis=1)


def main():
    attention, start = Attention(9, "softmax"), von_mises(*BUMPS)
    rule, a = refined(attention, start, TIMES + LATER)
    b = integrate(attention, start, rule.halved(), TIMES, rtol=1e-12, atol=1e-13)

    entries = []
    for i, t in enumerate(TIMES):
        m, n = a.moments(i, 13), b.moments(i, 13)
        found = clusters(a, i)
        position_error, mass_error = cluster_differences(found, clusters(b, i))
        entries.append({
            "time": t, "moments": pair(m),
            "moment_error": float(np.abs(m - n).max()),
            "energy": float(attention.energy(a.moments(i))),
            "normalized_energy": float(attention.normalized_energy(a.moments(i))),
            "normalized_energy_error": float(abs(
                attention.normalized_energy(a.moments(i)) - attention.normalized_energy(b.moments(i)))),
            "clusters": found,
            "cluster_position_error": position_error, "cluster_mass_error": mass_error,
            "largest_density": largest_density(a, i),
            "modes_for_1e-8": modes_needed(a, i, 1e-8), "modes_for_1e-10": modes_needed(a, i, 1e-10)})
        print({k: v for k, v in entries[-1].items() if k != "moments"})
        print("  m_1..m_4", m[1:5])

    later = []
    for i, t in enumerate(LATER, start=len(TIMES)):
        later.append({"time": t, "largest_density": largest_density(a, i), "modes_for_1e-8": modes_needed(a, i, 1e-8)})
        print(later[-1])
    # the modes grow like e^t: the time at which |m_k| at the end of the grid passes 1e-8, from log-linear interpolation
    times = np.array([e["time"] for e in later])
    counts = np.log([e["modes_for_1e-8"] for e in later])
    limit = float(np.interp(np.log(GRID_MODES), counts, times))
    print("43690 modes suffice for 1e-8 up to t =", limit)

    # checks
    coarse = integrate(attention, start, Trapezoid(4096), [1.0])
    fine = integrate(attention, start, Trapezoid(8192), [1.0])
    reference = a.moments(TIMES.index(1), 13)
    sample = a.positions[TIMES.index(3)][::37]
    fast = attention.velocity(a.moments(TIMES.index(3)), powers(sample, len(attention.g)))
    checks = {
        "trapezoid_4096_against_panels_t1": float(np.abs(coarse.moments(0, 13) - reference).max()),
        "trapezoid_8192_against_panels_t1": float(np.abs(fine.moments(0, 13) - reference).max()),
        "pair_sum_velocity_against_moments_t3": float(np.abs(
            fast - pair_sum_velocity(a, TIMES.index(3), sample)).max()),
        "mass": float(a.masses.sum() - 1)}
    print(checks)
    save("clusters.json", {
        "description": "beta = 9, softmax, D = 0, two von Mises bumps",
        "equation": {"beta": 9, "normalization": "softmax", "noise": 0},
        "initial": {"vonMises": [{"mean": m, "concentration": c, "weight": w} for m, c, w in BUMPS]},
        "method": "weighted labels on adaptive Gauss-Legendre panels, DOP853",
        "nodes": len(rule.nodes), "entries": entries, "later": later,
        "grid_modes": GRID_MODES, "grid_modes_suffice_for_1e-8_until": limit, "checks": checks})


if __name__ == "__main__":
    main()
