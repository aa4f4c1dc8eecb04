internal import Foundation
internal import Transforms

/// What sampling does to a law on S²: the columns of a square root of the covariance, in harmonics.
struct SphereResponse: LinearResponse {
  /// Degree of the density and of every column.
  let degree: Int
  let density: [Double]
  /// One column after the other.
  let columns: [Double]
  /// One sample of second order after the other.
  let seconds: [Double]
  /// Degrees that the columns hold completely; above, they leave out some of the finest scales.
  let completeDegree: Int

  /// Distances of samples count degrees up to this one at least.
  static let leastTop = 63
  /// Points of the integral over ⟨x, n⟩.
  private static let slicePoints = 128

  var layout: HarmonicLayout { HarmonicLayout(degree: degree) }
  private var columnCount: Int { columns.count / layout.count }

  func influences(degrees: [Int]) -> [[[Double]]] { moments(of: columns, degrees) }

  func secondOrder(degrees: [Int]) -> [[[Double]]] { moments(of: seconds, degrees) }

  private func moments(of columns: [Double], _ degrees: [Int]) -> [[[Double]]] {
    let layout = layout
    let starts = stride(from: 0, to: columns.count, by: layout.count)
    return degrees.map { l in
      (-l...l).map { m in
        guard l <= degree else { return starts.map { _ in 0 } }
        let place = 2 * layout.place(l, abs(m)) + (m < 0 ? 1 : 0)
        return starts.map { columns[$0 + place] }
      }
    }
  }

  /// That of one draw of the uniform law: Σ_m Y_lm² = 2l + 1.
  func spreads(degrees: [Int]) -> [Double] { degrees.map { Double(2 * $0 + 1).squareRoot() } }

  /// The mean over directions of W₁ = ∫ |ΔF| du, and the Sobolev norm, of columns times Gaussian numbers
  /// and of what columns leave out.
  func sampleDistances(count: Int, tokens: Int, threads: Int) -> [[Double]] {
    let top = HarmonicLayout(degree: max(Self.leastTop, degree))
    let layout = layout
    let rest = finestScales(count: count, layout: top)
    let table = SliceTable(layout: top, points: Self.slicePoints)
    let unit = 1 / Double(tokens).squareRoot()
    return parallelMap(count: count, threads: threads) { sample in
      let stream = RandomStream(seed: 0, member: sample, purpose: .fluctuation)
      var smooth = [Double](repeating: 0, count: layout.count)
      for b in 0..<columnCount {
        let factor = stream.normals(index: b, draw: 1).0
        let start = b * layout.count
        for i in 0..<layout.count { smooth[i] += factor * columns[start + i] }
      }
      var sum = top.resized(smooth, from: layout)
      for i in sum.indices { sum[i] = unit * (sum[i] + rest[sample][i]) }
      return [table.meanWasserstein1(sum), Self.sobolev(sum, top)]
    }
  }

  /// White noise of the law as it is, at degrees and to the extent that columns lack it.
  ///
  /// A flow carries the white noise of one law to that of the next; what columns leave out is too
  /// fine to move anything else.
  private func finestScales(count: Int, layout top: HarmonicLayout) -> [[Double]] {
    let (transform, masses) = grid(top)
    let roots = masses.map { $0.squareRoot() }
    let lacking = lackingShares(top.degree)
    return (0..<count).map { sample in
      let stream = RandomStream(seed: 1, member: sample, purpose: .fluctuation)
      let noise = FluctuationSources.whiteNoise(masses: masses, roots: roots, stream, index: 0)
      var result = [Double](repeating: 0, count: top.count)
      transform.adjoint(noise, into: &result)
      for m in 0...top.degree {
        for l in m...top.degree {
          result[2 * top.place(l, m)] *= lacking[l]
          result[2 * top.place(l, m) + 1] *= lacking[l]
        }
      }
      return result
    }
  }

