"""voidsums.json: log Z and X = X/Z on the circle, far below the maximum of Z, by bare sums of 60 digits.

Angles and masses are doubles given by short formulas and written out; the sums take them as exact. Two close clusters of
unlike width, a tail of masses down to 1e-300 into the void between them, and an atom.
"""

import json
import math
import pathlib

from mpmath import exp, log, mp, mpf, sin

mp.dps = 60
BETAS = [9, 81, 1000, 10000, 1000000]


def sources():
    angles, masses = [], []
    for j in range(40):
        angles.append(1 + 0.01 * math.sin(j))
        masses.append(0.3 / 40 * (1.2 + math.cos(3 * j)))
    for j in range(24):
        angles.append(1.1 + 0.09 * j)
        masses.append(10.0 ** (-300 * (j + 1) / 24))
    for j in range(30):
        angles.append(3.4 + 1e-4 * math.sin(2 * j))
        masses.append(0.02 * (1.1 + math.sin(j)))
    angles.append(-0.7)
    masses.append(0.05)
    order = sorted(range(len(angles)), key=lambda j: angles[j])
    return [angles[j] for j in order], [masses[j] for j in order]


def sums(theta, beta, angles, masses):
    terms = [(mpf(m) * exp(-2 * beta * sin((mpf(theta) - mpf(a)) / 2) ** 2), sin(mpf(theta) - mpf(a)))
             for a, m in zip(angles, masses)]
    z = sum(k for k, _ in terms)
    return log(z), -sum(k * s for k, s in terms) / z


def main():
    angles, masses = sources()
    targets = [-0.71 + 0.2017 * i for i in range(32)] + [1.003, 3.4, -0.7, 1.5, 1.0 + math.pi]
    cases = []
    for beta in BETAS:
        rows = [sums(t, beta, angles, masses) for t in targets]
        cases.append({"beta": beta, "logPartition": [mp.nstr(z, 20) for z, _ in rows],
                      "quotient": [mp.nstr(x, 20) for _, x in rows]})
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({
        "description": "log Z and X / Z of weighted points on the circle", "method": "bare sums, mpmath, 60 digits",
        "angles": angles, "masses": masses, "targets": targets, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
