internal import MeanField

/// What a sweep will need, estimated before it starts.
public struct SweepCost: Sendable, Equatable, Encodable {
  public var points = 0
  /// Bytes of memory of the largest point.
  public var memory = 0.0
  /// Bytes of the output file.
  public var disk = 0.0
  /// Operations of all points, about.
  public var work: Double { pointWork.reduce(0, +) }
  /// Operations of every point: the largest are solved first.
  public private(set) var pointWork: [Double] = []
  private var bytesPerPoint: Double

  init(snapshots: Int, observables: Int) {
    bytesPerPoint = 8 * Double(2 * snapshots * observables + 8)
  }

  mutating func add(_ run: RunFile) {
    let single = RunCost(run, compares: false)
    points += 1
    memory = max(memory, single.memory)
    disk += bytesPerPoint
    pointWork.append(single.workPerRate * Self.rates(run, single))
  }

  /// Right-hand sides up to the end, about; adaptive steps are as long as the flow lets them.
  private static func rates(_ run: RunFile, _ single: RunCost) -> Double {
    let isStochastic = single.stochasticSteps > 0
    switch run.particles?.scheme {
    case .euler(let step): return run.time.end / step
    case .adaptive where isStochastic: return 2 * single.stochasticSteps
    default:
      let attention = run.equation.attention
      let speed =
        attention.normalization == .softmax
        ? 1
        : LinearTheory(equation: run.equation)
          .lipschitzBound
      return 12 * (1 + min(run.time.end * speed, 1e9))
    }
  }

  /// Refuses a sweep that would not fit.
  ///
  /// - Parameter threads: how many points are solved at once.
  func check(output: String, threads: Int) throws(RunFileError) {
    let room = Room(subject: "the sweep")
    try room.checkMemory(
      RunCost.program + (memory - RunCost.program) * Double(min(threads, points)),
      advice: "fewer --threads, particles.count or particles.members")
    try room.checkDisk(disk, output: output, advice: "a longer output.every, or another disk")
  }

  private enum CodingKeys: String, CodingKey { case points, memory, disk, work }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(points, forKey: .points)
    try container.encode(memory, forKey: .memory)
    try container.encode(disk, forKey: .disk)
    try container.encode(work, forKey: .work)
  }
}
