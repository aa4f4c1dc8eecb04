/// The colours of a picture.
enum Palette {
  static let ink = "#1b1f24"
  static let axis = "#6b727b"
  static let grid = "#e6e9ed"
  static let density = "#125286"
  static let tokens = "#8b929b"
  static let tokensFill = "#ccd1d8"
  /// Tokens on maps, to be seen on all colours of the density.
  static let mapTokens = "#e8a33d"
  static let clusters = "#d1432f"
  static let band = "#d9e4ee"

  /// From nearly white to navy in equal steps of CIELAB: lightness falls evenly from 98 to 14, so
  /// that equal ratios of density look equally different, also in print without colour.
  static let scale = [
    "#f4fbfa", "#ddedec", "#c5e0e1", "#add4d9", "#95c8d1", "#7ebccc", "#67b0c6", "#54a2bf",
    "#4494b7", "#3286af", "#2177a5", "#196898", "#15598a", "#114a7a", "#143c68", "#152f56",
    "#112345",
  ]

  /// The scale as gnuplot's command.
  static var command: String {
    let colours = scale.enumerated().map { "\($0) '\($1)'" }.joined(separator: ", ")
    return "set palette defined (\(colours))"
  }
}
