"""kernels.json: the kernel e^{beta(<x,y>-1)} on S^{d-1}, mpmath at 60 digits; numbers as strings of 20 digits.

    e^{beta(u-1)} = sum_l b_l P_l(u),   b_l = dim_l abar_l,   abar_l = int e^{beta(u-1)} P_l(u) dsigma      (P_l(1) = 1)

Bessel formula: abar_l = e^{-beta} Gamma(d/2) (2/beta)^{d/2-1} I_{l+d/2-1}(beta). Checked by two integrals over the polar
angle: Funk and Hecke's own with P_l from its recurrence, wherever cancellation leaves 20 digits, and Rodrigues' formula,

    abar_l = (beta/2)^l Gamma(d/2)/Gamma(l+d/2) int e^{beta(cos t - 1)} dsigma_{d+2l}(t),    dsigma_d ~ sin^{d-2} t dt,

whose integrand is positive, for every degree in the table. Then growth rates l(l+d-2) a_l/beta and the largest of them.
"""

from math import comb

import mpmath as mp
from mpmath.calculus.quadrature import GaussLegendre

from lagrangian import save

mp.mp.dps = 60
NODES = GaussLegendre(mp.mp).calc_nodes(5, mp.mp.prec)


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-4, max_fixed=6)


def dimension(l, d):
    """Number of harmonics of degree l on S^{d-1}, an integer."""
    return comb(l + d - 2, d - 2) + (comb(l + d - 3, d - 2) if l > 0 else 0)


def log_partition(l, d, beta):
    """log abar_l by the Bessel formula."""
    h = mp.mpf(d) / 2
    return mp.loggamma(h) + (h - 1) * mp.log(2 / beta) + mp.log(mp.besseli(l + h - 1, beta)) - beta


def log_weight(l, d, beta):
    return mp.log(dimension(l, d)) + log_partition(l, d, beta)


def rule(power, beta):
    """Nodes t, their weights, and log of the integrand e^{beta(cos t - 1)} sin^power t over its largest value, which is
    returned too: Gauss-Legendre panels over all that is above e^{-150} of the peak."""
    exponent = lambda t: beta * (mp.cos(t) - 1) + (power * mp.log(mp.sin(t)) if power else 0)
    cosine = 2 * beta / (power + mp.sqrt(mp.mpf(power)**2 + 4 * beta**2))
    peak = mp.acos(cosine)
    width = 1 / mp.sqrt(beta * cosine + (power / mp.sin(peak)**2 if power else 0))
    top = exponent(peak) if power else mp.mpf(0)
    low, high = peak, peak
    while low > 0 and exponent(low) > top - 150:
        low -= width
    while high < mp.pi and exponent(high) > top - 150:
        high += width
    low, high = max(low, mp.mpf(0)), min(high, mp.pi)
    count = int(mp.ceil((high - low) / (2 * width))) + 6
    half = (high - low) / (2 * count)
    out = []
    for i in range(count):
        middle = low + (2 * i + 1) * half
        out += [(middle + half * x, half * w, exponent(middle + half * x) - top) for x, w in NODES]
    return out, top


def log_area(d):
    """log of int_0^pi sin^{d-2}."""
    return mp.log(mp.pi) / 2 + mp.loggamma(mp.mpf(d - 1) / 2) - mp.loggamma(mp.mpf(d) / 2)


def log_by_rodrigues(l, d, beta):
    points, top = rule(d + 2 * l - 2, beta)
    total = mp.fsum(w * mp.exp(e) for _, w, e in points)
    return (l * mp.log(beta / 2) + mp.loggamma(mp.mpf(d) / 2) - mp.loggamma(l + mp.mpf(d) / 2)
            + mp.log(total) + top - log_area(d + 2 * l))


def by_funk_hecke(count, d, beta):
    """abar_l for l < count, all divided by one factor, and its logarithm."""
    points, top = rule(d - 2, beta)
    sums = [mp.mpf(0)] * count
    for t, w, e in points:
        mass, u = w * mp.exp(e), mp.cos(t)
        before, now = mp.mpf(1), u
        for l in range(count):
            sums[l] += mass * before
            before, now = now, ((2 * l + d) * u * now - (l + 1) * before) / (l + d - 1)
    return sums, top - log_area(d)


def last_above(limit, low, f):
    """The last l >= low with f(l) > limit, where f falls from low on."""
    step = 1
    while f(low + step) > limit:
        step *= 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if f(middle) > limit else (low, middle)
    return low


def case(d, b):
    beta = mp.mpf(b)
    weight = lambda l: log_weight(l, d, beta)
    # b_l rises to one peak and falls: b_{l+1} > b_l up to there
    peak = 0 if weight(1) <= weight(0) else 1 + last_above(0, 0, lambda l: weight(l + 1) - weight(l))
    modes = last_above(weight(peak) + mp.log(mp.mpf(10)**-16 * min(1, beta)), peak, weight)
    degrees = sorted({l for l in (0, 1, 2, 3, 5, 10, 20, 50, 100, peak // 2, peak, (peak + modes) // 2, modes) if l <= modes})
    direct, constant = by_funk_hecke(min(100, modes) + 1, d, beta)
    entries, checked = [], 0
    for l in degrees:
        value = log_partition(l, d, beta)
        assert abs(log_by_rodrigues(l, d, beta) - value) < mp.mpf(10)**-22 * (1 + abs(value)), (d, b, l)
        if l < len(direct) and value - log_partition(0, d, beta) > -60:
            assert abs(mp.log(direct[l]) + constant - value) < mp.mpf(10)**-22 * (1 + abs(value)), (d, b, l)
            checked += 1
        entries.append({"degree": l, "multiplicity": text(mp.mpf(dimension(l, d))), "log_partition": text(value),
                        "weight": text(mp.exp(log_weight(l, d, beta)))})
    print(d, b, "peak", peak, "modes", modes, "log abar_0", entries[0]["log_partition"], len(entries), checked, flush=True)
    return {"dimension": d, "beta": b, "peak": peak, "modes": modes, "entries": entries}


def growth(d, b):
    """The fastest degree; its rate, and the softmax rates of degrees 1 to 8."""
    beta = mp.mpf(b)
    zero = log_partition(0, d, beta)
    softmax = lambda l: l * (l + d - 2) / beta * mp.exp(log_partition(l, d, beta) - zero)
    fastest, best = 1, softmax(1)
    while (following := softmax(fastest + 1)) > best:
        fastest, best = fastest + 1, following
    row = {"dimension": d, "beta": b, "fastest": fastest, "unnormalized": text(best * mp.exp(zero + beta)),
           "softmax": text(best), "peak": text(best * mp.exp(zero)),
           "softmax_rates_1_to_8": [text(softmax(l)) for l in range(1, 9)]}
    print(row, flush=True)
    return row


def main():
    betas = ("0.5", "5", "100", "10000")
    save("kernels.json", {
        "description": "coefficients of e^{beta(<x,y>-1)} on S^{d-1} and growth rates; numbers as strings, 20 digits",
        "cases": [case(d, b) for d in (2, 3, 4, 8, 16, 32, 64, 256, 4096) for b in betas],
        "growth": [growth(d, b) for d in (4, 8, 16, 32, 256, 4096) for b in ("0.5", "5", "16", "100", "400", "10000")]})


if __name__ == "__main__":
    main()
