/// An explicit Runge–Kutta method with error estimates, as a table of numbers.
///
/// With the stiff linear part L the method is applied to e^{−tL}(u − v), v the solution of
/// v′ = L v + N₀ through u₀ = u(0), N₀ = N(u₀): an integrating factor (Lawson 1967) that knows stationary
/// states (Krogstad, J. Comput. Phys. 203, 2005). Stage i is
///
///     u_i = v(c_i h) + h Σ_{j ≥ 1} a_ij e^{(c_i − c_j) hL} (N_j − N₀),
///     v(t) = e^{tL} u₀ + ∫₀ᵗ e^{sL} N₀ ds.
///
/// L = 0 gives back the plain method.
public struct Scheme: Sendable, Equatable {
  public var name: String
  public var order: Int
  public var c: [Double]
  /// Row i holds a_ij for j < i.
  public var a: [[Double]]
  public var b: [Double]
  /// Weights of a fine and a coarse error estimate, e₁ and e₂; the error of a step is
  /// h |e₁|² / √(|e₁|² + |e₂|²/100) (Hairer, Nørsett & Wanner, section II.10).
  public var errors: [[Double]]

  public var stageCount: Int { c.count }

  /// Whether no stage needs the growing factor e^{−(c_j − c_i) hL}: usable with stiff L.
  public var isStableForStiffParts: Bool {
    a.indices.allSatisfy { i in
      a[i].indices.allSatisfy { j in a[i][j] == 0 || c[j] <= c[i] }
    }
  }

  /// The methods there are.
  public static let all = [dormandPrince8, extrapolation8]

  /// The 12-stage pair of order 8 of Dormand and Prince, DOP853 (Hairer, Nørsett & Wanner).
  public static let dormandPrince8 = Scheme(
    name: "dop853", order: 8,
    c: [
      0, 0.05260015195876773, 0.0789002279381516, 0.1183503419072274, 0.2816496580927726,
      0.3333333333333333, 0.25, 0.3076923076923077, 0.6512820512820513, 0.6, 0.8571428571428571,
      1.0,
    ],
    a: [
      [],
      [0.05260015195876773],
      [0.0197250569845379, 0.0591751709536137],
      [0.02958758547680685, 0, 0.08876275643042054],
      [0.2413651341592667, 0, -0.8845494793282861, 0.924834003261792],
      [0.037037037037037035, 0, 0, 0.17082860872947386, 0.12546768756682242],
      [0.037109375, 0, 0, 0.17025221101954405, 0.06021653898045596, -0.017578125],
      [
        0.03709200011850479, 0, 0, 0.17038392571223998, 0.10726203044637328, -0.015319437748624402,
        0.008273789163814023,
      ],
      [
        0.6241109587160757, 0, 0, -3.3608926294469414, -0.868219346841726, 27.59209969944671,
        20.154067550477894, -43.48988418106996,
      ],
      [
        0.47766253643826434, 0, 0, -2.4881146199716677, -0.590290826836843, 21.230051448181193,
        15.279233632882423, -33.28821096898486, -0.020331201708508627,
      ],
      [
        -0.9371424300859873, 0, 0, 5.186372428844064, 1.0914373489967295, -8.149787010746927,
        -18.52006565999696, 22.739487099350505, 2.4936055526796523, -3.0467644718982196,
      ],
      [
        2.273310147516538, 0, 0, -10.53449546673725, -2.0008720582248625, -17.9589318631188,
        27.94888452941996, -2.8589982771350235, -8.87285693353063, 12.360567175794303,
        0.6433927460157636,
      ],
    ],
    b: [
      0.054293734116568765, 0, 0, 0, 0, 4.450312892752409, 1.8915178993145003, -5.801203960010585,
      0.3111643669578199, -0.1521609496625161, 0.20136540080403034, 0.04471061572777259,
    ],
    errors: [
      [
        0.01312004499419488, 0, 0, 0, 0, -1.2251564463762044, -0.4957589496572502,
        1.6643771824549864, -0.35032884874997366, 0.3341791187130175, 0.08192320648511571,
        -0.022355307863886294,
      ],
      [
        -0.18980075407240762, 0, 0, 0, 0, 4.450312892752409, 1.8915178993145003, -5.801203960010585,
        -0.4226823213237919, -0.1521609496625161, 0.20136540080403034, 0.02265179219836082,
      ],
    ])

  /// Gragg's extrapolated midpoint rule of order 8 with 2, 4, 6 and 8 substeps.
  ///
  /// Along every chain of substeps time only grows, which is what an integrating factor needs and
  /// the Dormand–Prince abscissae do not give.
  public static let extrapolation8 = extrapolation(substeps: [2, 4, 6, 8])

  /// Extrapolation of the explicit midpoint rule, order 2·(number of substep counts)
  /// (Hairer, Nørsett & Wanner, section II.9), written as one Runge–Kutta table.
  static func extrapolation(substeps: [Int]) -> Scheme {
    var c = [0.0]
    var a: [[Double]] = [[]]
    // results[i]: weights of the value at the end of the step with substeps[i].
    var results: [[Double]] = []
    for count in substeps {
      let h = 1 / Double(count)
      // u_{j+1} = u_{j−1} + 2h f_j: rows of weights over all stages so far.
      var previous: [Double] = []
      var current = [h]
      for j in 1..<count {
        c.append(Double(j) * h)
        a.append(current + [Double](repeating: 0, count: a.count - current.count))
        var next = previous + [Double](repeating: 0, count: a.count - previous.count)
        next[a.count - 1] += 2 * h
        previous = current
        current = next
      }
      results.append(current)
    }
    let stages = c.count
    // Aitken–Neville in h²; columns[k] is the last entry of column k.
    var row = results.map { $0 + [Double](repeating: 0, count: stages - $0.count) }
    var lasts = [row[row.count - 1]]
    for k in 1..<substeps.count {
      for i in stride(from: substeps.count - 1, through: k, by: -1) {
        let ratio = Double(substeps[i]) / Double(substeps[i - k])
        let factor = 1 / (ratio * ratio - 1)
        row[i] = zip(row[i], row[i - 1]).map { $0 + factor * ($0 - $1) }
      }
      lasts.append(row[row.count - 1])
    }
    let best = lasts[lasts.count - 1]
    let estimates = [lasts[lasts.count - 2], lasts[lasts.count - 3]].map { lower in
      zip(best, lower).map { $0 - $1 }
    }
    return Scheme(
      name: "extrapolation\(2 * substeps.count)", order: 2 * substeps.count, c: c, a: a, b: best,
      errors: estimates)
  }
}

extension Scheme: CustomStringConvertible {
  public var description: String { name }
}
