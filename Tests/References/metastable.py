"""metastable.json: beta = 5, unnormalized, near-uniform starts of (nearly) threefold symmetry: three clusters.

Moving Gauss-Legendre panels in the label (lagrangian.py); errors from halved panels and a looser integrator, as in
clusters.py. The formation law at N = 20000 is restated from literature.md, table 3.2.
"""

import numpy as np

from lagrangian import (
    Attention, cluster_differences, clusters, harmonics, integrate, largest_density, modes_needed, pair, refined, save)

TIMES = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
STARTS = [[(3, 0.01, 0)], [(3, 0.02, 0), (2, 0, 0.005)]]


def main():
    attention, cases = Attention(5, "unnormalized"), []
    for terms in STARTS:
        start = harmonics(*terms)
        rule, a = refined(attention, start, TIMES)
        b = integrate(attention, start, rule.halved(), TIMES, rtol=1e-12, atol=1e-13)
        entries = []
        for i, t in enumerate(TIMES):
            m, n = a.moments(i, 13), b.moments(i, 13)
            found = clusters(a, i)
            position_error, mass_error = cluster_differences(found, clusters(b, i))
            entries.append({
                "time": t, "moments": pair(m), "moment_error": float(np.abs(m - n).max()),
                "energy": float(attention.energy(a.moments(i))),
                "normalized_energy": float(attention.normalized_energy(a.moments(i))),
                "clusters": found,
                "cluster_position_error": position_error, "cluster_mass_error": mass_error,
                "largest_density": largest_density(a, i),
                "modes_for_1e-8": modes_needed(a, i, 1e-8), "modes_for_1e-10": modes_needed(a, i, 1e-10)})
            e = entries[-1]
            print(t, m[1:4], e["energy"], e["moment_error"], e["largest_density"], e["modes_for_1e-8"])
            print("  ", [(c["position"], c["mass"]) for c in found], e["cluster_position_error"])
        cases.append({
            "initial": {"harmonics": [{"mode": k, "cosine": c, "sine": s} for k, c, s in terms]},
            "nodes": len(rule.nodes), "entries": entries})
    save("metastable.json", {
        "description": "beta = 5, unnormalized, D = 0: three metastable clusters",
        "equation": {"beta": 5, "normalization": "unnormalized", "noise": 0},
        "method": "weighted labels on adaptive Gauss-Legendre panels, DOP853",
        "cases": cases,
        "formation_law": {
            "source": "literature.md, table 3.2 (120 spectral runs from Gaussian N-sample fluctuations, until the "
                      "largest density is 6): restated, not recomputed",
            "rows": [
                {"beta": 5, "normalization": "unnormalized", "N": 20000, "mean_time": 0.238, "sd": 0.020,
                 "lnN_over_2lambda": 0.266, "histogram": {"2": 3, "3": 111, "4": 6}},
                {"beta": 7, "normalization": "unnormalized", "N": 20000, "mean_time": 0.0367, "sd": 0.0030,
                 "lnN_over_2lambda": 0.0425, "histogram": {"2": 1, "3": 50, "4": 68, "5": 1}},
                {"beta": 5, "normalization": "softmax", "N": 20000, "mean_time": 7.15, "sd": 0.63,
                 "lnN_over_2lambda": 7.25, "histogram": {"2": 2, "3": 112, "4": 6}},
                {"beta": 9, "normalization": "softmax", "N": 20000, "mean_time": 6.53, "sd": 0.52,
                 "lnN_over_2lambda": 7.03, "histogram": {"3": 10, "4": 79, "5": 31}}]}})


if __name__ == "__main__":
    main()
