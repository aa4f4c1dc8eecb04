import Foundation
import Testing
import Transforms

@testable import MeanField

/// Clusters on S²: maxima of a series of harmonics, and the masses of their basins.
struct SphereClusterTests {
  private func density(_ law: InitialLaw, degree: Int = 63) -> SphereLaw {
    SphereLaw(
      degree: degree, harmonics: law.sphericalMoments(degree: degree), cloud: nil, floor: 0)
  }

  private func bumps(
    _ means: [[Double]], _ concentration: Double, weights: [Double]? = nil
  ) -> InitialLaw {
    .vonMises(
      means.enumerated().map {
        .init(mean: $1, concentration: concentration, weight: weights?[$0] ?? 1)
      })
  }

  /// The law with ∫ P_l(⟨x, axis⟩) dμ = p_l that is symmetric about an axis.
  private func symmetric(_ moments: [Double], about axis: [Double], degree: Int = 63) -> SphereLaw {
    let unit = unit(axis)
    let values = InitialLaw.harmonics(at: unit, degree: degree)
    var result = values.values
    for m in 0...degree {
      for l in m...degree {
        let place = 2 * values.layout.place(l, m)
        let moment = l < moments.count ? moments[l] : 0
        result[place] *= moment
        result[place + 1] *= moment
      }
    }
    return SphereLaw(degree: degree, harmonics: result, cloud: nil, floor: 0)
  }

  private func unit(_ x: [Double]) -> [Double] {
    let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return x.map { $0 / length }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  private static let tetrahedron: [[Double]] = [
    [1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1],
  ]
  private static let triangle: [[Double]] = [
    [1, 0, 0], [-0.5, 0.75.squareRoot(), 0], [-0.5, -0.75.squareRoot(), 0],
  ]
  private static let poles: [[Double]] = [[0, 0, 1], [0, 0, -1]]
  private static let dateLine: [[Double]] = [[1, 0, 0.2], [-1, 0, 0.2]]

  /// Equal bumps that a symmetry carries into one another share the mass equally.
  @Test(arguments: [tetrahedron, triangle, poles, dateLine])
  func symmetricBumpsShareTheMass(means: [[Double]]) throws {
    // An arbitrary turn, so that nothing lies on the grid; and none, so that much does.
    for turn in [0, 0.7] {
      let turned = means.map { x in
        [x[0] * cos(turn) - x[2] * sin(turn), x[1], x[0] * sin(turn) + x[2] * cos(turn)]
      }
      let clusters = density(bumps(turned, 8)).clusters(Attention(beta: 8))
      try #require(clusters.count == means.count)
      // Interpolation is good to 10⁻⁸ of a width; poles and the date line have a ring of minima, where
      // the border is found by halving, to 10⁻⁷.
      #expect(clusters.allSatisfy { abs($0.mass - 1 / Double(means.count)) < 3e-7 })
    }
  }

  /// Two bumps of equal width on an axis: by symmetry the maxima stand on it, and borders are circles
  /// of latitude about it; the mass beyond one is a closed form, ∫ e^{κ(t−1)} dt.
  @Test(arguments: [[0.0, 0, 1], [1, 0, 0], [0.3, -0.5, 0.7], [0.02, 0.01, -1]])
  func oppositeBumpsOfDifferentWeight(axis: [Double]) throws {
    let beta = 6.0
    let kappa = 6.0
    let unit = unit(axis)
    let clusters = density(bumps([unit, unit.map { -$0 }], kappa, weights: [2, 1]))
      .clusters(Attention(beta: beta))
    try #require(clusters.count == 2)
    #expect(distance(clusters[0].position, unit) < 1e-9)
    #expect(distance(clusters[1].position, unit.map { -$0 }) < 1e-9)
    // Z(t) = Σ w ∫ e^{β(⟨x,y⟩−1)} bump: S(|βx + κm|), S(r) = sinh r/r; its minimum over t = ⟨x, m⟩.
    func partition(_ t: Double) -> Double {
      func bump(_ t: Double) -> Double {
        let r = (beta * beta + kappa * kappa + 2 * beta * kappa * t).squareRoot()
        return sinh(r) / r
      }
      return 2 * bump(t) + bump(-t)
    }
    var (low, high) = (-0.9, 0.9)
    // Golden sections to 10⁻⁸, where values no longer differ: masses change by the density times that.
    for _ in 0..<80 {
      let (a, b) = (low + 0.381966 * (high - low), low + 0.618034 * (high - low))
      if partition(a) < partition(b) { high = b } else { low = a }
    }
    let border = 0.5 * (low + high)
    func beyond(_ t: Double) -> Double {
      (1 - exp(kappa * (t - 1))) / (1 - exp(-2 * kappa))
    }
    let expected = (2 * beyond(border) + (1 - beyond(-border))) / 3
    // Borders by halving: 10⁻⁷.
    #expect(abs(clusters[0].mass - expected) < 3e-7)
    #expect(abs(clusters[0].mass + clusters[1].mass - 1) < 1e-12)
  }

  /// A ring counts once, wherever its axis points, with its northernmost point; masses are those of the
  /// zonal law.
  @Test(arguments: [[0.0, 0, 1], [1, 0, 0], [0.3, -0.5, 0.7], [0.1, 0, 1], [0, 0.001, -1]])
  func aRingIsOneCluster(axis: [Double]) throws {
    let moments = [1, 0.25, -0.2, 0.15, 0.1]
    let attention = Attention(beta: 5)
    let zonal = ZonalLaw(
      coefficients: moments, dimension: 3, kernel: KernelSpectrum(beta: 5, dimension: 3), floor: 0
    ).clusters(attention)
    let clusters = symmetric(moments, about: axis).clusters(attention)
    try #require(clusters.count == 2 && zonal.count == 2)
    let unit = unit(axis)
    for (cluster, expected) in zip(clusters, zonal) {
      #expect(abs(cluster.mass - expected.mass) < 3e-7)
      let angle = acos(min(1, max(-1, zip(cluster.position, unit).reduce(0) { $0 + $1.0 * $1.1 })))
      // Near an axis an angle is the square root of what a product shows.
      #expect(abs(angle - expected.position[0]) < 3e-8)
    }
    // The highest point of a circle at an angle θ from an axis at an angle α from north is at |α − θ|.
    let tilt = acos(unit[2])
    #expect(abs(acos(clusters[0].position[2]) - abs(tilt - zonal[0].position[0])) < 1e-6)
  }

  @Test(arguments: [0, 0.5, 5, 81, 400])
  func theUniformLawHasNone(beta: Double) {
    #expect(density(.uniform).clusters(Attention(beta: beta)).isEmpty)
    let nearly = InitialLaw.harmonics([.init(degree: 1, order: 1, cosine: 1e-13)])
    #expect(density(nearly).clusters(Attention(beta: beta)).isEmpty)
    let visible = InitialLaw.harmonics([.init(degree: 1, order: 1, cosine: 1e-9, sine: 1e-9)])
    let clusters = density(visible).clusters(Attention(beta: beta))
    #expect(clusters.count == 1)
    // The maximum of a wave of 10⁻⁹ among rounding errors of 10⁻¹⁶.
    #expect(
      clusters.allSatisfy { distance($0.position, unit([1, 1, 0])) < 1e-4 })
  }

