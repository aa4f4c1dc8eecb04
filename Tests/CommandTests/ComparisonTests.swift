import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("compare: numbers, verdict and exit status")
struct ComparisonTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(Samples.judged, to: "run.yaml")
  }

  private struct Result: Decodable, Equatable {
    struct Cluster: Decodable, Equatable {
      var position: Double
      var mass: Double
    }
    struct Distance: Decodable, Equatable {
      var members: [Double]
      var expected: Double?
      var spread: Double?
    }
    struct Match: Decodable, Equatable {
      var members: [Int]
      var positionDifferences: [Double?]
      var massDifferences: [Double?]
      var positionSpread: Double?
      var massSpread: Double?
    }
    var output: String
    var time: Double
    var densityClusters: [Cluster]
    var memberClusters: [[Cluster]]
    var clusterMatches: [Match]
    var clusterCounts: [String: Int]
    var distances: [String: Distance]
    var pValues: [Double]
    var within: [Bool]
    var degreesOfFreedom: Int
    var verdict: String
  }

  @Test("of an output it writes the group comparison alone, with the numbers of a fresh one")
  func ofAnOutput() throws {
    #expect(try meanfield("run", "run.yaml", "--quiet").status == 0)
    let path = folder.file("output/run.nc")
    let plain = try Contents(of: path)
    #expect(!plain.shapes.keys.contains { $0.hasPrefix("comparison/") })

    let fresh = try meanfield("compare", "run.yaml", "--output", "fresh.nc", "--json", "--quiet")
    #expect(fresh.status == 0)
    var expected: Result = try fresh.decoded()
    let recorded = try Contents(of: folder.file("fresh.nc"))
    #expect(plain.differences(from: recorded.without("comparison")) == ["run_file"])

    for _ in 1...2 {
      let outcome = try meanfield("compare", "output/run.nc", "--json")
      #expect(outcome.status == 0)
      #expect(outcome.error.isEmpty)
      let found: Result = try outcome.decoded()
      expected.output = "output/run.nc"
      #expect(found == expected)
      let contents = try Contents(of: path)
      #expect(contents.without("comparison").differences(from: plain) == [])
      #expect(contents.differences(from: recorded) == ["run_file"])
    }
  }

  @Test("JSON and file hold the same numbers")
  func json() throws {
    let outcome = try meanfield("compare", "run.yaml", "--json")
    #expect(outcome.status == 0)
    let found: Result = try outcome.decoded()
    #expect(found.output == "output/run.nc")
    #expect(found.time == 0.5)
    #expect(found.verdict == "within")
    #expect(found.within == [true, true])
    #expect(found.degreesOfFreedom > 0)
    #expect(found.memberClusters.count == 2)
    #expect(!found.densityClusters.isEmpty)
    let group = try NetCDFFile(opening: folder.file("output/run.nc")).root
      .group(named: "comparison")
    #expect(try group.doubles("p_value") == found.pValues)
    #expect(try group.strings("verdict") == ["within", "within"])
    #expect(try group.attribute("verdict") == "within")
    #expect(try group.attribute("sigmas") == 4.0)
    #expect(try group.attribute("degrees_of_freedom")?.integers == [found.degreesOfFreedom])
    #expect(Set(found.distances.keys) == ["wasserstein1", "wasserstein2", "sobolev"])
    for (name, distance) in found.distances {
      #expect(try group.doubles(name, start: [2, 0], count: [1, 2]) == distance.members)
      #expect(
        try group.doubles(name + "_expected", start: [2, 0], count: [1, 2])
          == [distance.expected, distance.expected])
      #expect(
        try group.doubles(name + "_spread", start: [2, 0], count: [1, 2])
          == [distance.spread, distance.spread])
      for member in distance.members {
        let expected = try #require(distance.expected)
        let spread = try #require(distance.spread)
        #expect(abs(member - expected) < 6 * spread)
      }
    }
  }

  @Test("clusters of members are matched with the density's, in the file, as JSON and in words")
  func clusters() throws {
    let outcome = try meanfield(
      "compare", "run.yaml", "--json", "--threads", "1", "--set", "attention.beta=9")
    #expect(outcome.status == 0)
    let found: Result = try outcome.decoded()
    #expect(found.densityClusters.count == 2)
    #expect(found.clusterCounts == ["2": 2])
    let root = try NetCDFFile(opening: folder.file("output/run.nc")).root
    let group = try root.group(named: "comparison")
    #expect(try group.variable("cluster_match").dimensions == ["time", "member", "cluster"])
    #expect(try group.variable("cluster_mass_spread").dimensions == ["time", "cluster"])
    for (k, match) in found.clusterMatches.enumerated() {
      for (m, index) in match.members.enumerated() {
        let (start, count) = ([2, m, k], [1, 1, 1])
        #expect(try group.integers("cluster_match", start: start, count: count) == [index])
        let member = found.memberClusters[m][index]
        let position = remainder(
          member.position - found.densityClusters[k].position, 2 * Double.pi)
        let mass = member.mass - found.densityClusters[k].mass
        #expect(match.positionDifferences[m] == abs(position))
        #expect(match.massDifferences[m] == mass)
        #expect(
          try group.doubles("cluster_position_difference", start: start, count: count)
            == [abs(position)])
        #expect(
          try group.doubles("cluster_mass_difference", start: start, count: count) == [mass])
        // Of 1024 tokens; six standard deviations.
        #expect(abs(position) < 6 * (try #require(match.positionSpread)))
        #expect(abs(mass) < 6 * (try #require(match.massSpread)))
      }
      for (name, value) in [("position", match.positionSpread), ("mass", match.massSpread)] {
        let spread = try group.doubles(
          "cluster_\(name)_spread", start: [2, k], count: [1, 1])
        #expect(spread == [value])
      }
    }

    let text = try meanfield(
      "compare", "run.yaml", "--threads", "2", "--set", "attention.beta=9", "--output", "other.nc")
    #expect(text.output.contains("\n  cluster 2  2 of 2    "))
    #expect(text.output.contains("\n  2 clusters in 2 of 2 members\n"))
    let differences = try Contents(of: folder.file("other.nc"))
      .differences(from: Contents(of: folder.file("output/run.nc")))
    #expect(differences == ["run_file"])
  }

  /// Turns every token of one member by an angle.
  private func turn(_ path: String, member: Int, by angle: Double) throws {
    let file = try NetCDFFile(opening: path, writable: true)
    let particles = try file.root.group(named: "particles")
    for snapshot in 0..<3 {
      let start = [snapshot, member, 0]
      let angles = try particles.doubles("angle", start: start, count: [1, 1, 1024])
      try particles.put(
        angles.map { ($0 + angle).truncatingRemainder(dividingBy: 2 * .pi) }, into: "angle",
        start: start, count: [1, 1, 1024])
    }
    try file.close()
  }

  @Test("tokens that do not follow the density: status 2, and the member by name")
  func outside() throws {
    #expect(try meanfield("run", "run.yaml", "--quiet").status == 0)
    let path = folder.file("output/run.nc")
    try turn(path, member: 1, by: 0.3)
    let outcome = try meanfield("compare", "output/run.nc")
    #expect(outcome.status == 2)
    #expect(outcome.error.isEmpty)
    #expect(outcome.output.contains("\nverdict: outside the allowed distance: member 1\n"))
    let file = try NetCDFFile(opening: path)
    let group = try file.root.group(named: "comparison")
    #expect(try group.strings("verdict") == ["within", "outside"])
    #expect(try group.attribute("verdict") == "outside")
    // Turned by 0.3: no token is farther from its place.
    let distances = try group.doubles("wasserstein1")
    let expected = try group.doubles("wasserstein1_expected")
    for snapshot in 0..<3 {
      #expect(distances[2 * snapshot] < 3 * expected[0])
      #expect(0.1...0.3 + 3 * expected[0] ~= distances[2 * snapshot + 1])
    }
    try file.close()

    // The finished run can be asked again for its verdict, and stays outside.
    #expect(try meanfield("compare", "run.yaml", "--resume", "--quiet").status == 2)
    // A level that lets everything pass.
    let lenient = try meanfield(
      "compare", "output/run.nc", "--set", "compare.sigmas=38", "--quiet")
    #expect([0, 2].contains(lenient.status))
    let loose = try NetCDFFile(opening: path)
    #expect(try loose.root.group(named: "comparison").attribute("sigmas") == 38.0)
    try loose.close()
  }

  @Test("a verdict on nothing is none")
  func unjudged() throws {
    // With 16 tokens the fluctuations are never small.
    let outcome = try meanfield("compare", "run.yaml", "--json", "--set", "particles.count=16")
    #expect(outcome.status == 0)
    let found: Result = try outcome.decoded()
    #expect(found.verdict == "none")
    #expect(found.degreesOfFreedom == 0)
    #expect(found.pValues.isEmpty)
    let group = try NetCDFFile(opening: folder.file("output/run.nc")).root
      .group(named: "comparison")
    #expect(try group.attribute("verdict") == "none")
    #expect(try group.doubles("p_value").allSatisfy(\.isNaN))
  }

  @Test("what cannot be compared is refused")
  func refused() throws {
    func expect(_ outcome: Program.Outcome, _ status: Int32, _ message: String) {
      #expect(outcome.status == status)
      #expect(outcome.output.isEmpty)
      #expect(outcome.error == "meanfield: \(message)\n")
    }
    for setting in ["density=none", "particles=null"] {
      let outcome = try meanfield("compare", "run.yaml", "--set", setting)
      #expect(outcome.status == 65)
      #expect(outcome.output.isEmpty)
      #expect(!outcome.error.isEmpty)
    }
    expect(
      try meanfield("compare", "run.yaml", "--set", "density=none"), 65,
      "compare needs a density and particles drawn from it: give both")
    expect(
      try meanfield("compare", "none.nc"), 74,
      "none.nc: cannot open the file: No such file or directory")
    try folder.write("text", to: "text.nc")
    expect(
      try meanfield("compare", "text.nc"), 74,
      "text.nc: cannot open the file: it is not a NetCDF file")
    let foreign = try NetCDFFile(creating: folder.file("foreign.nc"))
    try foreign.root.defineDimension("time", length: nil)
    try foreign.close()
    expect(
      try meanfield("compare", "foreign.nc"), 65,
      "foreign.nc: has no attribute run_file: not an output of meanfield")

    #expect(
      try meanfield("run", "run.yaml", "--quiet", "--set", "output.particles=5").status == 0)
    expect(
      try meanfield("compare", "output/run.nc"), 65,
      "output/run.nc: not all tokens were written (output.particles), so they cannot be compared")
    #expect(try meanfield("run", "run.yaml", "--overwrite", "--quiet").status == 0)
    for key in ["particles.members=1", "output.every=0.1", "attention.beta=3"] {
      expect(
        try meanfield("compare", "output/run.nc", "--set", key), 65,
        "--set: found a key that would change the output, allowed: keys of compare, for everything "
          + "else is what output/run.nc holds")
    }
  }

  @Test("tokens that are missing from the file are no verdict")
  func missing() throws {
    #expect(try meanfield("run", "run.yaml", "--quiet").status == 0)
    try turn(folder.file("output/run.nc"), member: 1, by: .nan)
    let outcome = try meanfield("compare", "output/run.nc")
    #expect(outcome.status == 65)
    #expect(
      outcome.error
        == "meanfield: output/run.nc: the tokens of member 1 at t = 0.0 were not written, so they "
        + "cannot be compared\n")
  }
}
