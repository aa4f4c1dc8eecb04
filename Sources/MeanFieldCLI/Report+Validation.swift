import Foundation
import RunFiles

/// What a run file or a sweep will cost, and the file with every default filled in.
extension Report {
  /// The costs of a run and, where the run can be compared, of the comparison.
  static func text(_ runFile: RunFile) -> String {
    let cost = RunCost(runFile, compares: false)
    var lines = [
      "memory: about \(RunCost.size(cost.memory)) at the start",
      "disk: about \(RunCost.size(cost.disk)), \(count(cost.snapshots, "snapshot"))",
      "work: about \(short(cost.workPerRate)) operations for a right-hand side of everything",
    ]
    if runFile.isComparable {
      let cost = RunCost(runFile, compares: true)
      lines.append(
        "meanfield compare: \(RunCost.size(cost.memory)), \(RunCost.size(cost.disk)), "
          + "\(short(cost.workPerRate)) operations")
    }
    return lines.map { "# \($0)" }.joined(separator: "\n") + "\n" + runFile.yaml.trimmingNewlines
  }

  static func json(_ runFile: RunFile) -> String {
    struct Record: Encodable {
      var runFile: String
      var cost: RunCost
      /// Absent where the run cannot be compared.
      var comparisonCost: RunCost?
    }
    return encoded(
      Record(
        runFile: runFile.yaml, cost: RunCost(runFile, compares: false),
        comparisonCost: runFile.isComparable ? RunCost(runFile, compares: true) : nil))
  }

  static func text(_ sweep: Sweep) -> String {
    let shape = sweep.keys.map { "\($0.name) \($0.labels.count)" }.joined(separator: " × ")
    let cost = sweep.cost
    let lines = [
      "points: \(cost.points) (\(shape)), \(count(sweep.times.count, "snapshot")) each",
      "memory: about \(RunCost.size(cost.memory)) at the start of the largest point",
      "disk: about \(RunCost.size(cost.disk))",
      "work: about \(short(cost.work)) operations in all",
    ]
    return lines.map { "# \($0)" }.joined(separator: "\n") + "\n" + sweep.yaml.trimmingNewlines
  }

  static func json(_ sweep: Sweep) -> String {
    struct Record: Encodable {
      var runFile: String
      var cost: SweepCost
    }
    return encoded(Record(runFile: sweep.yaml, cost: sweep.cost))
  }
}

extension String {
  fileprivate var trimmingNewlines: String { trimmingCharacters(in: .newlines) }
}
