import Foundation
import MeanField

/// Tokens from a file: rows of two numbers, a vector of the plane, and an optional weight.
///
/// Vectors are normalized to the circle and weights to the sum 1; without weights the masses are
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
  static func read(_ path: String) throws(Failure) -> InitialLaw.Tokens {
    let parse: ([UInt8]) throws(Failure) -> Table
    switch path.lowercased() {
    case let name where name.hasSuffix(".csv"): parse = table(csv:)
    case let name where name.hasSuffix(".npy"): parse = table(npy:)
    default: throw Failure("found an unknown ending, allowed: .csv, .npy")
    }
    let bytes: [UInt8]
    do {
      bytes = try FileContents.bytes(of: path, limit: largestSize)
    } catch {
      throw Failure(error.sentence, exitCode: error.exitCode)
    }
    return try tokens(of: try parse(bytes))
  }

  /// Normalizes the rows of a table.
  private static func tokens(of table: Table) throws(Failure) -> InitialLaw.Tokens {
    guard table.rowCount > 0 else { throw Failure("found no rows, allowed: at least one") }
    var angles: [Double] = []
    var weights: [Double] = []
    angles.reserveCapacity(table.rowCount)
    weights.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let start = row * table.columnCount
      let numbers = table.values[start..<start + table.columnCount]
      if let wrong = numbers.first(where: { !$0.isFinite }) {
        throw Failure("\(table.name(ofRow: row)): found \(wrong), allowed: finite numbers")
      }
      let (x, y) = (table.values[start], table.values[start + 1])
      guard x != 0 || y != 0 else {
        throw Failure(
          "\(table.name(ofRow: row)): found the zero vector, allowed: a vector with a direction")
      }
      angles.append(atan2(y, x))
      let weight = table.columnCount == 3 ? table.values[start + 2] : 1
      guard weight > 0 else {
        throw Failure("\(table.name(ofRow: row)): found the weight \(weight), allowed: > 0")
      }
      weights.append(weight)
    }
    // Divided by the largest first, so that the sum cannot overflow.
    let largest = weights.max() ?? 1
    let total = weights.reduce(0) { $0 + $1 / largest }
    return InitialLaw.Tokens(angles: angles, masses: weights.map { $0 / largest / total })
  }
}
