import Foundation
import MeanField

/// Tokens from a file: rows of d numbers, a vector of R^d, and an optional weight.
///
/// Vectors are normalized to the sphere and weights to the sum 1; without weights the masses are
/// equal.
enum TokenFile {
  /// Bytes in a token file, at most.
  static let largestSize = 1 << 30

  /// Why a token file was refused, as it follows the file's name in a sentence.
  struct Failure: Error, Equatable {
    let sentence: String
    let exitCode: Int32

    init(_ sentence: String, exitCode: Int32 = 65) {
      self.sentence = sentence
      self.exitCode = exitCode
    }
  }

  /// Numbers row after row, each row of `columnCount`.
  struct Table {
    var columnCount: Int
    var values: [Double]
    /// Line of the text that each row stood in; empty for binary files.
    var lines: [Int] = []

    var rowCount: Int { values.count / columnCount }

    /// Rows count from 1.
    func name(ofRow row: Int) -> String {
      lines.isEmpty ? "row \(row + 1)" : "row \(row + 1) (line \(lines[row]))"
    }
  }

  /// Reads `path`, relative to the working folder; the ending says how.
  static func read(
    _ path: String, on manifold: Manifold
  ) throws(Failure) -> InitialLaw.Tokens {
    let parse: ([UInt8], Int) throws(Failure) -> Table
    switch path.lowercased() {
    case let name where name.hasSuffix(".csv"): parse = table(csv:dimension:)
    case let name where name.hasSuffix(".npy"): parse = table(npy:dimension:)
    default: throw Failure("found an unknown ending, allowed: .csv, .npy")
    }
    let bytes: [UInt8]
    do {
      bytes = try FileContents.bytes(of: path, limit: largestSize)
    } catch {
      throw Failure(error.sentence, exitCode: error.exitCode)
    }
    return try tokens(of: try parse(bytes, manifold.dimension), on: manifold)
  }

  /// The columns of a row in words.
  static func columns(_ dimension: Int) -> String {
    "\(dimension), or \(dimension + 1) with weights"
  }

  /// Normalizes the rows of a table.
  private static func tokens(
    of table: Table, on manifold: Manifold
  ) throws(Failure) -> InitialLaw.Tokens {
    guard table.rowCount > 0 else { throw Failure("found no rows, allowed: at least one") }
    let dimension = manifold.dimension
    var points: [Double] = []
    var weights: [Double] = []
    points.reserveCapacity(table.rowCount * manifold.pointWidth)
    weights.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let start = row * table.columnCount
      let numbers = table.values[start..<start + table.columnCount]
      if let wrong = numbers.first(where: { !$0.isFinite }) {
        throw Failure("\(table.name(ofRow: row)): found \(wrong), allowed: finite numbers")
      }
      let vector = numbers.prefix(dimension)
      let largest = vector.map { abs($0) }.max() ?? 0
      guard largest > 0 else {
        throw Failure(
          "\(table.name(ofRow: row)): found the zero vector, allowed: a vector with a direction")
      }
      if manifold == .circle {
        points.append(atan2(table.values[start + 1], table.values[start]))
      } else {
        // By the largest first, so that squares neither overflow nor vanish.
        let scaled = vector.map { $0 / largest }
        let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
        points += scaled.map { $0 / length }
      }
      let weight = table.columnCount > dimension ? table.values[start + dimension] : 1
      guard weight > 0 else {
        throw Failure("\(table.name(ofRow: row)): found the weight \(weight), allowed: > 0")
      }
      weights.append(weight)
    }
    // Divided by the largest first, so that the sum cannot overflow.
    let largest = weights.max() ?? 1
    let total = weights.reduce(0) { $0 + $1 / largest }
    return InitialLaw.Tokens(points: points, masses: weights.map { $0 / largest / total })
  }
}
