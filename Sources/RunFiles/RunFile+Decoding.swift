import Foundation
import MeanField

extension RunFile {
  private static let largestPoints = 1 << 24
  private static let largestBeta = 1e6
  private static let largestParticleCount = 1_000_000_000
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
        "sweep": "'sweep' is reserved for a later version; this one makes single runs"
      ])
    let file = FileName(path: name)
    title = try keys["title"].text(otherwise: file.title)
    manifold = try Self.manifold(keys["manifold"])
    equation = Equation(
      attention: try Self.attention(keys["attention"]),
      noise: try keys["noise"].number(.nonnegative, otherwise: 0))
    initial = try Initial(decoding: keys["initial"])
    time = try Time(decoding: keys["time"])
    density = try Self.density(keys["density"], of: initial, tolerance: time.tolerance)
    particles = try Self.particles(keys["particles"], from: initial, noise: equation.noise)
    if density == .none, particles == nil {
      throw keys["density"].refusal(
        "found none and no particles, allowed: a density, particles or both")
    }
    output = try Self.output(
      keys["output"], file: file, end: time.end)
    compare = Compare(
      sigmas: try keys["compare"].keys(
        ["sigmas"], refused: ["counts": "'counts' is reserved for a later version"]
      )["sigmas"].number(.positive, otherwise: 4))
  }

  // MARK: Equation

  private static func manifold(_ field: Field) throws(RunFileError) -> Manifold {
    let known = Manifold.allCases.map(\.rawValue)
    let solves = known.joined(separator: ", ")
    let choice = try field.choice(
      known,
      refused: [
        "sphere": "'sphere' is reserved for a later version; this one solves: \(solves)",
        "zonal": "'zonal' is reserved for a later version; this one solves: \(solves)",
      ])
    try choice.settings.refuseSettings()
    guard let manifold = Manifold(rawValue: choice.name) else {
      throw field.refusal(word: choice.name, known: known)
    }
    return manifold
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

  // MARK: Density and particles

  private static func density(
    _ field: Field, of initial: Initial, tolerance: Double
  ) throws(RunFileError) -> Density {
    let known = ["none", "spectral"]
    let hasDensity = initial.tokenFile == nil
    guard field.isGiven || hasDensity else {
      throw field.refusal(
        "missing, but initial.tokens has no density to solve, allowed: density: none")
    }
    let choice =
      field.isGiven
      ? try field.choice(
        known,
        refused: [
          "panels": "'panels' is reserved for a later version; this one solves: "
            + known.joined(separator: ", ")
        ])
      : (name: "spectral", settings: Field(path: field.path, place: field.place, value: nil))
    if choice.name == "none" {
      try choice.settings.refuseSettings()
      return .none
    }
    guard hasDensity else {
      throw field.refusal(
        "found spectral, but initial.tokens has no density to solve, allowed: none")
    }
    let sphere = "is a key for spheres, allowed on the circle: points, maximumPoints, tolerance"
    let keys = try choice.settings.keys(
      ["points", "maximumPoints", "tolerance"],
      refused: ["degree": sphere, "maximumDegree": sphere])
    let maximumPoints = try keys["maximumPoints"].wholeNumber(
      8...largestPoints, otherwise: 131_072)
    return .spectral(
      Spectral(
        points: try keys["points"].wholeNumber(
          8...maximumPoints, otherwise: min(256, maximumPoints)),
        maximumPoints: maximumPoints,
        tolerance: try keys["tolerance"].number(Time.tolerances, otherwise: tolerance)))
  }

  private static func particles(
    _ field: Field, from initial: Initial, noise: Double
  ) throws(RunFileError) -> Particles? {
    guard field.isGiven else { return nil }
    let keys = try field.keys(["count", "members", "seed", "scheme", "step"])
    try refuseReservedScheme(keys["scheme"])
    var count = try keys["count"].wholeNumber(1...largestParticleCount, otherwise: 1024)
    let members = try keys["members"].wholeNumber(1...largestMemberCount, otherwise: 1)
    if case .tokens(let tokens) = initial.law {
      guard !keys["count"].isGiven || count == tokens.angles.count else {
        throw keys["count"].refusal(
          allowed: "\(tokens.angles.count), the rows of initial.tokens, or no count")
      }
      count = tokens.angles.count
      guard members == 1 || noise > 0 else {
        throw keys["members"].refusal(
          allowed: "1, as tokens without noise move alike in every member")
      }
    }
    var step: Double?
    if keys["step"].isGiven {
      guard noise > 0 else {
        throw keys["step"].refusal(allowed: "no step, which only noise > 0 has")
      }
      step = try keys["step"].number(.positive)
    }
    return Particles(
      count: count, members: members, seed: try keys["seed"].seed(otherwise: 0), step: step)
  }

  private static func refuseReservedScheme(_ field: Field) throws(RunFileError) {
    guard field.isGiven else { return }
    let choice = try field.choice(
      ["adaptive"],
      refused: [
        "euler": "'euler' is reserved for a later version; this one steps: adaptive"
      ])
    try choice.settings.refuseSettings()
  }

  // MARK: Output

  private static func output(
    _ field: Field, file: FileName, end: Double
  ) throws(RunFileError) -> Output {
    let known = ["file", "every", "times", "points", "modes", "particles"]
    let keys = try field.keys(
      known,
      refused: [
        "degree": "is a key for spheres, allowed on the circle: \(known.joined(separator: ", "))"
      ])
    return Output(
      file: try keys["file"].text(otherwise: file.output),
      schedule: try Schedule(every: keys["every"], times: keys["times"], end: end),
      points: try keys["points"].wholeNumber(8...largestPoints, otherwise: 1024),
      modes: try keys["modes"].wholeNumber(1...largestPoints / 2, otherwise: 64),
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
