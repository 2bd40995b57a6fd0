import { named } from "./enrich";

const EVERY = 3000; // ms after the last save
const LONGEST = 60_000;

/** How long to wait before the next try, in ms: 3 s, and twice as long after each failure, up to a minute. */
export function waitFor(failures: number): number {
  return Math.min(LONGEST, EVERY * 2 ** failures);
}

/** The hour and minute as people write them: 14:05. */
export function clock(when: Date): string {
  return `${String(when.getHours()).padStart(2, "0")}:${String(when.getMinutes()).padStart(2, "0")}`;
}

/** What the server said of a save. `version`: kept, under this number. `sentence`: not kept, and why. */
interface Said {
  readonly version?: number | string;
  readonly sentence?: string;
  readonly link?: string;
  readonly address?: string;
}

/** Only JSON with a number says that something was kept: a page of any kind (the door, a proxy's own) does not. */
export function isKept(status: number, said: Said): boolean {
  return status === 200 && said.version !== undefined;
}

/**
 * Save a form while it is being written: `data-autosave` is the address that takes the same fields by POST.
 * The answer is JSON with `version`, which goes back into every field of that name that had the number before (two tabs are
 * noticed by the server), or with a `sentence` that says why not. The state is told in words in the element that
 * `data-autosave-state` names. Another form of the page is sent once what was typed here is kept.
 */
export function autosave(form: HTMLElement): void {
  const address = form.dataset["autosave"];
  const state = named(form.dataset["autosaveState"] ?? "bewaard");
  if (!(form instanceof HTMLFormElement) || !address) return;
  let timer = 0;
  let failures = 0;
  let changed = false;
  let saving: Promise<void> | null = null;
  const tell = (word: string, time = ""): void => {
    if (state) state.textContent = (state.dataset[word] ?? "").replace("{time}", time);
  };
  const quote = ({ sentence, link, address: door }: Said): void => {
    if (!state || !sentence) return;
    state.textContent = `${sentence} `;
    if (!link || !door) return;
    const away = Object.assign(document.createElement("a"), { href: door, target: "_blank", rel: "noopener", textContent: link });
    state.append(away);
  };
  const plan = (): void => {
    if (!timer && !saving) timer = window.setTimeout(() => void save(), waitFor(failures));
  };
  const send = async (): Promise<void> => {
    changed = false;
    tell("busy");
    try {
      const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const said = (await answer.json().catch(() => ({}))) as Said;
      if (answer.status === 409 || answer.status === 422) {
        // somebody else saved a newer version, or it can't be kept like this: a person must look; the answer says why
        tell("conflict");
        quote(said);
        return;
      }
      if (!isKept(answer.status, said)) {
        failures += 1;
        changed = true;
        tell("failed");
        if (answer.status === 401) quote(said);
        return;
      }
      renumber(form, String(said.version));
      for (const notice of document.querySelectorAll("[data-signed-out]")) notice.remove();
      failures = 0;
      tell("done", clock(new Date()));
    } catch {
      failures += 1;
      changed = true;
      tell("failed");
    }
  };
  const save = async (): Promise<void> => {
    window.clearTimeout(timer);
    timer = 0;
    saving = send();
    await saving;
    saving = null;
    if (changed) plan();
  };
  form.addEventListener("input", () => {
    changed = true;
    if (!timer) tell("changed");
    plan();
  });
  const settle = async (): Promise<void> => {
    if (saving) await saving;
    if (changed) await save();
  };
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (!(sent instanceof HTMLFormElement) || !(saving || (changed && sent !== form))) {
      if (sent === form) window.clearTimeout(timer);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    void (sent === form ? saving : settle())?.then(() => {
      if (sent === form || !changed) sent.requestSubmit(event.submitter);
    });
  }, true);
  document.addEventListener("visibilitychange", () => {
    if (changed && !saving && document.visibilityState === "visible") void save(); // back from signing in elsewhere
  });
  window.addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(address, new FormData(form));
  });
}

/** The number that the next save builds on, in every form that knew the one before. */
function renumber(form: HTMLFormElement, version: string): void {
  const own = form.elements.namedItem("version");
  const before = own instanceof HTMLInputElement ? own.value : "";
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=version]")) {
    if (field.value === before) field.value = version;
  }
}
