/** What was typed so far of a key of two parts ("g i"), and when. */
export interface Typed {
  readonly before: string;
  readonly at: number;
}

const PATIENCE = 1200; // ms between the two parts

export interface Hit {
  readonly key: string | null;
  readonly typed: Typed;
}

/** Which of the known keys a press completes; a first part waits for its second. */
export function press(typed: Typed, key: string, now: number, known: ReadonlySet<string>): Hit {
  const nothing = { before: "", at: 0 };
  const both = typed.before && now - typed.at < PATIENCE ? `${typed.before} ${key}` : "";
  if (both && known.has(both)) return { key: both, typed: nothing };
  const begins = [...known].some((one) => one.startsWith(`${key} `));
  if (begins) return { key: null, typed: { before: key, at: now } };
  return { key: known.has(key) ? key : null, typed: nothing };
}

/** The place in a list after j (1) or k (-1): the ends hold; from nowhere, the first. */
export function move(length: number, current: number, by: 1 | -1): number {
  if (length === 0) return -1;
  return current < 0 ? 0 : Math.min(length - 1, Math.max(0, current + by));
}

const shown = (element: HTMLElement): boolean => element.offsetParent !== null || element.closest("dialog[open]") !== null;

function typing(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

function walk(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].filter(shown);
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const current = here >= 0 ? here : rows.findIndex((row) => row.querySelector("[aria-current]"));
  const next = rows[move(rows.length, current, by)];
  next?.querySelector<HTMLElement>("a[href]")?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function choose(): void {
  document.activeElement?.closest("[data-row]")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
}

function use(element: HTMLElement): void {
  if (element.matches("input:not([type=submit]), textarea, select")) return element.focus();
  element.click();
  const opened = element.matches("summary") ? element.closest<HTMLElement>("details[open]") : null;
  opened?.querySelector<HTMLElement>("textarea, select, input:not([type=hidden])")?.focus();
}

/** Listen to the keys of the page: j and k walk, x chooses, and every visible data-key is pressed by its key (what it unfolds gets the focus). */
export function listen(): void {
  let typed: Typed = { before: "", at: 0 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const targets = [...document.querySelectorAll<HTMLElement>("[data-key]")].filter(shown);
    const known = new Set(["j", "k", "x", ...targets.map((element) => element.dataset["key"] ?? "")]);
    const hit = press(typed, event.key, event.timeStamp, known);
    typed = hit.typed;
    if (!hit.key) return;
    event.preventDefault();
    const target = targets.find((element) => element.dataset["key"] === hit.key);
    if (target) use(target);
    else if (hit.key === "x") choose();
    else walk(hit.key === "j" ? 1 : -1);
  });
}

/** A button that opens the dialog it names. */
export function opener(button: HTMLElement): void {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset["open"] ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
}
