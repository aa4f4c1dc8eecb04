internal import Foundation

/// Moments of the masses that share a slot: a run of points, or all runs in a cell.
///
///     mass = Σ_j m_j,   moments_k = Σ_j m_j s_j^k / mass,   k = 0…15
struct CellMoments {
  /// log mass of every slot, −∞ where there is none.
  private(set) var logMasses: [Double] = []
  /// Sixteen moments of every slot.
  private(set) var moments = VectorBuffer(count: 2)

  func moments(ofSlot slot: Int) -> UnsafePointer<Double> {
    UnsafePointer((moments.base + 2 * slot).numbers)
  }

  /// A slot for every cell, masses in the order of the runs' points.
  mutating func update(cellsOf runs: borrowing CircleRuns, masses: UnsafePointer<Double>) {
    clear(runs.grid.count)
    for run in 0..<runs.count {
      add(runs, run, masses, to: runs.cell(ofRun: run))
    }
    normalize(runs.grid.count)
  }

  /// A slot for every run; those of at most sixteen points are left empty.
  mutating func update(crowdsOf runs: borrowing CircleRuns, masses: UnsafePointer<Double>) {
    clear(runs.count)
    for run in 0..<runs.count
    where runs.starts[run + 1] - runs.starts[run] > CellPolynomials.count {
      add(runs, run, masses, to: run)
    }
    normalize(runs.count)
  }

  private mutating func clear(_ slots: Int) {
    if moments.count < 2 * slots {
      moments = VectorBuffer(count: 2 * (slots + slots / 4))
    }
    if logMasses.count < slots {
      logMasses = [Double](repeating: 0, count: slots + slots / 4)
    }
    for i in 0..<(2 * slots) { moments.base[i] = .zero }
  }

  private mutating func normalize(_ slots: Int) {
    let sums = moments.base
    for slot in 0..<slots {
      let mass = sums[2 * slot][0]
      logMasses[slot] = mass > 0 ? log(mass) : -.infinity
      guard mass > 0 else { continue }
      sums[2 * slot] *= 1 / mass
      sums[2 * slot + 1] *= 1 / mass
    }
  }

  private func add(
    _ runs: borrowing CircleRuns, _ run: Int, _ masses: UnsafePointer<Double>, to slot: Int
  ) {
    let start = runs.starts[run]
    let count = runs.starts[run + 1] - start
    runs.places.withUnsafeBufferPointer { places in
      let s = UnsafeBufferPointer(rebasing: places[start..<(start + count)])
      let m = UnsafeBufferPointer(start: masses + start, count: count)
      // Σ m s^{2k} and Σ (m s) s^{2k}: both share the powers of s².
      var even = InlineArray<8, Vector>(repeating: .zero)
      var odd = InlineArray<8, Vector>(repeating: .zero)
      var i = 0
      while i < count {
        let place = eight(s, from: i, else: 0)
        let mass = eight(m, from: i, else: 0)
        let first = mass * place
        let square = place * place
        even[0] += mass
        odd[0] += first
        var power = square
        for k in 1..<8 {
          even[k] = even[k].addingProduct(mass, power)
          odd[k] = odd[k].addingProduct(first, power)
          power *= square
        }
        i += 8
      }
      moments.base[2 * slot] += laneSums(
        even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3])
      moments.base[2 * slot + 1] += laneSums(
        even[4], odd[4], even[5], odd[5], even[6], odd[6], even[7], odd[7])
    }
  }
}
