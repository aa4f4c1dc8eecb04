internal import Foundation
internal import Transforms

/// A law on S²: its harmonic moments, of a density or of tokens.
public struct SphereLaw: Law {
  /// The degree of the moments.
  public var degree: Int
  /// ∫ Y_lm dμ in the order of `HarmonicLayout`.
  public var harmonics: [Double]
  /// The tokens; nil for a density.
  public var cloud: CloudLaw?
  /// Densities below it are rounding.
  public var floor: Double

  init(degree: Int, harmonics: [Double], cloud: CloudLaw?, floor: Double) {
    self.degree = degree
    self.harmonics = harmonics
    self.cloud = cloud
    self.floor = floor
  }

  /// From so many tokens on moments go by a grid, whose own cost is then the smaller part: right to
  /// 3·10⁻¹³ √(2l + 1), where single tokens change them by 10⁻⁴ and less.
  private static let manyTokens = 8192

  /// Tokens, with moments up to a degree.
  init(_ cloud: CloudLaw, degree: Int) {
    let layout = HarmonicLayout(degree: degree)
    var moments = [Double](repeating: 0, count: layout.count)
    if cloud.tokenCount >= Self.manyTokens {
      let transform = SpherePointTransform(degree: degree)
      transform.place(cloud.points, count: cloud.tokenCount)
      transform.moments(masses: cloud.masses, into: &moments)
    } else {
      for i in cloud.masses.indices {
        let point = SIMD3(cloud.points[3 * i], cloud.points[3 * i + 1], cloud.points[3 * i + 2])
        addHarmonics(at: point, mass: cloud.masses[i], layout, to: &moments)
      }
    }
    self.init(degree: degree, harmonics: moments, cloud: cloud, floor: 0)
  }

  private var layout: HarmonicLayout { HarmonicLayout(degree: degree) }

  public var mass: Double { harmonics[0] }

  /// ∫ (x, y, z) dμ: Y₁₁ = √3 x, Y₁₋₁ = √3 y, Y₁₀ = √3 z.
  public var mean: [Double] {
    guard degree > 0 else { return [0, 0, 0] }
    let equatorial = 2 * layout.place(1, 1)
    return [harmonics[equatorial], harmonics[equatorial + 1], harmonics[2 * layout.place(1, 0)]]
      .map { $0 / 3.0.squareRoot() }
  }

  public var points: [Double] { cloud?.points ?? [] }
  public var tokenCount: Int { cloud?.tokenCount ?? 0 }

  // MARK: Clusters

  /// Z̄, or ⟨x, ∫ y dμ⟩ at β = 0, with its maxima; nil where it is constant.
  func landscape(_ attention: Attention) -> SphereLandscape? {
    let kernel = KernelSpectrum(beta: attention.beta, dimension: 3)
    let kept = min(degree, kernel.modes)
    let factors = kernel.landscape
    let whole = layout
    let layout = HarmonicLayout(degree: kept)
    var coefficients = layout.resized(harmonics, from: whole)
    for m in 0...kept {
      for l in m...kept {
        coefficients[2 * layout.place(l, m)] *= factors[l]
        coefficients[2 * layout.place(l, m) + 1] *= factors[l]
      }
    }
    var landscape = SphereLandscape(degree: kept, coefficients: coefficients)
    let highest = attention.beta > 0 ? landscape.highest().value : 1
    guard !landscape.isConstant(comparedTo: highest) else { return nil }
    // Maxima below hold no mass that counts: 10⁻³ of it spread evenly still gives Z̄ > 10⁻⁷.
    landscape.findMaxima(above: attention.beta > 0 ? 1e-10 * highest : -Double.infinity)
    return landscape
  }

  public func clusters(_ attention: Attention) -> [Cluster] {
    guard var landscape = landscape(attention) else { return [] }
    var masses = [Double](repeating: 0, count: landscape.maxima.count)
    if let cloud {
      landscape.labelGrid()
      for i in cloud.masses.indices {
        let basin = landscape.basin(
          of: SIMD3(cloud.points[3 * i], cloud.points[3 * i + 1], cloud.points[3 * i + 2]))
        if basin >= 0 { masses[basin] += cloud.masses[i] }
      }
    } else {
      masses = landscape.masses(of: harmonics, degree: degree)
    }
    return Cluster.ranked(
      zip(landscape.maxima, masses).filter { $1 >= Cluster.smallestMass }.map { maximum, mass in
        let place = landscape.polished(maximum).place
        return Cluster(position: [place.x, place.y, place.z], mass: mass)
      })
  }

  // MARK: On the grid of a file

  public func density(on chart: Chart) -> [Double]? {
    guard cloud == nil else { return nil }
    let rows = chart.axes[0].values.count
    let columns = chart.axes[1].values.count
    // Where the file's grid is coarser than the law, one that holds it is thinned.
    let turns = (2 * degree + columns) / columns
    let fine = SphericalHarmonicTransform(
      degree: degree, latitudes: max(rows, degree + 1), longitudes: turns * columns)
    if fine.latitudes == rows {
      var samples = [Double](repeating: 0, count: rows * columns * turns)
      fine.synthesize(harmonics, into: &samples)
      return (0..<(rows * columns)).map { samples[$0 * turns] }
    }
    let series = SphericalHarmonics(degree: degree, coefficients: harmonics)
    return chart.axes[0].values.flatMap { colatitude in
      chart.axes[1].values.map { longitude in
        series.jet(
          at: SIMD3(
            sin(colatitude) * cos(longitude), sin(colatitude) * sin(longitude), cos(colatitude))
        ).value
      }
    }
  }

  public func logDensity(on chart: Chart) -> [Double]? {
    density(on: chart)?.map { $0 > max(0, floor) ? log($0) : .nan }
  }

  public func moments(for chart: Chart) -> [[Double]] {
    chart.tables.map { table in
      let lengths = chart.lengths(of: table)
      let most = lengths[0] - 1
      // Orders −L…L; |m| > l has no value.
      return (0...most).flatMap { l in
        (-most...most).map { m in
          guard abs(m) <= l else { return .nan }
          guard l <= degree else { return 0 }
          return harmonics[2 * layout.place(l, abs(m)) + (m < 0 ? 1 : 0)]
        }
      }
    }
  }

  // MARK: Against other laws

  public func moments(degrees: [Int]) -> [Double] {
    degrees.flatMap { l in
      (-l...l).map { m in
        l <= degree ? harmonics[2 * layout.place(l, abs(m)) + (m < 0 ? 1 : 0)] : 0
      }
    }
  }

  public func distances(to tokens: [any Law], threads: Int) -> [[Double]] {
    let others = tokens.compactMap { $0 as? SphereLaw }
    precondition(others.count == tokens.count, "laws on S² are compared with such")
    let slices = SphereSlices(self)
    return parallelMap(count: others.count, threads: threads) { m in
      [slices.distance(to: others[m]), slices.sobolev(to: others[m])]
    }
  }
}
