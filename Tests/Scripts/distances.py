"""Distances in an output of `meanfield compare`, recomputed by POT, SciPy and sums over moments.

    python3 distances.py OUTPUT.nc

Reads the tokens and the moments of the density, nothing else of what the program has computed on the way. A law is cut into
ATOMS atoms at its quantiles; W_p is then off by at most the W_p between the law and its atoms, which is computed beside it.
Prints one line for each distance and leaves with status 1 where one differs by more than that and rounding.

    circle  W_1, W_2: POT, ot.wasserstein_circle, which gives W_p^p in turns (the tokens are turned by an arbitrary angle first
            and must give the same: PythonOT/POT #738); Sobolev: the series over k summed in closed form
    zonal   (d = 3) W_1: scipy.stats.wasserstein_distance of polar angles; W_2: sorted quantiles; Sobolev as above
    sphere  sliced W_1: scipy.stats.wasserstein_distance along each of the 64 directions; Sobolev: sums over harmonics
"""

import sys

import netCDF4
import numpy as np
import ot
from scipy.special import eval_legendre, sph_harm_y
from scipy.stats import wasserstein_distance

ATOMS = 20000
TAU = 2 * np.pi


def quantiles(position, level):
    """Atoms of equal mass, and bounds of W_1 and W_2 between them and the law with this distribution function."""
    ends = np.interp(np.linspace(0, 1, ATOMS + 1), level, position)
    atoms = np.interp((np.arange(ATOMS) + 0.5) / ATOMS, level, position)
    reach = np.maximum(atoms - ends[:-1], ends[1:] - atoms)
    return atoms, (reach.mean(), np.sqrt((reach**2).mean()))


def increasing(level):
    level = np.maximum.accumulate(level)
    return (level - level[0]) / (level[-1] - level[0])


