import ArgumentParser
import Foundation
import Pictures
import RunFiles

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Theory before any solving: growth rates, clusters to expect, critical noise.",
    discussion: """
      EXAMPLES
        meanfield predict configs/metastable.yaml
        meanfield predict configs/noise-below.yaml --set noise=0.2 --json
      """)

  @Argument(help: "The run file.")
  var file: String
  @OptionGroup var runFileOptions: RunFileOptions
  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() {
    let prediction = MeanFieldCommand.reporting { Prediction(try runFileOptions.read(file)) }
    print(json ? Report.json(prediction) : Report.text(prediction))
  }
}

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check a run file and print it with every default filled in; solves nothing.",
    discussion: """
      What is printed is a run file again. Of a sweep every point is checked.

      EXAMPLES
        meanfield validate configs/kuramoto.yaml
        meanfield validate configs/kuramoto.yaml --set particles.count=1e6 > big.yaml
      """)

  @Argument(help: "The run file.")
  var file: String
  @OptionGroup var runFileOptions: RunFileOptions
  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() {
    let source = MeanFieldCommand.reporting {
      try RunFileSource(contentsOf: file, settings: runFileOptions.settings)
    }
    guard !source.hasSweep else {
      let sweep = MeanFieldCommand.reporting {
        try SweepSession(Sweep(source, output: runFileOptions.output), threads: 1).sweep
      }
      return print(json ? Report.json(sweep) : Report.text(sweep))
    }
    let runFile = MeanFieldCommand.reporting {
      let runFile = try runFileOptions.read(source).withChosenStep()
      _ = try RunSession(runFile, compares: runFile.hasLadder, threads: 1)
      return runFile
    }
    print(json ? Report.json(runFile) : Report.text(runFile))
  }
}

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw an output file.",
    discussion: """
      EXAMPLES
        meanfield plot output/circle-clusters.nc
        meanfield plot output/circle-clusters.nc -o clusters.pdf
      """)

  @Argument(help: "The output file (.nc).")
  var output: String
  @Option(
    name: [.customShort("o"), .customLong("picture")],
    help: "The picture: .png (default, beside the output), .svg or .pdf.")
  var picture: String?

  func run() {
    let target = picture ?? Self.beside(output)
    do {
      try draw(outputFile: output, picture: target)
    } catch {
      MeanFieldCommand.fail(error.message, error.exitCode)
    }
    print(target)
  }

  private static func beside(_ output: String) -> String {
    (output.hasSuffix(".nc") ? String(output.dropLast(3)) : output) + ".png"
  }
}
