/** What a piece of script does to one element; the page works without it. */
export type Attach<E extends HTMLElement = HTMLElement> = (element: E) => void;

const done = new WeakMap<Element, Set<string>>();

/** Run each attach function once on every element that its selector finds in `root`. */
export function enrich(root: ParentNode, parts: Readonly<Record<string, Attach>>): void {
  for (const [selector, attach] of Object.entries(parts)) {
    for (const element of root.querySelectorAll<HTMLElement>(selector)) {
      const seen = done.get(element) ?? new Set();
      if (seen.has(selector)) continue;
      done.set(element, seen.add(selector));
      attach(element);
    }
  }
}

/** The element that a data attribute names by its id. */
export function named(id: string | undefined): HTMLElement | null {
  return id ? document.getElementById(id) : null;
}
