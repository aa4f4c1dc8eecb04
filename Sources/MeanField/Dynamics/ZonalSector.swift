internal import Foundation
internal import Transforms

/// Fluctuations of a law that is symmetric about the pole which are not: measures n(θ) Y(ω), ω ∈ S^{d−2} the
/// direction about the pole, Y harmonic of degree k there with mean square one.
///
/// They do not act on the polar angle at first order, but clusters that form about a tilted axis do at second
/// order, and at a pole, where P_l is flat, there is nothing else. With κ(θ, θ′) the mean of k(x, y) p_k(⟨ω, ω′⟩)
/// over ω′, p_k the Gegenbauer polynomial of S^{d−2}, n moves by
///
///     d/dt ∫ e dn = ∫ (X n + m δX)·e′ + k(k+d−3) ∫ m δΦ/(Z̄ sin²θ) e,
///     δΦ = ∫ κ dn/β,    δX = (δΦ′ − X δZ̄)/Z̄,    δZ̄ = β δΦ,
///
/// and the law of the polar angle by the mean of (n − m δZ̄/Z̄) δX over all of them.
final class ZonalSector {
  /// Functions of θ that a fluctuation is made of, for every degree k.
  static let powers = 6
  static let waves = 18
  static let degrees = 3
  /// These and the constant.
  static let columns = 1 + powers + waves

  /// How many harmonics of degree k there are.
  let multiplicity: Double
  private let count: Int
  /// κ, and its derivative with respect to the second angle over β, at (source i, place j).
  let values: [Double]
  let slopes: [Double]
  /// β = 0: values make δΦ, and Z̄ stays one.
  private let isLinear: Bool
  /// k(k+d−3)/sin²θ times what makes δΦ of the values.
  private let attraction: [Double]
  private let basis: ZonalBasis
  private var masses: [Double]
  private var partition: [Double]
  private var slope: [Double]
  private var flux: [Double]
  private var gain: [Double]
  /// n − m δZ̄/Z̄ and δX of every column.
  private var excesses: [[Double]] = []
  private var changes: [[Double]] = []

  init(_ basis: ZonalBasis, _ kernel: KernelSpectrum, degree k: Int) {
    self.basis = basis
    let beta = kernel.beta
    let dimension = basis.dimension - 1
    multiplicity = KernelSpectrum(beta: 0, dimension: dimension).multiplicity(k)
    count = basis.pointCount
    let angles = basis.angles
    let table = SectorCoefficient(most: beta, dimension: dimension, degree: k)
    var values = [Double](repeating: 0, count: count * count)
    var slopes = values
    for i in 0..<count {
      for j in 0..<count {
        let (source, place) = (angles[i], angles[j])
        if beta == 0 {
          // Φ = ⟨x, ∫ y dμ⟩ alone.
          guard k == 1 else { continue }
          values[i * count + j] = sin(source) * sin(place) / Double(dimension)
          slopes[i * count + j] = sin(source) * cos(place) / Double(dimension)
          continue
        }
        let front = exp(-2 * beta * pow(sin(0.5 * (source - place)), 2))
        let (value, derivative) = table(beta * sin(source) * sin(place))
        values[i * count + j] = front * value
        slopes[i * count + j] =
          front * (derivative * sin(source) * cos(place) + sin(source - place) * value)
      }
    }
    self.values = values
    self.slopes = slopes
    let factor = Double(k * (k + dimension - 2))
    isLinear = beta == 0
    let share = isLinear ? 1 : 1 / beta
    attraction = angles.map { factor * share / (sin($0) * sin($0)) }
    masses = [Double](repeating: 0, count: count)
    partition = masses
    slope = masses
    flux = masses
    gain = [Double](repeating: 0, count: basis.coefficientCount)
  }

