// Parts of a page of the desk that HTMX brings in. What it leaves to us is here: where the focus goes, what is said aloud,
// one entry in the history for each page, and what happens when no part comes.
import htmx from "htmx.org";

import { entry, isWhole } from "./answer";

const MAIN = "inhoud";

/** What of HTMX's events is read here. */
interface Detail {
  readonly elt: HTMLElement;
  readonly xhr: XMLHttpRequest;
  readonly requestConfig: { readonly verb: string; readonly triggeringEvent?: Event };
  readonly pathInfo: { readonly responsePath?: string };
  readonly history: { type: string; path: string };
  readonly path: string;
  readonly failed?: boolean;
  shouldSwap: boolean;
}

/** Where somebody was when they asked for a part. */
interface Cause {
  readonly path: string;
  readonly control: string;
  readonly scrolled: number;
}

/** What names a link or button also in the next version of the page; empty for the rows of a list, which open something. */
function controlOf(element: Element | null | undefined): string {
  if (element instanceof HTMLAnchorElement) return element.closest("[data-row]") ? "" : `a ${element.getAttribute("href")}`;
  if (!(element instanceof HTMLButtonElement)) return "";
  return `button ${element.form?.getAttribute("action")} ${element.name} ${element.value} ${element.textContent?.trim()}`;
}

const address = (): string => location.pathname + location.search;
const main = (): HTMLElement | null => document.getElementById(MAIN);
const list = (): HTMLElement | null => document.querySelector(".st-gesprek__list");

function visible(element: HTMLElement): boolean {
  return element.offsetParent !== null && !element.closest("details:not([open]) > :not(summary)");
}

/** Back in the list: the row of what was just left. Else the link or button that was used, where it is still there. */
function goOn(page: HTMLElement, cause: Cause): HTMLElement | undefined {
  const controls = [...page.querySelectorAll<HTMLElement>("a[href], button")].filter(visible);
  const back = cause.path !== location.pathname && cause.path.startsWith(location.pathname);
  const left = controls.find((one) => one.closest("[data-row]") && one.getAttribute("href")?.startsWith(cause.path));
  return (back && left) || controls.find((one) => cause.control && controlOf(one) === cause.control);
}

function focusIn(page: HTMLElement, cause: Cause): void {
  const at = document.activeElement;
  if (page.querySelector("[data-focus]") || (at && at !== page && page.contains(at))) return; // these have it already
  const found = goOn(page, cause);
  if (found) {
    found.focus();
    return;
  }
  const heading = page.querySelector<HTMLElement>("h1") ?? page;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** Say it in the one place that is always there: a reader of screens hears only what changes in such a place. */
function say(words: string): void {
  const place = document.getElementById("gezegd");
  if (!place) return;
  place.textContent = "";
  window.setTimeout(() => (place.textContent = words.replace(/\s+/g, " ").trim()), 50);
}

function sentenceOf(page: HTMLElement): string {
  const found = ["[role=alert]", "[role=status]", "[data-say]", "h1"].map((one) => page.querySelector(one)).find(Boolean);
  return found?.textContent ?? "";
}

/** Show that nothing came; what is typed stays as it is. */
function failed(): void {
  const place = document.getElementById("melding");
  const words = place?.querySelector("template");
  if (!place || !words) return;
  place.replaceChildren(words, words.content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
}

/** Begin to listen. Pages that ask for no parts never come here. */
export function parts(): void {
  let at = location.pathname; // what is shown; the address line goes ahead of it on the way back
  let cause: Cause = { path: at, control: "", scrolled: 0 };
  let sending = false;
  const on = (name: string, act: (detail: Detail, event: Event) => void): void =>
    document.body.addEventListener(`htmx:${name}`, (event) => act((event as CustomEvent<Detail>).detail, event));

  on("confirm", (_detail, event) => {
    if (sending) event.preventDefault(); // a second click while a form is on its way
  });
  on("beforeRequest", (detail) => {
    sending ||= detail.requestConfig.verb === "post" && detail.elt.closest(`#${MAIN}`) !== null && detail.elt.tagName === "FORM";
    const asked = detail.requestConfig.triggeringEvent;
    const pressed = asked instanceof SubmitEvent ? asked.submitter : detail.elt;
    cause = { path: at, control: controlOf(pressed), scrolled: list()?.scrollTop ?? 0 };
  });
  on("afterRequest", () => (sending = false));
  on("beforeSwap", (detail) => {
    if (!isWhole(detail.xhr.responseText)) return;
    detail.shouldSwap = false;
    if (detail.requestConfig.verb === "get" && detail.xhr.status < 400) location.assign(detail.pathInfo.responsePath ?? address());
    else failed();
  });
  on("beforeHistoryUpdate", ({ history, xhr }) => Object.assign(history, entry(xhr.status, history.path, address())));
  on("historyCacheMiss", (detail, event) => {
    event.preventDefault(); // HTMX would bring in the page without its menu and keys
    void htmx.ajax("get", detail.path, { target: `#${MAIN}`, swap: "outerHTML", source: document.body });
  });
  on("afterSettle", (_detail, event) => {
    const page = main();
    if (!page || event.target !== page) return;
    const column = list();
    if (column) column.scrollTop = cause.scrolled;
    page.querySelector(".st-row--current")?.scrollIntoView({ block: "nearest" });
    focusIn(page, cause);
    at = location.pathname;
    say(sentenceOf(page));
  });
  for (const name of ["sendError", "timeout", "swapError"]) on(name, failed);
  on("responseError", ({ xhr }) => {
    if (xhr.status >= 500) failed();
  });
}
