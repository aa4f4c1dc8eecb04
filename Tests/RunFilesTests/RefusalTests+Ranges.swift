import RunFiles
import Testing

/// Values of the right type that are out of range.
extension RefusalTests {
  @Test(arguments: [
    Case("attention: {beta: -1}", "2:19: attention.beta: found -1, allowed: a number ≥ 0"),
    Case("attention: {beta: .nan}", "2:19: attention.beta: found .nan, allowed: a number ≥ 0"),
    Case("attention: {beta: nan}", "2:19: attention.beta: found 'nan', allowed: a number ≥ 0"),
    Case("attention: {beta: .inf}", "2:19: attention.beta: found .inf, allowed: a number ≥ 0"),
    Case("attention: {beta: 1e999}", "2:19: attention.beta: found 1e999, allowed: a number ≥ 0"),
    Case("attention: {beta: 1000001}", "2:19: attention.beta: found 1000001, allowed: at most 1e6"),
    Case(
      "attention: {beta: 701, normalization: unnormalized}",
      "2:19: attention.beta: found 701, allowed: at most 700 with normalization: unnormalized, "
        + "beyond which e^β overflows (use normalization: peak)"),
    Case("noise: -0.1", "5:8: noise: found -0.1, allowed: a number ≥ 0"),
    Case("noise: .inf", "5:8: noise: found .inf, allowed: a number ≥ 0"),
    Case("time: {end: 0}", "4:13: time.end: found 0, allowed: a number > 0"),
    Case("time: {end: -2}", "4:13: time.end: found -2, allowed: a number > 0"),
    Case(
      "time: {end: 1, tolerance: 1e-15}",
      "4:27: time.tolerance: found 1e-15, allowed: a number from 1e-14 to 1e-2"),
    Case(
      "time: {end: 1, tolerance: 0.1}",
      "4:27: time.tolerance: found 0.1, allowed: a number from 1e-14 to 1e-2"),
    Case(
      "density: {spectral: {tolerance: 1}}",
      "5:33: density.spectral.tolerance: found 1, allowed: a number from 1e-14 to 1e-2"),
    Case(
      "density: {spectral: {points: 7}}",
      "5:30: density.spectral.points: found 7, allowed: a whole number from 8 to 131072"),
    Case(
      "density: {spectral: {points: 64, maximumPoints: 32}}",
      "5:30: density.spectral.points: found 64, allowed: a whole number from 8 to 32"),
    Case(
      "density: {spectral: {maximumPoints: 16777217}}",
      "5:37: density.spectral.maximumPoints: found 16777217, "
        + "allowed: a whole number from 8 to 16777216"),
    Case(
      "particles: {count: 0}",
      "5:20: particles.count: found 0, allowed: a whole number from 1 to 1000000000"),
    Case(
      "particles: {count: 99999999999999999999}",
      "5:20: particles.count: found 99999999999999999999, "
        + "allowed: a whole number from 1 to 1000000000"),
    Case(
      "particles: {members: 0}",
      "5:22: particles.members: found 0, allowed: a whole number from 1 to 1000000"),
    Case(
      "particles: {seed: -1}",
      "5:19: particles.seed: found -1, allowed: a whole number from 0 to 18446744073709551615"),
    Case(
      "particles: {seed: 18446744073709551616}",
      "5:19: particles.seed: found 18446744073709551616, "
        + "allowed: a whole number from 0 to 18446744073709551615"),
    Case(
      "particles: {step: 0.1}",
      "5:19: particles.step: found 0.1, allowed: no step, which only noise > 0 has"),
    Case("output: {every: 0}", "5:17: output.every: found 0, allowed: a number > 0"),
    Case(
      "output: {every: 1e-6}",
      "5:17: output.every: found 1e-6, which gives 10000001 snapshots, allowed: at most 1000000"),
    Case(
      "output: {every: 1e-300}",
      "5:17: output.every: found 1e-300, which gives 1e+301 snapshots, allowed: at most 1000000"),
    Case(
      "output: {every: 1, times: [2]}",
      "5:27: output.times: found output.every too, allowed: one of every, times"),
    Case(
      "output: {times: [1, 3, 3]}",
      "5:24: output.times.2: found 3, allowed: more than the time before (3.0)"),
    Case(
      "output: {times: [1, 11]}",
      "5:21: output.times.1: found 11, allowed: a number from 0 to time.end (10.0)"),
    Case(
      "output: {times: [-1]}",
      "5:18: output.times.0: found -1, allowed: a number from 0 to time.end (10.0)"),
    Case(
      "output: {times: {from: 0, to: 5, count: 3, spacing: log}}",
      "5:24: output.times.from: found 0, allowed: a number > 0 with spacing: log"),
    Case(
      "output: {times: {from: 2, to: 2, count: 3}}",
      "5:31: output.times.to: found 2, allowed: a number > from (2.0)"),
    Case(
      "output: {times: {from: 2, to: 3, count: 1}}",
      "5:41: output.times.count: found 1, allowed: a whole number from 2 to 1000000"),
    Case(
      "output: {times: {from: 2, to: 3, count: 1000000}}",
      "5:17: output.times: found 1000002 snapshots with the start and the end, "
        + "allowed: at most 1000000"),
    Case(
      "output: {points: 4}",
      "5:18: output.points: found 4, allowed: a whole number from 8 to 16777216"),
    Case(
      "output: {modes: 0}",
      "5:17: output.modes: found 0, allowed: a whole number from 1 to 8388608"),
    Case(
      "output: {particles: 0}",
      "5:21: output.particles: found 0, allowed: all, none or a whole number from 1 to 1000000000"),
    Case("compare: {sigmas: 0}", "5:19: compare.sigmas: found 0, allowed: a number > 0"),
    Case(
      "initial: {harmonics: []}",
      "3:22: initial.harmonics: found a list of 0, allowed: 1 to 100000 {mode, cosine, sine}"),
    Case(
      "initial: {harmonics: [{mode: 0}]}",
      "3:30: initial.harmonics.0.mode: found 0, allowed: a whole number from 1 to 100000"),
    Case(
      "initial: {harmonics: [{mode: 1, cosine: .inf}]}",
      "3:41: initial.harmonics.0.cosine: found .inf, allowed: a number from -1e6 to 1e6"),
    Case(
      "initial: {vonMises: []}",
      "3:21: initial.vonMises: found a list of 0, "
        + "allowed: 1 to 100000 {mean, concentration, weight}"),
    Case(
      "initial: {vonMises: [{mean: 0, concentration: -1}]}",
      "3:47: initial.vonMises.0.concentration: found -1, allowed: a number from 0 to 1e6"),
    Case(
      "initial: {vonMises: [{mean: 0, concentration: 1, weight: 0}]}",
      "3:58: initial.vonMises.0.weight: found 0, allowed: a number > 0"),
    Case(
      "initial: {perturbedUniform: {amplitude: -1, modes: 1}}",
      "3:41: initial.perturbedUniform.amplitude: found -1, allowed: a number from 0 to 1e6"),
    Case(
      "initial: {perturbedUniform: {amplitude: 1, modes: 100001}}",
      "3:51: initial.perturbedUniform.modes: found 100001, allowed: a whole number from 1 to 100000"
    ),
    Case(
      "initial: {perturbedUniform: {amplitude: 0.1, modes: 1, seed: 1.5}}",
      "3:62: initial.perturbedUniform.seed: found 1.5, "
        + "allowed: a whole number from 0 to 18446744073709551615"),
    Case(
      "density: none",
      "5:10: density: found none and no particles, allowed: a density, particles or both"),
  ])
  func outOfRange(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test func writtenParticlesAreAtMostTheParticles() throws {
    let run = try Samples.runFile(
      Samples.least("particles: {count: 10}", "output: {particles: 11}"))
    #expect(run.writtenTokens == 10)
  }

  @Test func negativeDensityNamesValueAndAngle() {
    Samples.expectRefusal(
      Samples.least("initial: {harmonics: [{mode: 1, sine: 2}]}"),
      "circle.yaml:3:10: initial: found a density of -1 at angle 4.71239, allowed: ≥ 0 everywhere")
  }

  @Test func aDensityMayTouchZero() throws {
    _ = try Samples.runFile(
      Samples.least("initial: {harmonics: [{mode: 3, cosine: 0.6, sine: 0.8}]}"))
  }

  @Test func aLargePerturbationIsRefused() throws {
    let text = Samples.least("initial: {perturbedUniform: {amplitude: 100, modes: 3}}")
    let message = try #require(Samples.refusal(text)).message
    #expect(message.hasPrefix("circle.yaml:3:10: initial: found a density of -"))
  }
}
