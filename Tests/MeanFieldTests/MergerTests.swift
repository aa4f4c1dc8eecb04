import Foundation
import MeanField
import TestSupport
import Testing

/// Mergers of a density's clusters: found where Z itself has one maximum less.
@Suite struct MergerTests {
  /// Two bumps that diffusion makes one, seen through a kernel of width 0.14.
  static let equation = Equation(attention: Attention(beta: 50, normalization: .peak), noise: 0.2)
  static let law = InitialLaw.vonMises([
    .init(mean: 1, concentration: 20, weight: 2), .init(mean: 2.4, concentration: 20, weight: 1),
  ])

  static func simulation(times: [Double]) throws -> Simulation {
    Simulation(
      density: try Evolution.density(equation, from: law, tolerance: 1e-11, end: 1), members: [],
      times: times, threads: 1)
  }

  /// Maxima of Z on 20 000 points, straight from the moments.
  static func maximumCount(at time: Double) throws -> Int {
    let run = try Evolution.density(equation, from: law, tolerance: 1e-11, end: 1)
    try run.advance(to: time)
    let moments = run.snapshot().circle.moments
    let kernel = KernelSpectrum(beta: 50, dimension: 2).partition
    let values = (0..<20_000).map { j in
      moments.series(kernel, at: 2 * .pi * Double(j) / 20_000)
    }
    return values.indices.filter {
      values[$0] > values[($0 + 19_999) % 20_000] && values[$0] >= values[($0 + 1) % 20_000]
    }.count
  }

  @Test func mergerIsWhereTwoMaximaBecomeOne() throws {
    let simulation = try Self.simulation(times: [0, 0.5, 1])
    var found: [Merger] = []
    while !simulation.isFinished {
      _ = try simulation.advance()
      found += try simulation.takeFrame().mergers
    }
    let merger = try #require(found.first)
    #expect(found.count == 1)
    // At the fold the two extremes are √(t* − t) apart: 20 000 points see them 1e-5 before.
    #expect(try Self.maximumCount(at: merger.time - 1e-4) == 2)
    #expect(try Self.maximumCount(at: merger.time + 1e-6) == 1)
    #expect(abs(merger.mass - 1) < 1e-6)
    #expect(abs(merger.parentMasses[0] + merger.parentMasses[1] - 1) < 1e-6)
    #expect(merger.parentMasses[0] > merger.parentMasses[1])
    #expect(merger.angle > 1 && merger.angle < 1.7)
  }

  /// The time of a merger does not depend on when one looked.
  @Test func mergerTimeIsIndependentOfTheSnapshots() throws {
    func time(_ times: [Double]) throws -> Double {
      let simulation = try Self.simulation(times: times)
      var found: [Merger] = []
      while !simulation.isFinished {
        _ = try simulation.advance()
        found += try simulation.takeFrame().mergers
      }
      return try #require(found.first).time
    }
    let coarse = try time([0, 1])
    let fine = try time((0...20).map { Double($0) / 20 })
    // Resolution 1e-9; the fold's time moves with the moments by 1e-11 times their effect on Z″.
    #expect(abs(coarse - fine) < 1e-7)
  }
}
