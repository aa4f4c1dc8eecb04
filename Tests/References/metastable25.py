"""metastable25.json: beta = 25, softmax, two narrow bumps, masses 0.6 and 0.4, 1.2 apart, until Z has one maximum.

Each bump is cut into Gauss-Legendre panels, graded so that the mass left outside is below 1e-17 (nothing lies between the
bumps: the density there is below e^{-0.17 concentration}); weighted labels move by pair sums, positive terms only, DOP853.
Once every bump is narrower than 1e-9 it is an atom at its centre of mass (error 1e-18), and what remains is the quadrature
of d(separation)/speed. "atoms" is that quadrature from the start, for bumps of no width.

The merger comes earlier than that of the atoms by a share that falls like 1/concentration: `rate` is the exponent between
successive rows, `fit` the polynomial in 1/concentration through all rows, whose constant must vanish.
"""

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import ive

from atoms import duration, fold_separation, text
from lagrangian import save

BETA, MASSES, MEANS = 25, (0.6, 0.4), (1.0, 2.2)
APART = 1.2                       # not the difference of the means, which is rounded


def labels(concentration, order, panels):
    """Nodes and masses of both bumps; panels of equal width over 8.7 standard deviations each way."""
    x, q = np.polynomial.legendre.leggauss(order)
    reach = 8.7 / np.sqrt(concentration) * (1 + 2 / concentration)
    edges = np.linspace(-reach, reach, panels + 1)
    half = (edges[1] - edges[0]) / 2
    d = ((edges[:-1] + half)[:, None] + half * x).ravel()
    w = np.tile(q * half, panels) / (2 * np.pi) * np.exp(-2 * concentration * np.sin(d / 2)**2) / ive(0, concentration)
    return d, w


def contracted(concentration, order, panels, rtol):
    """Time and separation when both bumps are atoms; d of each label is kept from its own mean."""
    d, w = labels(concentration, order, panels)
    assert abs(w.sum() - 1) < 1e-14, w.sum() - 1
    n, mass = len(d), np.concatenate([MASSES[0] * w, MASSES[1] * w]) / w.sum()

    def rate(_, y):
        x = np.concatenate([y[:n], APART + y[n:]])
        gap = x[:, None] - x
        kernel = mass * np.exp(-2 * BETA * np.sin(gap / 2)**2)
        return -(kernel * np.sin(gap)).sum(axis=1) / kernel.sum(axis=1)

    wide = lambda _, y: max(np.ptp(y[:n]), np.ptp(y[n:])) - 1e-9
    wide.terminal = True
    out = solve_ivp(rate, (0, 200), np.concatenate([d, d]), method="DOP853", rtol=rtol, atol=rtol * 1e-3, events=wide)
    assert out.status == 1
    y = out.y[:, -1]
    return out.t[-1], APART + (w @ y[n:] - w @ y[:n]) / w.sum(), out.nfev


def main():
    m = mp.mpf("0.6")
    fold = fold_separation(m, BETA)
    atoms = duration(mp.mpf("1.2"), fold, m, BETA, "softmax")
    rows = []
    for concentration in (400, 1600, 6400, 25600):
        times = []
        for order, panels, rtol in ((16, 6, 1e-13), (24, 6, 3e-14), (16, 12, 1e-12)):
            t, separation, evaluations = contracted(concentration, order, panels, rtol)
            times.append(mp.mpf(t) + duration(mp.mpf(separation), fold, m, BETA, "softmax"))
            print(concentration, order, panels, evaluations, t, separation, mp.nstr(times[-1], 17), flush=True)
        spread = max(abs(t - times[1]) for t in times) / times[1]
        rows.append({"concentration": concentration, "merger": text(times[1], 16), "relative_error": float(spread),
                     "time_contracted": t, "separation_contracted": separation, "excess": float(times[1] - atoms)})
    k = [mp.mpf(r["concentration"]) for r in rows]
    excess = [mp.mpf(r["excess"]) for r in rows]
    for a, b, x, y, row in zip(k, k[1:], excess, excess[1:], rows[1:]):
        row["rate"] = float(mp.log(x / y) / mp.log(b / a))
    fit = mp.lu_solve(mp.matrix([[1, 1 / a, 1 / a**2, 1 / a**3] for a in k]), mp.matrix(excess))
    print([r.get("rate") for r in rows], fit, text(atoms))
    save("metastable25.json", {
        "description": "beta = 25, softmax, D = 0: time at which the two maxima of Z become one",
        "equation": {"beta": BETA, "normalization": "softmax", "noise": 0},
        "initial": {"means": MEANS, "masses": MASSES}, "separation_at_merger": text(fold),
        "atoms": text(atoms), "bumps": rows,
        "fit": {"formula": "merger = atoms + constant + c1/concentration + c2/concentration^2 + c3/concentration^3",
                "constant": float(fit[0]), "c1": float(fit[1]), "c2": float(fit[2])}})


if __name__ == "__main__":
    main()
