// What came back when a part of a page was asked for.

/** A whole page comes where the server knows nothing of parts: the site, a proxy, a broken program. */
export function isWhole(response: string): boolean {
  return /^\s*<!doctype/i.test(response);
}

/** A new page gets an entry in the history; the same page again, or a refusal, takes the place of the one that is there. */
export function entry(status: number, path: string, here: string): { readonly type: "push" | "replace"; readonly path: string } {
  if (status >= 400) return { type: "replace", path: here };
  return { type: path === here ? "replace" : "push", path };
}
