internal import Foundation
internal import Transforms

/// Fluctuations of a law that is symmetric about the pole which are not: measures n(θ) Y(ω), ω ∈ S^{d−2} the
/// direction about the pole, Y harmonic of degree k there with mean square one.
///
/// They do not act on the polar angle at first order, but clusters that form about a tilted axis do at second
/// order, and at a pole, where P_l is flat, there is nothing else. With κ(θ, θ′) the mean of k(x, y) p_k(⟨ω, ω′⟩)
/// over ω′, p_k the Gegenbauer polynomial of S^{d−2}, n moves by
///
///     d/dt ∫ e dn = ∫ (X n + m δX)·e′ + k(k+d−3) ∫ m δΦ/(Z̄ sin²θ) e + D ∫ ΔeY dnY,
///     δΦ = ∫ κ dn/β,    δX = (δΦ′ − X δZ̄)/Z̄,    δZ̄ = β δΦ,
///
/// and the law of the polar angle by the mean of (n − m δZ̄/Z̄) δX over all of them. Smooth functions eY on the
/// sphere are those with e = s g(cos θ), s = sin^k θ: a state is ∫ R_l dν of the measure ν = s n.
final class ZonalSector {
  /// Functions of θ that a fluctuation is made of, for every degree k.
  static let powers = 6
  static let waves = 18
  static let degrees = 3
  /// These and the constant.
  static let columns = 1 + powers + waves
  /// With noise: they matter at second order only, of which these miss a tenth.
  static let samples = 192

  /// How many harmonics of degree k there are.
  let multiplicity: Double
  private let count: Int
  /// Of a row of a table, and of columns at the points: a multiple of 16, for matrix products.
  private let width: Int
  /// s at the points.
  private let profile: [Double]
  /// κ over s of the source, and its derivative with respect to the second angle over β, at (source i, place j).
  private let values: [Double]
  private let slopes: [Double]
  /// β = 0: values make δΦ, and Z̄ stays one.
  private let isLinear: Bool
  /// k(k+d−3)/sin²θ times what makes δΦ of the values.
  private let attraction: [Double]
  /// s′/s = k cot θ.
  private let profileRise: [Double]
  private let degree: Int
  private let basis: ZonalBasis
  private var flux: [Double]
  private var gain: [Double]
  /// Of every column: ν, then n − m δZ̄/Z̄; δZ̄ over what it is of the values; δΦ′, then δX.
  private var excesses: [Double] = []
  private var partitions: [Double] = []
  private var changes: [Double] = []
  private var number = 0

  init(_ basis: ZonalBasis, _ kernel: KernelSpectrum, degree k: Int) {
    self.basis = basis
    self.degree = k
    let beta = kernel.beta
    let dimension = basis.dimension - 1
    multiplicity = KernelSpectrum(beta: 0, dimension: dimension).multiplicity(k)
    count = basis.pointCount
    let width = (count + 15) / 16 * 16
    self.width = width
    let angles = basis.angles
    let profile = angles.map { pow(sin($0), Double(k)) }
    let table = SectorCoefficient(most: beta, dimension: dimension, degree: k)
    var values = [Double](repeating: 0, count: width * width)
    var slopes = values
    for i in 0..<count {
      for j in 0..<count {
        let (source, place) = (angles[i], angles[j])
        if beta == 0 {
          // Φ = ⟨x, ∫ y dμ⟩ alone.
          guard k == 1 else { continue }
          values[i * width + j] = sin(place) / Double(dimension)
          slopes[i * width + j] = cos(place) / Double(dimension)
          continue
        }
        let front = exp(-2 * beta * pow(sin(0.5 * (source - place)), 2)) / profile[i]
        let (value, derivative) = table(beta * sin(source) * sin(place))
        values[i * width + j] = front * value
        slopes[i * width + j] =
          front * (derivative * sin(source) * cos(place) + sin(source - place) * value)
      }
    }
    self.values = values
    self.slopes = slopes
    let factor = Double(k * (k + dimension - 2))
    isLinear = beta == 0
    let share = isLinear ? 1 : 1 / beta
    attraction = angles.map { factor * share / (sin($0) * sin($0)) }
    self.profile = profile
    profileRise = angles.map { Double(k) * cos($0) / sin($0) }
    flux = [Double](repeating: 0, count: count)
    gain = [Double](repeating: 0, count: basis.coefficientCount)
  }

  /// κ, and its derivative with respect to the second angle over β, between two points of the grid.
  func kernel(_ source: Int, _ place: Int) -> (value: Double, slope: Double) {
    let i = source * width + place
    return (profile[source] * values[i], profile[source] * slopes[i])
  }

