import Foundation

/// One observable on the axes that are drawn, samples averaged.
struct SweepGrid {
  /// Mean over samples with its standard error, and the samples themselves.
  struct Cell {
    var mean: Double
    var error: Double
    var samples: [Double]
  }

  private let sweep: DrawnSweep
  private let observable: DrawnSweep.Observable
  /// Axes along which samples lie.
  private let sampled: [Int]
  /// Axes that are drawn as such, and those that make panels or curves.
  let drawn: [Int]
  let others: [Int]

  /// - Parameter most: how many numeric axes are drawn as such; the last ones are.
  init(_ sweep: DrawnSweep, _ observable: DrawnSweep.Observable, mostDrawn most: Int = 2) {
    self.sweep = sweep
    self.observable = observable
    sampled = sweep.axes.indices.filter { sweep.axes[$0].isSample }
    drawn = Array(sweep.axes.indices.filter { sweep.axes[$0].isNumeric }.suffix(most))
    let (sampled, drawn) = (sampled, drawn)
    others = sweep.axes.indices.filter { !sampled.contains($0) && !drawn.contains($0) }
  }

  var hasSamples: Bool { !sampled.isEmpty }

  /// Every combination of indices along the other axes, at most `limit` of them.
  func combinations(limit: Int) -> [[Int: Int]] {
    var result: [[Int: Int]] = [[:]]
    for axis in others {
      result = result.flatMap { combination in
        sweep.axes[axis].labels.indices.map { combination.merging([axis: $0]) { $1 } }
      }
    }
    return Array(result.prefix(limit))
  }

  /// A combination in words, without keys that have one value only.
  func words(_ combination: [Int: Int]) -> String {
    others.filter { sweep.axes[$0].labels.count > 1 }
      .compactMap { axis in combination[axis].map { DrawnSweep.words(sweep.axes[axis], $0) } }
      .joined(separator: ", ")
  }

  /// The cell at indices along all but the sampled axes, and at a time.
  func cell(_ indices: [Int: Int], time: Int) -> Cell {
    let points = points(indices)
    let values = points.map { observable.values[$0 * sweep.times.count + time] }
    guard points.count > 1 else {
      let error = observable.errors.map { $0[points[0] * sweep.times.count + time] } ?? .nan
      return Cell(mean: values[0], error: error, samples: values)
    }
    let found = values.filter(\.isFinite)
    let count = Double(found.count)
    let mean = found.isEmpty ? .nan : found.reduce(0, +) / count
    let square = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = count > 1 ? (square / (count - 1) / count).squareRoot() : .nan
    return Cell(mean: mean, error: error, samples: found)
  }

  /// A number of theory at indices along all but the sampled axes.
  func theory(_ name: String, _ indices: [Int: Int]) -> Double {
    sweep.theory[name]?[points(indices)[0]] ?? .nan
  }

  private func points(_ indices: [Int: Int]) -> [Int] {
    var points = [0]
    for (axis, description) in sweep.axes.enumerated() {
      let count = description.labels.count
      points = points.flatMap { point in
        (sampled.contains(axis) ? Array(0..<count) : [indices[axis] ?? 0])
          .map { point * count + $0 }
      }
    }
    return points
  }
}
