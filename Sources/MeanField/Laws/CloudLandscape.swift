internal import Foundation
internal import Transforms

/// Z of weighted tokens in R^d with its maxima, found by climbing from every token.
///
/// A walker at x goes to x + h P_x M/⟨x, M⟩, M(x) = Σ_j w_j e^{β(⟨x,y_j⟩−1)} y_j, back on the sphere: along
/// ∇ log Z = β P_x M/Z, in steps that follow the flow, so that a walker stays in the basin it
/// started in. Walkers that meet go on as one with the sum of their masses.
struct CloudLandscape {
  private let dimension: Int
  private let beta: Double
  private let points: [Double]
  private let masses: [Double]
  /// Coordinates of eight tokens at a time, coordinate by coordinate, padded with masses of zero.
  private let panels: [Vector]
  private let weights: [Vector]

  /// Distance below which walkers are one, and shortest step, in widths of the kernel.
  private static let reach = 1e-3
  private static let stillness = 1e-5
  private static let mostSteps = 400
  /// Half of the way to where M points: a quarter is no different, all of it leaves basins.
  private static let stride = 0.5

  private struct Walker {
    var place: [Double]
    var mass: Double
  }

  init(_ law: CloudLaw, beta: Double) {
    dimension = law.manifold.dimension
    self.beta = beta
    points = law.points
    masses = law.masses
    let count = law.masses.count
    let blocks = (count + 7) / 8
    var panels = [Vector](repeating: .zero, count: blocks * dimension)
    var weights = [Vector](repeating: .zero, count: blocks)
    for i in 0..<count {
      weights[i / 8][i % 8] = law.masses[i]
      for k in 0..<dimension {
        panels[i / 8 * dimension + k][i % 8] = law.points[i * dimension + k]
      }
    }
    self.panels = panels
    self.weights = weights
  }

  /// The width of the kernel, in radians.
  private var width: Double { 1 / (1 + beta).squareRoot() }

  /// Maxima of Z with the masses of the tokens that climb there; none where Z is constant.
  func clusters() -> [Cluster] {
    if beta == 0 { return top() }
    var walkers = masses.indices.map { i in
      Walker(place: Array(points[(i * dimension)..<((i + 1) * dimension)]), mass: masses[i])
    }
    walkers = merged(walkers, within: Self.reach * width)
    var moving = Array(walkers.indices)
    for step in 0..<Self.mostSteps where !moving.isEmpty {
      var still: [Int] = []
      for w in moving where climb(&walkers[w].place, stride: Self.stride) < Self.stillness * width {
        still.append(w)
      }
      moving.removeAll { still.contains($0) }
      if step % 8 == 7 {
        let count = walkers.count
        walkers = merged(walkers, within: Self.reach * width)
        if walkers.count < count || moving.isEmpty { moving = Array(walkers.indices) }
        if walkers.count == count && still.count == moving.count { moving = [] }
      }
    }
    // To the top itself; there the full stride converges fastest.
    for w in walkers.indices {
      for _ in 0..<Self.mostSteps where climb(&walkers[w].place, stride: 1) < 1e-13 { break }
    }
    return merged(walkers, within: 10 * Self.reach * width).map {
      Cluster(position: $0.place, mass: $0.mass)
    }
  }

  /// At β = 0 Z is ⟨x, ∫ y dμ⟩: one maximum, none where the mean is rounding.
  private func top() -> [Cluster] {
    var place = points.isEmpty ? [] : Array(points[..<dimension])
    let size = climb(&place, stride: 1)
    guard size.isFinite, place.allSatisfy(\.isFinite) else { return [] }
    return [Cluster(position: place, mass: masses.reduce(0, +))]
  }

  /// Moves a walker one step; returns how far it went.
  private func climb(_ place: inout [Double], stride: Double) -> Double {
    let pull = pull(at: place)
    var along = 0.0
    for k in 0..<dimension { along += pull[k] * place[k] }
    // ⟨x, M⟩ ≤ 0 only far from all mass, where any direction that climbs will do.
    let size = beta > 0 ? max(along, 0.1 * length(pull)) : 0
    var next = place
    for k in 0..<dimension {
      next[k] = beta > 0 ? place[k] + stride * (pull[k] - along * place[k]) / size : pull[k]
    }
    let scale = 1 / length(next)
    var square = 0.0
    for k in 0..<dimension {
      next[k] *= scale
      square += (next[k] - place[k]) * (next[k] - place[k])
    }
    place = next
    return square.squareRoot()
  }

  private func length(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// M, up to a positive factor.
  private func pull(at place: [Double]) -> [Double] {
    let d = dimension
    var sums = [Vector](repeating: .zero, count: d)
    let rate = Vector(repeating: -0.5 * beta / log(2))
    // The nearest token sets the scale: far from all of them everything would underflow.
    var nearest = Double.infinity
    var squares = [Vector](repeating: .zero, count: weights.count)
    for block in weights.indices {
      var square = Vector.zero
      for k in 0..<d {
        let difference = panels[block * d + k] - Vector(repeating: place[k])
        square = square.addingProduct(difference, difference)
      }
      squares[block] = square
      for lane in 0..<8 where weights[block][lane] > 0 { nearest = min(nearest, square[lane]) }
    }
    for block in weights.indices {
      let shifted = squares[block] - Vector(repeating: nearest)
      let kernel = weights[block] * exponential2(rate * shifted)
      for k in 0..<d { sums[k] = sums[k].addingProduct(kernel, panels[block * d + k]) }
    }
    return sums.map { $0.sum() }
  }

  /// Walkers closer than a distance become the heaviest of them, with all their mass.
  private func merged(_ walkers: [Walker], within distance: Double) -> [Walker] {
    var result: [Walker] = []
    for walker in walkers.sorted(by: { $0.mass > $1.mass }) {
      let found = result.firstIndex { other in
        var square = 0.0
        for k in 0..<dimension {
          let difference = walker.place[k] - other.place[k]
          square += difference * difference
          if square > distance * distance { return false }
        }
        return true
      }
      if let found { result[found].mass += walker.mass } else { result.append(walker) }
    }
    return result
  }
}
