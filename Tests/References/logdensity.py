"""logdensity.json: log of d mu/d sigma on a fixed grid of 64 points, voids included, D = 0.

Weighted labels move forward and are kept at t = 0, 1, 2, ...; the grid points of an output time are traced back through

    theta' = X(theta),  log rho(t, theta) = log rho_0(a) - int_0^t div X ds,   a = theta(0),

together with the labels, which are taken anew from what was kept after every unit of time (backwards a cluster spreads).
X and X' at a traced point are sums of positive terms over the labels, never a Fourier series. Panels shrink by halves
towards the watersheds, labels from which two clusters part, until they hold no mass in double precision. `error` is the
largest difference to a run with other panels and a coarser integrator; on the circle at t = 5 also `labels_error`, to
rho_0/(dTheta/dphi) of lagrangian.py where log rho > -8. Circle: theta_j = 2 pi j/64. Zonal: polar angle (j + 1/2) pi/64.
"""

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp

from lagrangian import TAU, Attention, Panels, carried_density, harmonics, refined, save, von_mises
from tracing import Circle, Labels, Zonal, graded


def report(name, times, values, errors):
    rows = []
    for t, v, e in zip(times, values, errors):
        rows.append({"time": t, "log_density": [float(f"{x:.14g}") for x in v], "error": float(f"{e:.2g}")})
        print(name, t, "min %.6g = 1e%.2f, max %.6g, error %.2g" % (v.min(), v.min() / np.log(10), v.max(), e), flush=True)
    return rows


def compared(runs, times, grid, log_start):
    """Log densities of the first run and differences to the second, time by time."""
    out = []
    for run in runs:
        back = run.back(times, grid)
        out.append([log_start(back[t][0]) - back[t][1] for t in times])
    return out[0], [np.abs(a - b).max() for a, b in zip(*out)]


def demo(times=(5, 10, 30, 70)):
    start, model, grid = von_mises((0.3, 4, 1), (2.5, 8, 2)), Circle(9), TAU * np.arange(64) / 64

    def rule_for(watersheds, least, order, base, ratio):
        low = 0.3
        rule = Panels(graded(low, low + TAU, [w if w > low else w + TAU for w in watersheds], least, base, ratio), order)
        return rule, rule.weights * start(rule.nodes) / TAU

    rule, _ = refined(Attention(9, "softmax"), start, [3.0], target=1e-12)
    mass, watersheds = rule.weights * start(rule.nodes) / TAU, None
    # minima of Z, traced back: a label error of e^{-6 t}, the second time beyond double precision
    for end in (3, 7):
        run = Labels(model, rule, mass, end, 1e-11)
        fine = np.linspace(0, TAU, 2001)
        v = model.field(fine, *run.kept[-1])[0]
        rise = np.nonzero((v[:-1] < 0) & (v[1:] >= 0))[0]
        points = fine[rise] - v[rise] * (fine[rise + 1] - fine[rise]) / (v[rise + 1] - v[rise])
        watersheds = [float(w % TAU) for w in run.back([end], points)[end][0]]
        print("watersheds", watersheds, len(rule.nodes), flush=True)
        rule, mass = rule_for(watersheds, 1e-7 if end == 3 else 1e-14, 16, 0.25, 3)
    runs = [Labels(model, rule, mass, max(times), 1e-12),
            Labels(model, *rule_for(watersheds, 3e-14, 20, 0.35, 4), max(times), 1e-11)]
    values, errors = compared(runs, times, grid, lambda a: np.log(start(a)))
    rows = report("circle", times, values, errors)
    _, solution = refined(Attention(9, "softmax"), start, [5.0], target=1e-12, by_mass=False)
    seen = values[0] > -8                             # in voids its panels, split by mass in double precision, see nothing
    rows[0]["labels_error"] = float(np.abs(np.log(carried_density(solution, 0)(grid)) - values[0])[seen].max())
    print("against lagrangian.py at t = 5:", rows[0]["labels_error"])
    return {"equation": {"beta": 9, "normalization": "softmax", "noise": 0},
            "initial": {"vonMises": [{"mean": 0.3, "concentration": 4, "weight": 1},
                                     {"mean": 2.5, "concentration": 8, "weight": 2}]},
            "watersheds": watersheds, "nodes": [len(r.kept[0][0]) for r in runs], "entries": rows}


def zonal(name, d, beta, log_start, initial, times, watersheds, resolutions):
    grid, runs = (np.arange(64) + 0.5) * np.pi / 64, []
    for order, base, ratio, rtol in resolutions:
        rule = Panels(graded(0, np.pi, watersheds, 2e-8, base, ratio), order)
        logs = log_start(rule.nodes) + (d - 2) * np.log(np.sin(rule.nodes))
        mass = rule.weights * np.exp(logs - logs.max())
        runs.append(Labels(Zonal(beta, d), rule, mass / mass.sum(), max(times), rtol))
    values, errors = compared(runs, times, grid, log_start)
    return {"equation": {"beta": beta, "normalization": "softmax", "noise": 0}, "manifold": {"zonal": {"dimension": d}},
            "initial": initial, "nodes": [len(r.kept[0][0]) for r in runs], "entries": report(name, times, values, errors)}


