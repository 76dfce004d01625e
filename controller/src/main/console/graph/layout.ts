/**
 * Where the nodes of the service graph stand. A node is placed once, in the rank after its callers,
 * and never moves by itself: whoever looks at a live graph must find things where they were. Ranks
 * follow each other to the right or downwards, whichever shows the first arrangement larger.
 */

export interface Point {
  x: number;
  y: number;
}

export interface Link {
  source: string;
  destination: string;
}

export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 58;

export type Direction = "right" | "down";

/** Distances between node centres: from rank to rank there is room for a label, beside each other for a line. */
const PITCH: Record<Direction, { rank: number; beside: number }> = {
  right: { rank: NODE_WIDTH + 124, beside: NODE_HEIGHT + 46 },
  down: { rank: NODE_HEIGHT + 88, beside: NODE_WIDTH + 46 },
};
// Width to height of a usual window beside the navigation and the panel.
const USUAL_ASPECT = 1.05;
// Services without calls, in one line below the others.
const PARKED_BESIDE = 4;
// Enough to untangle a few dozen services; more sweeps change nothing there.
const SWEEPS = 8;

/** A slot in a column: a node, or the place where a long line passes. */
interface Slot {
  id: string;
  before: Slot[];
  after: Slot[];
  row: number;
}

/** Positions of nodes, kept for as long as the page lives. Not shared between graphs. */
export class Layout {
  private readonly places = new Map<string, Point>();
  /** Services nobody called yet wait below the others; their first line gives them their place. */
  private readonly waiting = new Set<string>();
  private way: Direction = "down";
  private moves = 0;

  /** Another one after each place that was given or changed. */
  get version(): number {
    return this.moves;
  }

  get direction(): Direction {
    return this.way;
  }

  place(ids: string[], links: Link[]): ReadonlyMap<string, Point> {
    const linked = new Set(links.flatMap((link) => [link.source, link.destination]));
    for (const id of ids) {
      if (linked.has(id) && this.waiting.delete(id)) this.places.delete(id);
    }
    const fresh = ids.filter((id) => linked.has(id) && !this.places.has(id));
    if (ids.some((id) => !this.places.has(id))) this.moves++;
    const settled = ids.some((id) => this.places.has(id) && !this.waiting.has(id));
    if (settled) this.add(fresh, links);
    else this.arrange(fresh, links);
    for (const id of ids) if (!this.places.has(id)) this.park(id);
    return this.places;
  }

  move(id: string, to: Point): void {
    this.moves++;
    this.places.set(id, to);
    this.waiting.delete(id);
  }

  forget(): void {
    this.moves++;
    this.places.clear();
    this.waiting.clear();
  }

  /** Layers by the longest way from a node nobody calls, then rows by the mean of the neighbours. */
  private arrange(ids: string[], links: Link[]): void {
    const forward = withoutCycles(ids, links);
    const columns = ranks(ids, forward);
    const layers = slots(ids, forward, columns);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const down = sweep % 2 === 0;
      const order = down ? layers : [...layers].reverse();
      for (const layer of order) {
        const mean = new Map(layer.map((slot) => [slot, barycentre(slot, down)]));
        layer.sort((a, b) => mean.get(a)! - mean.get(b)!);
        layer.forEach((slot, i) => (slot.row = i - (layer.length - 1) / 2));
      }
    }
    straighten(layers);
    this.way = larger(layers);
    const { rank, beside } = PITCH[this.way];
    layers.forEach((layer, column) => {
      for (const slot of layer) {
        if (columns.has(slot.id)) this.places.set(slot.id, this.point(column * rank, slot.row * beside));
      }
    });
  }

  /** From "along the ranks, across them" to the drawing's axes. */
  private point(along: number, across: number): Point {
    return this.way === "right" ? { x: along, y: across } : { x: across, y: along };
  }

  private turned(p: Point): { along: number; across: number } {
    return this.way === "right" ? { along: p.x, across: p.y } : { along: p.y, across: p.x };
  }

  private add(ids: string[], links: Link[]): void {
    const touching = byEnd(links);
    const left = new Set(ids);
    while (left.size > 0) {
      const id = [...left].find((one) => this.hasPlacedNeighbour(one, touching)) ?? [...left][0]!;
      left.delete(id);
      this.places.set(id, this.free(this.wish(id, touching.get(id) ?? [])));
    }
  }

  private hasPlacedNeighbour(id: string, touching: Map<string, Link[]>): boolean {
    return (touching.get(id) ?? []).some((link) => {
      const other = link.source === id ? link.destination : link.source;
      return other !== id && !this.waiting.has(other) && this.places.has(other);
    });
  }

  private wish(id: string, links: Link[]): Point {
    const placed = (other: string) => {
      const place = this.waiting.has(other) ? undefined : this.places.get(other);
      return place === undefined ? [] : [this.turned(place)];
    };
    const callers = links.filter((l) => l.destination === id).flatMap((l) => placed(l.source));
    const called = links.filter((l) => l.source === id).flatMap((l) => placed(l.destination));
    const near = callers.length > 0 ? callers : called;
    if (near.length === 0) return { x: 0, y: 0 };
    const across = near.reduce((sum, p) => sum + p.across, 0) / near.length;
    const { rank } = PITCH[this.way];
    const along =
      callers.length > 0
        ? Math.max(...callers.map((p) => p.along)) + rank
        : Math.min(...called.map((p) => p.along)) - rank;
    return this.point(along, across);
  }

  /** The free place in the same rank that is nearest to the one wished for. */
  private free(wish: Point): Point {
    const taken = [...this.places.values()].map((p) => this.turned(p));
    const { along, across } = this.turned(wish);
    const { rank, beside } = PITCH[this.way];
    const clear = (at: number) =>
      taken.every((p) => Math.abs(p.along - along) >= rank / 2 || Math.abs(p.across - at) >= beside - 1);
    for (let step = 0; ; step++) {
      for (const at of [across + (step * beside) / 2, across - (step * beside) / 2]) {
        if (clear(at)) return this.point(along, at);
      }
    }
  }

  private park(id: string): void {
    const flow = [...this.places].filter(([other]) => !this.waiting.has(other)).map(([, p]) => p);
    const x = Math.min(0, ...flow.map((p) => p.x));
    const y = flow.length === 0 ? 0 : Math.max(...flow.map((p) => p.y)) + NODE_HEIGHT * 2;
    for (let i = 0; ; i++) {
      const spot = {
        x: x + (i % PARKED_BESIDE) * PITCH.down.beside,
        y: y + Math.floor(i / PARKED_BESIDE) * PITCH.right.beside,
      };
      const taken = [...this.places.values()].some(
        (p) => Math.abs(p.x - spot.x) < NODE_WIDTH && Math.abs(p.y - spot.y) < NODE_HEIGHT,
      );
      if (!taken) {
        this.places.set(id, spot);
        this.waiting.add(id);
        return;
      }
    }
  }
}

