import Foundation
import SnapshotIO

/// What the output of a sweep holds, ready to be drawn: a grid of numbers for every observable.
struct DrawnSweep {
  struct Axis {
    var name: String
    /// The swept key.
    var key: String
    var labels: [String]
    var numbers: [Double]?

    /// Values that stand for nothing but chance.
    var isSample: Bool { name == "seed" && labels.count > 1 }
    var isNumeric: Bool { numbers != nil && labels.count > 1 && !isSample }
  }

  struct Observable {
    var name: String
    /// Such as `cluster_count`.
    var quantity: String
    /// By point, then time.
    var values: [Double]
    var errors: [Double]?
  }

  var title: String
  var parameters: [String]
  var axes: [Axis]
  var times: [Double]
  var observables: [Observable]
  /// A number of theory for every point.
  var theory: [String: [Double]]

  var pointCount: Int { axes.reduce(1) { $0 * $1.labels.count } }
}

// MARK: - Reading

extension DrawnSweep {
  /// Whether a file is that of a sweep.
  static func isSweep(_ root: NetCDFFile.Group) throws(NetCDFError) -> Bool {
    guard try root.hasVariable("status") else { return false }
    return try root.hasVariable("failure")
  }

  init(reading root: NetCDFFile.Group) throws(NetCDFError) {
    title = try root.attribute("title")?.text ?? ""
    let runFile = try root.attribute("run_file")?.text ?? ""
    times = try root.doubles("time")
    axes = []
    let dimensions = try root.variable("status").dimensions
    for name in dimensions {
      var axis = Axis(name: name, key: name, labels: [], numbers: nil)
      if let key = try root.attribute("key", of: name)?.text { axis.key = key }
      if try root.variable(name).type == .string {
        axis.labels = try root.strings(name)
      } else {
        let numbers = try root.doubles(name)
        axis.labels = numbers.map { String(format: "%g", $0) }
        axis.numbers = numbers
      }
      axes.append(axis)
    }
    // What is swept has no one value.
    let swept = axes.map { Self.symbol($0, letter: { $0 }) }
    parameters = RunFileScan.parameters(runFile).filter { parameter in
      !swept.contains { parameter.hasPrefix("\($0) =") }
    }
    if let space = RunFileScan.manifold(runFile), !dimensions.contains("manifold") {
      parameters.insert(
        Self.space(space.kind, space.dimension.map(String.init), letter: "d"), at: 0)
    }
    observables = []
    for name in try root.variableNames {
      guard let quantity = try root.attribute("quantity", of: name)?.text else { continue }
      let errors = name + "_standard_error"
      observables.append(
        Observable(
          name: name, quantity: quantity, values: try root.doubles(name),
          errors: try root.hasVariable(errors) ? root.doubles(errors) : nil))
    }
    theory = [:]
    guard try root.hasGroup(named: "theory") else { return }
    let group = try root.group(named: "theory")
    for name in try group.variableNames { theory[name] = try group.doubles(name) }
  }

  /// A value of a key in words that are short enough for a picture.
  static func words(_ axis: Axis, _ index: Int) -> String {
    let label = axis.labels[index]
    if axis.key == "manifold" {
      let parts = label.split { "{}: ,".contains($0) }.map(String.init)
      return space(parts.first ?? label, parts.last.flatMap(Int.init).map(String.init))
    }
    if axis.numbers != nil { return "\(symbol(axis)) = \(label)" }
    // Of choices the word is enough, where each has its own.
    let names = axis.labels.map { $0.split { "{}: ,".contains($0) }.first.map(String.init) ?? $0 }
    if Set(names).count == names.count { return Script.escaped(names[index]) }
    return Script.escaped(label.count > 44 ? label.prefix(43) + "…" : label)
  }

  private static func space(
    _ kind: String, _ dimension: String?, letter: String = "{/:Italic d}"
  ) -> String {
    switch kind {
    case "circle": "\(letter) = 2"
    case "sphere": "\(letter) = \(dimension ?? "3")"
    default: "\(kind), \(letter) = \(dimension ?? "3")"
    }
  }

  /// The letter of a key, as the papers have it.
  static func symbol(
    _ axis: Axis, letter: (String) -> String = { "{/:Italic \($0)}" }
  ) -> String {
    switch axis.key {
    case "attention.beta": letter("β")
    case "noise": letter("D")
    case "particles.count": letter("N")
    default: Script.escaped(axis.name)
    }
  }
}