def pairs(x, y):
    """Sum over k != 0 of mean cos k(x_i - y_j) / k^2: pi^2/3 - pi t + t^2/2 for t in [0, 2 pi]."""
    total = 0.0
    for part in np.array_split(x, max(1, len(x) // 500)):
        t = np.abs(np.subtract.outer(part, y)) % TAU
        total += (np.pi**2 / 3 - np.pi * t + t**2 / 2).sum()
    return total / (len(x) * len(y))


def circle_sobolev(moments, angles):
    """(sum over k != 0 of |dm_k|^2/k^2)^(1/2) of a law with moments m_1, m_2, ... and tokens."""
    k = np.arange(1, len(moments) + 1)
    found = np.array([np.exp(-1j * n * angles).mean() for n in k])
    cross = (found * moments.conj()).real
    return np.sqrt(pairs(angles, angles) + (2 * (np.abs(moments)**2 - 2 * cross) / k**2).sum())


def circle(group, tokens, snapshot):
    moments = (group["moment_re"][snapshot] + 1j * group["moment_im"][snapshot]).filled(0)[1:]
    assert abs(moments[-1]) < 1e-6, "more output.modes are needed"
    grid = np.linspace(0, TAU, 200001)
    level = grid / TAU
    for k, m in enumerate(moments, 1):
        level = level + (m * (np.exp(1j * k * grid) - 1) / (1j * k)).real / np.pi
    atoms, bound = quantiles(grid, increasing(level))
    turns = [[float(np.squeeze(ot.wasserstein_circle((tokens + s) / TAU % 1, (atoms + s) / TAU % 1, p=p)))
              for s in (0.0, 1.234)] for p in (1, 2)]
    for pair in turns:
        assert abs(pair[0] - pair[1]) < 1e-9, "POT is not invariant"
    return {"wasserstein1": (TAU * turns[0][0], bound[0]), "wasserstein2": (TAU * np.sqrt(turns[1][0]), bound[1]),
            "sobolev": (circle_sobolev(moments, tokens), 1e-6)}


def zonal(group, tokens, snapshot):
    moments = group["moment"][snapshot].filled(0)
    assert abs(moments[-1]) < 1e-6, "a higher output.degree is needed"
    angles = np.arctan2(np.hypot(tokens[:, 0], tokens[:, 1]), tokens[:, 2])
    grid = np.linspace(0, np.pi, 100001)
    u = np.cos(grid)
    level = (1 - u) / 2
    for l in range(1, len(moments)):
        level = level + moments[l] * (eval_legendre(l - 1, u) - eval_legendre(l + 1, u)) / 2
    level = increasing(level)
    atoms, bound = quantiles(grid, level)
    # Tokens of equal mass: W_2 matches sorted ones.
    matched = np.repeat(np.sort(angles), ATOMS // len(angles))
    assert len(matched) == ATOMS, "the number of tokens divides 20000"
    # Even measure on the circle: moments are integrals of cos k theta, by parts from the distribution function.
    cosines = np.array([np.cos(k * np.pi) + k * np.trapezoid(np.sin(k * grid) * level, grid) for k in range(1, 400)])
    doubled = np.concatenate([angles, TAU - angles])
    return {"wasserstein1": (wasserstein_distance(angles, atoms), bound[0]),
            "wasserstein2": (np.sqrt(((matched - atoms)**2).mean()), bound[1]),
            "sobolev": (circle_sobolev(cosines + 0j, doubled), 1e-5)}


def directions():
    z = (np.arange(64) + 0.5) / 64
    angle = np.arange(64) * np.pi * (3 - np.sqrt(5))
    return np.stack([np.sqrt(1 - z**2) * np.cos(angle), np.sqrt(1 - z**2) * np.sin(angle), z], 1)


def harmonics(points, degree):
    """Y_lm at points, orthonormal in L^2(sigma) and real: rows l, columns m = -L...L; zero where |m| > l."""
    polar = np.arccos(np.clip(points[:, 2], -1, 1))
    azimuth = np.arctan2(points[:, 1], points[:, 0])
    values = np.zeros((degree + 1, 2 * degree + 1, len(points)))
    for l in range(degree + 1):
        for m in range(l + 1):
            y = np.sqrt(4 * np.pi) * (-1)**m * sph_harm_y(l, m, polar, azimuth)
            if m == 0:
                values[l, degree] = y.real
            else:
                values[l, degree + m] = np.sqrt(2) * y.real
                values[l, degree - m] = np.sqrt(2) * y.imag
    return values


def sphere(group, tokens, snapshot):
    law = group["harmonic"][snapshot].filled(0)
    law = np.nan_to_num(law)
    degree = law.shape[0] - 1
    assert np.abs(law[-1]).max() < 1e-4, "a higher output.degree is needed"
    u = np.linspace(-1, 1, 20001)
    sums, bounds = 0.0, 0.0
    at = harmonics(directions(), degree)
    legendre = np.array([eval_legendre(l, u) for l in range(degree + 2)])
    rises = (legendre[2:] - legendre[:-2]) / 2
    for i, n in enumerate(directions()):
        slice_moments = (law * at[:, :, i]).sum(1) / (2 * np.arange(degree + 1) + 1)
        level = (1 + u) / 2 + slice_moments[1:] @ rises
        atoms, bound = quantiles(u, increasing(level))
        sums += wasserstein_distance(tokens @ n, atoms) / 64
        bounds += bound[0] / 64
    found = harmonics(tokens, degree).mean(2)
    l = np.arange(1, degree + 1)
    sobolev = np.sqrt((((found - law)[1:]**2).sum(1) / (l * (l + 1.0))**1.5).sum())
    return {"sliced_wasserstein1": (sums, bounds), "sobolev": (sobolev, 1e-6)}


def main():
    file = netCDF4.Dataset(sys.argv[1])
    particles, comparison = file["particles"], file["comparison"]
    name = "angle" if "angle" in particles.variables else "position"
    kind = circle if name == "angle" else sphere if "harmonic" in file.variables else zonal
    wrong = 0
    for snapshot in range(len(file["time"])):
        for member in range(particles[name].shape[1]):
            expected = kind(file, np.asarray(particles[name][snapshot, member]), snapshot)
            for distance, (value, bound) in expected.items():
                found = float(comparison[distance][snapshot, member])
                # The program's own polygons pass within 1e-10 of curves on a fine grid: 1e-5 in a distance.
                isRight = abs(found - value) <= bound + 1e-5
                wrong += not isRight
                print(f"{kind.__name__} t={float(file['time'][snapshot]):g} member {member} {distance}: {found:.9f} "
                      f"here {value:.9f} +- {bound:.1e} {'' if isRight else 'DIFFERS'}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
