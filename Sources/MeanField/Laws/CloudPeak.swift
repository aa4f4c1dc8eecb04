internal import Foundation
internal import Transforms

/// Z of weighted tokens near one place x: M, the kernels, and through them the Hessian.
///
///     Hess Z (u, u) = β (β u·C u − ⟨x, M⟩ |u|²),    C = Σ_j w_j k_j P_x y_j (P_x y_j)ᵀ
struct CloudPeak {
  let place: [Double]
  let value: Double
  /// P_x M / ⟨x, M⟩; with full length the way of a step of mean shift.
  let pull: [Double]
  /// ⟨x, M⟩.
  private let height: Double
  /// Σ w k (1 − ⟨x, y⟩²), which is at least the largest eigenvalue of C.
  private let trace: Double
  private let kernels: [Double]
  private let law: CloudLaw
  private let beta: Double

  init(at place: [Double], of law: CloudLaw, beta: Double) {
    let d = place.count
    self.place = place
    self.law = law
    self.beta = beta
    var kernels = [Double](repeating: 0, count: law.masses.count)
    var moment = [Double](repeating: 0, count: d)
    var value = 0.0
    var trace = 0.0
    for j in law.masses.indices {
      let product = Self.product(place, law.points, d * j)
      let kernel = law.masses[j] * exp(beta * (product - 1))
      kernels[j] = kernel
      value += kernel
      trace += kernel * max(0, 1 - product * product)
      Self.add(kernel, law.points, d * j, to: &moment)
    }
    height = Self.product(place, moment, 0)
    let size = max(height, Double.leastNormalMagnitude)
    for k in 0..<d { moment[k] = (moment[k] - height * place[k]) / size }
    pull = moment
    self.value = value
    self.trace = trace
    self.kernels = kernels
  }

  private static func product(_ x: [Double], _ y: [Double], _ start: Int) -> Double {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        var sums = SIMD8<Double>.zero
        var k = 0
        while k + 8 <= x.count {
          let a = UnsafeRawPointer(x.baseAddress.unsafelyUnwrapped + k).loadUnaligned(
            as: Vector.self)
          let b = UnsafeRawPointer(y.baseAddress.unsafelyUnwrapped + start + k)
            .loadUnaligned(as: Vector.self)
          sums = sums.addingProduct(a, b)
          k += 8
        }
        var sum = sums.sum()
        while k < x.count {
          sum += x[k] * y[start + k]
          k += 1
        }
        return sum
      }
    }
  }

  private static func add(
    _ factor: Double, _ y: [Double], _ start: Int, to sum: inout [Double]
  ) {
    sum.withUnsafeMutableBufferPointer { sum in
      y.withUnsafeBufferPointer { y in
        for k in 0..<sum.count { sum[k] += factor * y[start + k] }
      }
    }
  }

  /// u − (β/⟨x, M⟩) C u: what a step of mean shift leaves undone, −Hess Z/(β ⟨x, M⟩).
  private func stiffness(_ u: [Double]) -> [Double] {
    let d = place.count
    var sum = [Double](repeating: 0, count: d)
    for j in kernels.indices where kernels[j] > 1e-20 * value {
      Self.add(kernels[j] * Self.product(u, law.points, d * j), law.points, d * j, to: &sum)
    }
    let along = Self.product(sum, place, 0)
    return (0..<d).map { u[$0] - beta / height * (sum[$0] - along * place[$0]) }
  }

  /// The smallest eigenvalue of −Hess Z in units of β ⟨x, M⟩, and its direction.
  ///
  /// At most 1; where it is above ½, a bound below it. Not positive where x is no maximum.
  func softness() -> (value: Double, direction: [Double]) {
    let d = place.count
    guard height > 0 else { return (-1, pull) }
    if beta * trace <= 0.5 * height { return (1 - beta * trace / height, pull) }
    var u = (0..<d).map { sin(1 + 2.7 * Double($0)) }
    var result = 1.0
    for _ in 0..<25 {
      let along = Self.product(u, place, 0)
      for k in 0..<d { u[k] -= along * place[k] }
      let length = Self.product(u, u, 0).squareRoot()
      guard length > 0 else { break }
      for k in 0..<d { u[k] /= length }
      let image = stiffness(u)
      let next = Self.product(u, image, 0)
      // The largest eigenvalue of 1 − stiffness, by its powers.
      for k in 0..<d { u[k] -= image[k] }
      let change = abs(next - result)
      result = next
      if change < 1e-3 * abs(result) { break }
    }
    let length = Self.product(u, u, 0).squareRoot()
    return (result, length > 0 ? u.map { $0 / length } : u)
  }

  /// The step of Newton's method to the top, by conjugate gradients; nil where Z is not concave.
  func newtonStep() -> [Double]? {
    var step = [Double](repeating: 0, count: place.count)
    var residual = pull
    var direction = pull
    var square = Self.product(residual, residual, 0)
    let goal = 1e-6 * square
    for _ in 0..<min(place.count, 30) where square > goal && square > 1e-40 {
      let image = stiffness(direction)
      let bend = Self.product(direction, image, 0)
      guard bend > 0 else { return nil }
      let length = square / bend
      for k in step.indices {
        step[k] += length * direction[k]
        residual[k] -= length * image[k]
      }
      let next = Self.product(residual, residual, 0)
      for k in step.indices { direction[k] = residual[k] + next / square * direction[k] }
      square = next
    }
    return step
  }

  /// x + step, back on the sphere.
  static func moved(_ place: [Double], _ step: [Double]) -> [Double] {
    var result = zip(place, step).map { $0 + $1 }
    let scale = 1 / product(result, result, 0).squareRoot()
    for k in result.indices { result[k] *= scale }
    return result
  }

  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    var square = 0.0
    for k in a.indices { square += (a[k] - b[k]) * (a[k] - b[k]) }
    return square.squareRoot()
  }
}