  /// A grid for products of harmonics of a layout, and the law's masses there.
  func grid(_ top: HarmonicLayout) -> (SphericalHarmonicTransform, [Double]) {
    let transform = SphericalHarmonicTransform(
      degree: top.degree, latitudes: (3 * top.degree + 3) / 2,
      longitudes: SphericalHarmonicBasis.smoothCount(atLeast: 3 * top.degree + 1))
    var masses = [Double](repeating: 0, count: transform.latitudes * transform.longitudes)
    transform.synthesize(
      top.resized(density, from: layout), rowFactors: transform.weights, into: &masses)
    for j in masses.indices { masses[j] = max(0, masses[j]) }
    return (transform, masses)
  }

  /// √(1 − columns/white noise) of the variances of every degree; Σ_m Y_lm² = 2l + 1.
  func lackingShares(_ top: Int) -> [Double] {
    let layout = layout
    return (0...top).map { l in
      guard l > completeDegree else { return 0 }
      guard l <= degree else { return 1 }
      var white = Double(2 * l + 1)
      var found = 0.0
      for m in 0...l {
        let place = 2 * layout.place(l, m)
        for i in [place, place + 1] {
          white -= density[i] * density[i]
          for b in 0..<columnCount {
            let value = columns[b * layout.count + i]
            found += value * value
          }
        }
      }
      return white > 0 ? max(0, 1 - found / white).squareRoot() : 0
    }
  }

  private static func sobolev(_ values: [Double], _ layout: HarmonicLayout) -> Double {
    var sum = 0.0
    for m in 0...layout.degree {
      for l in max(1, m)...layout.degree {
        let place = 2 * layout.place(l, m)
        let square = values[place] * values[place] + values[place + 1] * values[place + 1]
        sum += square * pow(Double(l * (l + 1)), -1.5)
      }
    }
    return sum.squareRoot()
  }
}

/// From moments of a difference of laws to the distribution functions of its slices.
private struct SliceTable: Sendable {
  private let layout: HarmonicLayout
  /// Y_lm(n)/(2l + 1) for every direction.
  private let harmonics: [[Double]]
  /// ½ (P_{l+1} − P_{l−1}) at the points, l = 1…L, row after row.
  private let levels: [Double]
  private let weights: [Double]

  init(layout: HarmonicLayout, points: Int) {
    self.layout = layout
    harmonics = SphereSlices.directions.map { n in
      var values = [Double](repeating: 0, count: layout.count)
      addHarmonics(at: n, mass: 1, layout, to: &values)
      for m in 0...layout.degree {
        for l in m...layout.degree {
          values[2 * layout.place(l, m)] /= Double(2 * l + 1)
          values[2 * layout.place(l, m) + 1] /= Double(2 * l + 1)
        }
      }
      return values
    }
    let rule = GaussLegendre(count: points)
    weights = rule.weights
    var before = [Double](repeating: 1, count: points)
    var value = rule.cosines
    var levels: [Double] = []
    for l in stride(from: 1, through: layout.degree, by: 1) {
      for i in 0..<points {
        let next =
          (Double(2 * l + 1) * rule.cosines[i] * value[i] - Double(l) * before[i]) / Double(l + 1)
        levels.append(0.5 * (next - before[i]))
        before[i] = value[i]
        value[i] = next
      }
    }
    self.levels = levels
  }

  /// The mean over directions of ∫ |ΔF| du.
  func meanWasserstein1(_ moments: [Double]) -> Double {
    let points = weights.count
    var slice = [Double](repeating: 0, count: layout.degree + 1)
    var difference = [Double](repeating: 0, count: points)
    var total = 0.0
    for values in harmonics {
      for l in slice.indices { slice[l] = 0 }
      var place = 0
      for m in 0...layout.degree {
        for l in m...layout.degree {
          slice[l] += moments[place] * values[place] + moments[place + 1] * values[place + 1]
          place += 2
        }
      }
      for i in 0..<points { difference[i] = 0 }
      for l in 1...layout.degree {
        let row = (l - 1) * points
        let factor = slice[l]
        for i in 0..<points { difference[i] += factor * levels[row + i] }
      }
      for i in 0..<points { total += weights[i] * abs(difference[i]) }
    }
    return total / Double(harmonics.count)
  }
}
