"""ringkernel.json: the kernel averaged over circles of latitude of S^{d-1}, mpmath; 20 digits.

log Psi(x) - x and Psi'(x)/Psi(x) for Psi(x) = Gamma(nu+1) (2/x)^nu I_nu(x), nu = (d-3)/2, from the power series
Psi(x) = sum_k (x/2)^{2k} / (k! (nu+1)_k), all of whose terms are positive, with as many digits as x has and 40 more.
Where x is moderate, also from the average over the direction, an integral: they must agree.

log Z and X = (dZ/dtheta)/(beta Z) of weighted rings, Z(theta) = sum_j m_j e^{beta (cos theta cos theta_j - 1)} Psi(beta
sin theta sin theta_j): all pairs through mpmath's Bessel functions. Angles are the binary numbers that are written.
"""

import math

import mpmath as mp

from lagrangian import save

DIMENSIONS = (3, 4, 5, 8, 13, 64, 257, 1024, 4096)
ARGUMENTS = ("1e-9", "0.001", "0.5", "2.25", "7.7", "24.9", "25.3", "81", "300.25", "930.3", "1000", "4000", "10000",
             "123456.5", "1000000")


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-4, max_fixed=6)


def series(nu, x):
    """Psi and Psi': sums in windows around their largest terms."""
    y = x * x / 4
    term, k, psi, slope = mp.mpf(1), 0, mp.mpf(1), mp.mpf(0)
    while True:
        k += 1
        term *= y / (k * (nu + k))
        psi += term
        slope += 2 * k * term / x
        if k * (nu + k) > y and term * mp.mpf(10)**40 < psi:
            return psi, slope


def closed(nu, x):
    """The same through mpmath's Bessel functions."""
    i0, i1 = mp.besseli(nu, x), mp.besseli(nu + 1, x)
    return mp.loggamma(nu + 1) + nu * mp.log(2 / x) + mp.log(i0) - x, i1 / i0


def row(d, argument):
    mp.mp.dps = 60
    nu, x = mp.mpf(d - 3) / 2, mp.mpf(argument)
    if x <= 10000:
        psi, slope = series(nu, x)
        logarithm, ratio = mp.log(psi) - x, slope / psi
        other = closed(nu, x)
        assert abs(logarithm - other[0]) < mp.mpf(10)**-30 * max(1, x)
        assert abs(ratio / other[1] - 1) < mp.mpf(10)**-30
    else:
        logarithm, ratio = closed(nu, x)
    if d < 20 and x < 100:
        weight = lambda a: mp.sin(a)**(2 * nu)
        mean = mp.quad(lambda a: mp.exp(x * (mp.cos(a) - 1)) * weight(a), mp.linspace(0, mp.pi, 9))
        assert abs(mp.log(mean / mp.quad(weight, [0, mp.pi / 2, mp.pi])) - logarithm) < mp.mpf(10)**-20
    return {"dimension": d, "argument": argument, "scaledLogarithm": text(logarithm), "ratio": text(ratio)}


# Two crowds, rings at and near the poles, light ones; 1e-300 is alone for half a radian.
RINGS = [(0.0, 1e-9), (1e-7, 1e-6), (0.3, 1e-300), (0.96875, 0.125), (1.0, 0.25), (1.0078125, 0.0625), (1.03125, 0.25),
         (2.1875, 0.0009765625), (2.2, 0.0078125), (3.0, 1e-250), (math.pi, 1e-20)]
TARGETS = (0.0, 1e-9, 0.29, 0.5, 1.0, 1.5707963, 2.2, 2.8, 3.1415)


def field(d, beta, target):
    mp.mp.dps = 60
    nu, t = mp.mpf(d - 3) / 2, mp.mpf(target)
    partition, slope = mp.mpf(0), mp.mpf(0)
    for angle, mass in RINGS:
        a = mp.mpf(angle)
        x = beta * mp.sin(t) * mp.sin(a)
        logarithm, ratio = closed(nu, x) if x > 0 else (-x, mp.mpf(0))
        k = mass * mp.exp(beta * (mp.cos(t) * mp.cos(a) - 1) + x + logarithm)
        partition += k
        slope += k * (-mp.sin(t) * mp.cos(a) + mp.cos(t) * mp.sin(a) * ratio)
    return {"angle": target, "logPartition": text(mp.log(partition)), "velocity": text(slope / partition)}


def sums():
    return {"angles": [a for a, _ in RINGS], "masses": [m for _, m in RINGS],
            "fields": [{"dimension": d, "beta": beta, "values": [field(d, beta, t) for t in TARGETS]}
                       for d in (3, 4, 64, 4096) for beta in (0, 1, 9, 81, 10000)]}


if __name__ == "__main__":
    kernel = [row(d, x) for d in DIMENSIONS for x in ARGUMENTS]
    save("ringkernel.json", {"kernel": kernel, "sums": sums()})
