"""ladder.json: straight lines through log values over log N, and the moments of configs/ladder.yaml.

The lines are scipy.stats.linregress of planted power laws with lognormal scatter; its `stderr` is the error of the slope
from the residuals. The moments are those of moving Gauss-Legendre panels in the label (lagrangian.py), their error the
difference from halved panels and a looser integrator.
"""

import numpy as np
from scipy.stats import linregress

from lagrangian import Attention, harmonics, integrate, pair, refined, save

TIMES = [2.0]


def line(generator, counts, members, exponent, scatter):
    values = [[2.5 * n ** exponent * np.exp(scatter * generator.standard_normal()) for _ in range(members)]
              for n in counts]
    x = np.repeat(np.log(counts), members)
    fit = linregress(x, np.log(np.ravel(values)))
    return {"counts": counts, "values": values, "planted": exponent, "exponent": fit.slope, "error": fit.stderr}


def main():
    generator = np.random.default_rng(5)
    lines = [
        line(generator, [250, 1000, 4000, 16000], 8, -0.5, 0.3),
        line(generator, [64, 100, 4096], 3, -0.25, 0.5),
        line(generator, [10, 1000000], 2, -0.5, 0.01),
        # In any order, and one N twice.
        line(generator, [512, 8, 64, 8], 5, -0.5, 1.0),
    ]
    attention = Attention(25, "softmax")
    rule, a = refined(attention, harmonics((4, 0.9, 0)), TIMES)
    b = integrate(attention, harmonics((4, 0.9, 0)), rule.halved(), TIMES, rtol=1e-12, atol=1e-13)
    entries = []
    for i, t in enumerate(TIMES):
        m, n = a.moments(i, 13), b.moments(i, 13)
        entries.append({"time": t, "moments": pair(m), "moment_error": float(np.abs(m - n).max())})
        print(t, m[[4, 8, 12]].real, entries[-1]["moment_error"])
    for entry in lines:
        print(entry["counts"], entry["exponent"], entry["error"])
    save("ladder.json", {
        "description": "fits of planted power laws; moments of configs/ladder.yaml (beta = 25, softmax)",
        "method": "scipy.stats.linregress; weighted labels on adaptive Gauss-Legendre panels, DOP853",
        "lines": lines, "entries": entries})


if __name__ == "__main__":
    main()
