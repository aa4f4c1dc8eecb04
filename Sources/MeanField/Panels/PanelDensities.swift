internal import Foundation

/// The density of a mesh at all of its nodes, found once for all who ask.
struct PanelDensities: Sendable {
  /// log dμ/dσ, NaN at atoms.
  private(set) var logs: [Double]

  init(_ mesh: PanelMesh, _ line: some PanelLine) {
    logs = [Double](repeating: .nan, count: mesh.count)
    logs.withUnsafeMutableBufferPointer { logs in
      guard var target = logs.baseAddress else { return }
      for piece in mesh.pieces {
        if case .panel(let panel) = piece { panel.currentLogDensities(line).write(to: target) }
        target += piece.count
      }
    }
  }

  /// The same for copies of the mesh side by side.
  func repeated(_ count: Int) -> PanelDensities {
    guard count > 1 else { return self }
    var all = self
    all.logs = [[Double]](repeating: logs, count: count).flatMap { $0 }
    return all
  }

  /// −∫ log(dμ/dσ) dμ, NaN where there are atoms, and the smallest density at a node.
  func entropyAndMinimum(masses: [Double]) -> (entropy: Double, minimum: Double) {
    var entropy = 0.0
    var lowest = Double.infinity
    for i in logs.indices {
      entropy -= masses[i] * logs[i]
      if logs[i] < lowest { lowest = logs[i] }
    }
    return (entropy, lowest == .infinity ? .nan : exp(lowest))
  }
}
