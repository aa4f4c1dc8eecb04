internal import Foundation

/// Polar-angle transforms of laws on S^{d−1} that are symmetric about a pole, by dense tables.
///
/// The law is carried by c_l = ∫ R_l dμ, l = 0…L (`ZonalGeometry` says what R_l, q_l and ν_e are) and
/// brought to n angles as masses m_i = ω_i Σ_l q_l c_l R_l(θ_i), where ω_i are the weights of ν_e at the
/// nodes of its Gauss rule: sums Σ_i ω_i f(cos θ_i) are exact for polynomials f of degree 2n − 1.
///
/// - masses and `coefficients`: synthesis with weights, and the plain sum over masses; one after the
///   other they are the identity for n > L.
/// - `divergence`: what a flux does to c_l, Σ_i flux_i R_l′(θ_i), the adjoint of the gradient.
/// - `moments`, `values`, `slopes`: the polynomials P_l^{(d)}, l ≤ K, of the kernel, at the same angles;
///   the moments of masses are exact for L + K < 2n.
///
/// Primes are derivatives with respect to θ. Four tables of (L or K + 1) ⌈n/2⌉ numbers are kept, by
/// the parity θ → π − θ (two for d = 3, where P_l = R_l): at L = K = 255, n = 384 they take 1.6 MB and
/// stay in cache; at L = K = 4095, n = 6144 they take 400 MB, and every product is as long as memory
/// takes to deliver 100 MB. Above degree 1023 that is heavy, but allowed.
///
/// Products use work arrays of the transform: one at a time on one transform. They allocate nothing.
public final class ZonalTransform {
  public let geometry: ZonalGeometry
  /// L.
  public let degree: Int
  /// n.
  public let nodes: Int
  /// K.
  public let kernelDegree: Int
  /// θ_i, ascending in (0, π): (i + ½)π/n for e = 2, Gauss–Legendre for e = 3.
  public let angles: [Double]
  /// ω_i, sum 1: 1/n for e = 2, Gauss–Legendre for e = 3.
  public let weights: [Double]

  private let reference: ParityTable
  private let referenceSlopes: ParityTable
  private let kernel: ParityTable
  private let kernelSlopes: ParityTable
  /// Work arrays: even and odd parts at the angles up to π/2, coefficients padded with zeros.
  private let parts: AlignedBuffer
  private let padded: AlignedBuffer

  /// - Parameters:
  ///   - dimension: d ≥ 3, checked to 4096.
  ///   - degree: L ≥ 0, checked to 4095.
  ///   - nodes: n > L; `nodes(degree:kernelDegree:)` avoids aliasing.
  ///   - kernelDegree: K ≥ 0.
  public init(dimension: Int, degree: Int, nodes: Int, kernelDegree: Int) {
    precondition(degree >= 0 && kernelDegree >= 0, "degrees are counts")
    precondition(nodes > degree, "masses at n angles carry degrees below n")
    let geometry = ZonalGeometry(dimension: dimension)
    self.geometry = geometry
    self.degree = degree
    self.nodes = nodes
    self.kernelDegree = kernelDegree
    let e = geometry.referenceDimension
    if e == 2 {
      angles = (0..<nodes).map { (Double($0) + 0.5) * Double.pi / Double(nodes) }
      weights = [Double](repeating: 1 / Double(nodes), count: nodes)
    } else {
      // Its weights are those of dx = 2 dν_3.
      let rule = GaussLegendre(count: nodes)
      angles = rule.colatitudes
      weights = rule.weights.map { 0.5 * $0 }
    }
    let half = Array(angles.prefix((nodes + 1) / 2))
    func table(_ dimension: Int, _ degree: Int, derivative: Bool) -> ParityTable {
      dimension == 2
        ? .cosines(degree: degree, nodes: nodes, derivative: derivative)
        : .gegenbauer(
          dimension: dimension, degree: degree, angles: half, derivative: derivative)
    }
    let sharedDegree = dimension == e ? max(degree, kernelDegree) : degree
    reference = table(e, sharedDegree, derivative: false)
    referenceSlopes = table(e, sharedDegree, derivative: true)
    kernel = dimension == e ? reference : table(dimension, kernelDegree, derivative: false)
    kernelSlopes =
      dimension == e ? referenceSlopes : table(dimension, kernelDegree, derivative: true)
    parts = AlignedBuffer(count: 2 * 8 * reference.vectors)
    padded = AlignedBuffer(count: max(degree, kernelDegree) + 8)
  }

  /// The least n, to one, for which products of density, velocity and R_l′ are summed exactly.
  ///
  /// With a velocity of degree at most max(L, K) that is (2L + max(L, K) + 1)/2 + 1.
  public static func nodes(degree: Int, kernelDegree: Int = 0) -> Int {
    (2 * degree + max(degree, kernelDegree) + 1) / 2 + 1
  }

