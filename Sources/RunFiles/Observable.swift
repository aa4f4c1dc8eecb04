import MeanField
import SnapshotIO

extension Sweep {
  /// A number read off every snapshot of every point.
  public struct Observable: Sendable, Equatable {
    /// What it is a number of; of particles it is the mean over members.
    public enum Subject: String, Sendable, CaseIterable {
      case particles, density
    }

    public enum Quantity: Sendable, Equatable {
      /// The part of all pairs i ≠ j with ⟨x_i, x_j⟩ at least this.
      case probability(innerProductAtLeast: Double)
      /// A variable of the output of a single run; of vectors the norm.
      case diagnostic(String)
      /// (∬ P_l(⟨x,y⟩) dμ dμ)^{1/2}, on the circle |m_l|.
      case moment(Int)
    }

    /// What its variable is called.
    public var name: String
    public var subject: Subject
    public var quantity: Quantity
    let place: YAMLValue.Place

    public static func == (first: Self, second: Self) -> Bool {
      first.name == second.name && first.subject == second.subject
        && first.quantity == second.quantity
    }
  }
}

// MARK: - Values

extension Sweep.Observable {
  /// Diagnostics that are no entry of the table of single numbers.
  private static let others = ["cluster_count", "mean", "step"]

  /// The names of diagnostics that the subject has.
  static func diagnostics(of subject: Subject) -> [String] {
    (subject == .density ? Diagnostic.ofDensity(hasNodes: false) : Diagnostic.ofTokens).map(\.name)
      + others
  }

  /// The value of a density or of one member where it is.
  ///
  /// - Parameter snapshot: there at least where `needsSnapshot`.
  func value(_ law: any Law, _ snapshot: Snapshot?) -> Double {
    switch quantity {
    case .probability(let least):
      return law.pairProbability(innerProductAtLeast: least)
    case .moment(let degree):
      return law.amplitude(degree: degree)
    case .diagnostic("mean"):
      return law.mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .diagnostic("cluster_count"):
      return snapshot.map { Double($0.clusters().count) } ?? .nan
    case .diagnostic("step"):
      return snapshot.map { Double($0.steps) } ?? .nan
    case .diagnostic(let name):
      let diagnostic = Diagnostic.ofDensity(hasNodes: false).first { $0.name == name }
      return snapshot.flatMap { diagnostic?.value($0) } ?? .nan
    }
  }

  /// Whether the law is not enough.
  var needsSnapshot: Bool {
    if case .diagnostic(let name) = quantity { name != "mean" } else { false }
  }

  /// What the variable is, for readers of the file.
  var longName: String {
    let what =
      switch quantity {
      case .probability(let least): "part of all pairs i != j with inner product >= \(least)"
      case .moment(let degree):
        "sqrt of the double integral of P_l(<x,y>) dmu dmu, l = \(degree); on the circle |m_l|"
      case .diagnostic("mean"): "norm of the integral of x dmu"
      case .diagnostic("cluster_count"):
        "clusters: local maxima of Z whose basins hold at least 0.001"
      case .diagnostic("step"): "steps taken so far"
      case .diagnostic(let name):
        Diagnostic.ofDensity(hasNodes: false).first { $0.name == name }?.longName ?? name
      }
    return subject == .particles ? "mean over members: \(what)" : what
  }

  var quantityName: String {
    switch quantity {
    case .probability: "probability"
    case .moment: "moment"
    case .diagnostic(let name): name
    }
  }

  // MARK: Points

  /// Refuses a point that has nothing to observe.
  func check(_ run: RunFile, at point: @autoclosure () -> String) throws(RunFileError) {
    func refusal(_ sentence: String) -> RunFileError {
      .content("\(place): \(name): \(sentence) (at the point \(point()))")
    }
    if subject == .density, run.density == .none { throw refusal("no density is solved") }
    if subject == .particles, run.particles == nil {
      throw refusal("there are no particles: give the key particles")
    }
    if case .moment(let degree) = quantity, degree > run.output.modes {
      throw refusal(
        "found the moment \(degree), allowed: at most \(run.output.modes), the "
          + "highest of output")
    }
  }

  /// A run without what no observable looks at.
  static func pruned(_ run: RunFile, _ observables: [Self]) -> RunFile {
    var run = run
    if !observables.contains(where: { $0.subject == .density }) { run.density = .none }
    if !observables.contains(where: { $0.subject == .particles }) { run.particles = nil }
    return run
  }
}

// MARK: - Decoding

extension Sweep.Observable {
  /// Decodes `sweep.observables`.
  ///
  /// - Parameter dimensions: names that are taken.
  static func list(
    decoding field: Field, besides dimensions: [String]
  ) throws(RunFileError) -> [Self] {
    var found: [Self] = []
    for entry in try field.list(of: "observables", counts: 1...64) {
      let observable = try Self(decoding: entry)
      let taken = Sweep.reservedNames + dimensions + found.flatMap(\.variableNames)
      guard !observable.variableNames.contains(where: taken.contains) else {
        throw entry.refusal("name: found \(observable.name), which is taken, allowed: another name")
      }
      found.append(observable)
    }
    return found
  }

  private var variableNames: [String] { [name, name + "_standard_error"] }

  private init(decoding field: Field) throws(RunFileError) {
    let kinds = ["probability", "diagnostic", "moment"]
    let keys = try field.keys(["name", "of"] + kinds)
    let name = keys["name"]
    self.name = try name.text()
    guard self.name.first?.isLetter == true, self.name.count <= 64,
      self.name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    else {
      throw name.refusal(allowed: "a letter, then letters, digits and _")
    }
    guard keys["of"].isGiven else { throw keys["of"].refusal(allowed: "particles, density") }
    subject = try keys["of"].word(otherwise: Subject.particles)
    place = field.place
    let given = kinds.filter { keys[$0].isGiven }
    guard given.count == 1 else {
      throw field.refusal(
        "found \(given.isEmpty ? "no" : given.joined(separator: " and ")) quantity, allowed: one of "
          + kinds.joined(separator: ", "))
    }
    switch given[0] {
    case "probability":
      guard subject == .particles else {
        throw keys["probability"].refusal("is for pairs of particles, allowed: of: particles")
      }
      quantity = .probability(
        innerProductAtLeast: try keys["probability"].keys(["innerProductAtLeast"])[
          "innerProductAtLeast"
        ].number(.from(-1, to: 1, named: "a number from -1 to 1")))
    case "moment":
      quantity = .moment(try keys["moment"].wholeNumber(1...1 << 23))
    default:
      let word = keys["diagnostic"]
      let text = try word.text()
      let known = Self.diagnostics(of: subject)
      guard known.contains(text) else { throw word.refusal(word: text, known: known) }
      quantity = .diagnostic(text)
    }
  }
}
