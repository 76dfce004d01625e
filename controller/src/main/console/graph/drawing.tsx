/** The drawn graph: boxes for services, lines for calls. Everything in it is reachable by keyboard. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { Graph, GraphEdge, GraphNode } from "../core/api.ts";
import { percent, plural, rate } from "../core/format.ts";
import { Icon, IconAt } from "../ui/icons.tsx";
import { HealthShape, healthWord } from "../ui/health.tsx";
import { Layout, NODE_HEIGHT, NODE_WIDTH } from "./layout.ts";
import type { Point } from "./layout.ts";
import { route } from "./paths.ts";
import type { Line } from "./paths.ts";
import { useViewport } from "./viewport.ts";

// With more lines than this only the chosen and the unhealthy ones carry their number.
const LABELLED_EDGES = 28;
// With more than this a single line is only seen if the others step back.
const DENSE_EDGES = 150;
// Mean width of a character of a label, and of a sign with its gap.
const GLYPH = 6.1;
const SIGN = 16;
// A press that moves less than this is a click.
const CLICK_PIXELS = 4;

/** Of each view of a large graph, and of the whole of a small one: what was arranged stays. */
const layouts = new Map<string, Layout>();

function layoutOf(view: string): Layout {
  const known = layouts.get(view);
  if (known !== undefined) return known;
  const layout = new Layout();
  layouts.set(view, layout);
  return layout;
}

interface DrawingProps {
  /** What is shown of the graph, in a word: another one is laid out for itself. */
  view: string;
  graph: Graph;
  selected: string | null;
  onSelect: (id: string | null) => void;
  onFocus: (id: string) => void;
}

export function Drawing({ view, graph, selected, onSelect, onFocus }: DrawingProps) {
  const box = useRef<SVGSVGElement>(null);
  const layout = layoutOf(view);
  const places = layout.place(
    graph.nodes.map((node) => node.id),
    graph.edges,
  );
  const [arranged, setArranged] = useState(0);
  const ids = graph.nodes.map((node) => node.id).join();
  const shape = `${arranged}:${ids}`;
  const shown = graph.nodes.map((node) => places.get(node.id)!);
  const port = useViewport(box, shown, shape);
  const near = useMemo(() => neighbourhood(graph, selected), [graph, selected]);
  const acts = useSame({ onSelect, onFocus });
  const drag = useDrag(layout, port, onSelect);
  const labels = graph.edges.length <= LABELLED_EDGES;
  // Where lines run is asked anew only when boxes came, went or moved, and not with each number.
  const lines = useMemo(
    () => new Map(graph.edges.map((edge) => [edge.id, lineOf(edge, graph, places, layout)])),
    [layout, layout.version, ids, graph.edges.map((edge) => edge.id).join()],
  );
  const names = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.name])), [ids]);

  return (
    <div class="canvas">
      <svg
        ref={box}
        class={graph.edges.length > DENSE_EDGES ? "drawing dense" : "drawing"}
        role="group"
        aria-label="Service graph. The arrow keys walk from service to service."
        onPointerDown={drag.down}
        onPointerMove={drag.move}
        onPointerUp={drag.up}
        onKeyDown={(event) => walk(event, graph, places)}
      >
        <Arrows />
        <g transform={`translate(${port.view.x} ${port.view.y}) scale(${port.view.scale})`}>
          {graph.edges.map((edge) => (
            <Edge
              key={edge.id}
              edge={edge}
              line={lines.get(edge.id)!}
              source={names.get(edge.source) ?? edge.source}
              destination={names.get(edge.destination) ?? edge.destination}
              chosen={edge.id === selected}
              near={near.has(edge.id)}
              dim={selected !== null && !near.has(edge.id)}
              labelled={labels || near.has(edge.id) || unhealthy(edge)}
              acts={acts}
            />
          ))}
          {graph.nodes.map((node) => (
            <Node
              key={node.id}
              node={node}
              at={places.get(node.id)!}
              chosen={node.id === selected}
              dim={selected !== null && !near.has(node.id)}
              acts={acts}
            />
          ))}
        </g>
      </svg>
      <div class="zoom" role="group" aria-label="View">
        <button type="button" class="button icon-only" title="Zoom in" onClick={() => port.zoom(1.25)}>
          <Icon name="plus" />
          <span class="sr">Zoom in</span>
        </button>
        <button type="button" class="button icon-only" title="Zoom out" onClick={() => port.zoom(0.8)}>
          <Icon name="minus" />
          <span class="sr">Zoom out</span>
        </button>
        <button type="button" class="button icon-only" title="Show all" onClick={port.fit}>
          <Icon name="fit" />
          <span class="sr">Show all</span>
        </button>
        <button
          type="button"
          class="button icon-only"
          title="Arrange anew"
          onClick={() => {
            layout.forget();
            port.fit();
            setArranged(arranged + 1);
          }}
        >
          <Icon name="layout" />
          <span class="sr">Arrange anew</span>
        </button>
      </div>
    </div>
  );
}

interface Acts {
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
}