  @Test func withoutInverseTemperatureTheMeanIsTheCluster() throws {
    let law = InitialLaw.harmonics([
      .init(degree: 1, order: 0, cosine: 0.2), .init(degree: 1, order: 1, cosine: 0, sine: -0.1),
      .init(degree: 2, order: 0, cosine: 0.3),
    ])
    let clusters = density(law).clusters(Attention(beta: 0))
    try #require(clusters.count == 1)
    #expect(distance(clusters[0].position, unit([0, -0.1, 0.2])) < 1e-9)
    #expect(abs(clusters[0].mass - 1) < 1e-12)
  }

  /// Three narrow bumps in a void: Z between them falls to 10⁻³⁰ of its maximum.
  @Test func voidsAreHarmless() throws {
    let law = bumps(Array(Self.tetrahedron.prefix(3)), 80, weights: [3, 2, 1])
    let clusters = density(law, degree: 127).clusters(Attention(beta: 80))
    try #require(clusters.count == 3)
    for (cluster, share) in zip(clusters, [0.5, 1.0 / 3, 1.0 / 6]) {
      // What is beyond the border of a bump: less than e^{−80(1 − cos 54°)} = 10⁻¹⁴; and rounding.
      #expect(abs(cluster.mass - share) < 1e-6)
    }
  }

  @Test func lightModesAreLeftOut() {
    let law = bumps(Self.poles, 30, weights: [0.9995, 0.0005])
    let clusters = density(law).clusters(Attention(beta: 30))
    #expect(clusters.count == 1)
    #expect(clusters.allSatisfy { abs($0.mass - 0.9995) < 1e-6 })
  }

  /// Masses of the basins of a density against tokens that are its grid: to the size of a cell.
  @Test func tokensGoWhereTheirDensityGoes() throws {
    let law = InitialLaw.perturbedUniform(amplitude: 0.3, modes: 6, seed: 3)
    let degree = 63
    let whole = density(law, degree: degree)
    let rows = 200
    let columns = 400
    let chart = Sphere().chart(resolution: rows - 1, modes: 8)
    let values = try #require(whole.density(on: chart))
    var points: [Double] = []
    for theta in chart.axes[0].values {
      for phi in chart.axes[1].values {
        points += [sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta)]
      }
    }
    let masses = zip(values, chart.weights).map { $0 * $1 }
    #expect(masses.count == rows * columns)
    let cloud = CloudLaw(points: points, masses: masses, manifold: .sphere)
    let tokens = SphereLaw(degree: degree, harmonics: whole.harmonics, cloud: cloud, floor: 0)
    for beta in [9.0, 60] {
      let smooth = whole.clusters(Attention(beta: beta))
      let points = tokens.clusters(Attention(beta: beta))
      try #require(smooth.count == points.count && smooth.count > 3)
      for cluster in smooth {
        let other = points.min {
          distance($0.position, cluster.position) < distance($1.position, cluster.position)
        }
        #expect(distance(other?.position ?? [], cluster.position) < 1e-9)
        // Some 400 cells of 10⁻⁵ on the border, each counted as a whole: 10⁻⁵ √400.
        #expect(abs((other?.mass ?? 0) - cluster.mass) < 4e-4)
      }
    }
  }
}
