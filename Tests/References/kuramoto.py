"""kuramoto.json: beta = 0, exact.

1. A Poisson kernel of radius r and phase psi stays one: r(t) = r0 e^{t/2} / sqrt(1 - r0^2 + r0^2 e^t), m_k = r^k e^{-ik psi}.
2. Any start moves by Moebius maps (three ordinary differential equations for alpha and eta),
       e^{i theta(t)} = (e^{i eta} zeta + alpha) / (1 + conj(alpha) e^{i eta} zeta),   zeta = e^{i theta(0)},
       alpha' = (Z - conj(Z) alpha^2) / 2,   eta' = Im(Z conj(alpha)),   Z = int zeta(t) dmu_0,
   integrated by DOP853, Z by the trapezoidal rule in the label (doubled and compared).
3. The same by moving labels (lagrangian.py), as a third opinion.
"""

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp

from lagrangian import Attention, Trapezoid, harmonics, integrate, pair, save, von_mises


def poisson():
    r0, psi, out = mp.mpf("0.1"), mp.mpf("0.7"), []
    for t in (0, 1, 2, 3, 4, 6, 10):
        r = r0 * mp.exp(mp.mpf(t) / 2) / mp.sqrt(1 - r0**2 + r0**2 * mp.exp(t))
        m = [r**k * mp.expj(-k * psi) for k in range(13)]
        out.append({"time": t, "radius": float(r), "energy": float(r * r / 2),
                    "moments": {"re": [float(x.real) for x in m], "im": [float(x.imag) for x in m]}})
        print(t, mp.nstr(r, 17))
    return out


def moebius(start, times, labels):
    """Moments 0..12 at `times` from the three equations."""
    phi = 2 * np.pi * np.arange(labels) / labels
    w, zeta = start(phi) / labels, np.exp(1j * phi)

    def positions(y):
        alpha, spin = complex(y[0], y[1]), np.exp(1j * float(y[2]))
        return (spin * zeta + alpha) / (1 + np.conj(alpha) * spin * zeta)

    def rate(_, y):
        alpha, z = complex(y[0], y[1]), w @ positions(y)
        d = 0.5 * (z - np.conj(z) * alpha**2)
        return [d.real, d.imag, (z * np.conj(alpha)).imag]

    y, t, out = np.zeros(3), 0.0, []
    for target in times:
        if target > t:
            y, t = solve_ivp(rate, (t, target), y, method="DOP853", rtol=3e-14, atol=1e-15).y[:, -1], target
        x = positions(y)
        out.append(np.array([w @ x.conj()**k for k in range(13)]))
    return out


def main():
    content = {"description": "beta = 0 (Kuramoto), exact solutions",
               "poisson": {"radius": 0.1, "phase": 0.7, "formula": "r0 e^{t/2} / sqrt(1 - r0^2 + r0^2 e^t)",
                           "entries": poisson()}, "moebius": []}
    times = [0, 0.5, 1, 2, 4]
    starts = [
        ({"harmonics": [{"mode": 1, "cosine": 0.5, "sine": 0}, {"mode": 2, "cosine": 0, "sine": 0.3}]},
         harmonics((1, 0.5, 0), (2, 0, 0.3))),
        ({"vonMises": [{"mean": 0.3, "concentration": 4, "weight": 1},
                       {"mean": 2.5, "concentration": 8, "weight": 2}]},
         von_mises((0.3, 4, 1), (2.5, 8, 2)))]
    for name, start in starts:
        a, b = moebius(start, times, 2048), moebius(start, times, 4096)
        moved = integrate(Attention(0, "softmax"), start, Trapezoid(2048), times)
        entry = {"initial": name, "entries": []}
        for i, t in enumerate(times):
            entry["entries"].append({
                "time": t, "moments": pair(a[i]), "energy": float(abs(a[i][1])**2 / 2),
                "moment_error": float(np.abs(a[i] - b[i]).max()),
                "labels_against_moebius": float(np.abs(moved.moments(i, 13) - a[i]).max())})
            print(t, a[i][1:4], entry["entries"][-1]["moment_error"], entry["entries"][-1]["labels_against_moebius"])
        content["moebius"].append(entry)
    save("kuramoto.json", content)


if __name__ == "__main__":
    main()
