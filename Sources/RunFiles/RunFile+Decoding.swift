import Foundation
import MeanField

extension RunFile {
  private static let largestBeta = 1e6
  fileprivate static let largestParticleCount = 1_000_000_000
  private static let largestMemberCount = 1_000_000

  /// Decodes a run file: the one place where defaults stand.
  ///
  /// - Parameter name: Path of the run file, for the defaults that are made from its name.
  init(decoding root: Field, name: String) throws(RunFileError) {
    let keys = try root.keys(
      [
        "title", "manifold", "attention", "noise", "initial", "density", "particles", "time",
        "output", "compare",
      ],
      refused: [
        "sweep": "found a sweep, which meanfield sweep solves; allowed here: a single run"
      ])
    let file = FileName(path: name)
    title = try keys["title"].text(otherwise: file.title)
    equation = Equation(
      manifold: try Self.manifold(keys["manifold"]),
      attention: try Self.attention(keys["attention"]),
      noise: try keys["noise"].number(.nonnegative, otherwise: 0))
    initial = try Initial(decoding: keys["initial"], on: equation.manifold)
    time = try Time(decoding: keys["time"])
    density = try Density(
      decoding: keys["density"], of: initial, in: equation, tolerance: time.tolerance)
    particles = try Self.particles(keys["particles"], from: initial, of: equation)
    if density == .none, particles == nil {
      throw equation.manifold.hasDensities
        ? keys["density"].refusal(
          "found none and no particles, allowed: a density, particles or both")
        : keys["particles"].refusal(
          "missing, but in d = \(equation.manifold.dimension) only particles are solved")
    }
    output = try Self.output(
      keys["output"], file: file, on: equation.manifold, end: time.end)
    compare = try Compare(decoding: keys["compare"])
  }

  // MARK: Equation

  private static func manifold(_ field: Field) throws(RunFileError) -> Manifold {
    let (name, settings) = try field.choice(["circle", "sphere", "zonal"])
    let dimensions = 3...Manifold.largestDimension
    switch name {
    case "sphere":
      return .sphere(
        dimension: try settings.keys(["dimension"])["dimension"].wholeNumber(
          dimensions, otherwise: 3))
    case "zonal":
      return .zonal(
        dimension: try settings.keys(["dimension"])["dimension"].wholeNumber(dimensions))
    default:
      try settings.refuseSettings()
      return .circle
    }
  }

  private static func attention(_ field: Field) throws(RunFileError) -> Attention {
    let keys = try field.keys(["beta", "normalization"])
    let beta = try keys["beta"].number(.nonnegative)
    let normalization = try keys["normalization"].word(
      otherwise: Attention.Normalization.softmax)
    if normalization == .unnormalized, beta > Attention.largestUnnormalizedBeta {
      throw keys["beta"].refusal(
        "\(keys["beta"].found), allowed: at most 700 with normalization: unnormalized, beyond which "
          + "e^β overflows (use normalization: peak)")
    }
    guard beta <= largestBeta else { throw keys["beta"].refusal(allowed: "at most 1e6") }
    return Attention(beta: beta, normalization: normalization)
  }

  // MARK: Particles

  private static func particles(
    _ field: Field, from initial: Initial, of equation: Equation
  ) throws(RunFileError) -> Particles? {
    guard field.isGiven else { return nil }
    let noise = equation.noise
    let keys = try field.keys(["count", "members", "seed", "scheme", "step"])
    let scheme = try scheme(keys["scheme"], noise: noise)
    var count = try keys["count"].wholeNumber(1...largestParticleCount, otherwise: 1024)
    let members = try keys["members"].wholeNumber(1...largestMemberCount, otherwise: 1)
    switch initial.law {
    case .tokens(let tokens):
      guard !keys["count"].isGiven || count == tokens.count else {
        throw keys["count"].refusal(
          allowed: "\(tokens.count), the rows of initial.tokens, or no count")
      }
      count = tokens.count
    case .orthogonal:
      let dimension = equation.manifold.dimension
      if !keys["count"].isGiven { count = dimension }
      guard count <= dimension else {
        throw keys["count"].refusal(
          allowed: "at most \(dimension), the dimension, as the tokens are orthogonal")
      }
    case .uniform, .harmonics, .vonMises, .perturbedUniform: break
    }
    guard initial.law.hasDensity || members == 1 || noise > 0 else {
      throw keys["members"].refusal(
        allowed: "1, as tokens without noise move alike in every member")
    }
    var step: Double?
    if keys["step"].isGiven {
      guard noise > 0 else {
        throw keys["step"].refusal(allowed: "no step, which only noise > 0 has")
      }
      step = try keys["step"].number(.positive)
    }
    return Particles(
      count: count, members: members, seed: try keys["seed"].seed(otherwise: 0), scheme: scheme,
      step: step)
  }

