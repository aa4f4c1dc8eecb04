"""Spherical harmonic transforms of this package beside SHTns and ducc0: one thread, float64.

    make bench
    pip install shtns ducc0
    python3 Benchmarks/transforms.py

The programs take turns in short bursts and the least time of each counts, so a processor that
slows down slows all of them. Samples begin on a cache line for all. SHTns is called in C; its best plan
counts, with rows contiguous as ours are and with columns contiguous, which spares it a transpose. The
grid is the same for all, L + 1 latitudes and 2L + 2 longitudes; SHTns leaves out polar values below
1e-10, we below 1e-17.
"""

import ctypes
import os
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import _shtns
import ducc0
import numpy as np
import shtns

ROUNDS = 20
DEGREES = [63, 127, 255]
ROOT = os.path.dirname(os.path.abspath(__file__))
PROGRAM = sys.argv[1:] or [
    os.path.join(ROOT, ".build", "release", "Benchmarks"), "transforms"]

library = ctypes.CDLL(_shtns.__file__)
# What C code points at.
KEPT = []


def least(call, repetitions):
    """Least seconds of a call."""
    call()
    best = float("inf")
    for _ in range(repetitions):
        start = time.perf_counter_ns()
        call()
        best = min(best, time.perf_counter_ns() - start)
    return best * 1e-9


def aligned(count):
    """Zeros that begin on a cache line, where stores are at their fastest."""
    numbers = np.zeros(count + 8)
    return numbers[-numbers.ctypes.data % 64 // 8:][:count]


def shtns_calls(degree, layout):
    """(synthesis, analysis) of every plan."""
    random = np.random.default_rng(0)
    for method in (shtns.sht_quick_init, shtns.sht_gauss_fly):
        for padding in (0, shtns.SHT_ALLOW_PADDING):
            sht = shtns.sht(degree, degree)
            sht.set_grid(
                degree + 1, 2 * degree + 2, flags=method | layout | padding, polar_opt=1e-10)
            series = aligned(2 * sht.nlm).view(complex)
            series[:] = random.uniform(-1, 1, series.size)
            samples = aligned(sht.nspat + 64)
            plan = ctypes.c_void_p(int(sht.this))
            first = series.ctypes.data_as(ctypes.c_void_p)
            second = samples.ctypes.data_as(ctypes.c_void_p)
            KEPT.append((sht, series, samples))
            yield (
                lambda a=plan, b=first, c=second: library.SH_to_spat(a, b, c),
                lambda a=plan, b=first, c=second: library.spat_to_SH(a, c, b),
            )


def ducc0_calls(degree):
    count = (degree + 1) * (degree + 2) // 2
    series = np.random.default_rng(0).uniform(-1, 1, (1, count)).astype(complex)
    samples = aligned(2 * (degree + 1) ** 2).reshape(1, degree + 1, 2 * degree + 2)
    shape = dict(spin=0, lmax=degree, geometry="GL", nthreads=1)
    yield (
        lambda: ducc0.sht.synthesis_2d(
            alm=series, map=samples, ntheta=degree + 1, nphi=2 * degree + 2, **shape),
        lambda: ducc0.sht.adjoint_synthesis_2d(map=samples, alm=series, **shape),
    )


def main():
    ours = subprocess.Popen(
        PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    off = ctypes.c_int(0)
    for degree in DEGREES:
        repetitions = 100_000 // degree**2 + 2
        peers = {
            "SHTns, rows as ours": list(shtns_calls(degree, shtns.SHT_PHI_CONTIGUOUS)),
            "SHTns, columns": list(shtns_calls(degree, shtns.SHT_THETA_CONTIGUOUS)),
            "ducc0": list(ducc0_calls(degree)),
        }
        best = {name: [float("inf")] * 2 for name in ("ours", *peers)}
        for _ in range(ROUNDS):
            print(degree, file=ours.stdin, flush=True)
            times = map(float, ours.stdout.readline().split())
            best["ours"] = list(map(min, best["ours"], times))
            # A call that does next to nothing: what Python takes, and does not count.
            plan = ctypes.c_void_p(int(KEPT[0][0].this))
            price = least(lambda: library.shtns_robert_form(plan, off), 50)
            for name, plans in peers.items():
                for calls in plans:
                    times = [least(call, repetitions) - price for call in calls]
                    best[name] = list(map(min, best[name], times))
        for i, work in enumerate(("synthesis", "adjoint")):
            mine = best["ours"][i]
            print(f"degree {degree}, {work}: {mine * 1e6:.4g} µs")
            for name in peers:
                time = best[name][i]
                print(f"  {name} {time * 1e6:.4g} µs; ratio {mine / time:.3f}", flush=True)


main()
