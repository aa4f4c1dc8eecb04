import Foundation

// What colours and signs mean, above a panel.

extension Figure {
  /// A sign of a panel and its meaning.
  struct Sample {
    enum Sign {
      case line(thickness: Double)
      case point(size: Double)
      /// A white disc with an edge.
      case ring(size: Double)
    }

    var text: String
    var sign: Sign
    var colour: String

    init(_ text: String, _ sign: Sign, _ colour: String) {
      (self.text, self.sign, self.colour) = (text, sign, colour)
    }
  }
}

extension Drawing {
  typealias Sample = Figure.Sample

  /// Samples of signs with their meaning, above the panel at its left.
  func addLegend(
    _ samples: [Sample], _ frame: Frame, _ canvas: Canvas, _ script: inout Script
  ) {
    var x = frame.left
    let y = frame.top + 13
    for sample in samples {
      let height = Script.number(y / canvas.height)
      var width = 20.0
      func addDisc(_ size: Double, _ colour: String) {
        script.add(
          "set label '' at screen \(Script.number((x + width / 2) / canvas.width)),\(height)"
            + " point pt 7 ps \(Script.number(size)) lc rgb '\(colour)'")
      }
      switch sample.sign {
      case .line(let thickness):
        script.add(
          "set arrow from screen \(Script.number(x / canvas.width)),\(height) to"
            + " screen \(Script.number((x + width) / canvas.width)),\(height) nohead"
            + " lw \(thickness) lc rgb '\(sample.colour)'")
      case .point(let size):
        width = 10
        addDisc(size, sample.colour)
      case .ring(let size):
        width = 10
        addDisc(size, sample.colour)
        addDisc(0.7 * size, "#ffffff")
      }
      text(sample.text, x + width + 6, y, canvas, "font ',9'", script: &script)
      x += width + 72
    }
  }

  /// The colours of a density, as a panel of its own above the right end of a panel.
  ///
  /// Drawn as an image: gnuplot's own box is made of slices that show seams in PDF and SVG.
  func addColourBox(
    _ scale: ColourScale, _ label: String, _ panel: Frame, _ canvas: Canvas,
    to script: inout Script
  ) {
    let low = scale.range.lowerBound
    let length = scale.range.upperBound - low
    let frame = Frame(
      left: panel.right - 170, right: panel.right, bottom: panel.top + 9, top: panel.top + 16)
    begin(frame, canvas, &script)
    for (place, name) in scale.tics {
      let x = frame.left + 170 * (place - low) / length
      text(name, x, frame.top + 7, canvas, "center font ',8'", script: &script)
    }
    text(label, frame.left - 28, frame.bottom + 4, canvas, "right font ',9'", script: &script)
    let count = 256
    let row = (0..<count).map { low + length * Double($0) / Double(count - 1) }
    // Rows enough that a viewer which blurs images blurs only the edge.
    let name = script.image(Array(repeating: row, count: 16), unit: ColourScale.unit)
    script.add("unset border; unset tics; set xrange [-0.5:\(count - 1).5]; set yrange [-0.5:15.5]")
    addColourRange(scale, &script)
    script.add("plot \(name) matrix with image notitle")
  }

  /// An image across the panel, as an entry of its plot.
  ///
  /// On axes of its own that count pixels, it needs no arithmetic for each of them.
  func image(_ rows: [[Double]], _ scale: ColourScale, _ script: inout Script) -> String {
    let name = script.image(rows, unit: ColourScale.unit)
    script.add(
      "set x2range [-0.5:\((rows.first?.count ?? 1) - 1).5]; set y2range [-0.5:\(rows.count - 1).5]"
    )
    addColourRange(scale, &script)
    return "\(name) matrix axes x2y2 with image"
  }

  private func addColourRange(_ scale: ColourScale, _ script: inout Script) {
    let low = Script.number(scale.range.lowerBound / ColourScale.unit)
    let high = Script.number(scale.range.upperBound / ColourScale.unit)
    script.add("set cbrange [\(low):\(high)]")
  }
}
