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
  private let sums: CloudSums

  init(at place: [Double], of sums: CloudSums) {
    self.place = place
    self.sums = sums
    let products = sums.products(with: place)
    var kernels = products
    var value = 0.0
    var trace = 0.0
    sums.turnIntoKernels(&kernels)
    for j in kernels.indices {
      value += kernels[j]
      trace += kernels[j] * max(0, 1 - products[j] * products[j])
    }
    var moment = sums.moment(kernels, above: 0)
    height = Self.product(place, moment)
    let size = max(height, Double.leastNormalMagnitude)
    for k in place.indices { moment[k] = (moment[k] - height * place[k]) / size }
    pull = moment
    self.value = value
    self.trace = trace
    self.kernels = kernels
  }

  private static func product(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// u − (β/⟨x, M⟩) C u: what a step of mean shift leaves undone, −Hess Z/(β ⟨x, M⟩).
  private func stiffness(_ u: [Double]) -> [Double] {
    let sum = sums.moment(kernels, above: 1e-20 * value, times: u)
    let along = Self.product(sum, place)
    return u.indices.map { u[$0] - sums.beta / height * (sum[$0] - along * place[$0]) }
  }

  /// The smallest eigenvalue of −Hess Z in units of β ⟨x, M⟩, and its direction.
  ///
  /// At most 1; where it is above ½, a bound below it. Not positive where x is no maximum.
  func softness() -> (value: Double, direction: [Double]) {
    let d = place.count
    guard height > 0 else { return (-1, pull) }
    if sums.beta * trace <= 0.5 * height { return (1 - sums.beta * trace / height, pull) }
    var u = (0..<d).map { sin(1 + 2.7 * Double($0)) }
    var result = 1.0
    for _ in 0..<25 {
      let along = Self.product(u, place)
      for k in 0..<d { u[k] -= along * place[k] }
      let length = Self.product(u, u).squareRoot()
      guard length > 0 else { break }
      for k in 0..<d { u[k] /= length }
      let image = stiffness(u)
      let next = Self.product(u, image)
      // The largest eigenvalue of 1 − stiffness, by its powers.
      for k in 0..<d { u[k] -= image[k] }
      let change = abs(next - result)
      result = next
      if change < 1e-3 * abs(result) { break }
    }
    let length = Self.product(u, u).squareRoot()
    return (result, length > 0 ? u.map { $0 / length } : u)
  }

  /// The step of Newton's method to the top, by conjugate gradients; nil where Z is not concave.
  func newtonStep() -> [Double]? {
    var step = [Double](repeating: 0, count: place.count)
    var residual = pull
    var direction = pull
    var square = Self.product(residual, residual)
    let goal = 1e-6 * square
    for _ in 0..<min(place.count, 30) where square > goal && square > 1e-40 {
      let image = stiffness(direction)
      let bend = Self.product(direction, image)
      guard bend > 0 else { return nil }
      let length = square / bend
      for k in step.indices {
        step[k] += length * direction[k]
        residual[k] -= length * image[k]
      }
      let next = Self.product(residual, residual)
      for k in step.indices { direction[k] = residual[k] + next / square * direction[k] }
      square = next
    }
    return step
  }

  /// x + factor · step, back on the sphere.
  static func moved(_ place: [Double], _ step: [Double], times factor: Double = 1) -> [Double] {
    var result = place
    for k in result.indices { result[k] += factor * step[k] }
    let scale = 1 / product(result, result).squareRoot()
    for k in result.indices { result[k] *= scale }
    return result
  }

  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        var squares = Vector.zero
        let whole = a.count / 64 * 64
        for k in stride(from: 0, to: whole, by: 64) {
          let difference =
            a.loadUnaligned(fromByteOffset: k, as: Vector.self)
            - b.loadUnaligned(fromByteOffset: k, as: Vector.self)
          squares = squares.addingProduct(difference, difference)
        }
        var square = squares.sum()
        for k in stride(from: whole, to: a.count, by: 8) {
          let difference =
            a.load(fromByteOffset: k, as: Double.self) - b.load(fromByteOffset: k, as: Double.self)
          square += difference * difference
        }
        return square.squareRoot()
      }
    }
  }
}
