// Custom properties that nobody sets or nobody reads, taken out of a style sheet (a postcss root).

/** Split the inside of var(…) into the name and the fallback (undefined when there is none). */
function splitVar(inside) {
  const comma = inside.indexOf(",");
  if (comma < 0) return [inside.trim(), undefined];
  return [inside.slice(0, comma).trim(), inside.slice(comma + 1).trim()];
}

/** Position just after the bracket that closes the one before `from`. */
function closing(value, from) {
  let depth = 1;
  let at = from;
  while (depth > 0 && at < value.length) {
    if (value[at] === "(") depth += 1;
    if (value[at] === ")") depth -= 1;
    at += 1;
  }
  return at;
}

/** A value in which each var() of a name that is never set is its fallback; null when one has none. */
export function settle(value, isSet) {
  const start = value.indexOf("var(");
  if (start < 0) return value;
  const end = closing(value, start + 4);
  const [name, fallback] = splitVar(value.slice(start + 4, end - 1));
  const kept = fallback === undefined ? undefined : settle(fallback, isSet);
  const rest = settle(value.slice(end), isSet);
  if (rest === null) return null;
  if (isSet(name)) return `${value.slice(0, start)}var(${name}${kept == null ? "" : `,${kept}`})${rest}`;
  return kept == null ? null : `${value.slice(0, start)}${kept}${rest}`;
}

/** All custom properties that a text asks for with var(). */
export function asked(text) {
  return [...text.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]);
}

function namesIn(root) {
  const set = new Set();
  const read = new Set();
  root.walkDecls((declaration) => {
    if (declaration.prop.startsWith("--")) set.add(declaration.prop);
    for (const name of asked(declaration.value)) read.add(name);
  });
  return { set, read };
}

/** A value with every var() of a name in `values` replaced by what that name stands for. */
function substitute(value, values) {
  const start = value.indexOf("var(");
  if (start < 0) return value;
  const end = closing(value, start + 4);
  const [name, fallback] = splitVar(value.slice(start + 4, end - 1));
  const rest = substitute(value.slice(end), values);
  if (values.has(name)) return `${value.slice(0, start)}${substitute(values.get(name), values)}${rest}`;
  const kept = fallback === undefined ? "" : `,${substitute(fallback, values)}`;
  return `${value.slice(0, start)}var(${name}${kept})${rest}`;
}

/** Write the tokens of the theme out where they are used, but for the ones to keep and those that a rule sets anew. */
export function inline(root, themeClass, keep) {
  const values = new Map();
  const elsewhere = new Set();
  root.walkDecls(/^--/, ({ parent, prop, value }) => {
    if (parent.selector === themeClass && parent.parent.type === "root") values.set(prop, value);
    else elsewhere.add(prop);
  });
  for (const name of values.keys()) if (keep.has(name) || elsewhere.has(name)) values.delete(name);
  root.walkDecls((declaration) => {
    declaration.value = substitute(declaration.value, values);
  });
}

/** One round; returns whether anything changed. Names that start with --st- are ours and stay. */
function sweep(root) {
  const { set, read } = namesIn(root);
  let changed = false;
  root.walkDecls((declaration) => {
    const { prop, value } = declaration;
    if (prop.startsWith("--") && !prop.startsWith("--st-") && !read.has(prop)) {
      declaration.remove();
      changed = true;
      return;
    }
    const settled = settle(value, (name) => set.has(name) || name.startsWith("--st-"));
    if (settled === null) declaration.remove();
    else if (settled !== value) declaration.value = settled;
    changed ||= settled !== value;
  });
  root.walkRules((rule) => {
    if (rule.nodes.every((node) => node.type === "comment")) rule.remove();
  });
  return changed;
}

/** Take out what is never set and what is never read, until nothing is left to take out. */
export function prune(root) {
  while (sweep(root));
}
