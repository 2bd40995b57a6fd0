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

/**
 * Save a form while it is being written: `data-autosave` is the address that takes the same fields by POST.
 * The answer may be JSON with `version`, which goes back into the field of that name (two tabs are noticed by the server).
 * The state is told in words in the element that `data-autosave-state` names.
 */
export function autosave(form: HTMLElement): void {
  const address = form.dataset["autosave"];
  const state = named(form.dataset["autosaveState"] ?? "bewaard");
  if (!(form instanceof HTMLFormElement) || !address) return;
  let timer = 0;
  let failures = 0;
  let changed = false;
  let saving = false;
  const tell = (word: string, time = ""): void => {
    if (state) state.textContent = (state.dataset[word] ?? "").replace("{time}", time);
  };
  const plan = (): void => {
    if (!timer && !saving) timer = window.setTimeout(() => void save(), waitFor(failures));
  };
  const save = async (): Promise<void> => {
    timer = 0;
    changed = false;
    saving = true;
    tell("busy");
    try {
      const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (answer.status === 409 || answer.status === 422) {
        // somebody else saved a newer version, or it can't be kept like this: a person must look; the answer says why
        const refusal = (await answer.json().catch(() => ({}))) as { sentence?: string };
        tell("conflict");
        if (state && refusal.sentence) state.textContent = refusal.sentence;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const known = (await answer.json().catch(() => ({}))) as { version?: number | string };
      const version = form.elements.namedItem("version");
      if (version instanceof HTMLInputElement && known.version !== undefined) version.value = String(known.version);
      failures = 0;
      tell("done", clock(new Date()));
    } catch {
      failures += 1;
      changed = true;
      tell("failed");
    } finally {
      saving = false;
    }
    if (changed) plan();
  };
  form.addEventListener("input", () => {
    changed = true;
    if (!timer) tell("changed");
    plan();
  });
  form.addEventListener("submit", () => window.clearTimeout(timer));
  window.addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(address, new FormData(form));
  });
}