  /// m_i = ω_i Σ_l q_l c_l R_l(θ_i).
  ///
  /// - Parameters:
  ///   - coefficients: L + 1 values c_l.
  ///   - masses: n values, overwritten.
  public func masses(
    of coefficients: UnsafePointer<Double>, into masses: UnsafeMutablePointer<Double>
  ) {
    pad(count: degree + 1) { geometry.multiplicity($0) * coefficients[$0] }
    synthesize(reference, count: degree + 1, mirrorsEven: true, into: masses)
    for i in 0..<nodes { masses[i] *= weights[i] }
  }

  /// c_l = Σ_i m_i R_l(θ_i), which undoes `masses`.
  ///
  /// - Parameters:
  ///   - masses: n values m_i.
  ///   - coefficients: L + 1 values, overwritten.
  public func coefficients(
    of masses: UnsafePointer<Double>, into coefficients: UnsafeMutablePointer<Double>
  ) {
    adjoint(reference, of: masses, count: degree + 1, mirrorsEven: true, into: coefficients)
  }

  /// Σ_i flux_i R_l′(θ_i): dc_l/dt of masses that move with flux m_i v_i.
  ///
  /// - Parameters:
  ///   - flux: n values.
  ///   - rate: L + 1 values, overwritten; the first is zero.
  public func divergence(
    of flux: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    adjoint(referenceSlopes, of: flux, count: degree + 1, mirrorsEven: false, into: rate)
  }

  /// p_l = Σ_i m_i P_l^{(d)}(cos θ_i).
  ///
  /// - Parameters:
  ///   - masses: n values m_i.
  ///   - moments: K + 1 values, overwritten.
  public func moments(
    of masses: UnsafePointer<Double>, into moments: UnsafeMutablePointer<Double>
  ) {
    adjoint(kernel, of: masses, count: kernelDegree + 1, mirrorsEven: true, into: moments)
  }

  /// Σ_l t_l P_l^{(d)}(cos θ_i).
  ///
  /// - Parameters:
  ///   - terms: K + 1 values t_l.
  ///   - values: n values, overwritten.
  public func values(
    of terms: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    pad(count: kernelDegree + 1) { terms[$0] }
    synthesize(kernel, count: kernelDegree + 1, mirrorsEven: true, into: values)
  }

  /// d/dθ Σ_l t_l P_l^{(d)}(cos θ) at every θ_i.
  ///
  /// - Parameters:
  ///   - terms: K + 1 values t_l.
  ///   - slopes: n values, overwritten.
  public func slopes(
    of terms: UnsafePointer<Double>, into slopes: UnsafeMutablePointer<Double>
  ) {
    pad(count: kernelDegree + 1) { terms[$0] }
    synthesize(kernelSlopes, count: kernelDegree + 1, mirrorsEven: false, into: slopes)
  }

  @inline(__always)
  private func pad(count: Int, _ value: (Int) -> Double) {
    for l in 0..<count { padded.base[l] = value(l) }
    for l in count..<((count + 7) / 8 * 8) { padded.base[l] = 0 }
  }

  /// Sums of the padded coefficients at all angles.
  ///
  /// - Parameter mirrorsEven: whether even rows are the even functions; derivatives of even ones are odd.
  private func synthesize(
    _ table: ParityTable, count: Int, mirrorsEven: Bool, into values: UnsafeMutablePointer<Double>
  ) {
    let even = vectors(0)
    let odd = vectors(1)
    table.synthesize(padded.base, count: count, even: even, odd: odd)
    let first = parts.base
    let second = parts.base + 8 * reference.vectors
    let sign: Double = mirrorsEven ? 1 : -1
    for i in 0..<((nodes + 1) / 2) {
      values[nodes - 1 - i] = sign * (first[i] - second[i])
      values[i] = first[i] + second[i]
    }
  }

  private func adjoint(
    _ table: ParityTable, of values: UnsafePointer<Double>, count: Int, mirrorsEven: Bool,
    into result: UnsafeMutablePointer<Double>
  ) {
    let first = parts.base
    let second = parts.base + 8 * reference.vectors
    let sign: Double = mirrorsEven ? 1 : -1
    for i in 0..<(nodes / 2) {
      let mirrored = sign * values[nodes - 1 - i]
      first[i] = values[i] + mirrored
      second[i] = values[i] - mirrored
    }
    // The middle angle is its own mirror image: there odd functions are zero.
    if nodes % 2 == 1 {
      first[nodes / 2] = mirrorsEven ? values[nodes / 2] : 0
      second[nodes / 2] = mirrorsEven ? 0 : values[nodes / 2]
    }
    for i in ((nodes + 1) / 2)..<(8 * reference.vectors) {
      first[i] = 0
      second[i] = 0
    }
    table.adjoint(even: vectors(0), odd: vectors(1), count: count, into: padded.base)
    result.update(from: padded.base, count: count)
  }

  private func vectors(_ part: Int) -> UnsafeMutablePointer<Vector> {
    UnsafeMutableRawPointer(parts.base + part * 8 * reference.vectors)
      .assumingMemoryBound(to: Vector.self)
  }
}
