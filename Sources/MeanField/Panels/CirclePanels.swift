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

  func flow(_ equation: Equation, positions: [Double], masses: [Double]) -> CircleFlow? {
    symmetry == 1 ? CircleFlow(equation, positions: positions, masses: masses) : nil
  }

  func field(_ equation: Equation) -> any PanelField {
    CirclePanelField(equation, symmetry: symmetry)
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

/// X at weighted points of the circle: all pairs where they are few, moments where they are many, and
/// positive sums in voids.
final class CirclePanelField: PanelField {
  private let kernel: KernelSpectrum
  private let symmetry: Int
  private let divides: Bool
  private let clock: Double
  private let transform: PointTransform
  private var pairs: CirclePairSums?
  private var pairCapacity = 0
  private var partition: [Double] = []
  private var slope: [Double] = []
  /// Where Z̄ is less than this part of its largest value, what moments leave of it has lost digits.
  private static let voidShare = 1e-3
  private let voids: CircleVoidSums?
  private var voidPoints: [Int] = []
  private var voidAngles: [Double] = []
  private var quotients: [Double] = []
  private var moments: [Double]
  private var coefficients: [Double]
  /// All k copies of the points.
  private var copies: [Double] = []
  private var copyMasses: [Double] = []

  init(_ equation: Equation, symmetry: Int) {
    kernel = equation.kernel
    self.symmetry = symmetry
    divides = equation.attention.normalization == .softmax && equation.attention.beta > 0
    clock = equation.attention.clock
    voids = divides ? CircleVoidSums(beta: kernel.beta) : nil
    transform = PointTransform(modes: kernel.modes, fieldCount: 2)
    moments = [Double](repeating: 0, count: 2 * (kernel.modes + 1))
    coefficients = moments
  }

  func writeVelocities(
    of positions: UnsafeBufferPointer<Double>, masses: [Double],
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let count = positions.count
    if partition.count < symmetry * count {
      partition = [Double](repeating: 1, count: symmetry * count)
      slope = partition
    }
    evaluate(positions, masses)
    if divides {
      divide(positions, masses, into: velocities)
    } else {
      for i in 0..<count { velocities[i] = clock * slope[i] }
    }
    return slope.withUnsafeBufferPointer { slope in
      var budget = 0.0
      for i in 0..<count { budget += masses[i] * velocities[i] * slope[i] }
      return budget
    }
  }

  /// X = X̄/Z̄, by sums of positive terms where Z̄ is small.
  private func divide(
    _ positions: UnsafeBufferPointer<Double>, _ masses: [Double],
    into velocities: UnsafeMutablePointer<Double>
  ) {
    let count = positions.count
    voidPoints.removeAll(keepingCapacity: true)
    voidAngles.removeAll(keepingCapacity: true)
    partition.withUnsafeBufferPointer { partition in
      slope.withUnsafeBufferPointer { slope in
        var highest = 0.0
        for i in 0..<count {
          highest = max(highest, partition[i])
          velocities[i] = slope[i] / partition[i]
        }
        let floor = Self.voidShare * highest
        for i in 0..<count where !(partition[i] > floor) { voidPoints.append(i) }
      }
    }
    for i in voidPoints { voidAngles.append(positions[i]) }
    guard !voidPoints.isEmpty, let voids else { return }
    let room = voidPoints.count
    if quotients.count < 2 * room { quotients = [Double](repeating: 0, count: 2 * room) }
    withCopies(positions, masses) { sources, masses in
      masses.withUnsafeBufferPointer { voids.setSources(angles: sources, masses: $0) }
    }
    voidAngles.withUnsafeBufferPointer { angles in
      quotients.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        voids.evaluate(at: angles, logPartition: base + room, quotient: base)
      }
    }
    for (k, i) in voidPoints.enumerated() { velocities[i] = quotients[k] }
  }

  /// The points of the whole circle, those of the line first, each with its part of the mass.
  private func withCopies(
    _ positions: UnsafeBufferPointer<Double>, _ masses: [Double],
    _ body: (UnsafeBufferPointer<Double>, [Double]) -> Void
  ) {
    guard symmetry > 1 else { return body(positions, masses) }
    copies.removeAll(keepingCapacity: true)
    copyMasses.removeAll(keepingCapacity: true)
    for copy in 0..<symmetry {
      let turn = 2 * Double.pi * Double(copy) / Double(symmetry)
      for i in positions.indices {
        copies.append(positions[i] + turn)
        copyMasses.append(masses[i] / Double(symmetry))
      }
    }
    copies.withUnsafeBufferPointer { body($0, copyMasses) }
  }

  /// Z̄ and X̄; only modes 0, k, 2k, … of a law with symmetry are not zero, and those one k-th of it has.
  private func evaluate(_ positions: UnsafeBufferPointer<Double>, _ masses: [Double]) {
    let count = symmetry * positions.count
    let isSmall = CircleTokenField.fasterRoad(count: count, modes: kernel.modes) == .direct
    partition.withUnsafeMutableBufferPointer { partition in
      slope.withUnsafeMutableBufferPointer { slope in
        guard let z = partition.baseAddress, let x = slope.baseAddress else { return }
        if isSmall {
          if pairCapacity < count {
            pairs = CirclePairSums(count: count)
            pairCapacity = count
          }
          withCopies(positions, masses) { points, masses in
            pairs?.evaluate(
              at: points, masses: masses, beta: kernel.beta, partition: z, slope: x)
          }
          return
        }
        transform.moments(of: positions, masses: masses, into: &moments)
        for k in stride(from: 0, through: kernel.modes, by: symmetry) {
          let factor = Double(k) * kernel.potential[k]
          coefficients[2 * k] = -factor * moments[2 * k + 1]
          coefficients[2 * k + 1] = factor * moments[2 * k]
        }
        transform.prepare(field: 0, coefficients: coefficients)
        transform.evaluate(field: 0, at: positions, into: x)
        guard divides else { return }
        for k in stride(from: 0, through: kernel.modes, by: symmetry) {
          coefficients[2 * k] = kernel.partition[k] * moments[2 * k]
          coefficients[2 * k + 1] = kernel.partition[k] * moments[2 * k + 1]
        }
        transform.prepare(field: 1, coefficients: coefficients)
        transform.evaluate(field: 1, at: positions, into: z)
      }
    }
  }
}
