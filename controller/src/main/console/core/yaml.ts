/** JSON as the YAML people apply: block style, quotes only where YAML would read something else. */

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

// As kubectl and the documentation write a resource; other members follow as they come.
const FIRST = ["apiVersion", "kind", "metadata", "spec"];

export function toYaml(value: unknown): string {
  return lines(value as Json, "").join("\n");
}

function lines(value: Json, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const inner = lines(item, `${indent}  `);
      return [`${indent}- ${inner[0]!.trimStart()}`, ...inner.slice(1)];
    });
  }
  if (value !== null && typeof value === "object") {
    return sorted(Object.keys(value)).flatMap((key) => {
      const item = value[key]!;
      const name = `${indent}${scalar(key)}:`;
      if (empty(item) || item === null || typeof item !== "object") return [`${name} ${leaf(item)}`];
      return [name, ...lines(item, Array.isArray(item) ? indent : `${indent}  `)];
    });
  }
  return [`${indent}${leaf(value)}`];
}

function sorted(keys: string[]): string[] {
  const place = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  return [...keys].sort((a, b) => place(a) - place(b));
}

function empty(value: Json): boolean {
  return value !== null && typeof value === "object" && Object.keys(value).length === 0;
}

function leaf(value: Json): string {
  if (Array.isArray(value)) return "[]";
  if (value !== null && typeof value === "object") return "{}";
  return typeof value === "string" ? scalar(value) : String(value);
}

function scalar(text: string): string {
  const plain = /^[A-Za-z_/.][\w ./@*+-]*$/.test(text) && !text.endsWith(" ");
  const word = /^(true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan)$/i.test(text);
  return plain && !word && text !== "." ? text : JSON.stringify(text);
}
