"""voids.json: log Z, X = (1/beta) d log Z/dtheta and dX/dtheta (softmax) where nobody is: mpmath, 50 digits.

Atoms: the sums themselves. Von Mises bumps of concentration c: Z of one bump is I_0(R)/I_0(c), R^2 = beta^2 + c^2 +
2 beta c cos(theta - mean). Log Z is that of e^{beta cos}, not scaled. Every row is checked at twice the precision; the
bumps' X also by quadrature of the definition. Angles, masses and points are exact doubles, printed with 17 digits;
masses sum to 1 in double precision.
"""

import math

import mpmath as mp

from lagrangian import save

mp.mp.dps = 50


def text(x, digits=20):
    return mp.nstr(x, digits, strip_zeros=False, min_fixed=-4, max_fixed=6)


def from_jet(z, z1, z2, beta, scale):
    """log Z, X, dX/dtheta from Z e^{-scale} and its derivatives."""
    x = z1 / z
    return mp.log(z) + scale, x / beta, (z2 / z - x * x) / beta


def of_atoms(theta, atoms, beta):
    top = max(beta * mp.cos(theta - mp.mpf(a)) for a, _ in atoms)
    z = z1 = z2 = mp.mpf(0)
    for a, m in atoms:
        s, c = mp.sin(theta - mp.mpf(a)), mp.cos(theta - mp.mpf(a))
        w = mp.mpf(m) * mp.exp(beta * c - top)
        z, z1, z2 = z + w, z1 - beta * s * w, z2 + (beta**2 * s**2 - beta * c) * w
    return from_jet(z, z1, z2, beta, top)


def bessel(n, x):
    """e^{-x} I_n(x): by its convergent series when x is moderate, else by the asymptotic one (error below 10^-60)."""
    if x < 300:
        return mp.besseli(n, x) * mp.exp(-x)
    term = total = mp.mpf(1)
    for k in range(1, 200):
        term *= -mp.mpf(4 * n * n - (2 * k - 1)**2) / (8 * k * x)
        total += term
        if abs(term) < mp.mpf(10)**(-mp.mp.dps - 8):
            return total / mp.sqrt(2 * mp.pi * x)
    raise ValueError(x)


def of_bumps(theta, bumps, beta):
    rows = []
    total = mp.fsum(mp.mpf(w) for _, _, w in bumps)
    for mean, c, w in bumps:
        d, c = theta - mp.mpf(mean), mp.mpf(c)
        r = mp.sqrt(beta**2 + c**2 + 2 * beta * c * mp.cos(d))
        s, s1 = beta * c * mp.sin(d), beta * c * mp.cos(d)
        i0, i1 = bessel(0, r), bessel(1, r)
        # R' = -s/R, f = I_0(R): f' = -s I_1/R, f'' = -s1 I_1/R + s^2/R^2 (I_0 - 2 I_1/R)
        f1 = -s * i1 / r
        f2 = -s1 * i1 / r + s**2 / r**2 * (i0 - 2 * i1 / r)
        rows.append((mp.mpf(w) / total / bessel(0, c), r - c, i0, f1, f2))
    top = max(row[1] for row in rows)
    z, z1, z2 = (mp.fsum(a * mp.exp(e - top) * f[k] for a, e, *f in rows) for k in range(3))
    return from_jet(z, z1, z2, beta, top)