  private static func scheme(_ field: Field, noise: Double) throws(RunFileError) -> TokenScheme {
    guard field.isGiven else { return .adaptive }
    let (name, settings) = try field.choice(["adaptive", "euler"])
    guard name == "euler" else {
      try settings.refuseSettings()
      return .adaptive
    }
    guard noise == 0 else {
      throw field.refusal("found euler, which knows no noise, allowed: adaptive")
    }
    return .euler(step: try settings.keys(["step"])["step"].number(.positive))
  }

  // MARK: Output

  private static func output(
    _ field: Field, file: FileName, on manifold: Manifold, end: Double
  ) throws(RunFileError) -> Output {
    let names = ResolutionKeys(manifold)
    let known = ["file", "every", "times"] + names.outputKeys + ["particles"]
    let keys = try field.keys(
      known, refused: names.refused(["degree", "points", "modes"], allowed: known))
    let resolution = try keys[names.key].wholeNumber(
      8...names.largest, otherwise: names.defaultOutput)
    return Output(
      file: try keys["file"].text(otherwise: file.output),
      schedule: try Schedule(every: keys["every"], times: keys["times"], end: end),
      resolution: resolution,
      modes: names.outputKeys.contains("modes")
        ? try keys["modes"].wholeNumber(1...names.largest / 2, otherwise: 64) : resolution,
      particles: try writtenParticles(keys["particles"]))
  }

  private static func writtenParticles(
    _ field: Field
  ) throws(RunFileError) -> WrittenParticles {
    guard field.isGiven else { return .all }
    switch field.value?.content {
    case .plain("all"), .text("all"): return .all
    case .plain("none"), .text("none"): return .none
    default: break
    }
    let most = largestParticleCount
    guard case .plain(let text) = field.value?.content,
      let count: Int = Number.wholeValue(of: text), (1...most).contains(count)
    else {
      throw field.refusal(allowed: "all, none or a whole number from 1 to \(most)")
    }
    return .first(count)
  }
}

extension RunFile.Time {
  static let tolerances = Bounds.from(
    1e-14, to: 1e-2, named: "a number from 1e-14 to 1e-2")

  fileprivate init(decoding field: Field) throws(RunFileError) {
    let keys = try field.keys(["end", "tolerance"])
    end = try keys["end"].number(.positive)
    tolerance = try keys["tolerance"].number(Self.tolerances, otherwise: 1e-8)
  }
}

extension RunFile.Compare {
  /// Rungs of the ladder, at most: with the most members there may be, each still has a number of its
  /// own (`RandomStream` takes 24 bits).
  private static let mostRungs = 15

  fileprivate init(decoding field: Field) throws(RunFileError) {
    let keys = try field.keys(["sigmas", "counts"])
    sigmas = try keys["sigmas"].number(.positive, otherwise: 4)
    counts = []
    guard keys["counts"].isGiven else { return }
    for entry in try keys["counts"].list(of: "particle counts", counts: 2...Self.mostRungs) {
      counts.append(try entry.wholeNumber(1...RunFile.largestParticleCount))
    }
    guard Set(counts).count > 1 else {
      throw keys["counts"].refusal(
        "found \(counts[0]) alone, allowed: at least two different particle counts")
    }
  }
}

/// The parts of a run file's name that defaults are made of.
private struct FileName {
  let title: String
  let output: String

  init(path: String) {
    // A resolved run file has to be readable again, and text there has no control characters.
    let printable = String(
      String.UnicodeScalarView(
        path.unicodeScalars.filter { !Quoting.isControl($0) }))
    let name = printable.split(separator: "/").last.map(String.init) ?? "run"
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    title = name
    output = "output/\(stem.isEmpty ? name : String(stem)).nc"
  }
}
