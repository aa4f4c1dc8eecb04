internal import CPrefetch
internal import CVector
internal import Foundation

/// Moments of the masses that share a slot: a run of points, or all runs in a cell.
///
///     mass = Σ_j m_j,   moments_k = Σ_j m_j s_j^k / mass,   k = 0…15
struct CellMoments {
  /// log mass of every slot, −∞ where there is none.
  private(set) var logMasses: [Double] = []
  /// Sixteen moments of every slot.
  private(set) var moments = VectorBuffer(count: 2)
  /// Points that are placed at a time, and where they are.
  private static let block = 1024
  private let scratch = VectorBuffer(count: block / 8 + block / 16)

  func moments(ofSlot slot: Int) -> UnsafePointer<Double> {
    UnsafePointer((moments.base + 2 * slot).numbers)
  }

  /// A slot for every cell of a grid; points in any order, fastest where neighbours share a cell.
  mutating func update(
    cellsOf grid: CircleGrid, _ angles: UnsafeBufferPointer<Double>,
    masses: UnsafePointer<Double>
  ) {
    clear(grid.count)
    let places = scratch.numbers
    let cells = UnsafeMutableRawPointer(places + Self.block)
      .bindMemory(to: Int32.self, capacity: Self.block)
    for first in stride(from: 0, to: angles.count, by: Self.block) {
      let count = min(Self.block, angles.count - first)
      for i in stride(from: 0, to: count, by: 8) {
        prefetch_for_reading(angles.baseAddress.unsafelyUnwrapped + (first + Self.block + i))
        prefetch_for_reading(masses + (first + Self.block + i))
        let (c, s) = grid.locate(eight(angles, from: first + i, else: 0))
        UnsafeMutableRawPointer(cells + i).storeBytes(of: c, as: SIMD8<Int32>.self)
        UnsafeMutableRawPointer(places + i).storeBytes(of: s, as: Vector.self)
      }
      var start = 0
      while start < count {
        let cell = cells[start]
        var end = start + 1
        while end + 8 <= count && areAll(cell, cells + end) { end += 8 }
        while end < count && cells[end] == cell { end += 1 }
        add(places + start, masses + (first + start), count: end - start, to: Int(cell))
        start = end
      }
    }
    normalize(grid.count)
  }

  /// A slot for every run; those of at most sixteen points are left empty.
  mutating func update(crowdsOf runs: borrowing CircleRuns, masses: UnsafePointer<Double>) {
    clear(runs.count)
    for run in 0..<runs.count
    where runs.starts[run + 1] - runs.starts[run] > CellPolynomials.count {
      let start = runs.starts[run]
      runs.places.withUnsafeBufferPointer {
        add(
          $0.baseAddress.unsafelyUnwrapped + start, masses + start,
          count: runs.starts[run + 1] - start, to: run)
      }
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
    _ places: UnsafePointer<Double>, _ masses: UnsafePointer<Double>, count: Int, to slot: Int
  ) {
    let low = moments.base + 2 * slot
    if count < 4 {
      for i in 0..<count {
        let s = places[i]
        let s2 = s * s
        let s4 = s2 * s2
        let powers = Vector(1, s, s2, s2 * s, s4, s4 * s, s4 * s2, s4 * (s2 * s))
        let first = masses[i] * powers
        low[0] += first
        low[1] = low[1].addingProduct(first, Vector(repeating: s4 * s4))
      }
      return
    }
    let s = UnsafeBufferPointer(start: places, count: count)
    let m = UnsafeBufferPointer(start: masses, count: count)
    var even = InlineArray<8, Vector>(repeating: .zero)
    var odd = InlineArray<8, Vector>(repeating: .zero)
    var i = 0
    while i < count {
      let place = eight(s, from: i, else: 0)
      // m s^{2k}: half of the sums take no product.
      var mass = eight(m, from: i, else: 0)
      let square = vector_product(place, place)
      for k in 0..<8 {
        even[k] = vector_sum(even[k], mass)
        odd[k] = vector_multiply_add(odd[k], mass, place)
        mass = vector_product(mass, square)
      }
      i += 8
    }
    low[0] += laneSums(even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3])
    low[1] += laneSums(even[4], odd[4], even[5], odd[5], even[6], odd[6], even[7], odd[7])
  }
}

/// Whether eight cells are one that is known.
@inline(__always)
private func areAll(_ cell: Int32, _ cells: UnsafePointer<Int32>) -> Bool {
  let all = UnsafeRawPointer(cells).loadUnaligned(as: SIMD8<Int32>.self)
  let changes = unsafeBitCast(all ^ SIMD8(repeating: cell), to: SIMD4<UInt64>.self)
  return changes[0] | changes[1] | changes[2] | changes[3] == 0
}