def by_quadrature(theta, bumps, beta):
    """log Z and X of the bumps from the integral over the angle."""
    total = mp.fsum(mp.mpf(w) for _, _, w in bumps)
    def density(y):
        return mp.fsum(mp.mpf(w) / total * mp.exp(mp.mpf(c) * (mp.cos(y - mp.mpf(m)) - 1)) / bessel(0, mp.mpf(c))
                       for m, c, w in bumps)
    grid = [2 * mp.pi * i / 4000 for i in range(4000)]
    logs = [beta * mp.cos(theta - y) + mp.log(density(y)) for y in grid]
    top = max(logs)
    # the trapezoidal rule converges geometrically on the circle; 2^k points until nothing changes
    previous, n = None, 1024
    while True:
        z = z1 = mp.mpf(0)
        for i in range(n):
            y = 2 * mp.pi * i / n
            w = density(y) * mp.exp(beta * mp.cos(theta - y) - top)
            z, z1 = z + w, z1 - mp.sin(theta - y) * w
        now = mp.log(z / n) + top, z1 / z
        if previous and abs(now[1] - previous[1]) < mp.mpf(10)**-25 and abs(now[0] - previous[0]) < mp.mpf(10)**-25:
            return now
        previous, n = now, 2 * n


def watershed(field, low, high):
    """Where X rises through zero between two points, as a double."""
    low, high = mp.mpf(low), mp.mpf(high)
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (low, middle) if field(middle)[1] > 0 else (middle, high)
    return float(low)


def places(centres, field):
    """At the centres, near them, in the middles, and near the watersheds of every gap."""
    centres = sorted(centres)
    out = []
    for i, a in enumerate(centres):
        b = centres[i + 1] if i + 1 < len(centres) else centres[0] + 2 * math.pi
        out += [a, a + 1e-6, a + 1e-2 * (b - a), a + (b - a) / 4, (a + b) / 2, a + 0.9 * (b - a)]
        if field(mp.mpf(a + 1e-9 * (b - a)))[1] < 0 < field(mp.mpf(b - 1e-9 * (b - a)))[1]:
            s = watershed(lambda x: tuple(-v for v in field(x)), a + 1e-9 * (b - a), b - 1e-9 * (b - a))
            out += [s, s + 1e-9, s - 1e-4]
    return out


def main():
    million = 1e-6
    laws = [
        ("two atoms", "atoms", [(0.5, 0.7), (2.25, 0.3)]),
        ("three atoms, one of mass 1e-12", "atoms", [(0.5, 0.6), (1.75, 0.399999999999), (4.0, 1e-12)]),
        ("an isolated token among a million", "atoms", [(0.25, 0.4), (0.3, 0.35), (1.0, 0.249999), (3.5, million)]),
        ("two bumps", "vonMises", [(0.3, 4, 1), (2.5, 8, 2)]),
        ("two narrow bumps", "vonMises", [(0.3, 900, 1), (2.5, 10000, 3)])]
    cases, worst, check = [], 0, 0
    for name, kind, parts in laws:
        for beta in (9, 81, 1000, 10000):
            field = lambda x: (of_atoms if kind == "atoms" else of_bumps)(x, parts, mp.mpf(beta))
            rows = []
            for x in places([p[0] for p in parts], field):
                value = field(mp.mpf(x))
                with mp.workdps(100):
                    again = field(mp.mpf(x))
                worst = max([worst] + [abs(a - b) / max(1, abs(b)) for a, b in zip(value, again)])
                rows.append([x] + [text(v) for v in value])
            if kind == "vonMises" and beta <= 81:
                for i in (0, 4, len(rows) - 1):
                    x, exact = mp.mpf(rows[i][0]), field(mp.mpf(rows[i][0]))
                    check = max(check, *(abs(a - b) for a, b in zip(by_quadrature(x, parts, mp.mpf(beta)), exact)))
            cases.append({"name": name, "beta": beta, kind: [list(p) for p in parts], "points": rows})
            print(name, beta, min(float(r[1]) for r in rows) - max(float(r[1]) for r in rows), flush=True)
    print("precision", mp.nstr(worst, 3), "quadrature", mp.nstr(check, 3))
    save("voids.json", {
        "description": "softmax: columns theta, log Z, X, dX/dtheta; Z = int e^{beta cos(theta-y)} dmu(y)",
        "atoms": "angle, mass", "vonMises": "mean, concentration, weight (normalized by their sum)",
        "largest_change_at_100_digits": float(worst), "quadrature_against_closed_form": float(check), "cases": cases})


if __name__ == "__main__":
    main()