  /// Writes the rates of columns and keeps what is quadratic in them.
  func move(
    _ columns: UnsafePointer<Double>, number: Int, rate: UnsafeMutablePointer<Double>,
    velocity: UnsafePointer<Double>, response: UnsafePointer<Double>,
    factor: UnsafePointer<Double>, divides: Bool
  ) {
    excesses.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    let size = basis.coefficientCount
    for b in 0..<number {
      basis.writeMasses(of: columns + b * size, into: &masses)
      apply(values, to: &partition)
      apply(slopes, to: &slope)
      var change = [Double](repeating: 0, count: count)
      var excess = masses
      for j in 0..<count {
        let share = divides && !isLinear ? partition[j] : 0
        change[j] = factor[j] * (slope[j] - velocity[j] * share)
        excess[j] -= response[j] * share
        flux[j] = excess[j] * velocity[j] + response[j] * slope[j]
      }
      basis.writeDivergence(of: flux, into: rate + b * size)
      for j in 0..<count { flux[j] = response[j] * attraction[j] * partition[j] }
      basis.writeCoefficients(of: flux, into: &gain)
      for i in 0..<size { rate[b * size + i] += gain[i] }
      excesses.append(excess)
      changes.append(change)
    }
  }

  /// Adds the mean flux of second order of all harmonics of this degree.
  func addMean(to result: UnsafeMutablePointer<Double>) {
    for (x, y) in zip(excesses, changes) {
      for j in 0..<count { result[j] += multiplicity * x[j] * y[j] }
    }
  }

  /// Adds √M times the flux of one harmonic for random factors of the columns: the sum over M of them is as far
  /// from its mean.
  func addScatter(_ factors: ArraySlice<Double>, to result: UnsafeMutablePointer<Double>) {
    var excess = [Double](repeating: 0, count: count)
    var change = excess
    for (b, factor) in zip(excesses.indices, factors) {
      let (x, y) = (excesses[b], changes[b])
      for j in 0..<count {
        excess[j] += factor * x[j]
        change[j] += factor * y[j]
      }
    }
    let root = multiplicity.squareRoot()
    for j in 0..<count { result[j] += root * excess[j] * change[j] }
  }

  /// Σ_i table(i, j) n_i, without checks of bounds.
  private func apply(_ table: [Double], to result: inout [Double]) {
    let count = count
    table.withUnsafeBufferPointer { table in
      result.withUnsafeMutableBufferPointer { result in
        for j in 0..<count { result[j] = 0 }
        for i in 0..<count {
          let mass = masses[i]
          let row = i * count
          for j in 0..<count { result[j] += mass * table[row + j] }
        }
      }
    }
  }
}

/// e^{−b} ∫ e^{bt} p_k(t) dσ(t) on S^{D−1} and its derivative, from a table in b.
private struct SectorCoefficient {
  private let spacing: Double
  private var values: [Double] = []
  private var derivatives: [Double] = []

  init(most: Double, dimension: Int, degree k: Int) {
    let cells = 2048
    spacing = max(most, 1e-300) / Double(cells)
    for i in 0...(cells + 1) {
      let spectrum = KernelSpectrum(beta: Double(i) * spacing, dimension: dimension).partition
      func at(_ l: Int) -> Double { l < spectrum.count ? spectrum[l] : 0 }
      values.append(at(k))
      // t p_k = ((k+D−2) p_{k+1} + k p_{k−1})/(2k+D−2).
      let above = Double(k + dimension - 2) * at(k + 1)
      let below = Double(k) * at(k - 1)
      derivatives.append((above + below) / Double(2 * k + dimension - 2) - at(k))
    }
  }

  /// A cubic between the points of the table; both are good to the fourth and third power of 1/2048.
  func callAsFunction(_ b: Double) -> (value: Double, derivative: Double) {
    let place = max(0, b / spacing)
    let i = min(Int(place), values.count - 2)
    let s = place - Double(i)
    let r = 1 - s
    let (left, right) = (values[i], values[i + 1])
    let (rise, fall) = (spacing * derivatives[i], spacing * derivatives[i + 1])
    let value =
      r * r * ((1 + 2 * s) * left + s * rise) + s * s * ((1 + 2 * r) * right - r * fall)
    let derivative = (6 * s * r * (right - left) + r * (1 - 3 * s) * rise + s * (3 * s - 2) * fall)
    // As b times a derivative over β it is needed per unit of b.
    return (value, derivative / spacing)
  }
}
