public import ArgumentParser
public import Exports
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write an output file as csv tables, NumPy arrays or VTK files for ParaView.",
    discussion: """
      Writes a folder of files, complete or not at all, and prints its name.
      In it is run.yaml, the run file of the output, which runs again.

      csv: one table a kind of thing, with a header line. Of those that the
      output has: series, density, grid (weights of the points of the density),
      moments, clusters, nodes, mergers, particles, particle-series,
      particle-moments, particle-clusters, comparison, comparison-moments,
      comparison-clusters, ladder, ladder-rates, verdicts. Of a sweep: points
      (a row a point and time: keys, observables, status) and theory. Numbers
      have the digits needed to read them back exactly, a field without a value
      (NaN) is empty. Members, particles, clusters and mergers are counted
      from 0.

      npy: one array a variable, of the shape it has in the output, in folders
      like its groups: density.npy, particles/position.npy. float64 and int64,
      C order, little endian. No value is NaN, or -1 for a count. Texts
      (comparison/verdict) are left out.

      vtk: density.pvd and particles.pvd, to be opened in ParaView, and a .vtp
      file a snapshot. The density, with its logarithm, is on a closed curve for
      the circle, on a closed surface for the sphere, and for zonal laws on the
      meridian (sin θ, 0, cos θ), where their particles are too. Particles have
      their numbers and their members'; on spheres in more than three dimensions
      they are at their first three coordinates. A sweep has none of this.

      EXAMPLES
        meanfield export output/circle-clusters.nc --format csv
        meanfield export output/circle-clusters.nc --format npy -o arrays
        meanfield export output/sweep-clusters.nc --format csv
      """)

  @Argument(help: "The output file (.nc).")
  var output: String
  @Option(help: "What to write.")
  var format: ExportFormat
  @Option(
    name: [.customShort("o"), .customLong("folder")],
    help: "The folder to write; by default beside the output, as run-csv for run.nc.")
  var folder: String?
  @Flag(help: "Replace an earlier export.")
  var overwrite = false

  func validate() throws {
    if folder?.isEmpty == true {
      throw ValidationError("--folder: found an empty path, allowed: the path of a folder")
    }
  }

  func run() {
    let target = folder ?? Self.beside(output, format)
    Interrupts.watch()
    do {
      try export(
        outputFile: output, format: format, folder: target, overwrite: overwrite,
        isInterrupted: { Interrupts.isRaised })
    } catch {
      MeanFieldCommand.fail(error.message, error.exitCode)
    }
    print(target)
  }

  private static func beside(_ output: String, _ format: ExportFormat) -> String {
    "\(output.hasSuffix(".nc") ? String(output.dropLast(3)) : output)-\(format.rawValue)"
  }
}

extension ExportFormat: ExpressibleByArgument {}
