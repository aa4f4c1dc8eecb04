import Foundation
import MeanField
import RunFiles
import TestSupport
import Testing

/// The files in configs/ that live on spheres, shortened, against numbers that do not come from this
/// program.
@Suite struct SphereGalleryTests {
  /// What a config must reach at a time, and with which part of its particles it is run.
  struct Expectation: Sendable {
    var end: Double
    var settings: [String] = []
    /// All moments of some degrees, in the order of `Law.moments(degrees:)`.
    var moments: [(degree: Int, values: [Double])] = []
    /// The case of Tests/References/gallery.json that has them instead.
    var reference: String?
    /// Inner product of every two tokens.
    var innerProduct: Double?
    /// |∫ P_l(⟨x, n⟩) dμ|, n the direction of the mean: the size of the moments of degree l over √(2l + 1).
    var sizes: [Double] = []
    /// Error allowed: 20 × tolerance × e^{λt}, and the digits of the source.
    var allowed: Double
  }

  static let expectations: [String: Expectation] = [
    // λ = 0.7031; the reference is good to 7.4e-9.
    "sphere-clusters.yaml": Expectation(
      end: 2, settings: ["particles.count=1000", "particles.members=2"],
      reference: "sphere-clusters", allowed: 20e-8 * 4.1 + 7.4e-9),
    // Closed form: the mean at t = 2 (literature C18); λ = 2/3.
    "sphere-kuramoto.yaml": Expectation(
      end: 2, settings: ["particles.count=500", "particles.members=2"],
      moments: [
        (1, [0, 3.0.squareRoot() * 0.45794653960408, 0]),
        (2, [0, 0, 5.0.squareRoot() * 0.19146544100103, 0, 0]),
      ], allowed: 20e-10 * 3.8),
    // λ = 0.983; the reference is good to 1e-15.
    "zonal-64.yaml": Expectation(
      end: 0.5, settings: ["particles.count=300", "particles.members=2"], reference: "zonal-64",
      allowed: 20e-8 * 1.7),
    // γ_β(5) for n = 32, β = 4 (literature 2.2); contraction only.
    "orthogonal-tokens.yaml": Expectation(
      end: 5, innerProduct: 0.95277484974288, allowed: 20e-11 * 10),
    // Literature 4.9, β = 1, d = 3, κ = 4: seven or eight digits.
    "sphere-noise.yaml": Expectation(
      end: 40, settings: ["particles.count=100", "particles.members=1", "output.every=20"],
      sizes: [0.79727873, 0.53547753, 0.31362793, 0.1643259], allowed: 2e-7),
    // Nearly paired tokens move apart or together no faster than e^{t/2}; the end is a slow dance.
    "sphere-tokens.yaml": Expectation(
      end: 20, reference: "sphere-tokens", allowed: 20e-11 * 100),
  ]

  private struct Table: Decodable {
    var harmonics: [[Double]]?
    var moments: [Double]?

    /// One list for every degree from 0 on.
    var byDegree: [[Double]] { harmonics ?? (moments ?? []).map { [$0] } }
  }

  private func reference(_ name: String) throws -> Table {
    let tables: [String: Table] = try References.load("gallery")
    return try #require(tables[name])
  }

  @Test(arguments: expectations.keys.sorted())
  func configReachesItsNumbers(name: String) throws {
    let expected = try #require(Self.expectations[name])
    let path = GalleryTests.folder.appendingPathComponent("configs/\(name)").path
    var settings = expected.settings + ["time.end=\(expected.end)"]
    if name == "sphere-tokens.yaml" {
      // Relative to the working folder, which is not the repository's here.
      let tokens = GalleryTests.folder.appendingPathComponent("configs/sphere-tokens.csv").path
      settings.append("initial.tokens.file=\(tokens)")
    }
    let runFile = try RunFile(contentsOf: path, settings: settings).withChosenStep()
    let simulation = try runFile.simulation(compares: false, threads: 2)
    var last: Simulation.Frame?
    while !simulation.isFinished {
      _ = try simulation.advance()
      last = try simulation.takeFrame()
    }
    let frame = try #require(last)
    let law = try #require((frame.density ?? frame.members.first)?.law)
    var moments = expected.moments
    if let name = expected.reference {
      moments += try reference(name).byDegree.enumerated().map { ($0.offset, $0.element) }
    }
    for (degree, values) in moments {
      for (found, value) in zip(law.moments(degrees: [degree]), values) {
        #expect(abs(found - value) < expected.allowed)
      }
    }
    for (l, size) in expected.sizes.enumerated() {
      let square = law.moments(degrees: [l + 1]).reduce(0) { $0 + $1 * $1 }
      #expect(abs((square / Double(2 * l + 3)).squareRoot() - size) < expected.allowed)
    }
    if let innerProduct = expected.innerProduct {
      let count = law.tokenCount
      let width = law.points.count / count
      for i in 0..<count {
        for j in 0..<i {
          let product = (0..<width).reduce(0) {
            $0 + law.points[i * width + $1] * law.points[j * width + $1]
          }
          #expect(abs(product - innerProduct) < expected.allowed)
        }
      }
    }
  }
}
