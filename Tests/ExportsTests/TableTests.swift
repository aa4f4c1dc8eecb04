import Exports
import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("csv: tidy tables of every number, with all its digits")
struct TableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func tables(_ sample: SampleFile) throws -> [String: String] {
    try sample.write(to: folder.file("run.nc"))
    try export(outputFile: folder.file("run.nc"), format: .csv, folder: folder.file("csv"))
    var tables: [String: String] = [:]
    for name in folder.contents where name.hasSuffix(".csv") {
      tables[String(name.dropFirst(4))] = try String(
        contentsOfFile: folder.file(name), encoding: .utf8)
    }
    return tables
  }

  @Test("the circle: what a table has, and no field where there is no value")
  func circle() throws {
    var sample = SampleFile(manifold: .circle)
    sample.columns = 4
    sample.dimension = 2
    sample.tokens = 1
    sample.times = [0, 0.1]
    let tables = try tables(sample)
    #expect(
      tables.keys.sorted() == [
        "clusters.csv", "density.csv", "grid.csv", "mergers.csv", "moments.csv",
        "particle-clusters.csv", "particle-series.csv", "particles.csv", "series.csv",
        "verdicts.csv",
      ])
    #expect(tables["series.csv"] == "time,energy,step\n0.0,,\n0.1,10.0,0\n")
    #expect(
      tables["density.csv"] == """
        time,theta,density,log_density
        0.0,0.0,0.0,-0.0
        0.0,1.5707963267948966,0.3333333333333333,-0.3333333333333333
        0.0,3.141592653589793,0.6666666666666666,-0.6666666666666666
        0.0,4.71238898038469,,
        0.1,0.0,0.3333333333333333,-0.3333333333333333
        0.1,1.5707963267948966,0.6666666666666666,-0.6666666666666666
        0.1,3.141592653589793,1.0,-1.0
        0.1,4.71238898038469,,

        """)
    #expect(
      tables["grid.csv"]
        == "theta,weight\n0.0,0.25\n1.5707963267948966,0.25\n3.141592653589793,0.25\n"
        + "4.71238898038469,0.25\n")
    #expect(
      tables["moments.csv"] == """
        time,mode,moment_re,moment_im
        0.0,0,1.0,-1.0
        0.0,1,1e-17,-1e-17
        0.1,0,1.0,-1.0
        0.1,1,0.10000000000000002,-0.10000000000000002

        """)
    #expect(tables["clusters.csv"] == "time,cluster,cluster_mass\n0.0,0,0.25\n0.1,0,0.25\n")
    #expect(
      tables["mergers.csv"] == "merger,time,parent_mass_1,parent_mass_2\n0,1.5,0.5,0.125\n")
    #expect(
      tables["particles.csv"] == """
        time,member,particle,angle
        0.0,0,0,0.14285714285714285
        0.0,1,0,0.5714285714285714
        0.1,0,0,0.2857142857142857
        0.1,1,0,0.7142857142857143

        """)
    #expect(
      tables["particle-series.csv"] == """
        time,member,mean_x1,mean_x2
        0.0,0,0.0,1.0
        0.0,1,1.0,2.0
        0.1,0,1.0,2.0
        0.1,1,2.0,3.0

        """)
    #expect(
      tables["verdicts.csv"]
        == "member,p_value,verdict\n0,0.5,within\n1,,\"a \"\"word\"\", quoted\"\n")
  }

  @Test("tokens in R^d have a column a coordinate, grids on S² two angles")
  func coordinates() throws {
    var sample = SampleFile(manifold: .sphere)
    sample.dimension = 5
    let tables = try tables(sample)
    let density = try #require(tables["density.csv"]).split(separator: "\n")
    #expect(density.first == "time,theta,phi,density,log_density")
    #expect(density.count == 1 + 3 * 5 * 8)
    let row = try #require(density.dropFirst(1 + 40 + 9).first).split(separator: ",")
    #expect(row.prefix(3).map { Double($0) } == [0.1, sample.theta[1], sample.phi[1]])
    #expect(row.dropFirst(3).map { Double($0) } == [10.0 / 3, -10.0 / 3])
    let particles = try #require(tables["particles.csv"]).split(separator: "\n")
    #expect(particles.first == "time,member,particle,x1,x2,x3,x4,x5")
    let last = try #require(particles.last).split(separator: ",").compactMap { Double($0) }
    #expect(last == [2, 1, 2] + sample.token(2, 1, 2))
  }

  @Test("tables longer than what is read at once")
  func blocks() throws {
    var sample = SampleFile(manifold: .circle)
    sample.times = [0.1]
    // 65536 rows are written at once: the second piece begins within a member.
    sample.tokens = 66_000
    let rows = try #require(try tables(sample)["particles.csv"]).split(separator: "\n").dropFirst()
    #expect(rows.count == 2 * 66_000)
    var isRight = true
    for (i, row) in rows.enumerated() {
      let (m, particle) = (i / 66_000, i % 66_000)
      isRight = isRight && row == "0.1,\(m),\(particle),\(sample.token(0, m, particle)[0])"
    }
    #expect(isRight)
  }
}
