// Two style sheets, site.css and desk.css: the NL Design System components (EUPL-1.2) and the tokens of its
// example theme (EUPL-1.2), cut to what our templates use, and our own small layer on top.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { transform } from "lightningcss";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

import { inline, prune } from "./variables.mjs";

const components = "node_modules/@utrecht/component-library-css/dist/index.css";
const exampleTheme = "node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css";
const themeClass = ".voorbeeld-theme";

const design = "src/stamtafel/web/design/templates/design";
const sheets = {
  "site.css": {
    own: ["tokens", "base", "layout", "forms", "components", "figures", "site", "announce", "print"],
    used: ["src/stamtafel/web/site/**/*.{html,py}", "frontend/src/{site,shared}/**/*.ts", `${design}/base.html`],
  },
  "desk.css": {
    own: ["tokens", "tokens-desk", "base", "layout", "forms", "components", "figures", "desk", "compose", "networks", "calendar", "inbox", "dossier", "print"],
    used: ["src/stamtafel/web/{desk,street}/**/*.{html,py}", "frontend/src/{desk,street,shared}/**/*.ts", `${design}/desk.html`],
  },
};
const usedByBoth = [`${design}/components/**/*.html`, `${design}/gallery*.html`, `${design}/gallery/**/*.html`, `${design}/**/*.svg`];

// Phones of about seven years old (iPhone 6s, Android 7) still get our pages right.
const targets = { chrome: 90 << 16, edge: 90 << 16, firefox: 91 << 16, safari: 15 << 16, ios_saf: 15 << 16 };

async function purge(css, content) {
  const [result] = await new PurgeCSS().purge({
    content,
    css: [{ raw: css }],
    keyframes: true,
    safelist: { standard: [/^html$/, /^body$/, /^voorbeeld-theme$/] },
  });
  return result.css;
}

/** The theme once, with the last value of each token, at the place where its rules stood first. */
function joinTheme(sheet) {
  const tokens = new Map();
  sheet.walkRules(themeClass, (rule) => {
    if (rule.parent.type !== "root") return;
    rule.walkDecls(/^--/, (declaration) => tokens.set(declaration.prop, declaration.value));
    rule.remove();
  });
  const nodes = [...tokens].sort().map(([prop, value]) => postcss.decl({ prop, value }));
  sheet.prepend(postcss.rule({ selector: themeClass, nodes }));
}

/**
 * Leave out: rules for rich text, which pair every component with every other (we space text with our own few lines),
 * and :invalid, which paints a field red before anybody typed in it.
 */
function dropUnwanted(sheet) {
  sheet.walkRules(/\.utrecht-rich-text|:invalid/, (rule) => rule.remove());
}

async function buildSheet({ root, own, used, fontFaces }) {
  const read = (path) => readFile(join(root, path), "utf8");
  const settable = Object.entries(JSON.parse(await read("src/stamtafel/web/design/tokens.json")));
  const defaults = settable.map(([name, { value }]) => `${name}:${value}`).join(";");
  const sheet = postcss.parse([await read(exampleTheme), await read(components)].join("\n"));
  dropUnwanted(sheet);
  const theirs = await purge(sheet.toString(), [...used, ...usedByBoth].map((path) => join(root, path)));
  const ours = await Promise.all(own.map((name) => read(`frontend/css/${name}.css`)));
  const whole = postcss.parse([theirs.replaceAll('@charset "UTF-8";', ""), `${themeClass}{${defaults}}`, fontFaces, ...ours].join("\n"));
  joinTheme(whole);
  inline(whole, themeClass, new Set(settable.map(([name]) => name)));
  prune(whole);
  return transform({ filename: "sheet.css", code: Buffer.from(whole.toString()), minify: true, targets }).code;
}

/** Build and write every sheet. */
export async function buildStyles({ root, emit, fontFaces }) {
  for (const [key, sheet] of Object.entries(sheets)) {
    await emit(key, await buildSheet({ root, fontFaces, ...sheet }));
  }
}
