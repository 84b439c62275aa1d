// Places words at their marks: in rows above a lane, wrapped, so that none covers another. Pure but for measuring.

const GAP = 10;

/** Return a function that tells how wide a text is, in pixels. */
export function measurer(font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return (text) => pen.measureText(text).width;
}

/** Break a text into lines no wider than `width`. */
export function wrap(text, width, measure) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * Place labels, each with the `x` of its mark and a `text`; returns them with `left`, `lines`, and how many lines above
 * the lane they begin (`height`). From right to left, and of those at one place from the last to the first, each one
 * goes as low as there is room.
 */
export function place(labels, width, measure) {
  const placed = [];
  for (const label of labels.toReversed().sort((one, other) => other.x - one.x)) {
    const lines = wrap(label.text, Math.max(120, width * 0.6), measure);
    const size = Math.max(...lines.map(measure)) + 6;
    const left = Math.max(0, Math.min(label.x - 2, width - size));
    const beside = placed.filter((each) => left < each.left + each.size + GAP && each.left < left + size + GAP);
    const below = Math.max(0, ...beside.map((each) => each.height));
    placed.push({ ...label, lines, left, size, height: below + lines.length });
  }
  return placed;
}
