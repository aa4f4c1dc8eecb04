internal import CVector
internal import Foundation

/// The circle cut into equal cells, so narrow that log Z changes by at most 4.4 across one.
///
/// Cell c is centred at c h, h = 2π/n. Its half-width a has β a ≤ 2.2, where e^{β(cos Δ − 1)} is a
/// polynomial of degree 15 in a point's place s ∈ [−1, 1] to 2.2¹⁶/(2¹⁵ 16!) = 4·10⁻¹³ of its value
/// in the middle, 4·10⁻¹² of that at the lower end; its slope is wrong by at most 15² as much.
struct CircleGrid {
  /// n.
  let count: Int
  let halfWidth: Double
  /// h as the sum of two numbers: the place of a point is then known to 1 ulp in every cell.
  let width: Double
  let rest: Double

  init(beta: Double) {
    count = max(8, Int((Double.pi / 2.2 * beta).rounded(.up)))
    let n = Double(count)
    let turn = 2 * Double.pi
    width = turn / n
    rest = (turn.addingProduct(-width, n) + 2.4492935982947064e-16) / n
    halfWidth = Double.pi / n
  }

  /// Half the angle at place s of a cell, as a number and what it lacks.
  func halfAngle(cell: Int, place: Double) -> (angle: Double, rest: Double) {
    let turns = Double(2 * cell > count ? cell - count : cell)
    let center = turns * (width / 2)
    let error = (-center).addingProduct(turns, width / 2)
    let offset = halfWidth / 2 * place
    let angle = center + offset
    // The error of the sum, in the order that holds for numbers of any size (Knuth).
    let part = angle - center
    let lost = (center - (angle - part)) + (offset - part)
    return (angle, lost + error + turns * (rest / 2))
  }

  /// sin(θ/2) and cos(θ/2) at place s of a cell, to 1 ulp of 1.
  func halfSineCosine(cell: Int, place: Double) -> (sine: Double, cosine: Double) {
    let half = halfAngle(cell: cell, place: place)
    let (s, c) = (sin(half.angle), cos(half.angle))
    return (s.addingProduct(c, half.rest), c.addingProduct(-s, half.rest))
  }

  /// Cells, 0…n − 1, as whole numbers, and places of eight points.
  @inline(__always)
  func locate(_ angles: Vector) -> (cells: SIMD8<Int32>, places: Vector) {
    let n = Vector(repeating: Double(count))
    let turns = (angles * (1 / width)).rounded(.toNearestOrEven)
    let offset = angles.addingProduct(-turns, Vector(repeating: width))
      .addingProduct(-turns, Vector(repeating: rest))
    // Half a cell away from where it changes, the number of whole turns has no rounding to fear.
    let around = ((turns + 0.5) * (1 / Double(count))).rounded(.down)
    let cell = turns.addingProduct(-n, around)
    return (whole_numbers(cell), offset * (1 / halfWidth))
  }
}

/// Eight numbers from a place on; past the end the other number stands for them.
@inline(__always)
func eight(
  _ values: UnsafeBufferPointer<Double>, from start: Int, else other: Double
) -> Vector {
  if start + 8 <= values.count {
    return UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + start)
      .loadUnaligned(as: Vector.self)
  }
  var result = Vector(repeating: other)
  for i in start..<values.count { result[i - start] = values[i] }
  return result
}

/// Points in the order of their cells: neighbours in one cell are a run.
///
/// Sorted angles keep their order, however often they pass the seam of the circle; a few points
/// out of order only cut runs in two. Buffers grow and are kept.
struct CircleRuns {
  let grid: CircleGrid
  /// Run r holds the points `starts[r]` to `starts[r + 1]` of `cells`, `places` and `order`.
  private(set) var starts: [Int] = []
  private(set) var cells: [Int32] = []
  /// s = (θ − c h)/a of every point.
  private(set) var places: [Double] = []
  /// Whether the points stand as they came; else `order` says which point stands where.
  private(set) var isInOrder = true
  private var sorter = CellSorter()

  init(grid: CircleGrid) { self.grid = grid }

  var count: Int { starts.count - 1 }

  var order: [Int32] { sorter.order }

  func cell(ofRun run: Int) -> Int { Int(cells[starts[run]]) }

  mutating func update(_ angles: UnsafeBufferPointer<Double>) {
    let count = angles.count
    if places.count < count + 8 {
      places = [Double](repeating: 0, count: count + count / 4 + 8)
      cells = [Int32](repeating: 0, count: places.count)
    }
    locate(angles)
    // Every point out of order costs a run or two, which is cheaper than sorting only if rare.
    isInOrder = findRuns(count) <= 8 + count / 64
    if !isInOrder {
      sorter.sort(cells: &cells, places: &places, count: count, cellCount: grid.count)
      _ = findRuns(count)
    }
  }

  /// Writes cells and places.
  private mutating func locate(_ angles: UnsafeBufferPointer<Double>) {
    let grid = grid
    cells.withUnsafeMutableBytes { cells in
      places.withUnsafeMutableBytes { places in
        for i in stride(from: 0, to: angles.count, by: 8) {
          let (c, s) = grid.locate(eight(angles, from: i, else: angles[angles.count - 1]))
          cells.storeBytes(of: c, toByteOffset: 4 * i, as: SIMD8<Int32>.self)
          places.storeBytes(of: s, toByteOffset: 8 * i, as: Vector.self)
        }
      }
    }
  }

  /// Writes `starts`.
  ///
  /// - Returns: how often a cell is below the one before.
  private mutating func findRuns(_ count: Int) -> Int {
    var descents = 0
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    cells.withUnsafeBufferPointer { cells in
      let base = UnsafeRawPointer(cells.baseAddress.unsafelyUnwrapped)
      var i = 1
      while i < count {
        // Eight neighbours alike are passed at once; the buffer is eight longer than the points.
        let here = (base + 4 * i).loadUnaligned(as: SIMD8<Int32>.self)
        let before = (base + 4 * i - 4).loadUnaligned(as: SIMD8<Int32>.self)
        let changes = unsafeBitCast(here ^ before, to: SIMD4<UInt64>.self)
        if changes[0] | changes[1] | changes[2] | changes[3] != 0 {
          for j in i..<min(i + 8, count) where cells[j] != cells[j - 1] {
            starts.append(j)
            descents += cells[j] < cells[j - 1] ? 1 : 0
          }
        }
        i += 8
      }
    }
    if count > 0 { starts.append(count) }
    return descents
  }
}
