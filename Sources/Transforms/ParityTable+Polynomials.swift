internal import Foundation

extension ParityTable {
  /// P_l^{(d)}(cos θ_i), or its θ-derivative, l = 0…degree, at angles in 0…π/2.
  ///
  /// dP_l^{(d)}/dθ = −sin θ · l(l+d−2)/(d−1) · P_{l−1}^{(d+2)}, whose parity is that of l − 1.
  static func gegenbauer(
    dimension: Int, degree: Int, angles: [Double], derivative: Bool
  ) -> ParityTable {
    let table = ParityTable(rows: degree + 1, columns: angles.count)
    // The first row that is not zero.
    let first = derivative ? 1 : 0
    let recurrence = GegenbauerRecurrence(
      dimension: dimension + 2 * first, degree: max(0, degree - first))
    for j in 0..<table.vectors {
      var y = Vector.zero
      var factor = Vector.zero
      for lane in 0..<min(8, angles.count - 8 * j) {
        let half = sin(angles[8 * j + lane] / 2)
        y[lane] = 2 * half * half
        factor[lane] = derivative ? -sin(angles[8 * j + lane]) : 1
      }
      var value = Vector(repeating: 1)
      var difference = Vector.zero
      for l in stride(from: first, through: degree, by: 1) {
        let slope =
          derivative ? GegenbauerRecurrence.slope(degree: l, dimension: dimension) : 1
        table[l, j] = (factor * slope * value).withoutNegligible
        recurrence.advance(from: l - first, y: y, value: &value, difference: &difference)
        if l % 64 == 0 && value.isNegligible && difference.isNegligible { break }
      }
    }
    return table
  }

  /// cos lθ_i, or its θ-derivative −l sin lθ_i, at θ_i = (i + ½)π/n, i < ⌈n/2⌉.
  ///
  /// l (2i+1) is reduced in whole numbers, so every entry is right to its last digits.
  static func cosines(degree: Int, nodes n: Int, derivative: Bool) -> ParityTable {
    // cos(kπ/2n) for k = 0…4n − 1; the sine is the cosine n places earlier.
    let circle = (0..<(4 * n)).map { k -> Double in
      let folded = min(k, 4 * n - k)
      let acute = min(folded, 2 * n - folded)
      let step = Double.pi / Double(2 * n)
      let value = 2 * acute < n ? cos(Double(acute) * step) : sin(Double(n - acute) * step)
      return folded <= n ? value : -value
    }
    let table = ParityTable(rows: degree + 1, columns: (n + 1) / 2)
    for l in 0...degree {
      for j in 0..<table.vectors {
        var entries = Vector.zero
        for lane in 0..<min(8, (n + 1) / 2 - 8 * j) {
          let phase = l * (2 * (8 * j + lane) + 1)
          entries[lane] =
            derivative
            ? -Double(l) * circle[(phase + 3 * n) % (4 * n)] : circle[phase % (4 * n)]
        }
        table[l, j] = entries
      }
    }
    return table
  }
}
