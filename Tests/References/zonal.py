"""zonal.json: Gegenbauer polynomials of S^{d-1} and the uniform law of the polar angle, mpmath; 20 digits.

P_l(cos t) = 2F1(-l, l+d-2; (d-1)/2; sin^2(t/2)), a terminating sum taken term by term, and its derivatives with
respect to t from those of the powers of sin^2(t/2): no recurrence in l or d is used. Terms of both signs cancel, so
the precision is doubled until two sums agree.
"""

import mpmath as mp

from lagrangian import save


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-4, max_fixed=6)


def jet(l, d, t):
    """P_l and its first three derivatives in t at the current precision."""
    z, s, c = mp.sin(t / 2)**2, mp.sin(t) / 2, mp.cos(t) / 2
    half = mp.mpf(d - 1) / 2
    f = [mp.mpf(0)] * 4
    term = mp.mpf(1)
    for k in range(l + 1):
        # derivatives of z^k with respect to z
        p = [term * z**k, term * k * z**(k - 1) if k > 0 else mp.mpf(0),
             term * k * (k - 1) * z**(k - 2) if k > 1 else mp.mpf(0),
             term * k * (k - 1) * (k - 2) * z**(k - 3) if k > 2 else mp.mpf(0)]
        # z' = s, z'' = c, z''' = -s
        f[0] += p[0]
        f[1] += p[1] * s
        f[2] += p[2] * s**2 + p[1] * c
        f[3] += p[3] * s**3 + 3 * p[2] * s * c - p[1] * s
        term *= mp.mpf((k - l) * (l + d - 2 + k)) / ((half + k) * (k + 1))
    return f


def sure(l, d, angle):
    """Doubled precision until 25 digits relative to the larger of the number and 10^-300 stay."""
    digits, previous = 60, None
    while True:
        mp.mp.dps = digits
        now = jet(l, d, mp.mpf(angle))
        if previous and all(abs(a - b) <= mp.mpf(10)**-25 * max(abs(a), mp.mpf(10)**-300)
                            for a, b in zip(now, previous)):
            return now
        digits, previous = 2 * digits, now


def polynomials():
    rows = []
    angles = ["0.0009765625", "0.125", "0.75", "1.25", "1.5625", "2", "3", "3.140625"]
    for d in (2, 3, 5, 64, 256, 4096):
        for l in (0, 1, 2, 7, 64, 255, 1023):
            for angle in angles:
                f = sure(l, d, angle)
                if l in (2, 64) and d in (3, 64):
                    mp.mp.dps = 80
                    x = mp.cos(mp.mpf(angle))
                    other = mp.gegenbauer(l, mp.mpf(d) / 2 - 1, x) / mp.gegenbauer(l, mp.mpf(d) / 2 - 1, 1)
                    assert abs(f[0] - other) < mp.mpf(10)**-40
                rows.append({"dimension": d, "degree": l, "angle": angle, "derivatives": [text(x) for x in f]})
    return rows


def uniform():
    """log h_u = (d-e) log sin - log of the integral of sin^(d-e), by Gamma functions; checked once by quadrature."""
    mp.mp.dps = 50
    rows = []
    for d in (3, 4, 5, 16, 17, 256, 4095, 4096):
        e = 2 if d % 2 == 0 else 3
        m = mp.mpf(d - e)
        if e == 2:
            norm = mp.gamma((m + 1) / 2) / (mp.sqrt(mp.pi) * mp.gamma(m / 2 + 1))
        else:
            norm = mp.sqrt(mp.pi) * mp.gamma(m / 2 + 1) / (2 * mp.gamma(m / 2 + mp.mpf(3) / 2))
        if d < 20:
            law = (lambda t: 1 / mp.pi) if e == 2 else (lambda t: mp.sin(t) / 2)
            assert abs(mp.quad(lambda t: mp.sin(t)**m * law(t), [0, 1, 2, mp.pi]) - norm) < mp.mpf(10)**-30
        quarter = mp.mpf(0.78539816339744828)
        for angle in ("0.0009765625", "0.125", "quarter", "1.25", "1.5625", "1.57079", "2.5", "3.140625"):
            t = quarter if angle == "quarter" else mp.mpf(float(angle))
            rows.append({"dimension": d, "angle": text(t) if angle != "quarter" else "0.78539816339744828",
                         "log": text(m * mp.log(mp.sin(t)) - mp.log(norm))})
    return rows


def main():
    save("zonal.json", {
        "description": "P_l(cos t) of S^(d-1), P_l(1) = 1, with three derivatives in t; log of the uniform law's density",
        "polynomials": polynomials(), "uniform": uniform()})


if __name__ == "__main__":
    main()
