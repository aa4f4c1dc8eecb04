/// A sweep: a run file solved for every combination of the values of some of its keys.
///
/// Points are counted with the last key fastest. All of them have the same snapshot times.
public struct Sweep: Sendable {
  /// A swept key and its values.
  public struct Key: Sendable {
    /// Dotted, as `attention.beta`.
    public var path: String
    /// What its dimension is called.
    public var name: String
    /// Every value on one line, as YAML.
    public var labels: [String]
    /// The values where all are numbers, else nil.
    public var numbers: [Double]?
    let settings: [Setting]
  }

  public let keys: [Key]
  public let observables: [Observable]
  /// Where the results go.
  public let output: String
  public let title: String
  public let times: [Double]
  /// The seed of all points; nil if it is swept or there are no particles.
  public let seed: UInt64?
  /// The run file with every default that all points share, as YAML that reads back to the same
  /// points.
  public let yaml: String
  public let cost: SweepCost
  private let source: RunFileSource

  public var pointCount: Int { Self.pointCount(keys) }

  /// Reads a sweep and decodes every one of its points.
  ///
  /// - Parameter output: where results go, if not where the file says.
  public init(_ source: RunFileSource, output: String? = nil) throws(RunFileError) {
    guard let block = source.root.entry("sweep"), case .mapping(var entries) = source.root.content
    else {
      throw .content("\(source.name): sweep: missing; a single run is solved by meanfield run")
    }
    let sweep = Field(path: "sweep", place: block.place, value: block.value)
    let parts = try sweep.keys(["keys", "observables"])
    keys = try Key.list(decoding: parts["keys"])
    observables = try Observable.list(decoding: parts["observables"], besides: keys.map(\.name))
    entries.removeAll { $0.key == "sweep" }
    var base = source.root
    base.content = .mapping(entries)
    if let output {
      let place = YAMLValue.Place.setting("output.file=\(output)")
      try Setting(
        path: ["output", "file"], value: YAMLValue(content: .text(output), place: place),
        place: place
      ).apply(to: &base)
    }
    self.source = RunFileSource(root: base, name: source.name)

    let first = try Self.runFile(at: 0, keys, self.source)
    self.output = first.output.file
    title = first.title
    times = first.snapshotTimes
    var resolved = ResolvedBase(written: base, first.node)
    var cost = SweepCost(snapshots: times.count, observables: observables.count)
    var seeds: Set<UInt64> = []
    for point in 0..<Self.pointCount(keys) {
      let run = try Self.runFile(at: point, keys, self.source)
      for observable in observables {
        try observable.check(run, at: Self.description(of: point, keys))
      }
      resolved.keepShared(run.node)
      cost.add(Observable.pruned(run, observables))
      if let particles = run.particles { seeds.insert(particles.seed) }
    }
    seed = seeds.count == 1 ? seeds.first : nil
    yaml = resolved.yaml(sweep: block.value)
    self.cost = cost
  }

  /// The run file of a point.
  public func runFile(at point: Int) throws(RunFileError) -> RunFile {
    try Self.runFile(at: point, keys, source)
  }

  /// The index of a point's value of every key.
  public func indices(of point: Int) -> [Int] { Self.indices(of: point, keys) }

  /// A point in words: `beta = 9, manifold = circle`.
  public func description(of point: Int) -> String { Self.description(of: point, keys) }

  private static func pointCount(_ keys: [Key]) -> Int {
    keys.reduce(1) { $0 * $1.labels.count }
  }

  private static func indices(of point: Int, _ keys: [Key]) -> [Int] {
    var rest = point
    return Array(
      keys.reversed().map { key in
        defer { rest /= key.labels.count }
        return rest % key.labels.count
      }.reversed())
  }

  private static func description(of point: Int, _ keys: [Key]) -> String {
    zip(keys, indices(of: point, keys)).map { "\($0.name) = \(Quoting.shortened($0.labels[$1]))" }
      .joined(separator: ", ")
  }

  private static func runFile(
    at point: Int, _ keys: [Key], _ source: RunFileSource
  ) throws(RunFileError) -> RunFile {
    do {
      var root = source.root
      for (key, index) in zip(keys, indices(of: point, keys)) {
        try key.settings[index].apply(to: &root)
      }
      return try RunFile(RunFileSource(root: root, name: source.name))
    } catch {
      throw RunFileError(
        message: "\(error.message) (at the point \(description(of: point, keys)))",
        exitCode: error.exitCode)
    }
  }
}
