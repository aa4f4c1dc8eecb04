internal import Foundation

/// Weighted points in leaves of eight, crowds of a cell as sixteen masses at its Chebyshev nodes.
///
/// The term of a point is w_j e^{logMass_j − 2β sin²((θ − θ_j)/2)}. A point by itself has w = 1; the
/// masses of a crowd share the log of their sum, and some may be negative.
struct CircleNodes {
  private(set) var leafCount = 0
  /// sin(θ_j/2), cos(θ_j/2).
  private(set) var sines = VectorBuffer(count: 1)
  private(set) var cosines = VectorBuffer(count: 1)
  private(set) var logMasses = VectorBuffer(count: 1)
  private(set) var weights = VectorBuffer(count: 1)
  /// Ends of the arc on which the points of a leaf stand, in units of cells.
  private(set) var lows: [Double] = []
  private(set) var highs: [Double] = []
  /// The log of no mass at all.
  static let nothing = -1e300

  mutating func update(
    _ runs: borrowing CircleRuns, _ angles: UnsafeBufferPointer<Double>,
    masses: UnsafePointer<Double>, _ moments: borrowing CellMoments,
    _ polynomials: CellPolynomials
  ) {
    reserve(runs)
    // Until the end, angles stand in the place of sines and what they lack in that of cosines.
    leafCount = 0
    var end = 0
    for run in 0..<runs.count {
      let start = runs.starts[run]
      let count = runs.starts[run + 1] - start
      let cell = runs.cell(ofRun: run)
      if count > CellPolynomials.count {
        if end % 8 != 0 { finishLeaf(&end) }
        polynomials.masses(
          ofMoments: moments.moments(ofSlot: run), into: weights.numbers + end)
        for q in 0..<CellPolynomials.count {
          let half = runs.grid.halfAngle(cell: cell, place: polynomials.nodes[q])
          sines.numbers[end + q] = half.angle
          cosines.numbers[end + q] = half.rest
          logMasses.numbers[end + q] = max(moments.logMasses[run], Self.nothing)
        }
        for _ in 0..<2 {
          lows.append(Double(cell) - 0.5)
          highs.append(Double(cell) + 0.5)
        }
        end += CellPolynomials.count
        leafCount += 2
        continue
      }
      for i in start..<(start + count) {
        if end % 8 == 0 { beginLeaf() }
        let place = Double(cell) + runs.places[i] / 2
        lows[leafCount - 1] = min(lows[leafCount - 1], place)
        highs[leafCount - 1] = max(highs[leafCount - 1], place)
        sines.numbers[end] = angles[runs.isInOrder ? i : Int(runs.order[i])] / 2
        weights.numbers[end] = masses[i]
        end += 1
        if end % 8 == 0 { finishLeaf(&end) }
      }
    }
    if end % 8 != 0 { finishLeaf(&end) }
    for leaf in 0..<leafCount {
      let (s, c) = sineCosine(sines.base[leaf])
      let rest = cosines.base[leaf]
      sines.base[leaf] = s.addingProduct(c, rest)
      cosines.base[leaf] = c.addingProduct(-s, rest)
    }
  }

  private mutating func reserve(_ runs: borrowing CircleRuns) {
    var room = 8
    for run in 0..<runs.count {
      // A crowd fills two leaves of its own, after one that is not full.
      let count = runs.starts[run + 1] - runs.starts[run]
      room += count > CellPolynomials.count ? CellPolynomials.count + 7 : count
    }
    lows.removeAll(keepingCapacity: true)
    highs.removeAll(keepingCapacity: true)
    let leaves = (room + 7) / 8
    if sines.count >= leaves { return }
    sines = VectorBuffer(count: leaves + leaves / 4)
    cosines = VectorBuffer(count: sines.count)
    logMasses = VectorBuffer(count: sines.count)
    weights = VectorBuffer(count: sines.count)
  }

  private mutating func beginLeaf() {
    sines.base[leafCount] = .zero
    cosines.base[leafCount] = .zero
    weights.base[leafCount] = .zero
    lows.append(.infinity)
    highs.append(-.infinity)
    leafCount += 1
  }

  /// Turns masses of points by themselves into logarithms; the next point begins a leaf.
  private mutating func finishLeaf(_ end: inout Int) {
    let leaf = leafCount - 1
    let masses = weights.base[leaf]
    let none = masses .<= .zero
    let nothing = Vector(repeating: Self.nothing)
    logMasses.base[leaf] = logarithm(masses).replacing(with: nothing, where: none)
    weights.base[leaf] = Vector(repeating: 1).replacing(with: Vector.zero, where: none)
    end = 8 * leafCount
  }
}
