/** The lines of the graph: from the far side of the caller to the near side of the called, around what stands between. */
import { NODE_HEIGHT, NODE_WIDTH } from "./layout.ts";
import type { Direction, Point } from "./layout.ts";

export interface Line {
  d: string;
  /** Where a label stands well. */
  label: Point;
}

// Between a passing line and the box it passes.
const CLEAR = 18;
// The tip of the arrow ends just before the box.
const TIP = 3;
const LEAST_GAP = 24;
// A line that goes against the direction swings out this far.
const SWING = 46;

/** Points are node centres. `obstacles` are the centres of all other nodes. */
export function route(from: Point, to: Point, obstacles: Point[], way: Direction): Line {
  if (way === "right") return draw(from, to, obstacles, NODE_WIDTH, NODE_HEIGHT, (p) => p);
  return draw(turn(from), turn(to), obstacles.map(turn), NODE_HEIGHT, NODE_WIDTH, turn);
}

/** Swaps the axes, so that one drawing serves both directions. */
function turn(p: Point): Point {
  return { x: p.y, y: p.x };
}

/** Draws to the right; `length` and `breadth` are the box's extents along and across the line. */
function draw(
  from: Point,
  to: Point,
  obstacles: Point[],
  length: number,
  breadth: number,
  turned: (p: Point) => Point,
): Line {
  const start = { x: from.x + length / 2, y: from.y };
  const end = { x: to.x - length / 2 - TIP, y: to.y };
  if (end.x - start.x < LEAST_GAP) return backwards(from, to, length, breadth, turned);
  const between = obstacles.filter((p) => p.x - length / 2 > start.x && p.x + length / 2 < end.x);
  const ranks = [...new Set(between.map((p) => p.x))].sort((a, b) => a - b);
  const points: Point[] = [start];
  for (const x of ranks) {
    const last = points[points.length - 1]!;
    const wish = last.y + ((end.y - last.y) * (x - last.x)) / (end.x - last.x);
    const taken = between.filter((p) => p.x === x).map((p) => p.y);
    const free = passage(wish, taken, breadth / 2 + CLEAR);
    points.push({ x: x - length / 2, y: free }, { x: x + length / 2, y: free });
  }
  points.push(end);
  return { d: smooth(points.map(turned), turned({ x: 1, y: 0 })), label: turned(middle(points)) };
}

/** The place nearest to the wished one at which no box is in the way. */
function passage(wish: number, taken: number[], clearance: number): number {
  const clear = (y: number) => taken.every((t) => Math.abs(t - y) >= clearance);
  if (clear(wish)) return wish;
  const choices = taken.flatMap((t) => [t - clearance, t + clearance]).filter(clear);
  return choices.reduce((best, y) => (Math.abs(y - wish) < Math.abs(best - wish) ? y : best), choices[0] ?? wish);
}

/** Curves that leave and arrive along the direction of the ranks. */
function smooth(points: Point[], along: Point): string {
  let d = `M${points[0]!.x} ${points[0]!.y}`;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    const bendX = ((b.x - a.x) / 2) * along.x;
    const bendY = ((b.y - a.y) / 2) * along.y;
    d += `C${a.x + bendX} ${a.y + bendY} ${b.x - bendX} ${b.y - bendY} ${b.x} ${b.y}`;
  }
  return d;
}

/** The middle of a straight way; on a long one the first place beside a box, where nothing else runs. */
function middle(points: Point[]): Point {
  const [a, b, c] = points;
  return c === undefined ? { x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2 } : { x: (b!.x + c.x) / 2, y: b!.y };
}

/** A call against the direction, within a rank, or to itself: around the far side of both. */
function backwards(from: Point, to: Point, length: number, breadth: number, turned: (p: Point) => Point): Line {
  const side = Math.max(from.y, to.y) + breadth / 2 + SWING / 2;
  const a = { x: from.x + length / 2, y: from.y + breadth / 4 };
  const b = { x: to.x - length / 2 - TIP, y: to.y + breadth / 4 };
  const text = (p: Point) => {
    const t = turned(p);
    return `${t.x} ${t.y}`;
  };
  const d =
    `M${text(a)}C${text({ x: a.x + SWING, y: a.y })} ${text({ x: a.x + SWING, y: side })} ${text({ x: a.x, y: side })}` +
    `L${text({ x: b.x, y: side })}C${text({ x: b.x - SWING, y: side })} ${text({ x: b.x - SWING, y: b.y })} ${text(b)}`;
  return { d, label: turned({ x: (a.x + b.x) / 2, y: side }) };
}
