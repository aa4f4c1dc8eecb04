import Foundation
import RunFiles
import TestSupport
import Testing

/// Every way `density: panels` can be wrong, with the sentence it is refused with.
struct PanelRefusalTests {
  typealias Case = RefusalTests.Case

  static let zonal = "manifold: {zonal: {dimension: 8}}"

  @Test(arguments: [
    Case(
      ["density: panels", "noise: 0.1"],
      "5:10: density: found panels, which carry a law along its flow, and noise has none, "
        + "allowed: none, spectral"),
    Case(
      ["manifold: sphere", "density: panels"],
      "5:10: density: found panels, but there are no panels on the sphere, "
        + "allowed: none, spectral"),
    Case(
      ["manifold: sphere", "initial: orthogonal", "density: panels", "particles: {}"],
      "5:10: density: found panels, but there are no panels on the sphere, "
        + "allowed: none, spectral"),
    Case(
      ["manifold: {sphere: {dimension: 8}}", "density: panels", "particles: {}"],
      "5:10: density: found panels, but in d = 8 only particles are solved, "
        + "allowed: none, or manifold: {zonal: {dimension: 8}}"),
  ])
  func noPanelsThere(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      "density: {panels: {points: 64}}",
      "5:20: density.panels.points: found an unknown key, allowed: tolerance, symmetry"),
    Case(
      "density: {panels: {tolerence: 1e-8}}",
      "5:20: density.panels.tolerence: found an unknown key, allowed: tolerance, symmetry, "
        + "did you mean 'tolerance'?"),
    Case(
      [zonal, "density: {panels: {symmetry: 2}}"],
      "5:20: density.panels.symmetry: is a key for the circle, allowed on spheres: tolerance"),
    Case(
      "density: {panels: {tolerance: 1}}",
      "5:31: density.panels.tolerance: found 1, allowed: a number from 1e-14 to 1e-2"),
    Case(
      "density: {panels: {symmetry: 0}}",
      "5:30: density.panels.symmetry: found 0, allowed: a whole number from 1 to 100000"),
    Case(
      "density: {panels: {symmetry: 1.5}}",
      "5:30: density.panels.symmetry: found 1.5, allowed: a whole number from 1 to 100000"),
    Case(
      "density: panel",
      "5:10: density: found 'panel', allowed: none, spectral, panels, did you mean 'panels'?"),
  ])
  func keys(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  /// Starts that are not what `symmetry` says, and what breaks it.
  @Test(arguments: [
    Case(
      ["initial: {harmonics: [{mode: 3, cosine: 0.2}, {mode: 2, sine: 0.1}]}"],
      "2, of amplitude 0.1, allowed: 1"),
    Case(
      ["initial: {harmonics: [{mode: 4, cosine: 0.2}, {mode: 8, sine: 0.1}]}"],
      "4, of amplitude 0.2, allowed: a divisor of 4"),
    Case(
      ["initial: {vonMises: [{mean: 1, concentration: 0}, {mean: 2, concentration: 1e-3}]}"],
      "1, of amplitude 0.0005, allowed: 1"),
    Case(
      ["initial: {vonMises: [{mean: 0, concentration: 5}, {mean: 3.14159, concentration: 5}]}"],
      "1, of amplitude 2.37067e-06, allowed: 1"),
  ])
  func asymmetricDensities(_ refused: Case) throws {
    let text = refused.text + "density: {panels: {symmetry: 3}}\n"
    let rest = refused.message.dropFirst("circle.yaml:".count)
    Samples.expectRefusal(
      text,
      "circle.yaml:5:30: density.panels.symmetry: found 3, but the start has mode \(rest)")
  }

  @Test(arguments: [
    ("uniform", 7), ("{harmonics: [{mode: 6, sine: 0.5}, {mode: 3, cosine: 0.25}]}", 3),
    ("{harmonics: [{mode: 1, sine: 0.5}, {mode: 1, sine: -0.5}, {mode: 2, sine: 0.5}]}", 2),
    ("{perturbedUniform: {amplitude: 0, modes: 3}}", 2),
    (
      "{vonMises: [{mean: 0.5, concentration: 9}, {mean: 2.59439510239320, concentration: 9}, "
        + "{mean: 4.68879020478639, concentration: 9}]}", 3
    ),
    (
      "{vonMises: [{mean: 0, concentration: 400}, {mean: 3.141592653589793, concentration: 400}]}",
      2
    ),
  ])
  func symmetricDensities(initial: String, folds: Int) throws {
    let run = try Samples.runFile(
      Samples.least("initial: \(initial)", "density: {panels: {symmetry: \(folds)}}"))
    guard case .panels(let panels) = run.density else {
      Issue.record("the density is not on panels")
      return
    }
    #expect(panels.symmetry == folds)
  }

  /// Cartesian rows and masses of tokens; the symmetry asked for; what breaks it.
  @Test(arguments: [
    ("1,0,1\n0,1,1\n-1,0,1\n0,-1,1\n", 4, nil),
    ("1,0,1\n0,1,2\n-1,0,1\n0,-1,2\n", 2, nil),
    // Two at one place are one of their mass.
    ("1,0,1\n0,1,3\n-1,0,2\n0,-1,3\n1,-1e-17,1\n", 2, nil),
    ("1,0,1\n0,1,2\n-1,0,1\n0,-1,2\n", 4, "0 has none of its mass at 1.5708"),
    ("1,0,1\n0,1,1\n-1,0.01,1\n0,-1,1\n", 2, "0 has none of its mass at 3.14159"),
    ("1,0,1\n0,1,1\n", 3, "0 has none of its mass at 2.0944"),
  ])
  func tokens(rows: String, folds: Int, flaw: String?) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(rows, to: "tokens.csv")
    let text = Samples.least(
      "initial: {tokens: {file: \"\(path)\"}}", "density: {panels: {symmetry: \(folds)}}")
    guard let flaw else {
      _ = try Samples.runFile(text)
      return
    }
    Samples.expectRefusal(
      text,
      "circle.yaml:5:30: density.panels.symmetry: found \(folds), but the token at angle \(flaw), "
        + "allowed: 1, or tokens that have")
  }

  @Test func tokensOfZonalLawsAreNoLawOfOneAngle() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("1,0,0\n0,1,0\n", to: "tokens.csv")
    Samples.expectRefusal(
      Samples.least(
        "manifold: {zonal: {dimension: 3}}", "initial: {tokens: {file: \"\(path)\"}}",
        "density: panels", "particles: {}"),
      "circle.yaml:5:10: density: found panels, but initial.tokens is no law symmetric about the pole, "
        + "allowed: none")
  }
}
