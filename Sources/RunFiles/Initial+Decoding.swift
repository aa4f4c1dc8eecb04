import Foundation
import MeanField

extension RunFile.Initial {
  private static let largestTermCount = 100_000
  /// Terms whose sum cannot overflow; a density ≥ 0 has none beyond 2.
  private static let amplitudes = Bounds.from(-1e6, to: 1e6, named: "a number from -1e6 to 1e6")
  /// How far below zero rounding may take a density that touches it.
  private static let rounding = 1e-12

  /// Decodes the one initial law of a run file, reading its token file if it names one.
  init(decoding field: Field, on manifold: Manifold) throws(RunFileError) {
    var known = ["uniform", "harmonics", "vonMises", "perturbedUniform", "tokens"]
    var refused: [String: String] = [:]
    switch manifold {
    case .sphere: known.append("orthogonal")
    case .circle, .zonal:
      refused["orthogonal"] =
        "'orthogonal' needs manifold: {sphere: {dimension: d}}, allowed here: "
        + known.joined(separator: ", ")
    }
    if case .sphere(let dimension) = manifold, dimension > 3 {
      for name in ["harmonics", "perturbedUniform"] {
        known.removeAll { $0 == name }
        refused[name] =
          "'\(name)' is for the circle, S² and zonal laws, allowed in d = \(dimension): "
          + "uniform, vonMises, tokens, orthogonal"
      }
    }
    let (name, settings) = try field.choice(known, refused: refused)
    tokenFile = nil
    switch name {
    case "harmonics":
      law = .harmonics(try Self.harmonics(settings, on: manifold))
    case "vonMises":
      law = .vonMises(try Self.vonMises(settings, on: manifold))
    case "orthogonal":
      try settings.refuseSettings()
      law = .orthogonal
    case "perturbedUniform":
      let keys = try settings.keys(["amplitude", "modes", "seed"])
      law = .perturbedUniform(
        amplitude: try keys["amplitude"].number(.from(0, to: 1e6, named: "a number from 0 to 1e6")),
        modes: try keys["modes"].wholeNumber(1...Self.largestDegree(on: manifold)),
        seed: try keys["seed"].seed(otherwise: 0))
    case "tokens":
      let file = try settings.keys(["file"])["file"]
      let path = try file.text()
      tokenFile = path
      do {
        law = .tokens(try TokenFile.read(path, on: manifold))
      } catch {
        let refusal = file.refusal("\(path): \(error.sentence)")
        throw error.exitCode == 65 ? refusal : .input(refusal.message)
      }
    default:
      try settings.refuseSettings()
      law = .uniform
    }
    try refuseNegativeDensity(field, on: manifold)
  }

  /// The key of the run file that says what the law is.
  var key: String { tokenFile == nil ? "initial.orthogonal" : "initial.tokens" }

  private func refuseNegativeDensity(
    _ field: Field, on manifold: Manifold
  ) throws(RunFileError) {
    switch law {
    case .uniform, .vonMises, .tokens, .orthogonal: return
    case .harmonics, .perturbedUniform: break
    }
    let least = manifold.geometry.smallestDensity(of: law)
    guard least.value >= -Self.rounding else {
      throw field.refusal(
        "found a density of \(Quoting.rounded(least.value)) at \(least.place), "
          + "allowed: ≥ 0 everywhere")
    }
  }

  private static func largestDegree(on manifold: Manifold) -> Int {
    manifold == .circle ? 100_000 : ResolutionKeys(manifold).largest
  }

  private static func harmonics(
    _ field: Field, on manifold: Manifold
  ) throws(RunFileError) -> [InitialLaw.Harmonic] {
    let known =
      switch manifold {
      case .circle: ["mode", "cosine", "sine"]
      case .sphere: ["degree", "order", "amplitude"]
      case .zonal: ["degree", "amplitude"]
      }
    let words = known.joined(separator: ", ")
    let elsewhere = ["mode", "cosine", "sine", "degree", "order", "amplitude"]
      .filter { !known.contains($0) }
    let refused = Dictionary(
      uniqueKeysWithValues: elsewhere.map {
        ($0, "is a key for another manifold, allowed here: \(words)")
      })
    var harmonics: [InitialLaw.Harmonic] = []
    for term in try field.list(of: "{\(words)}", counts: 1...largestTermCount) {
      let keys = try term.keys(known, refused: refused)
      let degree = try keys[known[0]].wholeNumber(1...largestDegree(on: manifold))
      guard manifold != .circle else {
        harmonics.append(
          InitialLaw.Harmonic(
            mode: degree, cosine: try keys["cosine"].number(amplitudes, otherwise: 0),
            sine: try keys["sine"].number(amplitudes, otherwise: 0)))
        continue
      }
      let amplitude = try keys["amplitude"].number(amplitudes)
      // |m| ≤ l: what is beyond is named as such.
      let order = known.contains("order") ? try keys["order"].wholeNumber(-degree...degree) : 0
      harmonics.append(
        InitialLaw.Harmonic(
          degree: degree, order: abs(order), cosine: order < 0 ? 0 : amplitude,
          sine: order < 0 ? amplitude : 0))
    }
    return harmonics
  }

  private static func vonMises(
    _ field: Field, on manifold: Manifold
  ) throws(RunFileError) -> [InitialLaw.VonMises] {
    // Beyond, a bump has more modes than any grid allowed.
    let concentration = Bounds(description: "a number from 0 to 1e6") { $0 >= 0 && $0 <= 1e6 }
    var densities: [InitialLaw.VonMises] = []
    for term in try field.list(
      of: "{mean, concentration, weight}", counts: 1...largestTermCount)
    {
      let keys = try term.keys(["mean", "concentration", "weight"])
      densities.append(
        InitialLaw.VonMises(
          mean: try mean(keys["mean"], on: manifold),
          concentration: try keys["concentration"].number(concentration),
          weight: try keys["weight"].number(.positive, otherwise: 1)))
    }
    return densities
  }

  private static func mean(_ field: Field, on manifold: Manifold) throws(RunFileError) -> [Double] {
    switch manifold {
    case .circle:
      return [try field.number(Bounds(description: "an angle, in radians") { _ in true })]
    case .zonal:
      guard case .plain(let word) = field.value?.content, ["north", "south"].contains(word) else {
        throw field.refusal(allowed: "north, south")
      }
      return [word == "north" ? 1 : -1]
    case .sphere(let dimension):
      var vector: [Double] = []
      for component in try field.list(of: "numbers", counts: dimension...dimension) {
        vector.append(try component.number(.from(-1e100, to: 1e100, named: "a number")))
      }
      guard vector.contains(where: { abs($0) > 1e-100 }) else {
        throw field.refusal("found the zero vector, allowed: a vector with a direction")
      }
      return vector
    }
  }
}
