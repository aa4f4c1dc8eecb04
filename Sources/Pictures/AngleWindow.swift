import Foundation

/// The stretch of angles that a picture shows: all of them, cut where the least is to be seen.
struct AngleWindow {
  let range: ClosedRange<Double>
  let isCircle: Bool

  /// The circle is cut at 0 or at π, whichever is farther from tokens and clusters towards the end.
  init(_ run: DrawnRun) {
    isCircle = run.isCircle
    guard isCircle else {
      range = 0...Double.pi
      return
    }
    var weights = (zero: 0.0, pi: 0.0)
    func weigh(_ angle: Double, _ weight: Double) {
      guard angle.isFinite, weight.isFinite else { return }
      if cos(angle) > 0.94 { weights.zero += weight }
      if cos(angle) < -0.94 { weights.pi += weight }
    }
    for i in run.times.indices.suffix((run.times.count + 1) / 2) {
      if let density = run.density {
        let scale = 1 / Double(run.grid.count)
        for (angle, value) in zip(run.grid, density[i]) {
          weigh(angle, scale * pow(10, min(value, 3)))
        }
      }
      if run.clusters.indices.contains(i) {
        for angle in run.clusters[i] { weigh(angle, 0.1) }
      }
      if run.trajectories.indices.contains(i) {
        for angle in run.trajectories[i] { weigh(angle, 1 / Double(run.trajectories[i].count)) }
      }
    }
    range = weights.zero <= weights.pi ? 0...(2 * Double.pi) : -Double.pi...Double.pi
  }

  /// The angle's representative in the window.
  func place(_ angle: Double) -> Double {
    guard isCircle else { return angle }
    let turned = angle - 2 * .pi * ((angle - range.lowerBound) / (2 * .pi)).rounded(.down)
    return turned < range.upperBound ? turned : range.lowerBound
  }

  /// The tics as a list for gnuplot, with or without their labels.
  func tics(labelled: Bool = true) -> String {
    let names = ["−π", "−π/2", "0", "π/2", "π", "3π/2", "2π"]
    let tics = names.enumerated().compactMap { i, name -> String? in
      let angle = Double(i - 2) * .pi / 2
      guard angle > range.lowerBound - 0.1, angle < range.upperBound + 0.1 else { return nil }
      return "'\(labelled ? name : "")' \(Script.number(angle))"
    }
    return "(\(tics.joined(separator: ", ")))"
  }

  /// A path in a plane of time and angle as rows for gnuplot, going round the circle the short way.
  func path(_ points: [(x: Double, angle: Double)]) -> [[Double]] {
    var rows: [[Double]] = []
    var last: (x: Double, angle: Double)?
    for point in points {
      guard point.x.isFinite, point.angle.isFinite else {
        rows.append([])
        last = nil
        continue
      }
      let angle = place(point.angle)
      if isCircle, let last {
        let step = remainder(angle - last.angle, 2 * .pi)
        if !range.contains(last.angle + step) {
          // Out at one end and in at the other; gnuplot clips what is outside.
          rows.append([point.x, last.angle + step])
          rows.append([])
          rows.append([last.x, angle - step])
        }
      }
      rows.append([point.x, angle])
      last = (point.x, angle)
    }
    return rows + [[]]
  }
}
