import Foundation
import MeanField

extension RunFile.Initial {
  private static let largestMode = 100_000
  private static let largestTermCount = 100_000
  /// Terms whose sum cannot overflow; a density ≥ 0 has none beyond 2.
  private static let amplitudes = Bounds.from(-1e6, to: 1e6, named: "a number from -1e6 to 1e6")
  /// How far below zero rounding may take a density that touches it.
  private static let rounding = 1e-12

  /// Decodes the one initial law of a run file, reading its token file if it names one.
  init(decoding field: Field) throws(RunFileError) {
    let known = ["uniform", "harmonics", "vonMises", "perturbedUniform", "tokens"]
    let (name, settings) = try field.choice(
      known,
      refused: [
        "orthogonal":
          "'orthogonal' needs manifold: {sphere: {dimension: d}}, allowed on the circle: "
          + known.joined(separator: ", ")
      ])
    tokenFile = nil
    switch name {
    case "harmonics":
      law = .harmonics(try Self.harmonics(settings))
    case "vonMises":
      law = .vonMises(try Self.vonMises(settings))
    case "perturbedUniform":
      let keys = try settings.keys(["amplitude", "modes", "seed"])
      law = .perturbedUniform(
        amplitude: try keys["amplitude"].number(.from(0, to: 1e6, named: "a number from 0 to 1e6")),
        modes: try keys["modes"].wholeNumber(1...Self.largestMode),
        seed: try keys["seed"].seed(otherwise: 0))
    case "tokens":
      let file = try settings.keys(["file"])["file"]
      let path = try file.text()
      tokenFile = path
      do {
        law = .tokens(try TokenFile.read(path))
      } catch {
        let refusal = file.refusal("\(path): \(error.sentence)")
        throw error.exitCode == 65 ? refusal : .input(refusal.message)
      }
    default:
      try settings.refuseSettings()
      law = .uniform
    }
    try refuseNegativeDensity(field)
  }

  private func refuseNegativeDensity(_ field: Field) throws(RunFileError) {
    switch law {
    case .uniform, .vonMises, .tokens: return
    case .harmonics, .perturbedUniform: break
    }
    let least = law.smallestDensity()
    guard least.value >= -Self.rounding else {
      let turn = 2 * Double.pi
      let angle = least.angle - turn * (least.angle / turn).rounded(.down)
      throw field.refusal(
        "found a density of \(Quoting.rounded(least.value)) at angle \(Quoting.rounded(angle)), "
          + "allowed: ≥ 0 everywhere")
    }
  }

  private static func harmonics(
    _ field: Field
  ) throws(RunFileError) -> [InitialLaw.Harmonic] {
    let sphere = "is a key for spheres, allowed on the circle: mode, cosine, sine"
    var harmonics: [InitialLaw.Harmonic] = []
    for term in try field.list(of: "{mode, cosine, sine}", counts: 1...largestTermCount) {
      let keys = try term.keys(
        ["mode", "cosine", "sine"],
        refused: ["degree": sphere, "order": sphere, "amplitude": sphere])
      harmonics.append(
        InitialLaw.Harmonic(
          mode: try keys["mode"].wholeNumber(1...largestMode),
          cosine: try keys["cosine"].number(amplitudes, otherwise: 0),
          sine: try keys["sine"].number(amplitudes, otherwise: 0)))
    }
    return harmonics
  }

  private static func vonMises(_ field: Field) throws(RunFileError) -> [InitialLaw.VonMises] {
    let angle = Bounds(description: "an angle, in radians") { _ in true }
    // Beyond, a bump has more modes than any grid allowed.
    let concentration = Bounds(description: "a number from 0 to 1e6") { $0 >= 0 && $0 <= 1e6 }
    var densities: [InitialLaw.VonMises] = []
    for term in try field.list(
      of: "{mean, concentration, weight}", counts: 1...largestTermCount)
    {
      let keys = try term.keys(["mean", "concentration", "weight"])
      densities.append(
        InitialLaw.VonMises(
          mean: try keys["mean"].number(angle),
          concentration: try keys["concentration"].number(concentration),
          weight: try keys["weight"].number(.positive, otherwise: 1)))
    }
    return densities
  }
}
