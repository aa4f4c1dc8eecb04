"""hyperbolic.json: beta = 0 on S^{d-1}, with and without noise, mpmath at 40 digits.

`poisson`: without noise the hyperbolic Poisson kernel ((1-|a|^2)/|x-a|^2)^{d-1} stays one, |a|' = (1-|a|^2) Z(|a|)/2. Its
Gegenbauer moments are c_l = a^l (d-1)_l/(d/2)_l 2F1(l, 1-d/2; l+d/2; a^2), here by that sum, and Z = c_1. The equation
is separable: t = int 2 da/((1-a^2) Z(a)), by quadrature, is solved for a. One moment of every dimension is held against
its integral.

`langevin`: with noise D = 1/kappa the stationary law is exp(kappa r cos), r = I_{d/2}(kappa r)/I_{d/2-1}(kappa r).
"""

import mpmath as mp

from lagrangian import save

mp.mp.dps = 40


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-4, max_fixed=6)


def moment(d, l, a):
    half = mp.mpf(d) / 2
    return a**l * mp.rf(d - 1, l) / mp.rf(half, l) * mp.hyp2f1(l, 1 - half, l + half, a * a)


def by_integral(d, l, a):
    """int P_l dmu over the polar angle; no part of the other road."""
    weight = lambda t: mp.sin(t)**(d - 2)
    kernel = lambda t: ((1 - a * a) / (1 - 2 * a * mp.cos(t) + a * a))**(d - 1)
    gegenbauer = lambda t: mp.hyp2f1(-l, l + d - 2, mp.mpf(d - 1) / 2, mp.sin(t / 2)**2)
    edges = [0, mp.pi / 4, mp.pi / 2, 3 * mp.pi / 4, mp.pi]
    return (mp.quad(lambda t: gegenbauer(t) * kernel(t) * weight(t), edges)
            / mp.quad(weight, edges))


def radius(d, start, time):
    """a(t)."""
    clock = lambda a: mp.quad(lambda s: 2 / ((1 - s * s) * moment(d, 1, s)), [start, a]) - time
    low, high = mp.mpf(start), mp.mpf(start)
    while clock(high) < 0:
        low, high = high, (1 + high) / 2
    return mp.findroot(clock, (low, high), solver="anderson", tol=mp.mpf(10)**-28)


def late(d, start, times):
    """Radii and moments where a is nearly one: dt = db / ((1 + a) Z/2) in b = -log(1 - a), and b is t but for a constant."""
    slope = lambda b: 2 / ((1 + (a := 1 - mp.exp(-b))) * moment(d, 1, a))
    b, clock, rows = -mp.log(1 - start), mp.mpf(0), []
    for time in times:
        while abs(time - clock) > mp.mpf(10)**-25:
            step = min((time - clock) / slope(b), mp.mpf(2))
            clock += mp.quad(slope, [b, b + step])
            b += step
        a = 1 - mp.exp(-b)
        rows.append({"time": time, "radius": text(a), "moments": [text(moment(d, l, a)) for l in range(1, 9)]})
    return rows


def multiplicity(d, l):
    return 1 if l == 0 else mp.binomial(l + d - 2, d - 2) + mp.binomial(l + d - 3, d - 2)


def langevin(d, kappa):
    ratio = lambda r: mp.besseli(mp.mpf(d) / 2, kappa * r) / mp.besseli(mp.mpf(d) / 2 - 1, kappa * r)
    return mp.findroot(lambda r: ratio(r) - r, (mp.mpf("0.05"), mp.mpf("0.999")), solver="anderson",
                       tol=mp.mpf(10)**-28)


table = {"poisson": [], "langevin": []}
for d, times, top in [(3, [1, 2, 4], 31), (4, [1, 2, 4], 31), (64, [1, 2, 3], 95)]:
    start = mp.mpf("0.1")
    assert abs(moment(d, 2, start) - by_integral(d, 2, start)) < mp.mpf(10)**-25
    entry = {"dimension": d, "radius": text(start), "terms": [text(multiplicity(d, l) * moment(d, l, start))
                                                           for l in range(1, top + 1)], "times": []}
    for time in times:
        a = radius(d, start, time)
        entry["times"].append({"time": time, "radius": text(a), "moments": [text(moment(d, l, a))
                                                                           for l in range(1, 9)]})
    if d < 5:
        entry["late"] = late(d, start, [4, 8, 16, 32, 40])
        assert abs(mp.mpf(entry["late"][0]["radius"]) - a) < mp.mpf(10)**-18    # t = 4 by the other road
    table["poisson"].append(entry)
for d, kappa in [(3, 4), (3, 5), (3, 8), (16, 20), (64, 80)]:
    table["langevin"].append({"dimension": d, "kappa": kappa, "mean": text(langevin(d, mp.mpf(kappa)))})

save("hyperbolic.json", table)
