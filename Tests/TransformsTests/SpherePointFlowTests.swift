import Foundation
import TestSupport
import Testing
import Transforms

/// The flow of attention on S² by harmonics, against the sum over all pairs.
struct SpherePointFlowTests {
  typealias Point = SIMD3<Double>

  static let betas = [0, 0.01, 1, 16, 81, 1000]

  /// e^{−β} i_l(β), backwards by i_{l−1} = i_{l+1} + (2l + 1)/β i_l, scaled so that
  /// Σ (2l + 1) ā_l = 1, to the degree where its weight falls below 10⁻¹⁶.
  private func kernelCoefficients(_ beta: Double) -> [Double] {
    guard beta > 0 else { return [1, 0] }
    let start = Int(10 * beta.squareRoot()) + 40
    var values = [Double](repeating: 0, count: start + 2)
    values[start] = 1e-200
    for l in stride(from: start, to: 0, by: -1) {
      values[l - 1] = values[l + 1] + Double(2 * l + 1) / beta * values[l]
      if values[l - 1] > 1e200 { for i in (l - 1)...(start + 1) { values[i] *= 1e-300 } }
    }
    var total = 0.0
    for (l, value) in values.enumerated() { total += Double(2 * l + 1) * value }
    let weights = values.enumerated().map { Double(2 * $0 + 1) * $1 / total }
    let last = weights.lastIndex { $0 > 1e-16 } ?? 1
    return values[0...max(1, last)].map { $0 / total }
  }

  /// Z̄ = Σ_l ā_l proj_l μ as the scalar, Φ = Σ_l (ā_l/β) proj_l μ for the gradient.
  private func prepareAttention(
    _ transform: SpherePointTransform, _ beta: Double, _ kernel: [Double], _ h: [Double]
  ) {
    let degree = transform.degree
    var partition = h
    var potential = h
    for m in 0...degree {
      for l in m...degree {
        for i in [transform.layout.index(l, m), transform.layout.index(l, m) + 1] {
          partition[i] *= kernel[l]
          // At β = 0 the limit of ā_l/β: 1/3 at l = 1.
          potential[i] *= l == 0 ? 0 : beta == 0 ? (l == 1 ? 1.0 / 3 : 0) : kernel[l] / beta
        }
      }
    }
    transform.prepareGradient(potential)
    transform.prepareScalar(partition)
  }

  /// (Σ w e^{β(⟨x,y⟩ − 1)} P_x y, Σ w e^{β(⟨x,y⟩ − 1)}), with 1 − ⟨x,y⟩ = |x − y|²/2.
  private func directSum(_ x: Point, _ points: [Point], _ masses: [Double], _ beta: Double)
    -> (Point, Double)
  {
    var sum = Point.zero
    var partition = 0.0
    for (y, mass) in zip(points, masses) {
      let d = y - x
      let half = 0.5 * (d * d).sum()
      let weight = mass * exp(-beta * half)
      sum += weight * (d + half * x)
      partition += weight
    }
    return (sum, partition)
  }

  private func expectFlowOfAttention(_ points: [Point], _ masses: [Double], _ beta: Double) {
    let kernel = kernelCoefficients(beta)
    let transform = SpherePointTransform(degree: kernel.count - 1)
    let h = transform.moments(of: points, masses: masses)
    prepareAttention(transform, beta, kernel, h)
    let rows = points.flatMap { [$0.x, $0.y, $0.z] }
    var velocities = [Double](repeating: .nan, count: rows.count)
    var quotients = velocities
    var partitions = [Double](repeating: .nan, count: points.count)
    _ = transform.evaluateFlow(
      factor: 0.7, divides: false, at: rows, into: &velocities, scalars: &partitions)
    _ = transform.evaluateFlow(factor: 0.7, divides: true, at: rows, into: &quotients)
    // The largest speed that a unit of mass can cause: max_θ sin θ e^{β(cos θ − 1)}.
    let cosine = 2 / (1 + (1 + 4 * beta * beta).squareRoot()) * beta
    let largest = ((1 - cosine) * (1 + cosine)).squareRoot() * exp(beta * (cosine - 1))
    let step = max(1, points.count / 150)
    for i in stride(from: 0, to: points.count, by: step) {
      let (sum, partition) = directSum(points[i], points, masses, beta)
      // Moments and values are wrong by 2.5·10⁻¹⁴ in either direction; an angle is known to
      // 5·10⁻¹⁶, and the kernel is as steep as √β.
      let bound = 1e-13 + 2e-15 * beta.squareRoot()
      #expect(abs(partitions[i] - partition) < bound)
      for axis in 0..<3 {
        let velocity = velocities[3 * i + axis]
        #expect(abs(velocity - 0.7 * sum[axis]) < bound * largest, "at \(points[i])")
        let quotient = quotients[3 * i + axis]
        #expect(abs(quotient * partitions[i] - velocity) < 1e-15 * largest)
      }
    }
  }

  @Test(arguments: betas, [1, 2, 100, 3000])
  func theFlowOfUniformPointsIsTheDirectSum(beta: Double, count: Int) {
    var random = SplitMix(state: UInt64(count))
    expectFlowOfAttention(SpherePoints.uniform(count, seed: 8), random.masses(count), beta)
  }

  /// A tenth of the points anywhere, the others in three groups as narrow as the kernel.
  private func gatheredPoints(_ beta: Double) -> [Point] {
    let centres: [Point] = [[0, 0, 1], [-1, 0, 0], SpherePoints.unit([0.3, -0.5, -0.8])]
    return SpherePoints.uniform(500, seed: 10).enumerated().map { i, p in
      i % 10 == 0 ? p : SpherePoints.unit(centres[i % 3] + 0.5 / (1 + beta).squareRoot() * p)
    }
  }

  @Test(arguments: betas)
  func theFlowOfGatheredPointsIsTheDirectSum(beta: Double) {
    var random = SplitMix(state: 9)
    expectFlowOfAttention(gatheredPoints(beta), random.masses(500), beta)
  }

  @Test(arguments: betas)
  func theFlowAtAndNearPolesAndSeamsIsTheDirectSum(beta: Double) {
    let points = SpherePoints.special
    let masses = [Double](repeating: 1 / Double(points.count), count: points.count)
    expectFlowOfAttention(points, masses, beta)
  }

  /// Degree 870, every kind of point at once.
  @Test func theFlowOfTheSharpestKernelIsTheDirectSum() {
    let beta = 1e4
    var random = SplitMix(state: 11)
    let points = SpherePoints.special + gatheredPoints(beta) + SpherePoints.uniform(100, seed: 12)
    expectFlowOfAttention(points, random.masses(points.count), beta)
  }
}
