import Exports
import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("csv of a sweep: a row a point and time, with what became of it")
struct SweepTableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// β by manifold: one point is done, one has failed, two are open.
  private func write() throws {
    let layout = SweepLayout(
      title: "sweep", runFile: "manifold: any\n", seed: 1,
      axes: [
        SweepLayout.Axis(
          name: "beta", path: "attention.beta", labels: ["1", "2.5"], numbers: [1, 2.5]),
        SweepLayout.Axis(
          name: "manifold", path: "manifold", labels: ["circle", "{sphere: {dimension: 8}}"],
          numbers: nil),
      ],
      times: [0, 0.1],
      variables: [
        SweepLayout.Variable(
          name: "aligned", longName: "", quantity: "probability", hasStandardError: true),
        SweepLayout.Variable(
          name: "clusters", longName: "", quantity: "cluster_count", hasStandardError: false),
      ],
      theory: [SweepLayout.Table(name: "fastest_mode", longName: "", values: [1, 2, 3, .nan])])
    let file = try SweepFile(creating: folder.file("sweep.nc"), layout: layout, overwrite: false)
    try file.write(
      SweepPoint(
        outcome: .done([
          SweepPoint.Series(values: [0.5, 0.75], standardErrors: [0.1, .nan]),
          SweepPoint.Series(values: [3, 2], standardErrors: nil),
        ]), particleStep: 0.01), at: [0, 1])
    try file.write(
      SweepPoint(outcome: .failed("lost at t = 0.1, \"early\""), particleStep: nil), at: [1, 0])
    try file.close()
  }

  @Test("keys, observables, status and theory")
  func tables() throws {
    try write()
    try export(outputFile: folder.file("sweep.nc"), format: .csv, folder: folder.file("csv"))
    #expect(
      folder.contents.filter { $0.hasPrefix("csv/") }
        == ["csv/points.csv", "csv/run.yaml", "csv/theory.csv"])
    #expect(
      try String(contentsOfFile: folder.file("csv/points.csv"), encoding: .utf8) == """
        beta,manifold,time,aligned,aligned_standard_error,clusters,stochastic_step,status,failure
        1.0,circle,0.0,,,,,open,
        1.0,circle,0.1,,,,,open,
        1.0,{sphere: {dimension: 8}},0.0,0.5,0.1,3.0,0.01,done,
        1.0,{sphere: {dimension: 8}},0.1,0.75,,2.0,0.01,done,
        2.5,circle,0.0,,,,,failed,"lost at t = 0.1, ""early\"""
        2.5,circle,0.1,,,,,failed,"lost at t = 0.1, ""early\"""
        2.5,{sphere: {dimension: 8}},0.0,,,,,open,
        2.5,{sphere: {dimension: 8}},0.1,,,,,open,

        """)
    #expect(
      try String(contentsOfFile: folder.file("csv/theory.csv"), encoding: .utf8) == """
        beta,manifold,fastest_mode
        1.0,circle,1.0
        1.0,{sphere: {dimension: 8}},2.0
        2.5,circle,3.0
        2.5,{sphere: {dimension: 8}},

        """)
  }

  @Test("there is nothing to show in space")
  func shapes() throws {
    try write()
    let error = #expect(throws: ExportError.self) {
      try export(outputFile: folder.file("sweep.nc"), format: .vtk, folder: folder.file("vtk"))
    }
    #expect(error?.exitCode == 65)
    #expect(
      error?.message == "\(folder.file("sweep.nc")): found the output of a sweep, which has no "
        + "density and no particles for vtk to show, allowed: csv, npy")
    #expect(folder.contents == ["sweep.nc"])
  }
}
