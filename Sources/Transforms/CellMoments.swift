internal import Foundation

/// Moments of the masses in every run of points.
///
///     mass = Σ_j m_j,   moments_k = Σ_j m_j s_j^k / mass,   k = 0…15
struct CellMoments {
  /// log mass of every run; −∞ where there is none.
  private(set) var logMasses: [Double] = []
  /// Sixteen moments of every run.
  private(set) var moments = VectorBuffer(count: 2)

  /// - Parameters:
  ///   - masses: in the order of the runs' points.
  ///   - shortest: moments of runs of fewer points are left out.
  mutating func update(
    _ runs: borrowing CircleRuns, masses: UnsafePointer<Double>, shortest: Int
  ) {
    logMasses.removeAll(keepingCapacity: true)
    if moments.count < 2 * runs.count {
      moments = VectorBuffer(count: 2 * (runs.count + runs.count / 4))
    }
    runs.places.withUnsafeBufferPointer { places in
      let places = places.baseAddress.unsafelyUnwrapped
      for run in 0..<runs.count {
        let start = runs.starts[run]
        let count = runs.starts[run + 1] - start
        guard count >= shortest else {
          logMasses.append(-.infinity)
          continue
        }
        let (low, high) = Self.sums(places + start, masses + start, count)
        let mass = low[0]
        let scale = mass > 0 ? 1 / mass : 0
        moments.base[2 * run] = low * scale
        moments.base[2 * run + 1] = high * scale
        logMasses.append(log(mass))
      }
    }
  }

  private static func sums(
    _ places: UnsafePointer<Double>, _ masses: UnsafePointer<Double>, _ count: Int
  ) -> (Vector, Vector) {
    var sums = InlineArray<16, Vector>(repeating: .zero)
    let s = UnsafeBufferPointer(start: places, count: count)
    let m = UnsafeBufferPointer(start: masses, count: count)
    var i = 0
    while i < count {
      let place = eight(s, from: i, else: 0)
      var power = eight(m, from: i, else: 0)
      for k in 0..<15 {
        sums[k] += power
        power *= place
      }
      sums[15] += power
      i += 8
    }
    return (
      laneSums(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]),
      laneSums(sums[8], sums[9], sums[10], sums[11], sums[12], sums[13], sums[14], sums[15])
    )
  }
}
