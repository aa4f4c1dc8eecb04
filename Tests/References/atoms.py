"""atoms.json: a few weighted atoms on the circle, D = 0: mergers, joining, metastable life, the energy staircase.

Every run is made three times: Taylor series of order 40 and of order 30 with coarser tolerances (taylor.py), and DOP853
in double precision. Two atoms also by quadrature of d(separation)/speed. `digits` is -log10 of the relative difference
of the two Taylor runs (first number) and of Taylor against quadrature or DOP853 (second).
"""

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp

import taylor
from lagrangian import save
from taylor import Run, fold, maxima


def text(x, digits=20):
    return mp.nstr(mp.mpf(x), digits, strip_zeros=False, min_fixed=-4, max_fixed=6)


def digits(a, b):
    """Common digits of two numbers, at most 30."""
    a, b = mp.mpf(a), mp.mpf(b)
    return 30.0 if a == b else round(float(min(30, -mp.log10(abs(a - b) / max(abs(a), abs(b))))), 1)


# --- two atoms ------------------------------------------------------------------------------------------------------

def closing_speed(s, m, beta, normalization):
    """Minus the rate of the separation s of masses m, 1 - m."""
    e = mp.exp(beta * (mp.cos(s) - 1))
    if normalization != "softmax":
        return e * mp.sin(s) * (mp.exp(beta) if normalization == "unnormalized" else 1)
    return mp.sin(s) * ((1 - m) * e / (m + (1 - m) * e) + m * e / (1 - m + m * e))


def fold_separation(m, beta):
    """Largest separation at which Z of two atoms has one maximum; equal masses: beta sin^2(s/2) = cos(s/2) (a pitchfork)."""
    if m == mp.mpf(1) / 2:
        return 2 * mp.acos((mp.sqrt(1 + 4 * mp.mpf(beta)**2) - 1) / (2 * beta))
    state = lambda s: ([mp.mpf(0), s], [mp.mpf(0), mp.mpf(1)])
    low, high = mp.mpf("0.01"), mp.mpf(3)
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if maxima([0, middle], [m, 1 - m], beta) > 1 else (middle, high)
    return fold(state, [m, 1 - m], mp.mpf(beta), high)[1]


def duration(start, end, m, beta, normalization):
    knots = [end] + [end + (start - end) * mp.mpf(i) / 24 for i in range(1, 25)]
    if end < start / 50:
        knots = [end * (start / end)**(mp.mpf(i) / 40) for i in range(41)]
    with mp.workprec(160):
        return mp.quad(lambda s: 1 / closing_speed(s, m, beta, normalization), knots)


def watch(thresholds):
    """Moments at which neighbouring atoms come closer than a threshold."""
    def found(now, unit, h, state, index):
        out, first, last = [], state(mp.mpf(0))[0], state(h)[0]
        for i in range(len(first) - 1):
            gap = lambda s: state(s)[0][i + 1] - state(s)[0][i]
            for level in thresholds:
                if first[i + 1] - first[i] > level >= last[i + 1] - last[i]:
                    s = mp.findroot(lambda s: gap(s) - level, (0, h), solver="anderson", tol=mp.mpf(10)**-60)
                    out.append({"threshold": level, "time": now + s * unit, "atoms": [list(index[i]), list(index[i + 1])]})
        return out
    return found


def pair_case(m, beta, normalization, start, source=None):
    m, start = mp.mpf(m), mp.mpf(start)
    thousandth = mp.mpf("0.001")
    row = {"mass": float(m), "beta": beta, "normalization": normalization, "separation": text(start)}
    fold_at, equal = fold_separation(m, beta), m == mp.mpf(1) / 2
    merger, joined = (duration(start, end, m, beta, normalization) for end in (fold_at, thousandth))
    scale = mp.exp(-beta) if normalization == "unnormalized" else 1
    runs = [Run([0, start], [m, 1 - m], beta, normalization == "softmax", mp.mpf(10)**60, watch=watch([fold_at, thousandth]),
                folds=not equal, **o)
            for o in ({}, dict(order=30, digits=30))]
    times = [[c["time"] * scale for c in r.crossings] for r in runs]
    if not equal:                                   # the fold found in (theta, t) is that of the separation
        assert digits(runs[0].mergers[0]["time"] * scale, merger) > 20
    row.update({
        "separation_at_merger": text(fold_at), "merger": text(merger), "to_0.001": text(joined),
        "digits": {"merger": [digits(times[0][0], times[1][0]), digits(times[0][0], merger)],
                   "to_0.001": [digits(times[0][1], times[1][1]), digits(times[0][1], joined)]}})
    print(row["mass"], beta, normalization, row["separation_at_merger"][:12], text(merger, 14), text(joined, 14),
          row["digits"], flush=True)
    return row


