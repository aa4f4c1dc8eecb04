internal import Foundation

/// Points of a response that the flow tears from a neighbour.
///
/// Where a gap opens, mass changes sides between two points, and no derivative at them sees it: the flux
/// past a point counts, f_i Ξ_i/2π. A point at the edge of a gap goes down into a cluster all the same. There
/// f_i grows like e^t, and nearly all of that flux is the cluster itself on its way. With k the nearest point
/// of the cluster that nothing tears, and r_i the share by which i has come near to it,
///
///     δ∫ φ dμ = Σ_i w_i φ′_i ((1 − s_i) Ξ_i + s_i r_i Ξ_k)
///             + s_i (f_i/2π) (Ξ_i − r_i Ξ_k) ((1 − c_i) (φ_{i+1} − φ_i) + c_{i−1} (φ_i − φ_{i−1})),
///
/// c_i = ½. Beside the place where the flow divides, and only there, neighbouring fluxes become different: that
/// of a label goes on changing when it has left, while next to nothing crosses any more. Where a gap
/// opens a massless point, the separator, is put at that place and kept there; once its neighbours have gone
/// its flux alone counts, c_i = 1 before it and 0 behind it.
struct TornPoints: Sendable {
  /// s_i.
  let stretches: [Double]
  /// k, or i itself where r_i = 0.
  let references: [Int]
  /// r_i.
  let shares: [Double]
  /// s_i f_i/2π.
  let fluxes: [Double]
  /// Shares of the flux past a point that count before and behind it: c_{i−1} and 1 − c_i.
  private let sides: [(before: Double, after: Double)]

  /// - Parameter logDensities: log f at the points.
  init(_ points: [ResponsePoint], logDensities: UnsafePointer<Double>) {
    let count = points.count
    stretches = points.map(\.stretch)
    references = points.enumerated().map { $1.reference ?? $0 }
    shares = points.map(\.share)
    fluxes = (0..<count).map { i in
      guard points[i].stretch > 0, !points[i].isSettled else { return 0 }
      return points[i].stretch * exp(logDensities[i]) / (2 * Double.pi)
    }
    sides = (0..<count).map {
      (points[($0 + count - 1) % count].nextShare, 1 - points[$0].nextShare)
    }
  }
}

extension TornPoints {
  /// Turns a row of what every w_i Ξ_i does into one of what every Ξ_i does.
  ///
  /// - Parameters:
  ///   - values: w_i φ′_i for every point, from `start` on.
  ///   - functions: φ at the points, from `start` on.
  func distribute(_ values: inout [Double], from start: Int, _ functions: [Double]) {
    for i in fluxes.indices where stretches[i] > 0 {
      let flux = fluxes[i] * rise(of: functions, from: start, past: i)
      let point = stretches[i] * values[start + i]
      values[start + i] += flux - point
      values[start + references[i]] += shares[i] * (point - flux)
    }
  }

  /// (1 − c_i) (φ_{i+1} − φ_i) + c_{i−1} (φ_i − φ_{i−1}).
  func rise(of functions: [Double], from start: Int = 0, past i: Int) -> Double {
    let (last, next) = neighbours(of: i)
    let here = functions[start + i]
    return sides[i].after * (functions[start + next] - here)
      + sides[i].before * (here - functions[start + last])
  }

  /// The same as parts of a unit of mass: what the point before loses, the point itself and the point after gain.
  func parts(past i: Int) -> (before: Double, here: Double, after: Double) {
    (-sides[i].before, sides[i].before - sides[i].after, sides[i].after)
  }

  func neighbours(of i: Int) -> (last: Int, next: Int) {
    let count = fluxes.count
    return (i == 0 ? count - 1 : i - 1, i + 1 == count ? 0 : i + 1)
  }

  /// (1 − s_i) ξ_i + s_i r_i ξ_k, and the same of ξ².
  func carried(_ shifts: [SIMD16<Double>]) -> [(first: SIMD16<Double>, second: SIMD16<Double>)] {
    shifts.indices.map { i in
      let (here, there) = (shifts[i], shifts[references[i]])
      let (stays, joins) = (1 - stretches[i], stretches[i] * shares[i])
      return (stays * here + joins * there, stays * here * here + joins * there * there)
    }
  }
}
