import Foundation
import RunFiles
import SnapshotIO
import TestSupport
import Testing

@Suite("The output file is what interface.md, section 4, says of the circle")
struct OutputFileTests {
  let folder: TemporaryFolder
  let meanfield: Program
  var path: String { folder.file("output/run.nc") }

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(
      Samples.short
        .with("beta: 4", "beta: 4, normalization: peak")
        .with("density: spectral", "density: spectral\nnoise: 0.05\ntitle: Angles of tokens"),
      to: "run.yaml")
    try #require([0, 2].contains(meanfield("compare", "run.yaml", "--quiet").status))
  }

  /// Name and dimensions.
  typealias Shape = (name: String, dimensions: [String])

  static let root: [Shape] = [
    ("time", ["time"]), ("theta", ["theta"]), ("weight", ["theta"]),
    ("density", ["time", "theta"]), ("log_density", ["time", "theta"]),
  ]

  /// Variables of the density, and with `member` of the particles.
  static func series(_ lead: [String]) -> [Shape] {
    [
      ("moment_re", lead + ["mode"]), ("moment_im", lead + ["mode"]),
      ("mean", lead + ["component"]), ("mass", lead), ("energy", lead),
      ("normalized_energy", lead), ("dissipation", lead), ("dissipation_defect", lead),
      ("cluster_count", lead), ("cluster_position", lead + ["cluster"]),
      ("cluster_mass", lead + ["cluster"]), ("step", lead), ("step_size", lead),
    ]
  }

  static let densityAlone: [Shape] = [
    ("entropy", ["time"]), ("minimum_density", ["time"]), ("free_energy", ["time"]),
    ("resolution", ["time"]),
  ]

  static let comparison: [Shape] =
    ["wasserstein1", "wasserstein2", "sobolev"].flatMap { name in
      ["", "_expected", "_spread"].map { (name + $0, ["time", "member"]) }
    } + [("p_value", ["member"]), ("verdict", ["member"])]

  private func expect(_ shapes: [Shape], in group: NetCDFFile.Group) throws {
    for (name, dimensions) in shapes {
      try #require(try group.hasVariable(name), "\(name)")
      #expect(try group.variable(name).dimensions == dimensions, "\(name)")
      let longName = try group.attribute("long_name", of: name)?.text ?? ""
      #expect(!longName.isEmpty, "\(name)")
      if try group.variable(name).type != .string {
        let units = try group.attribute("units", of: name)?.text
        #expect(units == (Self.isAngle(name) ? "radian" : "1"), "\(name)")
      }
    }
  }

  private static func isAngle(_ name: String) -> Bool {
    ["theta", "angle", "cluster_position"].contains(name)
  }

  @Test("every variable has its dimensions, units and long name")
  func variables() throws {
    let root = try NetCDFFile(opening: path).root
    try expect(Self.root + Self.series(["time"]) + Self.densityAlone, in: root)
    try expect(
      Self.series(["time", "member"]) + [("angle", ["time", "member", "particle"])],
      in: root.group(named: "particles"))
    try expect(Self.comparison, in: root.group(named: "comparison"))
  }

  @Test("global attributes tell where it comes from, and the recipe runs")
  func attributes() throws {
    let file = try NetCDFFile(opening: path)
    #expect(try file.root.attribute("Conventions")?.text?.hasPrefix("CF-1.") == true)
    #expect(try file.root.attribute("title") == "Angles of tokens")
    let version = try meanfield("--version").output.trimmingCharacters(in: .newlines)
    #expect(try file.root.attribute("source")?.text == "meanfield \(version)")
    #expect(try file.root.attribute("seed")?.unsignedIntegers == [1])
    #expect(try file.root.attribute("wall_time")?.doubles?.first ?? 0 > 0)
    #expect(try file.root.attribute("history")?.text?.contains("meanfield") == true)
    // The step that was chosen is recorded.
    let step = try file.root.group(named: "particles").attribute("stochastic_step")?.doubles?.first
    let recipe = try #require(try file.root.attribute("run_file")?.text)
    let runFile = try RunFile(text: recipe, name: "recipe", settings: [])
    #expect(runFile.particles?.step == step)
    #expect(step != nil)
    try file.close()

    let first = try Contents(of: path)
    try folder.write(recipe, to: "recipe.yaml")
    #expect(
      [0, 2].contains(try meanfield("compare", "recipe.yaml", "--overwrite", "--quiet").status))
    #expect(try Contents(of: path).differences(from: first) == [])
  }

  @Test("times are the planned ones, to the bit")
  func times() throws {
    for (schedule, expected) in [
      ("output.every=0.1", (0...10).map { $0 == 10 ? 1 : Double($0) * 0.1 }),
      ("output={times: [0.3, 0.7]}", [0, 0.3, 0.7, 1]),
      (
        "output={times: {from: 0.01, to: 1, count: 3, spacing: log}}", [0, 0.01, 0.1, 1]
      ),
    ] {
      let outcome = try meanfield(
        "run", "run.yaml", "--overwrite", "--output", "t.nc", "--quiet", "--set", schedule)
      #expect(outcome.status == 0, "\(outcome.error)")
      let file = try NetCDFFile(opening: folder.file("t.nc"))
      #expect(try file.root.doubles("time") == expected)
      try file.close()
    }
  }

  @Test("the numbers hang together")
  func numbers() throws {
    let root = try NetCDFFile(opening: path).root
    let theta = try root.doubles("theta")
    #expect(theta == (0..<32).map { 2 * Double.pi * Double($0) / 32 })
    let weight = try root.doubles("weight")
    #expect(abs(weight.reduce(0, +) - 1) < 1e-15)
    let density = try root.doubles("density")
    let logDensity = try root.doubles("log_density")
    let mass = try root.doubles("mass")
    let real = try root.doubles("moment_re")
    let imaginary = try root.doubles("moment_im")
    let mean = try root.doubles("mean")
    for t in 0..<5 {
      let row = density[(32 * t)..<(32 * t + 32)]
      // A grid of 32 points takes m₃₂, here below 1e-11, for m₀.
      #expect(abs(zip(weight, row).reduce(0) { $0 + $1.0 * $1.1 } - mass[t]) < 1e-11)
      #expect(abs(mass[t] - 1) < 1e-13)
      for i in 0..<32 {
        #expect(abs(exp(logDensity[32 * t + i]) - density[32 * t + i]) < 1e-12 * (row.max() ?? 0))
      }
      #expect(abs(real[5 * t] - mass[t]) < 1e-13)
      // m₁ = ∫ e^{−iθ} dμ.
      #expect(abs(real[5 * t + 1] - mean[2 * t]) < 1e-13)
      #expect(abs(imaginary[5 * t + 1] + mean[2 * t + 1]) < 1e-13)
    }
    let particles = try root.group(named: "particles")
    let angles = try particles.doubles("angle")
    let means = try particles.doubles("mean")
    #expect(angles.count == 5 * 2 * 32)
    #expect(angles.allSatisfy { 0 <= $0 && $0 < 2 * .pi })
    for k in 0..<10 {
      let tokens = angles[(32 * k)..<(32 * k + 32)]
      #expect(abs(tokens.reduce(0) { $0 + cos($1) } / 32 - means[2 * k]) < 1e-13)
      #expect(abs(tokens.reduce(0) { $0 + sin($1) } / 32 - means[2 * k + 1]) < 1e-13)
    }
    let counts = try root.integers("cluster_count")
    #expect(counts.allSatisfy { $0 >= 1 })
    let steps = try root.integers("step")
    #expect(steps[0] == 0)
    #expect(steps == steps.sorted())
    #expect(try root.doubles("free_energy").allFinite)
    let freeEnergy = try root.doubles("free_energy")
    #expect(zip(freeEnergy, freeEnergy.dropFirst()).allSatisfy { $0 >= $1 })
  }

  /// Whether python3 can read the file as a user would.
  static let hasXarray = hasPython("import xarray, netCDF4")

  /// Whether python3 is there with all that a line imports.
  static func hasPython(_ imports: String) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", imports]
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return false
    }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test("opens in xarray as it is", .enabled(if: hasXarray, "needs xarray and netCDF4"))
  func xarray() throws {
    let program = """
      import numpy, xarray
      ds = xarray.open_dataset("output/run.nc")
      assert dict(ds.sizes) == {"time": 5, "theta": 32, "mode": 5, "component": 2,
                                "cluster": ds.sizes["cluster"]}, ds.sizes
      assert list(ds.time.values) == [0, 0.25, 0.5, 0.75, 1]
      assert float(ds.density.sel(time=0.5, theta=0.3, method="nearest")) > 0
      assert ds.density.sel(time=slice(0.2, 0.6)).shape == (2, 32)
      assert float(ds.moment_re.sel(mode=0, time=1)) == float(ds.mass[-1])
      assert abs(float((ds.weight * ds.density).sum("theta")[2] - ds.mass[2])) < 1e-13
      assert numpy.issubdtype(ds.time.dtype, numpy.floating)
      for name, variable in ds.variables.items():
          assert variable.attrs["long_name"] and variable.attrs["units"], name
      particles = xarray.open_dataset("output/run.nc", group="particles")
      assert particles.angle.dims == ("time", "member", "particle")
      assert particles.angle.shape == (5, 2, 32)
      assert not bool(particles.angle.isnull().any())
      comparison = xarray.open_dataset("output/run.nc", group="comparison")
      assert comparison.wasserstein1.shape == (5, 2)
      assert list(comparison.verdict.values) in (["within"] * 2, ["none"] * 2)
      tree = xarray.open_datatree("output/run.nc")
      assert tree["particles"].energy.dims == ("time", "member")
      """
    try Self.expectPython(program, in: folder)
  }

  /// The one component along the pole, and all of a token: `component` has two lengths, which `open_datatree`
  /// does not take.
  @Test(
    "groups of zonal laws open in xarray, each with its own components",
    .enabled(if: hasXarray, "needs xarray and netCDF4"))
  func zonal() throws {
    try folder.write(
      """
      manifold: {zonal: {dimension: 5}}
      attention: {beta: 4}
      initial: {vonMises: [{mean: north, concentration: 4}]}
      particles: {count: 8, members: 2}
      time: {end: 0.1}
      output: {every: 0.1, degree: 8}
      """, to: "zonal.yaml")
    #expect(try meanfield("run", "zonal.yaml", "--quiet").status == 0)
    let program = """
      import numpy, xarray
      groups = xarray.open_groups("output/zonal.nc")
      root, particles = groups["/"], groups["/particles"]
      assert root["mean"].dims == ("time", "component") and root["mean"].shape == (2, 1)
      assert particles.position.dims == ("time", "member", "particle", "component")
      assert particles.position.shape == (2, 2, 8, 5)
      assert numpy.allclose((particles.position ** 2).sum("component"), 1)
      alone = xarray.open_dataset("output/zonal.nc", group="particles")
      assert alone.position.identical(particles.position)
      """
    try Self.expectPython(program, in: folder)
  }

  /// Members have more clusters than the density, which share one dimension.
  @Test(
    "clusters are read back whole, whoever has more of them",
    .enabled(if: hasXarray, "needs xarray and netCDF4"))
  func clusters() throws {
    let outcome = try meanfield(
      "compare", "run.yaml", "--output", "many.nc", "--set", "attention.beta=60", "--quiet")
    #expect([0, 2].contains(outcome.status))
    let program = """
      import numpy, xarray
      tree = xarray.open_datatree("many.nc")
      members = tree["particles"].cluster_count.values
      assert members.max() > tree.cluster_count.values.max(), members
      for group in [tree, tree["particles"]]:
          masses = group.cluster_mass.values
          assert (numpy.isfinite(masses).sum(-1) == group.cluster_count.values).all(), masses
          total = numpy.nansum(masses, -1)
          assert (total > 0.9).all() and (total < 1 + 1e-12).all(), masses
      matches = tree["comparison"].cluster_match.values
      count = int(tree.cluster_count.values[-1])
      assert numpy.isnan(matches[-1][:, count:]).all(), matches
      assert (matches[-1][:, 0] < members[-1]).all(), matches
      """
    try Self.expectPython(program, in: folder)
  }

  /// Runs a program that asserts what it reads.
  static func expectPython(_ program: String, in folder: TemporaryFolder) throws {
    try folder.write(program, to: "read.py")
    let process = Process()
    let errors = folder.file("errors")
    try #require(FileManager.default.createFile(atPath: errors, contents: nil))
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "read.py"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
