"""transport.json: circular Wasserstein distances of small weighted measures, by linear programming.

W_p^p = min over couplings of sum pi_ij d(x_i, y_j)^p, d the geodesic distance (at most pi). Weights are whole numbers of
1/60, so that the optimal vertex found by the simplex method is a table of whole numbers: it is rounded to them, checked to
be a coupling, and the cost is summed exactly from it. Its optimality is checked by the dual: potentials u_i + v_j <= c_ij
with the same value. A second opinion for W_1: the least int |F - G - c| over c on the circle; for both: every token cut
into unit masses and an assignment problem.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog

from lagrangian import save

UNITS = 60
TAU = 2 * np.pi


def distance(x, y):
    d = np.abs(np.subtract.outer(x, y)) % TAU
    return np.minimum(d, TAU - d)


def program(cost, a, b):
    """Least cost of a coupling of the whole masses a, b (units of 1/60), and the gap to the dual."""
    n, m = cost.shape
    rows = np.zeros((n + m, n * m))
    for i in range(n):
        rows[i, i * m:(i + 1) * m] = 1
    for j in range(m):
        rows[n + j, j::m] = 1
    out = linprog(cost.ravel(), A_eq=rows, b_eq=np.concatenate([a, b]), method="highs-ds")
    assert out.success, out.message
    plan = np.rint(out.x).reshape(n, m)
    assert (plan >= 0).all() and (plan.sum(1) == a).all() and (plan.sum(0) == b).all()
    value = (plan * cost).sum() / UNITS
    potentials = out.eqlin.marginals
    slack = (cost - potentials[:n, None] - potentials[n:]).min()
    gap = abs(value - potentials @ np.concatenate([a, b]) / UNITS) + max(0, -slack)
    return value, gap


def first_by_cumulative(x, a, y, b):
    """W_1 = min over c of int_0^{2 pi} |F - G - c|: the best c is a weighted median of F - G."""
    points = np.concatenate([x, y])
    jumps = np.concatenate([a, -b]) / UNITS
    order = np.argsort(points)
    points, height = points[order], np.cumsum(jumps[order])
    lengths = np.diff(np.append(points, points[0] + TAU))
    rank = np.argsort(height)
    median = height[rank][np.searchsorted(np.cumsum(lengths[rank]), np.pi)]
    return float(np.abs(height - median) @ lengths)


def whole_masses(rng, n):
    cuts = np.sort(rng.choice(np.arange(1, UNITS), n - 1, replace=False))
    return np.diff(np.concatenate([[0], cuts, [UNITS]]))


def main():
    rng, cases = np.random.default_rng(20240607), []
    for case in range(10):
        n, m = rng.integers(5, 13, 2)
        # the last three cases are concentrated, across the seam at 0
        spread = TAU if case < 7 else 1.5
        x, y = (np.sort((rng.random(k) * spread - spread / 2 * (case >= 7)) % TAU) for k in (n, m))
        a, b = whole_masses(rng, n), whole_masses(rng, m)
        d = distance(x, y)
        w1, gap1 = program(d, a, b)
        w2, gap2 = program(d**2, a, b)
        units = distance(np.repeat(x, a), np.repeat(y, b))
        assigned = [units[linear_sum_assignment(units**p)]**p for p in (1, 2)]
        checks = [abs(w1 - first_by_cumulative(x, a, y, b)), abs(w1 - assigned[0].mean()), abs(w2 - assigned[1].mean())]
        assert max(gap1, gap2, *checks) < 1e-12
        cases.append({"x": x.tolist(), "x_weights_60ths": a.tolist(), "y": y.tolist(), "y_weights_60ths": b.tolist(),
                      "w1": float(w1), "w2": float(np.sqrt(w2)), "dual_gap": float(max(gap1, gap2)),
                      "other_methods": float(max(checks))})
        print(case, n, m, w1, np.sqrt(w2), max(gap1, gap2), max(checks))

    closed = [
        {"what": "atoms of mass 1 at 0.1 and at 6.2", "w1": TAU - 6.1, "w2": TAU - 6.1},
        {"what": "atoms of mass 1 at 0 and at pi", "w1": np.pi, "w2": np.pi},
        {"what": "half at 0, half at pi, against all at 0", "w1": np.pi / 2, "w2": np.pi / np.sqrt(2)},
        {"what": "half at 0, half at pi, against half at pi/2, half at 3 pi/2", "w1": np.pi / 2, "w2": np.pi / 2},
        {"what": "one atom against the uniform law", "w1": np.pi / 2, "w2": np.pi / np.sqrt(3)},
        {"what": "n equal equispaced atoms against the uniform law: pi/(2n), pi/(n sqrt 3); here n = 7",
         "w1": np.pi / 14, "w2": np.pi / (7 * np.sqrt(3))},
        {"what": "n equal equispaced atoms against the same turned by s <= pi/n: s, s; here n = 5, s = 0.4",
         "w1": 0.4, "w2": 0.4},
        {"what": "uniform law against itself turned", "w1": 0.0, "w2": 0.0},
        {"what": "1 + a cos k theta against the uniform law, W_1 = 2a/(pi k); here a = 0.5, k = 3", "w1": 1 / (3 * np.pi)}]
    save("transport.json", {
        "description": "W_1 and W_2 on the circle, geodesic cost; weights are x_weights_60ths / 60",
        "method": "linear programming with whole masses, checked by its dual and an assignment problem",
        "cases": cases, "closed_forms": closed})


if __name__ == "__main__":
    main()
