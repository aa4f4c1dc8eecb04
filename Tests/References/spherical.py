"""spherical.json: Gauss-Legendre quadrature and spherical harmonics with mpmath at 40 digits; numbers as strings.

Y_lm of the conventions (real, orthonormal for the uniform probability, no Condon-Shortley sign) from the hypergeometric
sum P_l^m(x) = (l+m)!/(2^m m! (l-m)!) sin^m 2F1(m-l, m+l+1; m+1; (1-x)/2), checked against scipy.special.sph_harm_y.
"""

import mpmath as mp
from scipy.special import sph_harm_y

from lagrangian import save


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-4, max_fixed=6)


def legendre(n, x):
    previous, value = mp.mpf(1), x
    for k in range(1, n):
        previous, value = value, ((2 * k + 1) * x * value - k * previous) / (k + 1)
    return value, n * (previous - x * value) / (1 - x * x)


def quadrature():
    rows = []
    for n, places in ((2, [0]), (5, [0, 1]), (16, [0, 3, 7]), (64, [0, 31]), (255, [0, 63, 126]),
                      (1536, [0, 1, 100, 400, 767])):
        for i in places:
            x = mp.cos(mp.pi * (i + mp.mpf(3) / 4) / (n + mp.mpf(1) / 2))
            for _ in range(7):
                value, slope = legendre(n, x)
                x -= value / slope
            value, slope = legendre(n, x)
            assert abs(value) < mp.mpf(10)**-34
            rows.append({"count": n, "index": i, "cosine": text(x), "colatitude": text(mp.acos(x)),
                         "weight": text(2 / ((1 - x * x) * slope**2))})
    return rows


def harmonic(l, m, theta, phi):
    k = abs(m)
    norm = mp.sqrt((2 if k else 1) * (2 * l + 1) * mp.factorial(l + k) / mp.factorial(l - k)) / (2**k * mp.factorial(k))
    sum_ = term = mp.mpf(1)
    half = mp.sin(theta / 2)**2
    for j in range(l - k):
        term *= mp.mpf((k - l + j) * (k + l + 1 + j)) / ((k + 1 + j) * (j + 1)) * half
        sum_ += term
    return norm * mp.sin(theta)**k * sum_ * (mp.sin(k * phi) if m < 0 else mp.cos(k * phi))


def harmonics():
    points = [("0.001", "2.5"), ("0.4", "0.3"), ("1.2", "-1.1"), ("1.5707", "4"), ("2.6", "3"), ("3.14", "1")]
    orders = [(0, 0), (1, 0), (1, 1), (1, -1), (2, 0), (2, -2), (5, 3), (17, -4), (60, 59), (200, 0), (255, 90),
              (511, -230), (1023, 0), (1023, 400), (1023, -1023), (2047, 1000)]
    rows = []
    for l, m in orders:
        for t, f in points:
            theta, phi = mp.mpf(t), mp.mpf(f)
            # The hypergeometric sum alternates and loses at most log10 of 6^l digits.
            with mp.workdps(40 + int(0.8 * l)):
                y = harmonic(l, m, theta, phi)
            if l <= 60:
                z = complex(sph_harm_y(l, abs(m), float(theta), float(phi))) * (-1)**m * mp.sqrt(4 * mp.pi)
                other = mp.sqrt(2 if m else 1) * (z.imag if m < 0 else z.real)
                assert abs(other - y) < 1e-12 * (1 + abs(y)), (l, m, t, other, y)
            rows.append({"degree": l, "order": m, "colatitude": t, "longitude": f, "value": text(y) if abs(y) > mp.mpf(10)**-300 else "0"})
    return rows


def main():
    mp.mp.dps = 40
    save("spherical.json", {
        "description": "Gauss-Legendre nodes and weights, spherical harmonics; numbers as strings, 20 digits",
        "quadrature": quadrature(), "harmonics": harmonics()})


if __name__ == "__main__":
    main()