  /// Writes the rates of columns and keeps what is quadratic in them.
  func move(
    _ columns: UnsafePointer<Double>, number: Int, rate: UnsafeMutablePointer<Double>,
    velocity: UnsafePointer<Double>, response: UnsafePointer<Double>,
    factor: UnsafePointer<Double>, divides: Bool
  ) {
    let size = basis.coefficientCount
    makeRoom(number)
    excesses.withUnsafeMutableBufferPointer { buffer in
      guard let masses = buffer.baseAddress else { return }
      for b in 0..<number { basis.writeMasses(of: columns + b * size, into: masses + b * width) }
    }
    multiply(excesses, values, into: &partitions, rows: number, inner: width, columns: width)
    multiply(excesses, slopes, into: &changes, rows: number, inner: width, columns: width)
    for b in 0..<number {
      let row = b * width
      for j in 0..<count {
        let partition = partitions[row + j]
        let share = divides && !isLinear ? partition : 0
        let slope = changes[row + j]
        let excess = excesses[row + j] / profile[j] - response[j] * share
        flux[j] = profile[j] * (excess * velocity[j] + response[j] * slope)
        excesses[row + j] = excess
        changes[row + j] = factor[j] * (slope - velocity[j] * share)
        // What is not a divergence: e = s g, so that e′ = s (g′ + k cot θ g).
        partitions[row + j] =
          profileRise[j] * flux[j] + profile[j] * response[j] * attraction[j] * partition
      }
      basis.writeDivergence(of: flux, into: rate + b * size)
      partitions.withUnsafeBufferPointer { sources in
        guard let sources = sources.baseAddress else { return }
        basis.writeCoefficients(of: sources + row, into: &gain)
      }
      for i in 0..<size { rate[b * size + i] += gain[i] }
    }
  }

  private func makeRoom(_ number: Int) {
    self.number = number
    guard excesses.count != number * width else { return }
    excesses = [Double](repeating: 0, count: number * width)
    partitions = excesses
    changes = excesses
  }

  /// Adds the mean flux of second order of all harmonics of this degree.
  func addMean(to result: UnsafeMutablePointer<Double>) {
    for row in stride(from: 0, to: number * width, by: width) {
      for j in 0..<count { result[j] += multiplicity * excesses[row + j] * changes[row + j] }
    }
  }

  /// Adds √M times the flux of one harmonic for random factors of the columns: the sum over M of them is as far
  /// from its mean.
  func addScatter(_ factors: ArraySlice<Double>, to result: UnsafeMutablePointer<Double>) {
    var excess = [Double](repeating: 0, count: count)
    var change = excess
    for (b, factor) in factors.enumerated() {
      for j in 0..<count {
        excess[j] += factor * excesses[b * width + j]
        change[j] += factor * changes[b * width + j]
      }
    }
    let root = multiplicity.squareRoot()
    for j in 0..<count { result[j] += root * excess[j] * change[j] }
  }
}

/// Noise, as every column meets it.
extension ZonalSector {
  var laplacian: TriangularMap { basis.laplacian(sector: degree) }

  /// Adds to a column what white noise η along the sphere makes of the law: ∫ e dn = ∫ ∇(eY)·η √m, with a part
  /// along θ and one about the pole.
  ///
  /// - Parameters:
  ///   - sizes: root of the variance at every point.
  ///   - index: of the column among all that have random numbers.
  func diffuse(
    _ column: UnsafeMutablePointer<Double>, _ diffusion: Diffusion, sizes: [Double],
    _ stream: RandomStream, index: Int, draw: Int
  ) {
    diffusion.whole.apply(to: column)
    let size = basis.coefficientCount
    var along = [Double](repeating: 0, count: count)
    var about = along
    stream.writeSigns(index: 2 * index, draw: draw, into: &along, count: count)
    stream.writeSigns(index: 2 * index + 1, draw: draw, into: &about, count: count)
    let root = Double(degree * (degree + basis.dimension - 3)).squareRoot()
    for j in 0..<count {
      flux[j] = profile[j] * sizes[j] * along[j]
      about[j] =
        profileRise[j] * flux[j] + root * profile[j] / sin(basis.angles[j]) * sizes[j] * about[j]
    }
    var noise = [Double](repeating: 0, count: size)
    basis.writeDivergence(of: flux, into: &noise)
    basis.writeCoefficients(of: about, into: &gain)
    for i in 0..<size { noise[i] += gain[i] }
    diffusion.gain.apply(to: &noise)
    for i in 0..<size { column[i] += noise[i] }
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

  /// A cubic between the points of the table; both are good to the fourth and third power of β/2048.
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
