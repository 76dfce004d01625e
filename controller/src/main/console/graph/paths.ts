/** The lines of the graph: from the right side of the caller to the left side of the called, around what stands between. */
import { NODE_HEIGHT, NODE_WIDTH } from "./layout.ts";
import type { Point } from "./layout.ts";

export interface Line {
  d: string;
  /** Where a label stands well. */
  label: Point;
}

const CLEAR = NODE_HEIGHT / 2 + 16;

/** Points are node centres. `obstacles` are the centres of all other nodes. */
export function route(from: Point, to: Point, obstacles: Point[]): Line {
  const start = { x: from.x + NODE_WIDTH / 2, y: from.y };
  const end = { x: to.x - NODE_WIDTH / 2 - 3, y: to.y };
  if (end.x - start.x < 24) return backwards(from, to);
  const between = obstacles
    .filter((p) => p.x - NODE_WIDTH / 2 > start.x && p.x + NODE_WIDTH / 2 < end.x)
    .sort((a, b) => a.x - b.x);
  const columns = [...new Set(between.map((p) => p.x))];
  const points: Point[] = [start];
  for (const x of columns) {
    const last = points[points.length - 1]!;
    const y = last.y + ((end.y - last.y) * (x - last.x)) / (end.x - last.x);
    const free = passage(y, between.filter((p) => p.x === x).map((p) => p.y));
    points.push({ x: x - NODE_WIDTH / 2, y: free }, { x: x + NODE_WIDTH / 2, y: free });
  }
  points.push(end);
  return { d: smooth(points), label: middle(points) };
}

/** The height nearest to the wished one at which no node is in the way. */
function passage(wish: number, taken: number[]): number {
  const clear = (y: number) => taken.every((t) => Math.abs(t - y) >= CLEAR);
  if (clear(wish)) return wish;
  const choices = taken.flatMap((t) => [t - CLEAR, t + CLEAR]).filter(clear);
  return choices.reduce((best, y) => (Math.abs(y - wish) < Math.abs(best - wish) ? y : best), choices[0] ?? wish);
}

function smooth(points: Point[]): string {
  let d = `M${points[0]!.x} ${points[0]!.y}`;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    const bend = (b.x - a.x) / 2;
    d += a.y === b.y ? `L${b.x} ${b.y}` : `C${a.x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}`;
  }
  return d;
}

/** The middle of the first gap: there the lines of one caller have just parted. */
function middle(points: Point[]): Point {
  const a = points[0]!;
  const b = points[1]!;
  return points.length === 2
    ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    : { x: (points[1]!.x + points[2]!.x) / 2, y: points[1]!.y };
}

/** A call to the left, up or down, or to itself: around the lower side of both. */
function backwards(from: Point, to: Point): Line {
  const start = { x: from.x + NODE_WIDTH / 2, y: from.y + 8 };
  const end = { x: to.x - NODE_WIDTH / 2 - 3, y: to.y + 8 };
  const low = Math.max(from.y, to.y) + NODE_HEIGHT / 2 + 34;
  const d =
    `M${start.x} ${start.y}C${start.x + 56} ${start.y} ${start.x + 56} ${low} ${start.x - 8} ${low}` +
    `L${end.x + 8} ${low}C${end.x - 56} ${low} ${end.x - 56} ${end.y} ${end.x} ${end.y}`;
  return { d, label: { x: (start.x + end.x) / 2, y: low } };
}