def caps(theta, d=64, bumps=((1, 30), (-1, 20))):
    """log of the mean of two von Mises-Fisher densities about the poles, with respect to sigma."""
    norms = [float(mp.log(mp.hyp0f1(mp.mpf(d) / 2, mp.mpf(c)**2 / 4))) for _, c in bumps]
    return np.logaddexp.reduce([s * c * np.cos(theta) - n - np.log(2) for (s, c), n in zip(bumps, norms)])


# --- beta = 0 -------------------------------------------------------------------------------------------------------

def poisson(times=(4, 10, 20, 31.5, 100)):
    mp.mp.dps = 80
    r0, psi, rows = mp.mpf("0.1"), mp.mpf("0.7"), []
    for t in times:
        q = (1 - r0**2) / (1 - r0**2 + r0**2 * mp.exp(mp.mpf(t)))                  # 1 - r^2
        r = mp.sqrt(1 - q)
        values = [mp.log(q / ((1 - r)**2 + 4 * r * mp.sin((2 * mp.pi * j / 64 - psi) / 2)**2)) for j in range(64)]
        rows.append({"time": t, "one_minus_radius": float(1 - r), "log_density": [float(v) for v in values],
                     "log_density_at_peak": float(mp.log((1 + r) / (1 - r)))})
    return {"radius": 0.1, "phase": 0.7, "entries": rows}


def moebius(times=(4, 10, 20, 30)):
    """Start 1 + cos(theta)/2 + 3 sin(2 theta)/10; alpha, log(1 - |alpha|^2), eta; DOP853 against mpmath."""
    zeta = {1: 0.25, 2: 0.15j}                                                      # int zeta^k dmu_0
    start = harmonics((1, 0.5, 0), (2, 0, 0.3))

    def rate(_, y):
        alpha, q, spin = complex(y[0], y[1]), np.exp(y[2]), np.exp(1j * y[3])
        z = alpha + q * sum((-alpha.conjugate())**(k - 1) * spin**k * m for k, m in zeta.items())
        d = 0.5 * (z - z.conjugate() * alpha**2)
        return [d.real, d.imag, -(z * alpha.conjugate()).real, (z * alpha.conjugate()).imag]

    def exact(_, y):
        alpha, spin = mp.mpc(y[0], y[1]), mp.expj(y[2])
        z = alpha + (1 - abs(alpha)**2) * sum((-mp.conj(alpha))**(k - 1) * spin**k * mp.mpc(m) for k, m in zeta.items())
        d = (z - mp.conj(z) * alpha**2) / 2
        return [d.real, d.imag, (z * mp.conj(alpha)).imag]

    rows, grid, y = [], TAU * np.arange(64) / 64, np.zeros(4)
    mp.mp.dps = 30
    series = mp.odefun(exact, 0, [mp.mpf(0)] * 3, tol=mp.mpf(10)**-26)
    for before, t in zip((0,) + times, times):
        y = solve_ivp(rate, (before, t), y, method="DOP853", rtol=3e-14, atol=1e-15).y[:, -1]
        p = series(t)
        q = 1 - p[0]**2 - p[1]**2
        results = []
        for alpha, log_q, eta in ((complex(y[0], y[1]), y[2], y[3]), (complex(p[0], p[1]), float(mp.log(q)), float(p[2]))):
            now = np.exp(1j * grid)
            w = (now - alpha) / (1 - np.conj(alpha) * now) * np.exp(-1j * eta)
            results.append(np.log(start(np.angle(w))) + log_q - 2 * np.log(np.abs(1 - np.conj(alpha) * now)))
        rows.append({"time": t, "alpha": [float(p[0]), float(p[1])], "log_one_minus_alpha_squared": float(mp.log(q)),
                     "log_density": [float(v) for v in results[1]], "error": float(np.abs(results[0] - results[1]).max())})
        print("moebius", t, float(q), results[1].min(), rows[-1]["error"], flush=True)
    return {"initial": {"harmonics": [{"mode": 1, "cosine": 0.5, "sine": 0}, {"mode": 2, "cosine": 0, "sine": 0.3}]},
            "entries": rows}


def main():
    content = {"description": "log of d mu/d sigma on 64 points, D = 0; beta = 0: softmax, unnormalized and peak alike",
               "poisson": poisson(), "moebius": moebius()}
    content["zonal-3"] = zonal(
        "zonal-3", 3, 9, lambda t: np.log(1 + 0.5 * np.cos(t)), {"harmonics": [{"degree": 1, "amplitude": 0.5}]},
        (3, 8), [np.pi], ((16, 0.25, 3, 1e-13), (20, 0.3, 4, 1e-12)))
    content["zonal-64"] = zonal(
        "zonal-64", 64, 2, caps,
        {"vonMises": [{"mean": "north", "concentration": 30}, {"mean": "south", "concentration": 20}]},
        (1, 2), [], ((16, 0.15, 2, 1e-13), (20, 0.2, 2, 1e-12)))
    content["circle"] = demo()
    save("logdensity.json", content)


if __name__ == "__main__":
    main()
