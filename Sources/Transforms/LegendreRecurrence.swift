/// Coefficients of the recurrence that runs through the associated Legendre functions of one order.
///
/// With P_l = √((2l + 1)(l − m)!/(l + m)!) P_l^m and A_l = √((l² − m²)/(4l² − 1)),
/// x P_l = A_{l+1} P_{l+1} + A_l P_{l−1}. Only r_j = P_{m+2j+1}/x is computed (Ishioka 2018):
///
///     P_{m+2j} = A_{m+2j+1} r_j + A_{m+2j} r_{j−1},      P_{m+2j+1} = x r_j,
///
/// so that one recurrence in steps of two degrees serves both parities:
///
///     A_{l+1} A_{l+2} r_{j+1} = (x² − A_{l+1}² − A_l²) r_j − A_l A_{l−1} r_{j−1},   l = m + 2j + 1.
///
/// Scaled as r_j = s_j q_j it costs two multiply-adds, q_{j+1} = (a_j x² + b_j) q_j + q_{j−1}.
/// Where x² > 1/2 it is read as a_j (−sin²θ) + (a_j + b_j): x² near 1 says little about θ.
///
/// q_0 = 2⁶⁰⁰ sin^m θ: the least sin^m θ that is used at degree 1023 is about 10⁻¹⁹², and at
/// degree 2047, 10⁻³⁷⁰, would be zero without the factor. Its inverse is part of the weights.
struct LegendreRecurrence {
  static let seedScale = 0x1p600

  /// The highest degree in the tables.
  let degree: Int
  /// Where order m starts in the tables by j; the entries of one order are even in number.
  let starts: [Int]
  /// a_j, b_j one after the other.
  let equatorial: VectorBuffer
  /// a_j, a_j + b_j one after the other.
  let polar: VectorBuffer
  /// (w A_{m+2j+1}, w A_{m+2j+2}, w, 0) one after the other, zero beyond the degree.
  ///
  /// w is s_j, times √½ for m > 0, over the factors of q_0.
  let mixing: UnsafeMutablePointer<SIMD4<Double>>
  private let mixingBuffer: VectorBuffer
  /// A_{l,m} by the places of `couplingLayout`, one degree more than in the tables.
  let couplings: VectorBuffer
  let couplingLayout: HarmonicLayout

  init(degree: Int) {
    self.degree = degree
    var starts = [0]
    for m in 0...degree { starts.append(starts[m] + Self.steps(m, degree)) }
    self.starts = starts
    let count = (starts[degree + 1] + 7) / 8
    let equatorial = VectorBuffer(count: 2 * count)
    let polar = VectorBuffer(count: 2 * count)
    let mixingBuffer = VectorBuffer(count: 4 * count)
    let layout = HarmonicLayout(degree: degree + 1)
    let couplings = VectorBuffer(count: (layout.count + 15) / 16)
    let mixing = UnsafeMutableRawPointer(mixingBuffer.base)
      .assumingMemoryBound(to: SIMD4<Double>.self)
    // P_mm = seed · sin^m θ.
    var seed = 1.0
    for m in 0...degree {
      if m > 0 { seed *= (Double(2 * m + 1) / Double(2 * m)).squareRoot() }
      for l in m...(degree + 1) {
        couplings.numbers[layout.place(l, m)] = HarmonicLayout.coupling(l, m)
      }
      let first = HarmonicLayout.coupling(m + 1, m)
      let unit = seed / (first * Self.seedScale) * (m > 0 ? 0.5.squareRoot() : 1)
      var scale = 1.0
      var nextScale = 1.0
      for j in 0..<((degree - m) / 2 + 1) {
        let l = m + 2 * j + 1
        let below = HarmonicLayout.coupling(l, m)
        let above = HarmonicLayout.coupling(l + 1, m)
        let leading = above * HarmonicLayout.coupling(l + 2, m)
        let place = starts[m] + j
        let a = scale / (leading * nextScale)
        let diagonal = above * above + below * below
        equatorial.numbers[2 * place] = a
        equatorial.numbers[2 * place + 1] = -diagonal * a
        polar.numbers[2 * place] = a
        polar.numbers[2 * place + 1] = (1 - diagonal) * a
        let weight = unit * scale
        mixing[place] = SIMD4(weight * below, weight * above, weight, 0)
        let following = HarmonicLayout.coupling(l + 3, m) * HarmonicLayout.coupling(l + 4, m)
        (scale, nextScale) = (nextScale, -leading * scale / following)
      }
    }
    self.equatorial = equatorial
    self.polar = polar
    self.mixing = mixing
    self.mixingBuffer = mixingBuffer
    self.couplings = couplings
    couplingLayout = layout
  }

  /// How many r_j a sum up to a degree takes, rounded up to an even number.
  static func steps(_ m: Int, _ degree: Int) -> Int { ((degree - m) / 2 + 2) / 2 * 2 }

  /// How many r_j a sum up to a degree takes.
  static func terms(_ m: Int, _ degree: Int) -> Int { (degree - m) / 2 + 1 }
}
