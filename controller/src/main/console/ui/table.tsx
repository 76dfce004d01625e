/** A table whose rows are walked with the arrow keys and opened with Enter. */
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  /** Sorts by this value where it is given. */
  by?: (row: T) => number | string;
  number?: boolean;
  /** Gives way first on narrow screens. */
  minor?: boolean;
}

interface TableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  selected?: string | null;
  onRow?: (row: T) => void;
}

export function Table<T>(props: TableProps<T>) {
  const [sort, setSort] = useState<{ column: number; down: boolean } | null>(null);
  const rows = sorted(props.rows, sort === null ? undefined : props.columns[sort.column], sort?.down ?? false);
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={props.label}>
      <table class={props.onRow === undefined ? "table" : "table openable"}>
        <thead>
          <tr>
            {props.columns.map((column, index) => (
              <th
                key={column.head}
                scope="col"
                class={classes(column)}
                aria-sort={sort?.column === index ? (sort.down ? "descending" : "ascending") : undefined}
              >
                {column.by === undefined ? (
                  column.head
                ) : (
                  <button type="button" onClick={() => setSort(next(sort, index, column))}>
                    {column.head}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={walk}>
          {rows.map((row) => {
            const key = props.rowKey(row);
            return (
              <tr
                key={key}
                data-row={key}
                class={props.selected === key ? "selected" : undefined}
                onClick={(event) => open(event, row, props.onRow)}
              >
                {props.columns.map((column) => (
                  <td key={column.head} class={classes(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function classes<T>(column: Column<T>): string {
  return `${column.number ? "number" : ""} ${column.minor ? "minor" : ""}`.trim();
}

function next<T>(sort: { column: number; down: boolean } | null, index: number, column: Column<T>) {
  if (sort?.column !== index) return { column: index, down: column.number ?? false };
  return { column: index, down: !sort.down };
}

function sorted<T>(rows: T[], column: Column<T> | undefined, down: boolean): T[] {
  const by = column?.by;
  if (by === undefined) return rows;
  const order = (a: T, b: T) => {
    const x = by(a);
    const y = by(b);
    return x < y ? -1 : x > y ? 1 : 0;
  };
  return [...rows].sort((a, b) => (down ? order(b, a) : order(a, b)));
}

function open<T>(event: MouseEvent, row: T, onRow: ((row: T) => void) | undefined): void {
  const target = event.target as Element;
  const selecting = window.getSelection()?.isCollapsed === false;
  if (onRow !== undefined && !selecting && target.closest("a, button") === null) onRow(row);
}

/** Up and down move between the first links of the rows: the rows themselves are no tab stops. */
function walk(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = (event.target as Element).closest("tr");
  let other = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
  for (; other; other = event.key === "ArrowDown" ? other.nextElementSibling : other.previousElementSibling) {
    const link = other.querySelector<HTMLElement>("a, button");
    if (link !== null) {
      event.preventDefault();
      link.focus();
      return;
    }
  }
}
