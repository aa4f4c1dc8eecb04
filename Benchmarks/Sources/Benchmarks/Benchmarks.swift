import CountAllocations
import Foundation
import MeanField
import RunFiles
import SnapshotIO
import Transforms

/// Prints every speed as a ratio to a bound measured in the same run, beside its target.
///
///     make bench
///
/// Arguments name the parts to be run; the argument `transforms` answers `Benchmarks/transforms.py`.
@main
enum Benchmarks {
  static func main() throws {
    let names = CommandLine.arguments.dropFirst()
    if names.first == "transforms" { return answerDegrees() }
    if let unknown = names.first(where: { name in !parts.contains { $0.name == name } }) {
      let known = parts.map(\.name).joined(separator: ", ")
      FileHandle.standardError.write(
        Data("no part is called '\(unknown)'; they are \(known)\n".utf8))
      exit(2)
    }
    print("measured in one thread unless said otherwise; least of several repetitions\n")
    for part in parts where names.isEmpty || names.contains(part.name) { try part.run() }
  }

  private static var parts: [(name: String, run: () throws -> Void)] {
    [
      ("spectralRate", spectralRate), ("particleVelocities", particleVelocities),
      ("pairSums", pairSums), ("spherePairSums", spherePairSums),
      ("sphereTransforms", sphereTransforms), ("sphereRate", sphereRate),
      ("sphereRoad", sphereRoad), ("alignment", alignment), ("members", members),
      ("writing", writing), ("comparison", comparison), ("panelRate", panelRate),
      ("longRun", longRun), ("metastableRuns", metastableRuns), ("wholeDemo", wholeDemo),
      ("allocations", allocations),
    ]
  }

