import RunFiles
import Testing

/// Every way a run file on a sphere can be wrong, with the sentence it is refused with.
struct SphereRefusalTests {
  typealias Case = RefusalTests.Case

  static let eight = "manifold: {sphere: {dimension: 8}}"
  static let zonal = "manifold: {zonal: {dimension: 8}}"

  @Test(arguments: [
    Case(
      "manifold: zonal",
      "1:11: manifold.zonal.dimension: missing, allowed: a whole number from 3 to 4096"),
    Case(
      "manifold: {sphere: {dimension: 2}}",
      "1:32: manifold.sphere.dimension: found 2, allowed: a whole number from 3 to 4096"),
    Case(
      "manifold: {sphere: {dimension: 5000}}",
      "1:32: manifold.sphere.dimension: found 5000, allowed: a whole number from 3 to 4096"),
    Case(
      "manifold: {zonal: {dimension: 2}}",
      "1:31: manifold.zonal.dimension: found 2, allowed: a whole number from 3 to 4096"),
    Case(
      "manifold: {zonal: {dimension: 5000}}",
      "1:31: manifold.zonal.dimension: found 5000, allowed: a whole number from 3 to 4096"),
    Case(
      "manifold: {sphere: {dimension: 3.5}}",
      "1:32: manifold.sphere.dimension: found 3.5, allowed: a whole number from 3 to 4096"),
    Case(
      "manifold: {sphere: 8}",
      "1:20: manifold.sphere: found 8, allowed: a mapping with the key dimension"),
    Case(
      "manifold: {circle: {dimension: 2}}",
      "1:20: manifold.circle: found a mapping, allowed: nothing to set"),
  ])
  func dimensions(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      [eight],
      "1:1: particles: missing, but in d = 8 only particles are solved"),
    Case(
      [eight, "density: spectral", "particles: {}"],
      "5:10: density: found spectral, but in d = 8 only particles are solved, "
        + "allowed: none, or manifold: {zonal: {dimension: 8}}"),
    Case(
      ["manifold: sphere", "initial: orthogonal", "particles: {}"],
      "1:1: density: missing, but initial.orthogonal has no density to solve, "
        + "allowed: density: none"),
    Case(
      ["manifold: sphere", "initial: orthogonal", "density: spectral"],
      "5:10: density: found spectral, but initial.orthogonal has no density to solve, "
        + "allowed: none"),
    Case(
      ["manifold: sphere", "density: {spectral: {points: 64}}"],
      "5:22: density.spectral.points: is a key for the circle, allowed on spheres: "
        + "degree, maximumDegree, tolerance"),
    Case(
      [zonal, "density: {spectral: {maximumPoints: 64}}"],
      "5:22: density.spectral.maximumPoints: is a key for the circle, allowed on spheres: "
        + "degree, maximumDegree, tolerance"),
    Case(
      ["manifold: sphere", "density: {spectral: {degree: 7}}"],
      "5:30: density.spectral.degree: found 7, allowed: a whole number from 8 to 511"),
    Case(
      ["manifold: sphere", "density: {spectral: {degree: 64, maximumDegree: 32}}"],
      "5:30: density.spectral.degree: found 64, allowed: a whole number from 8 to 32"),
    Case(
      [zonal, "density: {spectral: {maximumDegree: 4096}}"],
      "5:37: density.spectral.maximumDegree: found 4096, allowed: a whole number from 8 to 4095"),
  ])
  func densities(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      ["manifold: sphere", "initial: {harmonics: [{degree: 2, order: 3, amplitude: 0.1}]}"],
      "3:42: initial.harmonics.0.order: found 3, allowed: a whole number from -2 to 2"),
    Case(
      ["manifold: sphere", "initial: {harmonics: [{degree: 2, order: -3, amplitude: 0.1}]}"],
      "3:42: initial.harmonics.0.order: found -3, allowed: a whole number from -2 to 2"),
    Case(
      ["manifold: sphere", "initial: {harmonics: [{degree: 2, amplitude: 0.1}]}"],
      "3:23: initial.harmonics.0.order: missing, allowed: a whole number from -2 to 2"),
    Case(
      ["manifold: sphere", "initial: {harmonics: [{degree: 0, order: 0, amplitude: 0.1}]}"],
      "3:32: initial.harmonics.0.degree: found 0, allowed: a whole number from 1 to 2047"),
    Case(
      ["manifold: sphere", "initial: {harmonics: [{degree: 2, order: 0}]}"],
      "3:23: initial.harmonics.0.amplitude: missing, allowed: a number from -1e6 to 1e6"),
    Case(
      ["manifold: sphere", "initial: {harmonics: [{mode: 2, cosine: 0.1}]}"],
      "3:24: initial.harmonics.0.mode: is a key for another manifold, allowed here: "
        + "degree, order, amplitude"),
    Case(
      [zonal, "initial: {harmonics: [{degree: 2, order: 0, amplitude: 0.1}]}"],
      "3:35: initial.harmonics.0.order: is a key for another manifold, allowed here: "
        + "degree, amplitude"),
    Case(
      ["manifold: sphere", "initial: {harmonics: []}"],
      "3:22: initial.harmonics: found a list of 0, allowed: 1 to 100000 {degree, order, amplitude}"
    ),
    Case(
      [eight, "initial: {harmonics: [{degree: 1, amplitude: 0.1}]}"],
      "3:10: initial: 'harmonics' is for the circle, S² and zonal laws, "
        + "allowed in d = 8: uniform, vonMises, tokens, orthogonal"),
    Case(
      [eight, "initial: perturbedUniform"],
      "3:10: initial: 'perturbedUniform' is for the circle, S² and zonal laws, "
        + "allowed in d = 8: uniform, vonMises, tokens, orthogonal"),
    Case(
      [zonal, "initial: orthogonal"],
      "3:10: initial: 'orthogonal' needs manifold: {sphere: {dimension: d}}, "
        + "allowed here: uniform, harmonics, vonMises, perturbedUniform, tokens"),
  ])
  func initialLaws(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      ["manifold: sphere", "initial: {vonMises: [{mean: [0, 0, 0], concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found the zero vector, allowed: a vector with a direction"),
    Case(
      ["manifold: sphere", "initial: {vonMises: [{mean: [1, 0], concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found a list of 2, "
        + "allowed: 3 numbers"),
    Case(
      ["manifold: sphere", "initial: {vonMises: [{mean: 1, concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found 1, "
        + "allowed: a list of 3 numbers"),
    Case(
      ["manifold: sphere", "initial: {vonMises: [{concentration: 1}]}"],
      "3:22: initial.vonMises.0.mean: missing, "
        + "allowed: a list of 3 numbers"),
    Case(
      ["manifold: sphere", "initial: {vonMises: [{mean: [1, x, 0], concentration: 1}]}"],
      "3:33: initial.vonMises.0.mean.1: found 'x', allowed: a number"),
    Case(
      ["manifold: sphere", "initial: {vonMises: [{mean: [1, .nan, 0], concentration: 1}]}"],
      "3:33: initial.vonMises.0.mean.1: found .nan, allowed: a number"),
    Case(
      [eight, "initial: {vonMises: [{mean: [1, 0, 0], concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found a list of 3, "
        + "allowed: 8 numbers"),
    Case(
      [zonal, "initial: {vonMises: [{mean: nord, concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found 'nord', allowed: north, south"),
    Case(
      [zonal, "initial: {vonMises: [{mean: 0.5, concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found 0.5, allowed: north, south"),
    Case(
      [zonal, "initial: {vonMises: [{mean: [0, 0, 1], concentration: 1}]}"],
      "3:29: initial.vonMises.0.mean: found a list, allowed: north, south"),
    Case(
      [zonal, "initial: {vonMises: [{concentration: 1}]}"],
      "3:22: initial.vonMises.0.mean: missing, allowed: north, south"),
  ])
  func means(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      [eight, "initial: orthogonal", "particles: {count: 9}"],
      "5:20: particles.count: found 9, allowed: at most 8, the dimension, "
        + "as the tokens are orthogonal"),
    Case(
      [eight, "initial: orthogonal", "particles: {members: 2}"],
      "5:22: particles.members: found 2, allowed: 1, as tokens without noise move alike in every "
        + "member"),
    Case(
      [eight, "noise: 0.1", "particles: {scheme: {euler: {step: 0.1}}}"],
      "6:21: particles.scheme: found euler, which knows no noise, allowed: adaptive"),
    Case(
      [eight, "particles: {scheme: euler}"],
      "5:21: particles.scheme.euler.step: missing, allowed: a number > 0"),
    Case(
      [eight, "particles: {scheme: {euler: {step: 0}}}"],
      "5:36: particles.scheme.euler.step: found 0, allowed: a number > 0"),
    Case(
      [eight, "particles: {scheme: {euler: 0.1}}"],
      "5:29: particles.scheme.euler: found 0.1, allowed: a mapping with the key step"),
    Case(
      [eight, "particles: {scheme: {adaptive: {step: 0.1}}}"],
      "5:32: particles.scheme.adaptive: found a mapping, allowed: nothing to set"),
  ])
  func particles(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      ["manifold: sphere", "output: {points: 64}"],
      "5:10: output.points: is a key for the circle, allowed on spheres: "
        + "file, every, times, degree, particles"),
    Case(
      [zonal, "output: {modes: 64}"],
      "5:10: output.modes: is a key for the circle, allowed on spheres: "
        + "file, every, times, degree, particles"),
    Case(
      ["manifold: sphere", "output: {degree: 4}"],
      "5:18: output.degree: found 4, allowed: a whole number from 8 to 2047"),
  ])
  func outputs(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  // MARK: Negative densities

  /// 1 + √3 z falls to 1 − √3 at the south pole, 1 − 2 z to −1 at the north pole.
  @Test(arguments: [
    (
      ["manifold: sphere", "initial: {harmonics: [{degree: 1, order: 0, amplitude: 1}]}"],
      "-0.732"
    ),
    ([zonal, "initial: {harmonics: [{degree: 1, amplitude: -2}]}"], "-1"),
  ])
  func negativeDensityNamesValueAndPlace(edits: [String], value: String) throws {
    let message = try #require(Samples.refusal(Samples.least(edits))).message
    #expect(message.hasPrefix("circle.yaml:3:10: initial: found a density of \(value)"))
    #expect(message.hasSuffix(", allowed: ≥ 0 everywhere"))
  }

  /// 1 + √3 z/√3, and 1 + cos θ.
  @Test(arguments: [
    ["manifold: sphere", "initial: {harmonics: [{degree: 1, order: 0, amplitude: 0.577350269}]}"],
    [zonal, "initial: {harmonics: [{degree: 1, amplitude: 1}]}"],
  ])
  func aDensityMayTouchZero(edits: [String]) throws {
    _ = try Samples.runFile(Samples.least(edits))
  }
}
