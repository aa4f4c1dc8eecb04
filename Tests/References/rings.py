"""rings.json: zonal laws on S^{d-1} that are atoms in the polar angle (rings): log Z, X and dX/dtheta at polar angles.

The kernel averaged over the sphere S^{d-2} of the azimuth, with u = cos theta, s = sin theta of two polar angles:

    K = e^{b u u'} int e^{b s s' c} (1 - c^2)^{(d-4)/2} dc / int (1 - c^2)^{(d-4)/2} dc
      = e^{b u u'} 0F1(; (d-1)/2; (b s s'/2)^2)      (d = 3: e^{b u u'} I_0(b s s')),      d/dtheta: 0F1'(; a; y) = 0F1(; a+1; y)/a.

Z = sum of m_j K, not scaled; X = (1/b) d log Z/d theta (softmax). 0F1 is summed term by term (positive terms) at 60 digits;
the first angles of every case also by quadrature over c (error in `quadrature`).
"""

import mpmath as mp

from lagrangian import save

mp.mp.dps = 60


def text(x, digits=20):
    return mp.nstr(x, digits, strip_zeros=False, min_fixed=-4, max_fixed=6)


def series(a, y):
    """0F1(; a + n; y) / (a)_n for n = 0, 1, 2, the derivatives of 0F1, over their largest power of ten."""
    out = []
    # the largest term is where k (a + k) = y
    peak = max(0, int((-a + mp.sqrt(a * a + 4 * y)) / 2))
    top = peak * mp.log(y) - mp.loggamma(a + peak) - mp.loggamma(peak + 1) if y else mp.mpf(0)
    for n in range(3):
        first = mp.exp((peak * mp.log(y) if peak else 0) - mp.loggamma(a + n + peak) - mp.loggamma(peak + 1) - top)
        total, small = first, mp.mpf(10)**-(mp.mp.dps + 8)
        term, k = first, peak
        while y and term > small * total:
            k += 1
            term *= y / (k * (a + n + k - 1))
            total += term
        term, k = first, peak
        while k > 0 and term > small * total:
            term *= k * (a + n + k - 1) / y
            k -= 1
            total += term
        out.append(total)
    # the factor Gamma(a) of every one; Gamma(a + n) is in (a)_n
    return out, top + mp.loggamma(a)


def by_quadrature(theta, ring, d, b):
    """log K and its derivative in theta from the integral over c = cos(azimuth angle)."""
    u, s, v, r = mp.cos(theta), mp.sin(theta), mp.cos(ring), mp.sin(ring)
    z, power = b * s * r, mp.mpf(d - 3)
    if z == 0:
        return b * u * v, -b * s * v
    # c = cos w: weight sin^{d-3} w; maximum where z sin^2 w = (d - 3) cos w
    f = lambda w: z * (mp.cos(w) - 1) + (power * mp.log(mp.sin(w)) if power else 0)
    g = power / z
    w0 = mp.acos((-g + mp.sqrt(g * g + 4)) / 2)
    width = 1 / mp.sqrt(z * mp.cos(w0) + (power / mp.sin(w0)**2 if power else 0))
    top = f(w0) if w0 else mp.mpf(0)
    inside = [w0 + width * k for k in range(-16, 17)]
    edges = sorted({mp.mpf(0), mp.pi} | {w for w in inside if 0 < w < mp.pi})
    one = mp.quad(lambda w: mp.exp(f(w) - top), edges)
    two = mp.quad(lambda w: mp.exp(f(w) - top) * mp.cos(w), edges)
    norm = mp.beta(mp.mpf(d - 2) / 2, mp.mpf(1) / 2)
    return b * u * v + z + top + mp.log(one / norm), b * (-s * v + u * r * two / one)


def kernel(theta, ring, d, b):
    """log of a scale, and K, dK, d2K in theta over that scale."""
    u, s, v, r = mp.cos(theta), mp.sin(theta), mp.cos(ring), mp.sin(ring)
    y = (b * s * r / 2)**2
    y1, y2 = b * b * r * r * s * u / 2, b * b * r * r * (u * u - s * s) / 2
    (f, f1, f2), top = series(mp.mpf(d - 1) / 2, y)
    g, g1 = f1 * y1, f2 * y1 * y1 + f1 * y2
    e, e1 = -b * s * v, -b * u * v
    return top + b * u * v, f, g + e * f, g1 + 2 * e * g + (e * e + e1) * f


def field(theta, rings, d, b):
    rows = [(mp.mpf(m),) + kernel(theta, mp.mpf(t), d, b) for t, m in rings]
    top = max(r[1] for r in rows)
    z, z1, z2 = (mp.fsum(m * mp.exp(t - top) * k[n] for m, t, *k in rows) for n in range(3))
    x = z1 / z
    return mp.log(z) + top, x / b, (z2 / z - x * x) / b


def main():
    laws = [("two rings", [(0.75, 0.625), (2.0, 0.375)]),
            ("poles and a light ring", [(0.0, 0.5), (1.25, 1e-9), (3.0, 0.499999999)])]
    angles = [1e-9, 0.001, 0.375, 0.75, 0.7501, 1.0, 1.25, 1.375, 1.5703125, 1.75, 2.0, 2.625, 3.0, 3.125]
    cases, worst, change = [], mp.mpf(0), mp.mpf(0)
    for name, rings in laws:
        for d in (3, 4, 64, 4096):
            for b in (1, 9, 81, 10000):
                rows = []
                for i, t in enumerate(angles):
                    now = field(mp.mpf(t), rings, d, mp.mpf(b))
                    if i % 5 == 3:
                        with mp.workdps(90):
                            again = field(mp.mpf(t), rings, d, mp.mpf(b))
                        change = max([change] + [abs(p - q) for p, q in zip(now, again)])
                        with mp.workdps(30):
                            logs = [by_quadrature(mp.mpf(t), mp.mpf(a), d, mp.mpf(b)) for a, _ in rings]
                            top = max(l for l, _ in logs)
                            w = [mp.mpf(m) * mp.exp(l - top) for (l, _), (_, m) in zip(logs, rings)]
                            z, x = mp.log(mp.fsum(w)) + top, mp.fdot(w, [s for _, s in logs]) / mp.fsum(w) / b
                        here = max(abs(z - now[0]), abs(x - now[1]))
                        if here > mp.mpf(10)**-15:
                            print("quadrature", name, d, b, t, mp.nstr(here, 3))
                        worst = max(worst, here)
                    rows.append([t] + [text(v) for v in now])
                cases.append({"name": name, "dimension": d, "beta": b, "rings": [list(r) for r in rings], "points": rows})
                print(name, d, b, rows[4][1], flush=True)
    print("quadrature", mp.nstr(worst, 3), "90 digits", mp.nstr(change, 3))
    save("rings.json", {
        "description": "columns polar angle, log Z, X, dX/dtheta (softmax); rings: polar angle, mass",
        "quadrature_against_series": float(worst), "largest_change_at_90_digits": float(change), "cases": cases})


if __name__ == "__main__":
    main()
