/** Zoom and position of the graph: a drag moves it, the wheel zooms at the pointer. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { NODE_HEIGHT, NODE_WIDTH } from "./layout.ts";
import type { Point } from "./layout.ts";

export interface View {
  x: number;
  y: number;
  scale: number;
}

const LEAST = 0.1;
const MOST = 1.75;
// A few boxes on a large screen are not blown up beyond this.
const FIT_MOST = 1.12;
const MARGIN = 40;
// Beside the drawing are the buttons for zooming; no box is to lie under them.
const SIDE_MARGIN = 64;

export interface Viewport {
  view: View;
  moved: boolean;
  zoom: (factor: number) => void;
  fit: () => void;
  pan: (dx: number, dy: number) => void;
  /** From a point of the screen to one of the drawing. */
  inside: (clientX: number, clientY: number) => Point;
}

export function useViewport(box: RefObject<SVGSVGElement>, places: Point[], shape: string): Viewport {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const moved = useRef(false);
  const latest = useRef(places);
  latest.current = places;

  const fit = useCallback(() => {
    const rect = box.current?.getBoundingClientRect();
    if (rect === undefined || rect.width === 0 || latest.current.length === 0) return;
    moved.current = false;
    setView(around(latest.current, rect.width, rect.height));
  }, [box]);

  // A new node comes into sight by itself, unless the reader has chosen where to look.
  useEffect(() => {
    if (!moved.current) fit();
  }, [shape, fit]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (!moved.current) fit();
    });
    observer.observe(element);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const rect = element.getBoundingClientRect();
      moved.current = true;
      setView((v) => zoomed(v, Math.exp(-event.deltaY / 500), event.clientX - rect.left, event.clientY - rect.top));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, [box, fit]);

  return {
    view,
    moved: moved.current,
    fit,
    zoom: (factor) => {
      const rect = box.current?.getBoundingClientRect();
      if (rect === undefined) return;
      moved.current = true;
      setView((v) => zoomed(v, factor, rect.width / 2, rect.height / 2));
    },
    pan: (dx, dy) => {
      moved.current = true;
      setView((v) => ({ ...v, x: v.x + dx, y: v.y + dy }));
    },
    inside: (clientX, clientY) => {
      const rect = box.current!.getBoundingClientRect();
      return { x: (clientX - rect.left - view.x) / view.scale, y: (clientY - rect.top - view.y) / view.scale };
    },
  };
}

function around(places: Point[], width: number, height: number): View {
  const left = Math.min(...places.map((p) => p.x)) - NODE_WIDTH / 2;
  const right = Math.max(...places.map((p) => p.x)) + NODE_WIDTH / 2;
  const top = Math.min(...places.map((p) => p.y)) - NODE_HEIGHT / 2;
  const bottom = Math.max(...places.map((p) => p.y)) + NODE_HEIGHT / 2;
  const wide = (width - 2 * SIDE_MARGIN) / (right - left);
  const high = (height - 2 * MARGIN) / (bottom - top);
  const scale = Math.max(LEAST, Math.min(FIT_MOST, wide, high));
  return {
    scale,
    x: width / 2 - ((left + right) / 2) * scale,
    y: height / 2 - ((top + bottom) / 2) * scale,
  };
}

function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.max(LEAST, Math.min(MOST, view.scale * factor));
  const real = scale / view.scale;
  return { scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real };
}
