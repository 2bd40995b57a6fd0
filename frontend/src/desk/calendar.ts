// Moving on the calendar: with the mouse to another day, or with the arrow keys. Without this file a form does the same.

const DAY = 24 * 60 * 60 * 1000;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** A day so many days further, as YYYY-MM-DD. */
export function onDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY).toISOString().slice(0, 10);
}

/** The words of a day as the page has them, else as the browser says it. */
function wordsOf(whole: HTMLElement, day: string): string {
  const cell = whole.querySelector<HTMLElement>(`[data-words][data-day="${day}"]`);
  const language = document.documentElement.lang || "nl";
  const format = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return cell?.dataset["words"] ?? format.format(new Date(`${day}T00:00:00Z`));
}

class Mover {
  private chosen: { entry: HTMLElement; day: string; button: HTMLElement } | undefined;

  constructor(
    private readonly whole: HTMLElement,
    private readonly form: HTMLFormElement,
  ) {}

  say(text: string): void {
    const said = this.whole.querySelector<HTMLElement>("[data-said]");
    if (said) said.textContent = text;
    const seen = this.chosen?.entry.querySelector<HTMLElement>(".st-entry__said");
    if (seen) seen.textContent = text;
  }

  words(name: string, values: Record<string, string> = {}): string {
    const text = this.whole.dataset[name] ?? "";
    return Object.entries(values).reduce((made, [key, value]) => made.replace(`{${key}}`, value), text);
  }

  send(entry: HTMLElement, day: string): void {
    const put = (name: string, value: string | undefined): void => {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value ?? "";
    };
    put("bericht", entry.dataset["entry"]);
    put("versie", entry.dataset["version"]);
    put("dag", day);
    this.form.requestSubmit();
  }

  mark(day: string | undefined): void {
    for (const cell of this.whole.querySelectorAll<HTMLElement>("[data-day]:not([data-entry])")) {
      cell.toggleAttribute("data-target", cell.dataset["day"] === day);
    }
  }

  begin(entry: HTMLElement, button: HTMLElement): void {
    if (this.chosen) this.end();
    this.chosen = { entry, day: entry.dataset["day"] ?? "", button };
    button.setAttribute("aria-pressed", "true");
    this.mark(this.chosen.day);
    this.say(this.words("pick", { title: entry.querySelector("a")?.textContent ?? "" }));
  }

  end(said = ""): void {
    if (!this.chosen) return;
    if (said) this.say(said);
    else this.say("");
    this.chosen.button.setAttribute("aria-pressed", "false");
    this.chosen = undefined;
    this.mark(undefined);
  }

  press(event: KeyboardEvent): void {
    const chosen = this.chosen;
    if (!chosen) return;
    const step = STEPS[event.key];
    if (step !== undefined) {
      const day = onDay(chosen.day, step);
      event.preventDefault();
      if (day < (this.whole.dataset["today"] ?? "")) return this.say(this.words("past", { day: wordsOf(this.whole, day) }));
      chosen.day = day;
      this.mark(day);
      this.say(this.words("at", { day: wordsOf(this.whole, day) }));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (chosen.day !== chosen.entry.dataset["day"]) this.send(chosen.entry, chosen.day);
      this.end(chosen.day === chosen.entry.dataset["day"] ? this.words("left") : "");
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.end(this.words("left"));
    }
  }
}

function handle(mover: Mover, entry: HTMLElement, words: string): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "utrecht-button utrecht-button--secondary-action st-entry__arrows";
  button.setAttribute("aria-pressed", "false");
  button.textContent = words;
  const of = document.createElement("span");
  of.className = "st-visually-hidden";
  of.textContent = ` ${entry.querySelector("a")?.textContent ?? ""}`;
  button.append(of);
  const said = document.createElement("p");
  said.className = "st-small st-entry__said";
  said.setAttribute("aria-hidden", "true"); // the page has one line that is read aloud
  (entry.querySelector("details") ?? entry).append(button, said);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") mover.end(mover.words("left"));
    else mover.begin(entry, button);
  });
  button.addEventListener("keydown", (event) => mover.press(event));
  button.addEventListener("blur", () => mover.end());
}

/** The mouse: an entry is picked up and let go on a day. */
function drag(mover: Mover, whole: HTMLElement): void {
  let held: HTMLElement | undefined;
  const dayUnder = (target: EventTarget | null): HTMLElement | null =>
    target instanceof Element ? target.closest<HTMLElement>("[data-day]:not([data-entry])") : null;
  whole.addEventListener("dragstart", (event) => {
    held = event.target instanceof HTMLElement ? (event.target.closest<HTMLElement>("[data-entry]") ?? undefined) : undefined;
    event.dataTransfer?.setData("text/plain", held?.querySelector("a")?.textContent ?? "");
  });
  whole.addEventListener("dragover", (event) => {
    const cell = dayUnder(event.target);
    if (!held || !cell || (cell.dataset["day"] ?? "") < (whole.dataset["today"] ?? "")) return;
    event.preventDefault();
    mover.mark(cell.dataset["day"]);
  });
  whole.addEventListener("dragend", () => {
    held = undefined;
    mover.mark(undefined);
  });
  whole.addEventListener("drop", (event) => {
    const day = dayUnder(event.target)?.dataset["day"];
    if (!held || !day) return;
    event.preventDefault();
    if (day !== held.dataset["day"]) mover.send(held, day);
  });
}

/** Enrich one calendar. */
export function calendar(whole: HTMLElement): void {
  const form = whole.querySelector<HTMLFormElement>("form[data-mover]");
  if (!form) return;
  const mover = new Mover(whole, form);
  for (const entry of whole.querySelectorAll<HTMLElement>("[data-entry]")) {
    entry.draggable = true;
    handle(mover, entry, mover.words("move"));
  }
  drag(mover, whole);
}
