internal import Foundation
internal import Transforms

/// A Gauss–Legendre grid of S² as points with neighbours.
struct SphereGrid {
  private let transform: SphericalHarmonicTransform
  /// The longest distance between neighbours.
  let spacing: Double

  /// - Parameters:
  ///   - landscapeDegree: of the function to be climbed: at least four points per shortest wave.
  ///   - densityDegree: of the density whose masses are wanted.
  init(landscapeDegree: Int, densityDegree: Int) {
    let degree = max(landscapeDegree, densityDegree)
    let latitudes = max(64, 2 * landscapeDegree + 2, degree + 1)
    let longitudes = SphericalHarmonicBasis.smoothCount(
      atLeast: max(128, 4 * landscapeDegree + 4, 2 * degree + 1))
    transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    spacing = max(Double.pi / Double(latitudes), 2 * Double.pi / Double(longitudes))
  }

  private var latitudes: Int { transform.latitudes }
  private var longitudes: Int { transform.longitudes }

  /// Values of a series of some degree.
  func values(of coefficients: [Double], degree: Int) -> [Double] {
    synthesized(coefficients, degree: degree, factors: nil)
  }

  /// Masses of a density with given moments.
  func masses(of moments: [Double], degree: Int) -> [Double] {
    synthesized(moments, degree: degree, factors: transform.weights)
  }

  private func synthesized(
    _ coefficients: [Double], degree: Int, factors: [Double]?
  ) -> [Double] {
    let layout = transform.layout
    let all = layout.resized(coefficients, from: HarmonicLayout(degree: degree))
    var samples = [Double](repeating: 0, count: latitudes * longitudes)
    transform.synthesize(all, degree: degree, rowFactors: factors, into: &samples)
    return samples
  }

  func point(_ j: Int) -> SIMD3<Double> {
    let (row, column) = (j / longitudes, j % longitudes)
    let sine = transform.quadrature.sines[row]
    let longitude = 2 * Double.pi * Double(column) / Double(longitudes)
    return SIMD3(
      sine * cos(longitude), sine * sin(longitude), transform.quadrature.cosines[row])
  }

  /// The points around one; beyond a pole stands the opposite meridian.
  func neighbours(_ j: Int) -> [Int] {
    let (row, column) = (j / longitudes, j % longitudes)
    var result: [Int] = []
    for dr in -1...1 {
      for dc in -1...1 where (dr, dc) != (0, 0) { result.append(index(row + dr, column + dc)) }
    }
    return result
  }

  private func index(_ row: Int, _ column: Int) -> Int {
    var row = row
    var column = column
    if row < 0 || row >= latitudes {
      row = row < 0 ? -1 - row : 2 * latitudes - 1 - row
      column += longitudes / 2
    }
    return row * longitudes + ((column % longitudes) + longitudes) % longitudes
  }

  /// The four grid points around a point.
  func corners(around point: SIMD3<Double>) -> [Int] {
    let colatitude = atan2((point.x * point.x + point.y * point.y).squareRoot(), point.z)
    var longitude = atan2(point.y, point.x)
    if longitude < 0 { longitude += 2 * Double.pi }
    // Gauss–Legendre colatitudes are nearly equidistant: a guess, then a step or two.
    let angles = transform.quadrature.colatitudes
    var row = min(
      max(Int(colatitude / Double.pi * Double(latitudes) - 0.5), 0), latitudes - 1)
    while row > 0 && angles[row] > colatitude { row -= 1 }
    while row + 1 < latitudes && angles[row + 1] <= colatitude { row += 1 }
    if angles[row] > colatitude { row -= 1 }
    let column = Int(longitude / (2 * Double.pi) * Double(longitudes))
    return [(0, 0), (0, 1), (1, 0), (1, 1)].map { index(row + $0.0, column + $0.1) }
  }
}
