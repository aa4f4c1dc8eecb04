"""largebeta.json: sharp kernels without voids: softmax at beta = 400 and peak at beta = 10000.

The numbers are from labels on Gauss-Legendre panels (lagrangian.py, DOP853 at 1e-13); the errors are the difference from
equispaced labels at 1e-12, spectrally accurate too since the starts are trigonometric polynomials. A last run splits panels
as it goes, to see at what time a Fourier density would give out.
"""

import numpy as np

from lagrangian import (
    Attention, Panels, Trapezoid, clusters, harmonics, integrate, largest_density, modes_needed, pair, powers, refined,
    save)

TERMS = [(3, 0.3, 0), (5, 0, 0.2)]
CASES = [
    ("softmax", 400, [0.5, 1, 1.5, 2, 4, 8, 12, 14, 16]),
    ("peak", 10000, [10, 50, 100, 200, 400, 800, 1600])]
PANELS = {400: 160, 10000: 64}
LABELS = {400: 8192, 10000: 2048}


def reach(times=(17, 18, 19, 20)):
    """How far a Fourier density can follow the softmax case: the modes it needs once twenty clusters form."""
    attention, rows = Attention(400, "softmax"), []
    _, a = refined(attention, harmonics(*TERMS), list(times), panels=64, target=1e-14)
    for i, t in enumerate(times):
        m = a.moments(i)
        z = attention.partition(m, powers(2 * np.pi * np.arange(8192) / 8192, len(m)), 0)[0]
        rows.append({"time": t, "largest_density": largest_density(a, i), "modes_for_1e-8": modes_needed(a, i, 1e-8),
                     "smallest_Z_over_largest": float(z.min() / z.max()), "cluster_count": len(clusters(a, i))})
        print(rows[-1], flush=True)
    growth = np.log(rows[-1]["modes_for_1e-8"] / rows[-2]["modes_for_1e-8"]) / (times[-1] - times[-2])
    until = times[-1] + np.log(43690 / rows[-1]["modes_for_1e-8"]) / growth
    return {"entries": rows, "grid_modes": 43690, "grid_modes_suffice_for_1e-8_until_extrapolated": float(until)}


def main():
    start, cases = harmonics(*TERMS), []
    for normalization, beta, times in CASES:
        attention = Attention(beta, normalization)
        a = integrate(attention, start, Panels(np.linspace(0, 2 * np.pi, PANELS[beta] + 1), 20), times)
        b = integrate(attention, start, Trapezoid(LABELS[beta]), times, rtol=1e-12, atol=1e-13)
        entries = []
        for i, t in enumerate(times):
            m, n = a.moments(i), b.moments(i)
            z = attention.partition(m, powers(2 * np.pi * np.arange(8192) / 8192, len(m)), 0)[0]
            e = attention.normalized_energy(m)
            entries.append({
                "time": t, "moments": pair(m, 13), "moment_error": float(np.abs(m - n)[:13].max()),
                "normalized_energy": float(e), "normalized_energy_error": float(abs(e - attention.normalized_energy(n))),
                "smallest_Z_over_largest": float(z.min() / z.max()), "largest_density": largest_density(a, i),
                "modes_for_1e-8": modes_needed(a, i, 1e-8), "modes_for_1e-10": modes_needed(a, i, 1e-10)})
            print(t, m[1:6], {k: v for k, v in entries[-1].items() if k != "moments"}, flush=True)
        cases.append({"equation": {"beta": beta, "normalization": normalization, "noise": 0},
                      "initial": {"harmonics": [{"mode": k, "cosine": c, "sine": s} for k, c, s in TERMS]},
                      "kernel_modes": len(attention.g), "labels": [len(a.masses), len(b.masses)], "entries": entries})
    save("largebeta.json", {
        "description": "large beta without voids, D = 0",
        "method": "moving labels, Gauss-Legendre panels against equispaced, DOP853", "cases": cases,
        "reach_of_the_softmax_case": reach()})


if __name__ == "__main__":
    main()