/** The same object each time, which does what the newest one does. */
function useSame(acts: Acts): Acts {
  const newest = useRef(acts);
  newest.current = acts;
  return useMemo(
    () => ({ onSelect: (id) => newest.current.onSelect(id), onFocus: (id) => newest.current.onFocus(id) }),
    [],
  );
}

interface EdgeProps {
  edge: GraphEdge;
  line: Line;
  source: string;
  destination: string;
  chosen: boolean;
  near: boolean;
  dim: boolean;
  labelled: boolean;
  acts: Acts;
}

/** Drawn again only if something in it is another than before: there may be thousands. */
function Edge(props: EdgeProps) {
  const { edge, line, source, destination, chosen, near, dim, labelled, acts } = props;
  return useMemo(() => edgeDrawn(props), [edge, line, source, destination, chosen, near, dim, labelled, acts]);
}

function edgeDrawn({ edge, line, source, destination, chosen, near, dim, labelled, acts }: EdgeProps) {
  const { stats } = edge;
  const state = stats.requestsPerSecond === 0 ? "idle" : edge.health;
  const refused = stats.refusedPerSecond > 0;
  const bad = unhealthy(edge);
  const text = bad ? `${rate(stats.requestsPerSecond)} · ${percent(stats.errorRatio)}` : rate(stats.requestsPerSecond);
  const label = refused ? `${rate(stats.refusedPerSecond)} refused` : text;
  const open = edge.mtls !== "all";
  const sign = bad || refused;
  const width = label.length * GLYPH + 18 + (open ? SIGN : 0) + (sign ? SIGN : 0);
  return (
    <g
      class={`edge ${state} ${chosen ? "chosen" : ""} ${dim ? "dim" : ""} ${near ? "near" : ""} ${refused ? "refused" : ""}`}
      data-edge={edge.id}
      tabindex={0}
      role="button"
      aria-pressed={chosen}
      aria-label={`${source} calls ${destination}${edge.members === undefined ? ` over ${edge.protocol}` : ""}: ${healthWord(edge.health)}, ${rate(stats.requestsPerSecond)}, ${percent(stats.errorRatio)} errors${edge.mtls === "all" ? "" : ", not all encrypted"}`}
      onKeyDown={(event) => pressed(event, () => acts.onSelect(edge.id))}
    >
      <path class="hit" d={line.d} />
      <path class="wire" d={line.d} stroke-width={thickness(stats.requestsPerSecond)} marker-end={`url(#arrow-${refused ? "refused" : state})`} />
      {near && stats.requestsPerSecond > 0 && <path class="flow" d={line.d} />}
      {labelled && (
        <g class="label" transform={`translate(${line.label.x} ${line.label.y})`}>
          <rect x={-width / 2} y={-10.5} width={width} height={21} rx={10.5} />
          {refused && <IconAt name="block" x={-width / 2 + 7} y={-6} size={12} />}
          {bad && !refused && <HealthShape health={edge.health} x={-width / 2 + 7} y={-6} />}
          <text x={(Number(sign) - Number(open)) * (SIGN / 2)} y={4} text-anchor="middle">
            {label}
          </text>
          {open && <IconAt name="unlocked" x={width / 2 - 20} y={-6.5} size={12} />}
        </g>
      )}
    </g>
  );
}

interface NodeProps {
  node: GraphNode;
  at: Point;
  chosen: boolean;
  dim: boolean;
  acts: Acts;
}

function Node(props: NodeProps) {
  const { node, at, chosen, dim, acts } = props;
  return useMemo(() => nodeDrawn(props), [node, at, chosen, dim, acts]);
}

function nodeDrawn({ node, at, chosen, dim, acts }: NodeProps) {
  const detail = nodeDetail(node);
  return (
    <g
      class={`node ${node.kind} ${node.health} ${chosen ? "chosen" : ""} ${dim ? "dim" : ""}`}
      data-node={node.id}
      transform={`translate(${at.x - NODE_WIDTH / 2} ${at.y - NODE_HEIGHT / 2})`}
      tabindex={0}
      role="button"
      aria-pressed={chosen}
      aria-label={`${node.name}${node.namespace === null ? "" : ` in ${node.namespace}`}: ${healthWord(node.health)}, ${detail}`}
      onKeyDown={(event) => pressed(event, () => acts.onSelect(node.id))}
      onDblClick={() => acts.onFocus(node.id)}
    >
      <rect class="halo" x={-4} y={-4} width={NODE_WIDTH + 8} height={NODE_HEIGHT + 8} rx={14} />
      <rect class="box" width={NODE_WIDTH} height={NODE_HEIGHT} rx={10} />
      <HealthShape health={node.health} x={14} y={15} />
      <text class="name" x={34} y={25.5}>
        {cut(node.name, node.namespace === null ? 17 : 13)}
      </text>
      {node.namespace !== null ? (
        <text class="where" x={NODE_WIDTH - 14} y={25} text-anchor="end">
          {cut(node.namespace, 10)}
        </text>
      ) : (
        <IconAt
          name={node.kind === "service" ? "services" : node.kind === "namespace" ? "layout" : node.kind}
          x={NODE_WIDTH - 28}
          y={13}
          size={14}
        />
      )}
      <text class="detail" x={34} y={43.5}>
        {cut(detail, 25)}
      </text>
    </g>
  );
}

