/** A line chart of a few minutes with one reading line under the pointer. Own SVG, no library. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Line {
  name: string;
  tone: "accent" | "bad" | "ok" | "soft";
  values: (number | null)[];
  area?: boolean;
}

interface ChartProps {
  label: string;
  lines: Line[];
  stepSeconds: number;
  format: (value: number) => string;
}

const HEIGHT = 132;
const LEFT = 52;
const BOTTOM = 18;
const TOP = 8;

export function Chart({ label, lines, stepSeconds, format }: ChartProps) {
  const [at, setAt] = useState<number | null>(null);
  const box = useRef<SVGSVGElement>(null);
  const width = useWidth(box);
  const height = HEIGHT;
  const length = Math.max(2, ...lines.map((line) => line.values.length));
  const top = niceTop(Math.max(0, ...lines.flatMap((line) => line.values.map((v) => v ?? 0))));
  const x = (i: number) => LEFT + ((width - LEFT - 4) * i) / (length - 1);
  const y = (v: number) => TOP + (height - TOP - BOTTOM) * (1 - v / top);
  const point = (event: PointerEvent) => {
    const rect = box.current?.getBoundingClientRect();
    if (rect === undefined || rect.width === 0) return;
    const inside = ((event.clientX - rect.left) / rect.width) * width;
    const i = Math.round(((inside - LEFT) / (width - LEFT - 4)) * (length - 1));
    setAt(i < 0 || i >= length ? null : i);
  };
  const shown = at ?? length - 1;
  return (
    <figure class="chart">
      <figcaption>
        <span class="what">{label}</span>
        {lines.map((line) => (
          <span key={line.name} class={`key ${line.tone}`}>
            {line.name} <b>{text(line.values[shown] ?? null, format)}</b>
          </span>
        ))}
        <span class="when">{at === null ? "now" : ago((length - 1 - at) * stepSeconds)}</span>
      </figcaption>
      <svg
        ref={box}
        viewBox={`0 0 ${width} ${height}`}
        height={height}
        role="img"
        aria-label={`${label}: ${lines.map((l) => `${l.name} ${text(l.values[length - 1] ?? null, format)}`).join(", ")} now`}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line class="grid" x1={LEFT} x2={width - 4} y1={y(top * part)} y2={y(top * part)} />
            <text class="axis" x={LEFT - 8} y={y(top * part) + 3.5} text-anchor="end">
              {format(top * part)}
            </text>
          </g>
        ))}
        <text class="axis" x={LEFT} y={height - 4}>
          {ago((length - 1) * stepSeconds)}
        </text>
        <text class="axis" x={width - 4} y={height - 4} text-anchor="end">
          now
        </text>
        {lines.map((line) => (
          <g key={line.name} class={`line ${line.tone}`}>
            {line.area && <path class="area" d={area(line.values, x, y)} />}
            <path class="stroke" d={stroke(line.values, x, y)} />
          </g>
        ))}
        {at !== null && <line class="cursor" x1={x(at)} x2={x(at)} y1={TOP} y2={height - BOTTOM} />}
      </svg>
    </figure>
  );
}

/** One unit of the drawing is one pixel, so that its text is as large as all other text. */
function useWidth(box: RefObject<SVGSVGElement>): number {
  const [width, setWidth] = useState(312);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/** A line without axes, for a table cell; the numbers beside it say the rest. */
export function Spark({ values, tone = "accent" }: { values: number[]; tone?: Line["tone"] }) {
  const top = Math.max(...values, 1e-9);
  const x = (i: number) => (values.length < 2 ? 0 : (i * 80) / (values.length - 1));
  const y = (v: number) => 20 - (v / top) * 18;
  return (
    <svg class={`spark line ${tone}`} viewBox="0 0 80 22" width="80" height="22" aria-hidden="true">
      <path class="area" d={area(values, x, y)} />
      <path class="stroke" d={stroke(values, x, y)} />
    </svg>
  );
}

type Scale = (value: number) => number;

function stroke(values: (number | null)[], x: Scale, y: Scale): string {
  let path = "";
  let pen = "M";
  values.forEach((value, i) => {
    if (value === null) {
      pen = "M";
      return;
    }
    path += `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

function area(values: (number | null)[], x: Scale, y: Scale): string {
  if (values.length < 2) return "";
  const line = values.map((v, i) => `L${x(i).toFixed(1)} ${y(v ?? 0).toFixed(1)}`).join("");
  return `M${x(0).toFixed(1)} ${y(0).toFixed(1)}${line}L${x(values.length - 1).toFixed(1)} ${y(0).toFixed(1)}Z`;
}

/** The next of 1, 2, 5 times a power of ten, so that the axis reads well and seldom jumps. */
function niceTop(max: number): number {
  if (max <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  for (const step of [1, 2, 5, 10]) if (max <= step * power) return step * power;
  return 10 * power;
}

function text(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}

function ago(seconds: number): string {
  if (seconds === 0) return "now";
  return seconds >= 120 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds)} s ago`;
}
