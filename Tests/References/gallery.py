"""gallery.json: what the run files of spheres in configs/ must reach, by moving weighted points.

The law is N weighted points at the nodes of a quadrature rule of its start, moved by the sum over all pairs: spectrally
accurate while the map from label to place is smooth, and no harmonic is involved in the velocity. S2: Gauss-Legendre
colatitudes times equispaced longitudes. Zonal: Gauss-Legendre polar angles, the kernel averaged over the sphere around the
pole, int e^{b(uv + sr <e,f>)} over the unit vector f of R^(d-1), by its scaled Bessel function. Every error is the largest
difference between two rules.
"""

import json
import pathlib

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.integrate import solve_ivp
from scipy.special import gammaln, ive, lpmv

FOLDER = pathlib.Path(__file__).parent


# --- random numbers of `perturbedUniform`: Philox4x32-10 (Salmon et al., SC 2011) and Box-Muller -------------------------

def philox(counter, key):
    c, k = [int(x) for x in counter], [int(x) for x in key]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & 0xFFFFFFFF, (p >> 32) ^ c[3] ^ k[1], p & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def normals(seed, index, draw, purpose=3):
    b = philox((index, draw, 0, purpose << 24), (seed & 0xFFFFFFFF, seed >> 32))
    unit = lambda low, high: (((high << 32 | low) >> 11) + 0.5) * 2.0**-53
    radius, angle = np.sqrt(-2 * np.log(unit(b[0], b[1]))), 2 * np.pi * unit(b[2], b[3])
    return radius * np.cos(angle), radius * np.sin(angle)


# --- S2 ---------------------------------------------------------------------------------------------------------------

def harmonic(l, m, x):
    """Real, orthonormal for the uniform probability, without the Condon-Shortley sign; sine for m < 0."""
    k = abs(m)
    norm = np.sqrt((1 if k == 0 else 2) * (2 * l + 1) * np.exp(gammaln(l - k + 1) - gammaln(l + k + 1)))
    phi = np.arctan2(x[:, 1], x[:, 0])
    return norm * (-1)**k * lpmv(k, l, x[:, 2]) * (np.cos(k * phi) if m >= 0 else np.sin(k * phi))


def sphere_rule(n):
    u, w = leggauss(n)
    phi = 2 * np.pi * np.arange(2 * n) / (2 * n)
    s = np.sqrt(1 - u * u)
    x = np.stack([np.outer(s, np.cos(phi)), np.outer(s, np.sin(phi)), np.outer(u, np.ones(2 * n))], -1).reshape(-1, 3)
    return x, np.repeat(w / (4 * n), 2 * n)


def perturbed(amplitude, modes, seed, x):
    terms = []
    for l in range(1, modes + 1):
        for m in range(l + 1):
            a, b = normals(seed, l, m)
            terms += [(l, m, a)] + ([(l, -m, b)] if m else [])
    scale = amplitude / np.sqrt(sum(a * a for _, _, a in terms))
    return 1 + scale * sum(a * harmonic(l, m, x) for l, m, a in terms)


def softmax_velocity(beta, x, w):
    kernel = np.exp(beta * (x @ x.T - 1)) * w
    drift = (kernel @ x) / kernel.sum(1)[:, None]
    return drift - (drift * x).sum(1)[:, None] * x


def move(velocity, x, times, tolerance=1e-12):
    shape = x.shape
    def rate(_, y):
        p = y.reshape(shape)
        p = p / np.linalg.norm(p, axis=1)[:, None]
        return velocity(p).ravel()
    found = solve_ivp(rate, (0, times[-1]), x.ravel(), method="DOP853", t_eval=times, rtol=tolerance, atol=tolerance)
    points = found.y.T.reshape((len(times),) + shape)
    return points / np.linalg.norm(points, axis=2)[:, :, None]


def sphere_clusters(n, time):
    x, sigma = sphere_rule(n)
    w = sigma * perturbed(0.1, 6, 3, x)
    y = move(lambda p: softmax_velocity(9, p, w), x, [time])[0]
    return [[float((w * harmonic(l, m, y)).sum()) for m in range(-l, l + 1)] for l in range(5)]


# --- zonal ------------------------------------------------------------------------------------------------------------

def zonal(d, beta, bumps, n, times):
    """Softmax; polar angles of weighted labels, X = (1/beta) d/dtheta log Z."""
    u, w = leggauss(n)
    theta = np.pi * (u + 1) / 2
    logs = np.logaddexp.reduce([
        np.log(share) + kappa * (sign * np.cos(theta) - 1) - np.log(ive(d / 2 - 1, kappa)) + (d / 2 - 1) * np.log(kappa)
        for sign, kappa, share in bumps]) + (d - 2) * np.log(np.sin(theta))
    mass = w * np.exp(logs - logs.max())
    mass /= mass.sum()
    nu = (d - 3) / 2

    def velocity(_, t):
        c, s = np.cos(t), np.sin(t)
        z = beta * np.outer(s, s)
        # int e^{z (f - 1)} over the unit vector: z^-nu I_nu(z) e^-z up to a constant; its derivative in z by I_{nu+1}.
        even, odd = ive(nu, z), ive(nu + 1, z)
        scale = np.exp(beta * (np.outer(c, c) + np.outer(s, s) - 1) - nu * np.log(z)) * mass
        total = (scale * even).sum(1)
        slope = (scale * (-np.outer(s, c) * even + np.outer(c, s) * odd)).sum(1)
        return slope / total

    y = solve_ivp(velocity, (0, times[-1]), theta, method="DOP853", t_eval=times, rtol=1e-12, atol=1e-12).y.T
    result = []
    for t in y:
        p = [np.ones(n), np.cos(t)]
        for l in range(1, 4):
            p.append(((2 * l + d - 2) * np.cos(t) * p[l] - l * p[l - 1]) / (l + d - 2))
        result.append([float((mass * q).sum()) for q in p])
    return result


# --- tokens -----------------------------------------------------------------------------------------------------------

def tokens(path, beta, time):
    rows = np.loadtxt(path, delimiter=",", skiprows=1)
    x = rows[:, :3] / np.linalg.norm(rows[:, :3], axis=1)[:, None]
    w = rows[:, 3] / rows[:, 3].sum()
    y = move(lambda p: softmax_velocity(beta, p, w), x, [time], 1e-13)[0]
    return [[float((w * harmonic(l, m, y)).sum()) for m in range(-l, l + 1)] for l in range(5)]


def main():
    def difference(a, b):
        return max(float(np.abs(np.array(x) - np.array(y)).max()) for x, y in zip(a, b))

    # Later the map from label to place steepens at watersheds, and equal labels lose digits fast.
    coarse, fine = sphere_clusters(28, 2.0), sphere_clusters(36, 2.0)
    rough, smooth = (zonal(64, 2, [(1, 30, 0.5), (-1, 20, 0.5)], n, [0.5]) for n in (300, 400))
    result = {
        "sphere-clusters": {"time": 2.0, "harmonics": fine, "error": difference(coarse, fine)},
        "zonal-64": {"time": 0.5, "moments": smooth[0], "error": difference(rough, smooth)},
        "sphere-tokens": {"time": 20.0, "harmonics": tokens(FOLDER.parent.parent / "configs/sphere-tokens.csv", 4, 20.0)},
    }
    (FOLDER / "gallery.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