  /// Least time of `body` over several repetitions, in seconds.
  static func seconds(repetitions: Int = 9, _ body: () -> Void) -> Double {
    body()
    var least = Double.infinity
    for _ in 0..<repetitions {
      let start = DispatchTime.now().uptimeNanoseconds
      body()
      least = min(least, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
    }
    return least
  }

  static func report(
    _ name: String, _ time: Double, _ bound: Double, of boundName: String, target: Double
  ) {
    let verdict = time / bound <= target ? "met" : "missed"
    print(
      String(
        format: "%@\n  %.4g µs; %@: %.4g µs; ratio %.3g, target at most %.3g: %@", name,
        time * 1e6, boundName, bound * 1e6, time / bound, target, verdict))
  }

  /// A density whose spectrum fills the grid.
  static func density(points: Int) -> (SpectralDynamics<FourierBasis>, [Double]) {
    let equation = Equation(attention: Attention(beta: 16))
    let dynamics = SpectralDynamics(
      equation: equation, basis: FourierBasis(points: points), maximum: points, tolerance: 1e-2)
    let moments = InitialLaw.vonMises([.init(mean: 1, concentration: 4)])
      .circularMoments(modes: dynamics.basis.modes)
    return (dynamics, moments.values + [0])
  }

  static func spectralRate() {
    for points in [256, 1024, 4096] {
      var (dynamics, state) = density(points: points)
      var rate = state
      let count = 400_000 / points
      let time = seconds {
        for _ in 0..<count { dynamics.writeRate(of: state, into: &rate) }
      }
      let transforms = (0..<4).map { _ in RealFourierTransform(count: points) }
      // Backward transforms destroy their input: a fresh spectrum every time would be a copy more.
      let bare = seconds {
        for _ in 0..<count {
          transforms[0].synthesize()
          transforms[1].synthesize()
          transforms[2].synthesize()
          transforms[3].analyze()
        }
      }
      report(
        "right-hand side, softmax, M = \(points)", time / Double(count), bare / Double(count),
        of: "its four transforms", target: 1.4)
    }
  }

  static func particleVelocities() {
    let count = 1_000_000
    // As in a run: the stages of a step pass through more memory than the caches hold.
    let sets = 12
    let angles = (0..<sets).map { s in
      CircleSampler(law: .uniform).draws(count: count, seed: UInt64(s), member: 0) + [0]
    }
    var rates = angles
    for normalization in [Attention.Normalization.unnormalized, .softmax] {
      let equation = Equation(attention: Attention(beta: 81, normalization: normalization))
      var dynamics = CircleTokenDynamics(equation: equation, count: count)
      let time = seconds(repetitions: 3) {
        for s in 0..<sets { dynamics.writeRate(of: angles[s], into: &rates[s]) }
      }
      let bare = seconds(repetitions: 3) {
        for s in 0..<sets {
          angles[s].withUnsafeBufferPointer { source in
            rates[s].withUnsafeMutableBufferPointer { target in
              for i in source.indices { target[i] = 1.5 * source[i] }
            }
          }
        }
      }
      report(
        "velocities of 10⁶ tokens, β = 81, \(normalization)", time / Double(sets),
        bare / Double(sets), of: "one pass over angles and velocities", target: 6)
    }
  }

  static func pairSums() {
    let count = 4096
    let angles = CircleSampler(law: .uniform).draws(count: count, seed: 1, member: 0)
    var partition = angles
    var slope = angles
    let sums = CirclePairSums(count: count)
    let time = seconds(repetitions: 5) {
      angles.withUnsafeBufferPointer {
        sums.evaluate(at: $0, masses: nil, beta: 4, partition: &partition, slope: &slope)
      }
    }
    let source = (0..<2048).map { -Double($0) * 0.003 }
    var target = source
    let bare = seconds(repetitions: 5) {
      for _ in 0..<(count * count / 2048) {
        source.withUnsafeBytes { source in
          target.withUnsafeMutableBytes { target in
            for i in stride(from: 0, to: 2048 * 8, by: 64) {
              target.storeBytes(
                of: exponential2(source.loadUnaligned(fromByteOffset: i, as: Vector.self)),
                toByteOffset: i, as: Vector.self)
            }
          }
        }
      }
    }
    report(
      "all pairs of 4096 tokens (\(short(time * 1e9 / Double(count * count))) ns a pair)", time,
      bare, of: "as many exponentials in cache", target: 1.6)
  }

  static func members() throws {
    let equation = Equation(attention: Attention(beta: 9))
    let law = InitialLaw.vonMises([.init(mean: 1, concentration: 2)])
    let draws = CircleSampler(law: law).members(0..<8, count: 100_000, seed: 1, threads: 2)
    func run(threads: Int) throws -> Double {
      let simulation = Simulation(
        density: nil,
        members: draws.enumerated().map {
          Evolution.tokens(
            equation, angles: $1, numerics: TokenNumerics(tolerance: 1e-8, member: $0, end: 1))
        },
        times: [0, 1], threads: threads)
      let start = DispatchTime.now().uptimeNanoseconds
      while !simulation.isFinished {
        _ = try simulation.advance()
        if simulation.nextSnapshot == 0 || simulation.slowestTime == 1 {
          _ = try simulation.takeFrame()
        }
      }
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }
    let one = try (0..<3).map { _ in try run(threads: 1) }.min() ?? 0
    let two = try (0..<3).map { _ in try run(threads: 2) }.min() ?? 0
    let verdict = one / two >= 1.7 ? "met" : "missed"
    print(
      "8 members of 10⁵ tokens\n  one thread \(short(one)) s, two threads \(short(two)) s; "
        + "ratio \(short(one / two)), target at least 1.7: \(verdict)")
  }

  /// The demo's frames written again, beside the demo itself.
  static func writing() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var runFile = try demo()
    runFile.output.file = folder.appendingPathComponent("demo.nc").path
    let session = try RunSession(runFile, compares: true, threads: 2)
    let whole = try session.execute().wallTime

    let simulation = try runFile.simulation(compares: false, threads: 2)
    var frames: [Simulation.Frame] = []
    while !simulation.isFinished {
      _ = try simulation.advance()
      frames.append(try simulation.takeFrame())
    }
    let output = try OutputFile(
      creating: folder.appendingPathComponent("again.nc").path,
      layout: runFile.layout(compares: false), overwrite: false)
    let start = DispatchTime.now().uptimeNanoseconds
    for frame in frames { try output.write(frame) }
    try output.close()
    let time = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    report(
      "writing the demo, its diagnostics and clusters included", time, whole,
      of: "the whole demo on two threads", target: 0.05)
  }

  static func allocations() {
    var (dynamics, state) = density(points: 1024)
    var rate = state
    let ofDensity = allocationCount { dynamics.writeRate(of: state, into: &rate) }
    let equation = Equation(attention: Attention(beta: 9))
    var tokens = CircleTokenDynamics(equation: equation, count: 4096)
    let angles = CircleSampler(law: .uniform).draws(count: 4096, seed: 1, member: 0) + [0]
    var velocities = angles
    let ofTokens = allocationCount { tokens.writeRate(of: angles, into: &velocities) }
    print("allocations in a right-hand side of a density: \(ofDensity), target 0")
    print("allocations in a right-hand side of tokens: \(ofTokens), target 0")
  }

  /// How often memory is asked for each time, after the first; printing would be counted too.
  private static func allocationCount(_ body: () -> Void) -> Double {
    body()
    let before = allocations_so_far()
    for _ in 0..<1000 { body() }
    let after = allocations_so_far()
    return Double(after - before) / 1000
  }

  static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
