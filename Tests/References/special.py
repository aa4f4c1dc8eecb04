"""special.json: special functions and linear theory with mpmath at 50 digits; numbers as strings of 20 digits.

lambda_k = k^2 I_k(beta)/beta (unnormalized), divided by I_0 (softmax), times e^{-beta} (peak); on S^{d-1}, a_l of Funk and
Hecke in place of I_k and l(l+d-2) in place of k^2.
"""

import mpmath as mp

from lagrangian import save

mp.mp.dps = 50


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-4, max_fixed=6)


def coefficient(l, d, beta):
    """a_l(beta) = Gamma(d/2) (2/beta)^{d/2-1} I_{l+d/2-1}(beta)."""
    h = mp.mpf(d) / 2
    return mp.gamma(h) * (2 / mp.mpf(beta))**(h - 1) * mp.besseli(l + h - 1, beta)


def rate(l, d, beta):
    return l * (l + d - 2) * coefficient(l, d, beta) / mp.mpf(beta)


def bessel():
    """e^{-beta} I_k(beta), the series checked against the integral (1/pi) int e^{beta(cos - 1)} cos k for two entries."""
    betas = ["0.001", "0.5", "1", "5", "16", "81", "400", "1000", "10000"]
    orders = [0, 1, 2, 5, 10, 50, 100, 500, 860]
    for b, k in (("5", 10), ("400", 50)):
        x = mp.mpf(b)
        integral = mp.quad(lambda t: mp.exp(x * (mp.cos(t) - 1)) * mp.cos(k * t), mp.linspace(0, mp.pi, 60)) / mp.pi
        assert abs(integral / (mp.exp(-x) * mp.besseli(k, x)) - 1) < mp.mpf(10)**-20
    return [{"beta": b, "order": k, "value": text(mp.exp(-mp.mpf(b)) * mp.besseli(k, mp.mpf(b)))}
            for b in betas for k in orders]


def upper_gamma():
    points = [("0.5", "0.1"), ("0.5", "2"), ("0.5", "30"), ("1", "1"), ("1.5", "0.01"), ("2", "5"), ("4", "4"),
              ("10", "3"), ("10", "25"), ("32", "30"), ("50", "90"), ("100", "100"), ("400", "350"), ("400", "480"),
              ("1000", "1010")]
    out = []
    for a, x in points:
        q = mp.gammainc(mp.mpf(a), mp.mpf(x), mp.inf, regularized=True)
        integral = mp.quad(lambda t: mp.exp((mp.mpf(a) - 1) * mp.log(t) - t - mp.loggamma(mp.mpf(a))),
                           [mp.mpf(x) + mp.mpf(5) * i * mp.sqrt(mp.mpf(a) + 1) for i in range(40)] + [mp.inf])
        assert abs(q - integral) < mp.mpf(10)**-20 * q, (a, x)
        out.append({"a": a, "x": x, "Q": text(q)})
    return out


def growth():
    rows = []
    for d in (2, 3):
        for b in ("0.5", "1", "2", "3", "4", "5", "7", "9", "16", "25", "64", "100", "400"):
            beta = mp.mpf(b)
            rates = [rate(l, d, beta) for l in range(0, 61)]
            fastest = max(range(len(rates)), key=lambda l: rates[l])
            zero = coefficient(0, d, beta)
            rows.append({"dimension": d, "beta": b, "fastest": fastest,
                         "unnormalized": text(rates[fastest]), "softmax": text(rates[fastest] / zero),
                         "peak": text(mp.exp(-beta) * rates[fastest]),
                         "softmax_rates_1_to_8": [text(rates[l] / zero) for l in range(1, 9)]})
    return rows


def switches():
    """beta at which modes l and l+1 grow equally fast."""
    out = {}
    for d, count in ((2, 12), (3, 8), (4, 4), (8, 4)):
        values = []
        for l in range(1, count + 1):
            guess = mp.mpf(l * (l + 1)) / 2 + mp.mpf(1) / 4 if d == 2 else mp.mpf((l + 1)**2) / 2
            f = lambda b: mp.log(rate(l + 1, d, b) / rate(l, d, b))
            lo, hi = guess / 4, guess * 6
            values.append(text(mp.findroot(f, (lo, hi), solver="anderson")))
            assert abs(f(mp.mpf(values[-1]))) < mp.mpf(10)**-15
        out[str(d)] = values
    return out


def critical():
    """kappa_c = 1/D_c = beta/a_1 (unnormalized), beta a_0/a_1 (softmax), beta e^beta/a_1 (peak)."""
    rows = []
    for d in (2, 3):
        for b in ("0.5", "1", "2", "3", "4", "5", "9", "16", "100"):
            beta = mp.mpf(b)
            kappa = beta / coefficient(1, d, beta)
            rows.append({"dimension": d, "beta": b, "kappa_unnormalized": text(kappa),
                         "kappa_softmax": text(kappa * coefficient(0, d, beta)), "kappa_peak": text(kappa * mp.exp(beta)),
                         "D_unnormalized": text(1 / kappa), "D_softmax": text(1 / (kappa * coefficient(0, d, beta))),
                         "D_peak": text(mp.exp(-beta) / kappa)})
    return rows


def largest_speed():
    """S(beta) = max of e^{beta cos} sin: closed form against a root of the derivative."""
    rows = []
    for b in ("0.5", "1", "2", "5", "7", "9", "16", "100", "700"):
        beta = mp.mpf(b)
        c = (mp.sqrt(1 + 4 * beta**2) - 1) / (2 * beta)
        s = mp.exp(beta * c) * mp.sqrt(1 - c * c)
        angle = mp.acos(c)
        assert abs(mp.cos(angle) - beta * mp.sin(angle)**2) < mp.mpf(10)**-40
        rows.append({"beta": b, "unnormalized": text(s), "peak": text(s * mp.exp(-beta)), "cosine": text(c)})
    return rows


def kernel_modes():
    """Smallest K with e^{-beta} I_k(beta) <= 1e-16 e^{-beta} I_0(beta) for k > K."""
    rows = []
    for b in ("0.001", "0.5", "1", "5", "9", "16", "81", "400", "1000", "10000"):
        beta, k = mp.mpf(b), 0
        limit = mp.mpf(10)**-16 * mp.besseli(0, beta)
        while mp.besseli(k + 1, beta) > limit:
            k += 1
        rows.append({"beta": b, "modes": k})
    return rows


def main():
    content = {
        "description": "special functions and linear theory; numbers as strings, 20 digits",
        "scaled_bessel": bessel(), "upper_gamma": upper_gamma(), "growth": growth(), "switches": switches(),
        "critical": critical(), "largest_speed": largest_speed(), "kernel_modes": kernel_modes()}
    for key in ("growth", "switches", "critical", "largest_speed", "kernel_modes", "upper_gamma"):
        print(key, content[key])
    save("special.json", content)


if __name__ == "__main__":
    main()
