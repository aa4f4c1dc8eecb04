internal import Foundation
internal import Transforms

/// The circle, or one k-th of it where the law has that symmetry.
struct CirclePanelLine: PanelLine {
  /// k.
  let symmetry: Int
  /// log(k/2π).
  private let level: Double

  init(symmetry: Int) {
    self.symmetry = symmetry
    level = log(Double(symmetry) / (2 * Double.pi))
  }

  var range: ClosedRange<Double> { 0...(2 * Double.pi / Double(symmetry)) }
  var isClosed: Bool { true }

  func anchor(of position: Double) -> Double { 0 }

  func logUniform(at angle: Double) -> Double { level }

  func place(ofMean mean: Double, between start: Double, and end: Double) -> Double { mean }

  func logDensity(of law: InitialLaw) -> (Double) -> Double { law.circularLogDensity() }

  func atoms(of tokens: InitialLaw.Tokens) -> PanelMesh {
    guard symmetry > 1 else { return PanelMesh(atoms: tokens.points, masses: tokens.masses) }
    let turn = range.upperBound
    let images = zip(tokens.points.map { $0 - turn * ($0 / turn).rounded(.down) }, tokens.masses)
      .sorted { $0.0 < $1.0 }
    var points: [Double] = []
    var masses: [Double] = []
    var last = -Double.infinity
    for (angle, mass) in images {
      if angle - last < Self.rounding {
        masses[masses.count - 1] += mass
      } else {
        points.append(angle)
        masses.append(mass)
      }
      last = angle
    }
    // The seam may part the images of one point.
    if points.count > 1, points[0] + turn - last < Self.rounding {
      points.removeLast()
      masses[0] += masses.removeLast()
    }
    return PanelMesh(atoms: points, masses: masses)
  }

  /// Images of a point are as good as its angle, which is given in twelve digits.
  private static let rounding = 1e-11

  func field(_ equation: Equation) -> any PanelField {
    // Panels see any roughness of the field as structure.
    CircleField(equation, symmetry: symmetry, voidShare: 1e-3)
  }

  func law(
    _ mesh: PanelMesh, _ densities: PanelDensities, _ equation: Equation, limits: PanelLimits
  ) -> CirclePanelLaw {
    CirclePanelLaw(
      mesh, densities, symmetry: symmetry, equation: equation, atomWidth: limits.atomWidth)
  }

  func energies(
    _ law: CirclePanelLaw, _ equation: Equation
  ) -> (normalized: Double, aboveUniform: Double) {
    let kernel = equation.kernel
    let moments = law.landscape
    func sum(_ part: KernelSpectrum.Part) -> Double {
      Moments.kernelSum(moments.values, count: moments.count, kernel.factors(part)) { _ in 1 }
    }
    return (sum(.partition), 0.5 * sum(.potential))
  }
}

extension CircleField: PanelField {}