# --- many atoms -----------------------------------------------------------------------------------------------------

def double(theta, masses, beta, softmax, end, join=1e-9):
    """Merger times by DOP853: the atoms of a step are carried afresh from its beginning for Newton's iterates."""
    y, m = np.array([float(t) for t in theta]), np.array([float(w) for w in masses])
    m /= m.sum()

    def rate(_, y):
        d = y[:, None] - y
        e = m * np.exp(-2 * beta * np.sin(d / 2)**2)
        push = -(e * np.sin(d)).sum(axis=1)
        return push / e.sum(axis=1) if softmax else push

    options, now, times, before = dict(method="DOP853", rtol=1e-13, atol=1e-15), 0.0, [], maxima(y, m, beta)
    while len(y) > 1 and now < end:
        close = lambda _, y: np.diff(y).min() - join
        close.terminal = True
        out = solve_ivp(rate, (0, end - now), y, events=close, **options)
        for a, b, p, q in zip(out.t[:-1], out.t[1:], out.y.T[:-1], out.y.T[1:]):
            if maxima(q, m, beta) < before:
                carry = lambda s: p if s <= 0 else solve_ivp(rate, (0, s), p, **options).y[:, -1]
                low, high = 0.0, b - a
                for _ in range(20):
                    middle = (low + high) / 2
                    low, high = (low, middle) if maxima(carry(middle), m, beta) < before else (middle, high)

                def state(s):
                    z = carry(float(s))
                    return [mp.mpf(v) for v in z], [mp.mpf(v) for v in rate(0, z)]

                times.append(now + a + float(fold(state, [mp.mpf(w) for w in m], mp.mpf(beta), mp.mpf(low), 1e-11)[1]))
                before = maxima(q, m, beta)
        now, y = now + out.t[-1], out.y[:, -1]
        keep = np.concatenate([[True], np.diff(y) > 2 * join])
        groups = np.cumsum(keep) - 1
        total = np.bincount(groups, m)
        y, m = np.bincount(groups, m * y) / total, total
        if out.status == 0:
            break
    return times


def energy(theta, masses, beta):
    return mp.fsum(p * q * mp.exp(beta * (mp.cos(a - b) - 1)) for p, a in zip(masses, theta) for q, b in zip(masses, theta))


def many(name, theta, masses, beta, normalization, end, times, thresholds=()):
    masses = [mp.mpf(m) / mp.fsum(map(mp.mpf, masses)) for m in masses]
    soft = normalization == "softmax"
    one, two = (Run(theta, masses, beta, soft, mp.mpf(end), times, watch(thresholds) if thresholds else None, **o)
                for o in ({}, dict(order=30, digits=30, join=mp.mpf(10)**-17)))
    other = double(theta, masses, beta, soft, float(end))
    assert len(one.mergers) == len(two.mergers) == len(other), (len(one.mergers), other)
    mergers = []
    for a, b, c in zip(one.mergers, two.mergers, other):
        at = {frozenset(g): (t, p) for g, t, p in zip(a["members"], a["angles"], a["masses"])}
        mergers.append({
            "time": text(a["time"]), "point": text(a["point"] % (2 * mp.pi)), "parents": [text(p, 17) for p in a["parents"]],
            "maxima_after": a["maxima"],
            "atoms": [{"members": sorted(g), "angle": text(t), "mass": text(p, 17)} for g, (t, p) in at.items()],
            "digits": [digits(a["time"], b["time"]), digits(a["time"], c)]})
    samples = [{"time": text(t, 6), "angles": [text(x) for x in one.samples[t]],
                "normalized_energy": text(energy(one.samples[t], masses, mp.mpf(beta)), 17),
                "digits": min(digits(x, y) for x, y in zip(one.samples[t], two.samples[t]))} for t in sorted(one.samples)]
    row = {"name": name, "beta": beta, "normalization": normalization, "angles": [text(mp.mpf(t), 25) for t in theta],
           "masses": [text(m) for m in masses], "maxima_at_start": one.counts[0][1], "mergers": mergers,
           "joined": [{"members": g, "time_to_1e-22": text(t, 8)} for t, g in one.joins], "samples": samples}
    if thresholds:
        row["closer_than"] = [{"distance": float(c["threshold"]), "atoms": c["atoms"], "time": text(c["time"]),
                               "digits": digits(c["time"], d["time"])} for c, d in zip(one.crossings, two.crossings)]
    print(name, beta, normalization, "maxima", one.counts[0][1])
    for m in mergers:
        print("   ", m["time"], m["point"][:12], m["parents"], m["maxima_after"], m["digits"], flush=True)
    return row


