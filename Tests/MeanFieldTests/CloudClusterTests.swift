import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Clusters of tokens in R^d: maxima of Z and who flows there.
struct CloudClusterTests {
  private func cloud(_ rows: [[Double]], _ masses: [Double]? = nil) -> CloudLaw {
    let count = rows.count
    return CloudLaw(
      points: rows.flatMap { unit($0) },
      masses: masses ?? [Double](repeating: 1 / Double(count), count: count),
      manifold: .sphere(dimension: rows[0].count))
  }

  private func clusters(_ law: CloudLaw, _ beta: Double) -> [Cluster] {
    law.clusters(Attention(beta: beta))
  }

  private func unit(_ x: [Double]) -> [Double] {
    let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return x.map { $0 / length }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  private func axis(_ i: Int, _ dimension: Int) -> [Double] {
    (0..<dimension).map { $0 == i ? 1 : 0 }
  }

  @Test(arguments: [0, 1, 50, 1e4], [3, 4, 64])
  func tokensAtOnePointAreOneCluster(beta: Double, dimension: Int) throws {
    let point = Directions.mean(dimension)
    for count in [1, 5] {
      let found = clusters(cloud([[Double]](repeating: point, count: count)), beta)
      try #require(found.count == 1)
      // The position to a few rounding errors.
      #expect(distance(found[0].position, unit(point)) < 1e-14)
      #expect(abs(found[0].mass - 1) < 1e-15)
    }
  }

  /// Z is cosh β⟨x, y⟩ and more: an opposite pair has two maxima for every β, none at β = 0.
  @Test(arguments: [0.01, 1, 30, 1e4])
  func oppositeTokensAreTwoClusters(beta: Double) throws {
    let pair = cloud([axis(0, 5), axis(0, 5).map { -$0 }], [0.3, 0.7])
    if beta < 0.02 {
      // The lighter one is a minimum: 0.3 e^β < 0.7 e^{−β}.
      let found = clusters(pair, beta)
      #expect(found.count == 1)
    } else {
      let found = clusters(pair, beta)
      try #require(found.count == 2)
      #expect(found.map(\.mass) == [0.7, 0.3])
      #expect(distance(found[1].position, axis(0, 5)) < 1e-14)
    }
    let even = cloud([axis(0, 5), axis(0, 5).map { -$0 }])
    #expect(clusters(even, beta).count == 2)
    #expect(clusters(even, 0).isEmpty)
  }

  /// Two equal tokens melt into one where e^{β cos t} is concave: at half their angle below θ_c with
  /// cos θ_c = (√(1 + 4β²) − 1)/2β (literature 1.4).
  @Test(arguments: [2, 16, 400, 1e4], [3, 16])
  func twoTokensCloserThanTheKernelAreOneCluster(beta: Double, dimension: Int) throws {
    let edge = acos(2 * beta / ((1 + 4 * beta * beta).squareRoot() + 1))
    func pair(_ angle: Double) -> CloudLaw {
      cloud(
        [1.0, -1].map { sign in
          (0..<dimension).map { $0 == 0 ? cos(angle) : ($0 == 1 ? sign * sin(angle) : 0) }
        })
    }
    let near = clusters(pair(0.95 * edge), beta)
    try #require(near.count == 1)
    #expect(distance(near[0].position, axis(0, dimension)) < 1e-9)
    let far = clusters(pair(1.05 * edge), beta)
    try #require(far.count == 2)
    #expect(far.allSatisfy { $0.mass == 0.5 })
  }

  /// Tokens e_1…e_n: on the way from one to the middle of the others, at the angle a,
  /// n Z e^β = e^{β cos a} + (n − 1) e^{β sin a/√(n−1)}; each is a cluster if that has a maximum
  /// before the middle of all, tan a = √(n−1).
  @Test(arguments: [3, 8, 16])
  func orthogonalTokensPartAtTheThreshold(count: Int) {
    let root = Double(count - 1).squareRoot()
    func falls(_ beta: Double) -> Bool {
      let last = atan(root) - 1e-3
      return (1..<4000).contains { i in
        let a = last * Double(i) / 4000
        return -sin(a) * exp(beta * cos(a)) + root * cos(a) * exp(beta * sin(a) / root) < 0
      }
    }
    var (low, high) = (0.1, 40.0)
    for _ in 0..<40 {
      let middle = 0.5 * (low + high)
      if falls(middle) { high = middle } else { low = middle }
    }
    let tokens = cloud((0..<count).map { axis($0, count) })
    #expect(clusters(tokens, 0.99 * low).count == 1)
    #expect(clusters(tokens, 1.01 * high).count == count)
  }

  /// Every token against its own way up ∇Z by the classical Runge–Kutta method in small steps.
  @Test(arguments: [(24, 3, 9.0), (24, 5, 12), (24, 8, 10)])
  func tokensGoWhereTheFlowGoes(count: Int, dimension: Int, beta: Double) throws {
    var random = SplitMix(state: UInt64(count + dimension))
    let rows = (0..<count).map { _ in
      unit((0..<dimension).map { _ in Double.random(in: -1...1, using: &random) })
    }
    let masses = (0..<count).map { 2 * Double($0 + 1) / Double(count * (count + 1)) }
    let found = clusters(cloud(rows, masses), beta)
    func velocity(_ x: [Double]) -> [Double] {
      var sum = [Double](repeating: 0, count: dimension)
      for (y, mass) in zip(rows, masses) {
        let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        for k in 0..<dimension { sum[k] += mass * exp(beta * (product - 1)) * y[k] }
      }
      let along = zip(x, sum).reduce(0) { $0 + $1.0 * $1.1 }
      let slope = (0..<dimension).map { sum[$0] - along * x[$0] }
      let length = zip(sum, sum).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
      return slope.map { $0 / length }
    }
    func step(_ x: [Double], _ v: [Double], _ h: Double) -> [Double] {
      unit(zip(x, v).map { $0 + h * $1 })
    }
    var sums = [Double](repeating: 0, count: found.count)
    for (row, mass) in zip(rows, masses) {
      var x = row
      for _ in 0..<3000 {
        let h = 0.25
        let k1 = velocity(x)
        if k1.allSatisfy({ abs($0) < 1e-6 }) { break }
        let k2 = velocity(step(x, k1, 0.5 * h))
        let k3 = velocity(step(x, k2, 0.5 * h))
        let k4 = velocity(step(x, k3, h))
        let mean = (0..<dimension).map { (k: Int) -> Double in
          let middle: Double = k2[k] + k3[k]
          return (k1[k] + 2 * middle + k4[k]) / 6
        }
        x = step(x, mean, h)
      }
      let end = found.indices.min {
        distance(found[$0].position, x) < distance(found[$1].position, x)
      }
      if let end {
        // A speed of 10⁻⁶ where the top is as flat as 10⁻³.
        #expect(distance(found[end].position, x) < 1e-3)
        sums[end] += mass
      }
    }
    #expect(found.count > 1)
    for (cluster, sum) in zip(found, sums) { #expect(abs(cluster.mass - sum) < 1e-12) }
  }

  @Test func withoutInverseTemperatureTheMeanIsTheCluster() throws {
    let found = clusters(cloud([axis(0, 4), axis(1, 4)], [0.25, 0.75]), 0)
    try #require(found.count == 1)
    #expect(distance(found[0].position, unit([0.25, 0.75, 0, 0])) < 1e-15)
  }

  /// Tokens of zonal laws: the position is the polar angle of the maximum.
  @Test func zonalTokensHavePolarAngles() throws {
    var law = cloud([[0, 0, 0, 1], [0, 0, 0, -1], [0, 0, 0, 1]])
    law.manifold = .zonal(dimension: 4)
    let found = clusters(law, 9)
    try #require(found.count == 2)
    #expect(found.map { $0.position[0] } == [0, Double.pi])
  }
}
