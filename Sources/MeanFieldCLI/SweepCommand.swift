import ArgumentParser
import Foundation
import MeanField
import RunFiles

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Solve a run file for every combination of the values of some of its keys.",
    discussion: """
      The run file has a block more:

        sweep:
          keys:
            - {key: attention.beta, from: 0.1, to: 9, count: 90, spacing: linear}
            - {key: manifold, values: [circle, {sphere: {dimension: 8}}]}
          observables:
            - name: aligned
              of: particles
              probability: {innerProductAtLeast: 0.999}
            - {name: clusters, of: density, diagnostic: cluster_count}
            - {name: order, of: density, moment: 1}

      Any key may be swept but time.end and what belongs to the file: all points
      have the same snapshot times and go to one output. spacing is linear or log.
      An observable is a probability over all pairs of particles, a diagnostic of a
      single run's output (of vectors the norm), or the moment of a degree l,
      sqrt of the double integral of P_l(<x,y>), on the circle |m_l|. Of particles
      it is the mean over members, with <name>_standard_error.

      The output has a dimension for every key, named by its last word, and time.
      Points are solved in parallel, the largest first, all with the same seed
      unless that is swept. A point whose numbers give out is recorded in failure
      and stops no other; the exit status is 1 once all others are done. After an
      interrupt --resume solves what is missing and gives the same values.

      EXAMPLES
        meanfield sweep configs/sweep-clusters.yaml
        meanfield sweep configs/sweep-alignment.yaml --set particles.members=32
        meanfield plot output/sweep-clusters.nc
      """)

  @Argument(help: "The run file, with a block sweep.")
  var file: String
  @OptionGroup var runFileOptions: RunFileOptions
  @OptionGroup var solve: SolveOptions

  func run() throws {
    let summary = MeanFieldCommand.reporting {
      let source = try RunFileSource(contentsOf: file, settings: runFileOptions.settings)
      let sweep = try Sweep(source, output: runFileOptions.output)
      let session = try SweepSession(sweep, start: solve.start, threads: solve.threads)
      Interrupts.watch()
      let line = ProgressLine(end: 1, quiet: solve.quiet)
      defer { line.clear() }
      return try session.execute(isInterrupted: { Interrupts.isRaised }) { part, finished in
        line.show(part: part, "\(finished) of \(sweep.pointCount) points")
      }
    }
    if !solve.quiet { print(Report.text(summary), terminator: "") }
    guard let first = summary.failures.first else { return }
    MeanFieldCommand.fail(
      "\(summary.failures.count) of \(summary.pointCount) points failed, the first at "
        + "\(first.point): \(first.reason)", 1)
  }
}
