internal import Foundation
internal import MeanField

/// Dimensions, variables and attributes of a sweep's output.
extension SweepFile {
  func define(_ root: NetCDFFile.Group) throws(NetCDFError) {
    try root.setAttribute("Conventions", to: "CF-1.11")
    try root.setAttribute("title", to: .text(layout.title))
    try root.setAttribute("source", to: .text("meanfield \(MeanFieldVersion.current)"))
    try root.setAttribute("run_file", to: .text(layout.runFile))
    if let seed = layout.seed { try root.setAttribute("seed", to: .unsignedIntegers([seed])) }
    try root.setAttribute("wall_time", to: .doubles([0]))
    let now = ISO8601DateFormatter().string(from: started)
    try root.setAttribute(
      "history", to: .text("\(now) meanfield \(MeanFieldVersion.current) sweep"))
    for axis in layout.axes {
      try root.defineDimension(axis.name, length: axis.labels.count)
      try root.defineVariable(
        axis.name, axis.numbers == nil ? .string : .double, dimensions: [axis.name],
        attributes: [
          "long_name": .text("key \(axis.path) of the run file"), "units": "1",
          "key": .text(axis.path),
        ])
      if let numbers = axis.numbers {
        try root.put(numbers, into: axis.name)
      } else {
        try root.put(axis.labels, into: axis.name)
      }
    }
    try root.defineDimension("time", length: layout.times.count)
    try root.defineVariable(
      "time", .double, dimensions: ["time"],
      attributes: ["long_name": "time", "units": "1", "axis": "T"])
    try root.put(layout.times, into: "time")
    try definePoints(root)
    let theory = try root.group(named: "theory")
    for table in layout.theory {
      try theory.defineVariable(
        table.name, .double, dimensions: layout.axes.map(\.name),
        attributes: ["long_name": .text(table.longName), "units": "1"])
      try theory.put(table.values, into: table.name)
    }
  }

  private func definePoints(_ root: NetCDFFile.Group) throws(NetCDFError) {
    let axes = layout.axes.map(\.name)
    for variable in layout.variables {
      var names = [(variable.name, variable.longName)]
      if variable.hasStandardError {
        names.append(
          (variable.name + "_standard_error", "standard error of the mean over members"))
      }
      for (name, longName) in names {
        try root.defineVariable(
          name, .double, dimensions: axes + ["time"],
          attributes: ["long_name": .text(longName), "units": "1"])
        try root.put(
          [Double](repeating: .nan, count: layout.pointCount * layout.times.count), into: name)
      }
      try root.setAttribute("quantity", to: .text(variable.quantity), of: variable.name)
    }
    try root.defineVariable(
      "stochastic_step", .double, dimensions: axes,
      attributes: ["long_name": "step of the stochastic scheme of particles", "units": "1"])
    try root.put([Double](repeating: .nan, count: layout.pointCount), into: "stochastic_step")
    try root.defineVariable(
      "status", .int64, dimensions: axes,
      attributes: [
        "long_name": "what became of the point", "flag_values": .integers([0, 1, 2]),
        "flag_meanings": "open done failed",
      ])
    try root.put([Int](repeating: Status.open, count: layout.pointCount), into: "status")
    try root.defineVariable(
      "failure", .string, dimensions: axes,
      attributes: ["long_name": "why the point failed; empty where it did not"])
    try root.put([String](repeating: "", count: layout.pointCount), into: "failure")
  }
}
