"""directions.json: the component w of a von Mises-Fisher draw along its mean, density e^{kappa w} (1 - w^2)^{(d-3)/2}.

Means A_l = E P_l(w) = I_{l+nu}(kappa)/I_nu(kappa), nu = d/2 - 1, with P_l the Gegenbauer polynomial of S^{d-1}, P_l(1) = 1,
by mpmath; standard deviations of P_l(w) and the distribution function of w by Gauss-Legendre panels in the polar angle,
whose means are held against the Bessel ratios. "heights" lists 1 - w, w ascending, and F(w).
"""

import mpmath as mp
import numpy as np

from lagrangian import save

mp.mp.dps = 40
DIMENSIONS = (2, 3, 4, 8, 64, 1000)
CONCENTRATIONS = (0, 0.1, 5, 100, 1e4)
DEGREES = 6


def ratio(l, d, kappa):
    if kappa == 0:
        return 1.0 if l == 0 else 0.0
    nu = mp.mpf(d) / 2 - 1
    return float(mp.besseli(l + nu, kappa) / mp.besseli(nu, kappa))


def gegenbauer(d, w):
    """Rows P_0, ..., P_DEGREES at w."""
    rows = [np.ones_like(w), w]
    for l in range(1, DEGREES):
        rows.append(((2 * l + d - 2) * w * rows[l] - l * rows[l - 1]) / (l + d - 2))
    return np.array(rows)


def law(d, kappa, panels=400, order=20):
    """Angles panel by panel (ascending), their probabilities, and the panels' edges; mass outside is below 1e-30."""
    log_density = lambda t: -2 * kappa * np.sin(t / 2)**2 + (d - 2) * np.log(np.sin(t))
    grid = np.linspace(0, np.pi, 200001)[1:-1]
    values = log_density(grid)
    inside = grid[values > values.max() - 80]
    low = 0.0 if inside[0] == grid[0] else inside[0]
    high = np.pi if inside[-1] == grid[-1] else inside[-1]
    edges = np.linspace(low, high, panels + 1)
    x, weights = np.polynomial.legendre.leggauss(order)
    half = (edges[1:] - edges[:-1]) / 2
    angles = (edges[1:] + edges[:-1])[:, None] / 2 + half[:, None] * x
    masses = np.exp(log_density(angles) - values.max()) * weights * half[:, None]
    return angles, masses / masses.sum(), edges


def moments():
    rows = []
    for d in DIMENSIONS:
        for kappa in CONCENTRATIONS:
            angles, masses, _ = law(d, kappa)
            p = gegenbauer(d, np.cos(angles).ravel())
            means = [ratio(l, d, kappa) for l in range(1, DEGREES + 1)]
            found = p[1:] @ masses.ravel()
            assert np.abs(found - means).max() < 2e-14, (d, kappa, found - means)
            deviations = np.sqrt(((p[1:] - np.array(means)[:, None])**2) @ masses.ravel())
            if kappa == 0 and d == 3:
                assert np.allclose(deviations, [1 / np.sqrt(2 * l + 1) for l in range(1, DEGREES + 1)], rtol=1e-12)
            rows.append({"dimension": d, "concentration": kappa, "means": means, "deviations": deviations.tolist()})
    return rows


def heights():
    rows = []
    for d in DIMENSIONS:
        for kappa in CONCENTRATIONS:
            angles, masses, edges = law(d, kappa)
            # F(cos t) is the mass of the angles above t.
            above = np.append(np.cumsum(masses.sum(axis=1)[::-1])[::-1], 0)
            if d == 3 and kappa > 0:
                exact = -np.expm1(-kappa * (1 + np.cos(edges))) / -np.expm1(-2 * kappa)
                shifted = np.exp(-2 * kappa * np.sin(edges / 2)**2) * exact
                assert np.abs(shifted - above).max() < 1e-13, (kappa, np.abs(shifted - above).max())
            inner = [i for i in range(len(edges)) if 1e-4 < above[i] < 1 - 1e-4]
            chosen = inner[::-max(1, len(inner) // 20)]
            rows.append({"dimension": d, "concentration": kappa,
                         "depths": [float(2 * np.sin(edges[i] / 2)**2) for i in chosen],
                         "levels": [float(above[i]) for i in chosen]})
    return rows


def main():
    content = {"description": "component of von Mises-Fisher draws along the mean; depths are 1 - w",
               "moments": moments(), "heights": heights()}
    for row in content["heights"]:
        print(row["dimension"], row["concentration"], len(row["levels"]))
    save("directions.json", content)


if __name__ == "__main__":
    main()
