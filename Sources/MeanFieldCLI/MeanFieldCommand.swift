import ArgumentParser
import Foundation
import MeanField
import RunFiles
import SnapshotIO

/// The command-line program: parses flags, calls the rooms behind it, prints.
@main
struct MeanFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meanfield",
    abstract: "Solves the mean-field equation of self-attention on the circle and on spheres.",
    discussion: """
      EXAMPLES
        meanfield predict configs/circle-clusters.yaml           what theory expects
        meanfield run configs/circle-clusters.yaml               solve
        meanfield compare output/circle-clusters.nc              judge the particles
        meanfield plot output/circle-clusters.nc                 draw
        meanfield export output/circle-clusters.nc --format csv  tables of numbers
        meanfield sweep configs/sweep-clusters.yaml              many runs, one file

      EXIT STATUS
        0    done
        1    the numbers gave out; the output up to then is readable
        2    compare: outside the allowed distance
        64   wrong command line
        65   wrong content of a file
        74   a file could not be found, read or written
        130  interrupted; the state is saved
      """,
    version: MeanFieldVersion.current,
    subcommands: [
      RunCommand.self, CompareCommand.self, PredictCommand.self, SweepCommand.self,
      ValidateCommand.self, PlotCommand.self, ExportCommand.self,
    ])

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    if let first = arguments.first, !first.hasPrefix("-"), first != "help", !names.contains(first) {
      let guess = Spelling.nearest(to: first, among: names).map { "; did you mean '\($0)'?" } ?? ""
      let known = names.joined(separator: ", ")
      fail("unknown command '\(first)', allowed: \(known)\(guess)", 64)
    }
    main(arguments)
  }

  /// One sentence on standard error and the exit status.
  static func fail(_ message: String, _ status: Int32) -> Never {
    FileHandle.standardError.write(Data("meanfield: \(message)\n".utf8))
    Foundation.exit(status)
  }

  /// Runs `body`; what goes wrong becomes one sentence and a documented exit status.
  static func reporting<Value>(_ body: () throws -> Value) -> Value {
    do {
      return try body()
    } catch let error as RunFileError {
      fail(error.message, error.exitCode)
    } catch let error as NetCDFError {
      fail(error.description, error.exitCode)
    } catch let error as SimulationFailure {
      fail(error.description, 1)
    } catch let error as RunSession.Interruption {
      let next =
        error.isSaved
        ? "the state is saved: --resume continues \(error.output)"
        : "the comparison in \(error.output) is not complete: compare again"
      fail("interrupted at t = \(error.time); \(next)", 130)
    } catch let error as SweepSession.Interruption {
      fail(
        "interrupted with \(error.finished) of \(error.pointCount) points finished, which are "
          + "saved: --resume continues \(error.output)", 130)
    } catch {
      fail("\(error)", 70)
    }
  }
}