function Arrows() {
  return (
    <defs>
      {["healthy", "degraded", "failing", "idle", "refused"].map((state) => (
        <marker
          key={state}
          id={`arrow-${state}`}
          class={`arrow ${state}`}
          viewBox="0 0 8 8"
          refX="6.5"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0.5 8 4 0 7.5z" />
        </marker>
      ))}
    </defs>
  );
}

interface Drag {
  down: (event: PointerEvent) => void;
  move: (event: PointerEvent) => void;
  up: (event: PointerEvent) => void;
}

/** One press on the drawing: on a node it moves the node, elsewhere the view; without a move it selects. */
function useDrag(layout: Layout, port: ReturnType<typeof useViewport>, onSelect: (id: string | null) => void): Drag {
  const press = useRef<{ x: number; y: number; node: string | null; on: string | null; far: boolean } | null>(null);
  return {
    down: (event) => {
      if (event.button !== 0) return;
      const target = event.target as Element;
      const node = target.closest<SVGGElement>("[data-node]")?.dataset["node"] ?? null;
      const edge = target.closest<SVGGElement>("[data-edge]")?.dataset["edge"] ?? null;
      press.current = { x: event.clientX, y: event.clientY, node, on: node ?? edge, far: false };
    },
    move: (event) => {
      const from = press.current;
      if (from === null) return;
      const dx = event.clientX - from.x;
      const dy = event.clientY - from.y;
      if (!from.far && Math.hypot(dx, dy) < CLICK_PIXELS) return;
      if (!from.far) (event.currentTarget as Element).setPointerCapture(event.pointerId);
      press.current = { ...from, x: event.clientX, y: event.clientY, far: true };
      if (from.node !== null) layout.move(from.node, port.inside(event.clientX, event.clientY));
      port.pan(from.node === null ? dx : 0, from.node === null ? dy : 0);
    },
    up: () => {
      if (press.current !== null && !press.current.far) onSelect(press.current.on);
      press.current = null;
    },
  };
}

function pressed(event: KeyboardEvent, action: () => void): void {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  action();
}

/** Left and right go to a caller or a called service, up and down to the next box in that direction. */
function walk(event: KeyboardEvent, graph: Graph, places: ReadonlyMap<string, Point>): void {
  const from = (event.target as Element).closest<SVGGElement>("[data-node]")?.dataset["node"];
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (from === undefined || way === undefined) return;
  event.preventDefault();
  const here = places.get(from)!;
  let best: string | null = null;
  let least = Infinity;
  for (const node of graph.nodes) {
    const there = places.get(node.id)!;
    const along = (there.x - here.x) * way[0]! + (there.y - here.y) * way[1]!;
    const aside = Math.abs((there.x - here.x) * way[1]!) + Math.abs((there.y - here.y) * way[0]!);
    if (along > 1 && along + 2 * aside < least) {
      least = along + 2 * aside;
      best = node.id;
    }
  }
  const svg = event.currentTarget as SVGSVGElement;
  if (best !== null) svg.querySelector<SVGGElement>(`[data-node="${CSS.escape(best)}"]`)?.focus();
}

function lineOf(edge: GraphEdge, graph: Graph, places: ReadonlyMap<string, Point>, layout: Layout): Line {
  const others = graph.nodes
    .filter((node) => node.id !== edge.source && node.id !== edge.destination)
    .map((node) => places.get(node.id)!);
  return route(places.get(edge.source)!, places.get(edge.destination)!, others, layout.direction);
}

function neighbourhood(graph: Graph, selected: string | null): Set<string> {
  const near = new Set<string>();
  if (selected === null) return near;
  near.add(selected);
  for (const edge of graph.edges) {
    if (edge.id === selected || edge.source === selected || edge.destination === selected) {
      near.add(edge.id).add(edge.source).add(edge.destination);
    }
  }
  return near;
}

export function nodeDetail(node: GraphNode): string {
  if (node.kind === "database") return "database";
  if (node.kind === "external") return "outside the mesh";
  if (node.kind === "outside") return "callers without identity";
  if (node.members !== undefined) return `${plural(node.members.length, "service")}, ${plural(node.workloads, "instance")}`;
  const instances =
    node.connected === node.workloads
      ? plural(node.workloads, "instance")
      : `${node.connected} of ${plural(node.workloads, "instance")}`;
  return node.versions.length > 0 ? `${instances} · ${node.versions.join(" ")}` : instances;
}

export function unhealthy(edge: GraphEdge): boolean {
  return edge.health === "degraded" || edge.health === "failing";
}

/** In steps: a width that changes with each number has the whole drawing laid out again. */
function thickness(perSecond: number): number {
  return Math.min(5, 1.5 + Math.round(Math.log10(1 + perSecond) * 2) / 2);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
