import Foundation
import MeanField
import RunFiles
import SnapshotIO

extension Benchmarks {
  /// One snapshot of 8 members of 10⁶ tokens beside their density, with all that is found out and
  /// written of it, against ten of their steps; the density and its fluctuations step beforehand.
  static func comparison() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = """
      manifold: circle
      attention: {beta: 9}
      initial:
        vonMises:
          - {mean: 0.3, concentration: 4, weight: 1}
          - {mean: 2.5, concentration: 8, weight: 2}
      particles: {count: 1000000, members: 8, seed: 1}
      time: {end: 1}
      output: {every: 1, particles: 1000, file: \(folder.path)/run.nc}
      """
    let path = folder.appendingPathComponent("run.yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let runFile = try RunFile(contentsOf: path)
    let threads = 2
    let simulation = try runFile.simulation(compares: true, threads: threads)
    var comparison = Comparison(
      tokens: 1_000_000, members: 8, sigmas: 4, snapshotCount: simulation.times.count,
      equation: runFile.equation, threads: threads)
    let output = try OutputFile(
      creating: runFile.output.file, layout: runFile.layout(compares: true), overwrite: false)
    var stepping = 0.0
    var comparing = 0.0
    for time in simulation.times {
      try simulation.density?.advance(to: time, shouldStop: { false })
      try simulation.fluctuation?.advance(to: time, shouldStop: { false })
      let start = DispatchTime.now().uptimeNanoseconds
      _ = try simulation.advance()
      let middle = DispatchTime.now().uptimeNanoseconds
      let frame = try simulation.takeFrame()
      try output.write(frame, comparison: comparison.record(frame))
      let end = DispatchTime.now().uptimeNanoseconds
      // Those of the last snapshot stay; at the first there are no steps.
      stepping = Double(middle - start) * 1e-9
      comparing = Double(end - middle) * 1e-9
    }
    try output.close()
    let steps = simulation.members.map(\.memory.acceptedSteps).max() ?? 0
    report(
      "comparing 8 members of 10⁶ tokens with their density at one snapshot, two threads",
      comparing, stepping * 10 / Double(max(steps, 1)), of: "ten of their steps", target: 1)
  }
}
