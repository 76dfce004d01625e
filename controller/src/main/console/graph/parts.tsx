/** Small parts of the panels beside the graph. */
import type { ComponentChildren } from "preact";
import type { GraphEdge } from "../core/api.ts";
import { percent } from "../core/format.ts";
import { Icon } from "../ui/icons.tsx";
import { Tag } from "../ui/parts.tsx";

// As the controller draws the line for "degraded".
const DEGRADED = 0.01;

/** Encrypted is the rule and needs no word; only what is not stands out. */
export function Encryption({ mtls, protocol }: { mtls: GraphEdge["mtls"]; protocol: GraphEdge["protocol"] }) {
  if (mtls === "all") {
    return (
      <Tag tone="ok">
        <Icon name="lock" size={12} /> mTLS
      </Tag>
    );
  }
  return (
    <Tag tone={protocol === "sql" ? undefined : "warn"}>
      <Icon name="unlocked" size={12} /> {mtls === "some" ? "partly plaintext" : "no mTLS"}
    </Tag>
  );
}

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Errors stand out only where they make the health worse. */
export function Errors({ ratio }: { ratio: number | null }) {
  if (ratio === null || ratio === 0) return null;
  return ratio >= DEGRADED ? <b class="bad"> · {percent(ratio)} errors</b> : <> · {percent(ratio)} errors</>;
}
