internal import Foundation
internal import Transforms

/// The circle, or one k-th of it where the law has that symmetry.
struct CirclePanelLine: PanelLine {
  /// k.
  let symmetry: Int

  var range: ClosedRange<Double> { 0...(2 * Double.pi / Double(symmetry)) }
  var isClosed: Bool { true }

  func anchor(of position: Double) -> Double { 0 }

  func logUniform(at angle: Double) -> Double { -log(2 * Double.pi) + log(Double(symmetry)) }

  func place(ofMean mean: Double, between start: Double, and end: Double) -> Double { mean }

  func logDensity(of law: InitialLaw) -> (Double) -> Double { law.circularLogDensity() }

  func field(_ equation: Equation) -> any PanelField {
    // Panels see any roughness of the field as structure.
    CircleField(equation, symmetry: symmetry, voidShare: 1e-3)
  }

  func law(_ mesh: PanelMesh, _ equation: Equation, limits: PanelLimits) -> CirclePanelLaw {
    CirclePanelLaw(mesh, symmetry: symmetry, equation: equation, atomWidth: limits.atomWidth)
  }

  func energies(
    _ mesh: PanelMesh, _ equation: Equation
  ) -> (normalized: Double, aboveUniform: Double) {
    let kernel = equation.kernel
    let moments = CirclePanelLaw.moments(of: mesh, self, modes: kernel.modes)
    func sum(_ part: KernelSpectrum.Part) -> Double {
      Moments.kernelSum(moments.values, count: moments.count, kernel.factors(part)) { _ in 1 }
    }
    return (sum(.partition), 0.5 * sum(.potential))
  }
}

extension CircleField: PanelField {}
