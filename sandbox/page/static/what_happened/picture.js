// Draws what happened as lanes over the same seconds. Every mark has its words beside it; colours only repeat them.

import { h, svg } from "../dom.js";
import { measurer, place } from "./labels.js";

const LINE = 17, STRIP = 34, LOW_STRIP = 14, SIDE = 6;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
const MIN_STEP = 62;
const ROOM = 1.05; // behind the last moment, so that it is seen

/** Draw all lanes and the axis, as wide as `width` pixels. */
export function drawPicture(told, width, font) {
  const length = told.length * ROOM;
  const scale = { length, width, x: (at) => SIDE + (Math.min(at, length) / length) * (width - 2 * SIDE) };
  const measure = measurer(font);
  return h(
    "div",
    { class: "lanes", role: "img", "aria-label": `Picture of the seconds since it began. ${told.summary} The table below tells the same.` },
    told.lanes.map((lane) => drawLane(lane, scale, measure)),
    drawAxis(scale),
  );
}

function drawLane(lane, scale, measure) {
  const strip = lane.curve.length ? STRIP : LOW_STRIP;
  const spans = lane.spans.map((span) => ({ ...span, to: span.to ?? scale.length }));
  const labels = place(
    [...lane.marks.map((mark) => ({ ...mark, x: scale.x(mark.at) })), ...spans.map((span) => ({ ...span, x: scale.x(span.from) }))],
    scale.width,
    measure,
  );
  const top = Math.max(0, ...labels.map((label) => label.height)) * LINE + 4;
  const floor = top + strip;
  const drawing = svg(
    "svg",
    { width: scale.width, height: floor + 1, viewBox: `0 0 ${scale.width} ${floor + 1}` },
    ...ticksOf(scale).map((at) => line(scale.x(at), top, floor, "grid")),
    ...spans.map((span) => drawSpan(span, scale, top, strip)),
    ...drawCurve(lane, scale, top, strip),
    ...lane.ticks.map((at) => line(scale.x(at), floor - 9, floor, "tick")),
    ...labels.map((label) => line(label.x, top - label.height * LINE + 6, floor, label.bad ? "leader bad" : "leader")),
    svg("path", { d: `M0 ${floor + 0.5}H${scale.width}`, class: "floor" }),
    ...labels.map((label) => drawLabel(label, top)),
  );
  const empty = !lane.marks.length && !lane.spans.length && !lane.curve.length;
  return h("div", { class: "lane" }, h("p", {}, h("strong", {}, lane.title), lane.note && `: ${lane.note}`), !empty && drawing);
}

function drawSpan({ from, to, kind }, scale, top, strip) {
  const x = scale.x(from);
  const size = { x, width: Math.max(2, scale.x(to) - x), y: top + strip - LOW_STRIP, height: LOW_STRIP };
  return svg("g", { class: `span ${kind}` }, svg("rect", size), ...stripes(kind, size));
}

/** Draw the slanting strokes that tell one kind of span from another without colour. */
function stripes(kind, { x, y, width, height }) {
  const gap = { quiet: 0, limit: 8, refused: 4 }[kind];
  if (!gap) return [];
  const strokes = [];
  for (let at = x; at + height <= x + width; at += Math.max(gap, width / 200)) strokes.push(`M${at.toFixed(1)} ${y + height}l${height} ${-height}`);
  return [svg("path", { d: strokes.join("") || "M0 0" })];
}

function drawCurve({ curve, steps }, scale, top, strip) {
  if (!curve.length) return [];
  const most = Math.max(1, ...curve.map(([, size]) => size));
  const y = (size) => (top + strip - (size / most) * (strip - 4)).toFixed(1);
  const points = steps ? curve.map(([at, size]) => `H${scale.x(at).toFixed(1)}V${y(size)}`) : curve.map(([at, size]) => `L${scale.x(at).toFixed(1)} ${y(size)}`);
  const begin = `M${scale.x(curve[0][0]).toFixed(1)} ${top + strip}`;
  const path = `${begin}${points.join("")}`;
  const end = scale.x(steps ? scale.length : curve.at(-1)[0]).toFixed(1);
  return [svg("path", { d: `${path}H${end}V${top + strip}Z`, class: "area" }), svg("path", { d: `${path}H${end}`, class: "edge" })];
}

function line(x, from, to, kind) {
  return svg("path", { d: `M${x.toFixed(1)} ${from}V${to}`, class: kind });
}

function drawLabel({ left, lines, height, bad }, top) {
  const begin = top - height * LINE + LINE - 6;
  const parts = lines.map((text, row) => svg("tspan", { x: left + 5, y: begin + row * LINE }, text));
  return svg("text", { class: bad ? "bad" : "" }, ...parts);
}

function ticksOf({ length, width }) {
  const step = STEPS.find((each) => (each / length) * width >= MIN_STEP) ?? STEPS.at(-1);
  return Array.from({ length: Math.floor(length / step + 1e-9) + 1 }, (_, place) => place * step);
}

function drawAxis(scale) {
  const ticks = ticksOf(scale);
  const texts = ticks.map((at) => {
    const x = scale.x(at);
    const anchor = x < 20 ? "start" : x > scale.width - 24 ? "end" : "middle";
    return svg("text", { x, y: 15, "text-anchor": anchor }, `${Number(at.toFixed(1))} s`);
  });
  return svg("svg", { class: "axis", width: scale.width, height: 20, viewBox: `0 0 ${scale.width} 20` }, ...texts);
}