/** The lines that begin or end at each node. */
function byEnd(links: Link[]): Map<string, Link[]> {
  const touching = new Map<string, Link[]>();
  for (const link of links) {
    for (const id of new Set([link.source, link.destination])) {
      const known = touching.get(id);
      if (known === undefined) touching.set(id, [link]);
      else known.push(link);
    }
  }
  return touching;
}

/** The direction in which the whole can be shown at the larger scale. */
function larger(layers: Slot[][]): Direction {
  const rows = layers.flat().map((slot) => slot.row);
  const breadth = rows.length === 0 ? 0 : Math.max(...rows) - Math.min(...rows);
  const width = (way: Direction) => {
    const along = (layers.length - 1) * PITCH[way].rank;
    const across = breadth * PITCH[way].beside;
    return way === "right"
      ? Math.max(along + NODE_WIDTH, (across + NODE_HEIGHT) * USUAL_ASPECT)
      : Math.max(across + NODE_WIDTH, (along + NODE_HEIGHT) * USUAL_ASPECT);
  };
  return width("right") < width("down") ? "right" : "down";
}

function withoutCycles(ids: string[], links: Link[]): Link[] {
  const open = new Set<string>();
  const done = new Set<string>();
  const kept: Link[] = [];
  const touching = byEnd(links);
  const visit = (id: string) => {
    open.add(id);
    for (const link of touching.get(id) ?? []) {
      if (link.source !== id || link.destination === id || open.has(link.destination)) continue;
      kept.push(link);
      if (!done.has(link.destination)) visit(link.destination);
    }
    open.delete(id);
    done.add(id);
  };
  const called = new Set(links.filter((l) => l.source !== l.destination).map((l) => l.destination));
  for (const id of [...ids].sort((a, b) => Number(called.has(a)) - Number(called.has(b)))) {
    if (!done.has(id)) visit(id);
  }
  return kept;
}

function ranks(ids: string[], links: Link[]): Map<string, number> {
  const columns = new Map(ids.map((id) => [id, 0]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const { source, destination } of links) {
      const wanted = (columns.get(source) ?? 0) + 1;
      if ((columns.get(destination) ?? 0) < wanted) {
        columns.set(destination, wanted);
        changed = true;
      }
    }
  }
  return columns;
}

function slots(ids: string[], links: Link[], columns: Map<string, number>): Slot[][] {
  const layers: Slot[][] = [];
  const make = (id: string, column: number): Slot => {
    const slot = { id, before: [], after: [], row: 0 };
    (layers[column] ??= []).push(slot);
    return slot;
  };
  const nodes = new Map(ids.map((id) => [id, make(id, columns.get(id)!)]));
  for (const { source, destination } of links) {
    let from = nodes.get(source)!;
    for (let c = columns.get(source)! + 1; c <= columns.get(destination)!; c++) {
      const to = c === columns.get(destination) ? nodes.get(destination)! : make(`${source}>${destination}`, c);
      from.after.push(to);
      to.before.push(from);
      from = to;
    }
  }
  return [...layers].map((layer) => layer ?? []);
}

function barycentre(slot: Slot, down: boolean): number {
  const side = down ? slot.before : slot.after;
  return side.length === 0 ? slot.row : side.reduce((sum, other) => sum + other.row, 0) / side.length;
}

/** Pulls each slot towards its neighbours as far as the order in its column allows. */
function straighten(layers: Slot[][]): void {
  for (let pass = 0; pass < SWEEPS; pass++) {
    for (const layer of pass % 2 === 0 ? layers : [...layers].reverse()) {
      const wish = layer.map((slot) => {
        const near = [...slot.before, ...slot.after];
        return near.length === 0 ? slot.row : near.reduce((sum, n) => sum + n.row, 0) / near.length;
      });
      const down = [...wish];
      for (let i = 1; i < down.length; i++) down[i] = Math.max(down[i]!, down[i - 1]! + 1);
      const up = [...wish];
      for (let i = up.length - 2; i >= 0; i--) up[i] = Math.min(up[i]!, up[i + 1]! - 1);
      layer.forEach((slot, i) => (slot.row = (down[i]! + up[i]!) / 2));
    }
  }
}