def euler(z, beta, step, end):
    """kinetic.py's scheme: first times at which all tokens of the two groups lie closer than a distance."""
    z, out, levels = np.array(z), {}, [1.0, 0.5, 0.1, 0.01, 0.001]
    for i in range(int(round(end / step))):
        a = np.exp(beta * z @ z.T)
        z = z + step * (a / a.sum(axis=1)[:, None]) @ z
        z /= np.linalg.norm(z, axis=1)[:, None]
        gap = np.arccos(np.clip(z[0] @ z[4], -1, 1))
        while levels and gap < levels[0]:
            out[str(levels.pop(0))] = round((i + 1) * step, 10)
    return out


# --- clusters on a regular polygon --------------------------------------------------------------------------------------

def polygon(k, beta):
    """Contraction c0 and merging rates of k equal equispaced atoms (peak clock), against the Jacobian of the velocity."""
    beta, nodes = mp.mpf(beta), [2 * mp.pi * j / k for j in range(k)]
    slope = lambda t: mp.exp(beta * (mp.cos(t) - 1)) * (mp.cos(t) - beta * mp.sin(t)**2)
    z = mp.fsum(mp.exp(beta * (mp.cos(t) - 1)) for t in nodes) / k
    c0 = mp.fsum(map(slope, nodes)) / k
    rates = [-mp.fsum(slope(t) * (1 - mp.cos(q * t)) for t in nodes) / k for q in range(1, k // 2 + 1)]

    def velocity(x, y):
        return -mp.fsum(mp.exp(beta * (mp.cos(x - t) - 1)) * mp.sin(x - t) for t in y) / k

    h = mp.mpf(10)**-40
    worst = abs((velocity(h, nodes) - velocity(-h, nodes)) / (2 * h) + c0)
    for q, rate in enumerate(rates, start=1):
        shift = lambda s: [t + s * mp.cos(q * t) for t in nodes]
        worst = max(worst, abs((velocity(h, shift(h)) - velocity(-h, shift(-h))) / (2 * h) - rate))
    assert worst < mp.mpf(10)**-30
    form = lambda f: {"contraction": text(c0 * f, 17), "merging": [text(r * f, 17) for r in rates]}
    return {"clusters": k, "beta": int(beta), "softmax": form(1 / z), "unnormalized": form(mp.exp(beta)), "peak": form(1)}


def main():
    pairs = [pair_case(m, 4, n, mp.pi / 2) for n in ("softmax", "unnormalized") for m in ("0.5", "0.2")]
    pairs += [pair_case(m, beta, "softmax", "1.2") for beta in (25, 100) for m in ("0.5", "0.3", "0.1")]

    tokens = [(.99806638, .06215705), (.97712061, .21268594), (-.24578194, .96932515),
              (-.97354734, .2284854), (-.99892629, -.04632772)]                                # kinetic.py of 2410.06833
    angles = [mp.atan2(mp.mpf(str(b)), mp.mpf(str(a))) % (2 * mp.pi) for a, b in tokens]
    levels = [mp.mpf(x) for x in ("1", "0.5", "0.1", "0.01", "0.001", "1e-8")]
    five = many("five tokens", angles, [1] * 5, 4, "softmax", 450, [1, 10, 100, 300, 400], levels)
    five["euler_0.1_closer_than"] = euler(tokens, 4, 0.1, 450)

    side = mp.log(2000) / mp.sqrt(2000) / 2
    stairs = [x * side for x in (mp.mpf(0), mp.mpf("0.5"), mp.mpf(2), mp.mpf(4), mp.mpf(7))]
    cases = []
    for beta, last in ((500, 17), (1500, 76)):
        for n in ("softmax", "peak"):
            times = [mp.mpf(10)**k for k in (range(-1, last) if last < 20 else range(0, last, 4))]
            cases.append(many("staircase", stairs, [1] * 5, beta, n, mp.mpf(10)**100, times))
    mild = [mp.mpf(x) for x in ("0.2", "1.25", "2.05", "2.85", "3.9")]
    for n in ("softmax", "peak"):
        cases.append(many("five unequal", mild, ["0.3", "0.1", "0.25", "0.15", "0.2"], 12, n, mp.mpf(10)**14,
                          [mp.mpf(10)**k for k in range(13)]))
    save("atoms.json", {
        "description": "weighted atoms on the circle, D = 0: times of mergers (two maxima of Z become one) and of approach",
        "precision_bits": taylor.BITS, "pairs": pairs, "five_tokens": five, "staircases": cases,
        "polygons": [polygon(k, b) for k in range(2, 7) for b in range(2, 13)]})


if __name__ == "__main__":
    main()
