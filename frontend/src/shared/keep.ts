// A reply that is half written stays in this tab, for this member and this conversation, until it is sent or they sign out.
// In sessionStorage: it goes when the tab is closed, and the server never sees it.

const PREFIX = "antwoord:";
const SIGN_OUT = 'form[action$="/sign-out/"]';
const OTHER_TABS = "uitgelogd";

/** The member a kept reply belongs to: the part of its name before the dash. */
export function ownerOf(name: string): string {
  return name.split("-", 1)[0] ?? "";
}

/** sessionStorage, or nothing where the browser forbids it: the page works without. */
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function names(): string[] {
  const kept = storage();
  const all = kept ? Array.from({ length: kept.length }, (_each, at) => kept.key(at) ?? "") : [];
  return all.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

function write(name: string, text: string): void {
  try {
    if (text.trim()) storage()?.setItem(PREFIX + name, text);
    else storage()?.removeItem(PREFIX + name);
  } catch {
    // full: the text is still in the page
  }
}

/** Keep what is typed in a field under the name in `data-keep`, and put it back. What the server filled in goes first. */
export function keep(field: HTMLElement): void {
  const name = field.dataset["keep"];
  if (!(field instanceof HTMLTextAreaElement) || !name) return;
  for (const other of names()) if (ownerOf(other) !== ownerOf(name)) write(other, ""); // somebody else's, in the same tab
  if (field.value) write(name, field.value);
  else field.value = storage()?.getItem(PREFIX + name) ?? "";
  field.addEventListener("input", () => write(name, field.value));
}

/** The server says in `data-forget` what was sent, or is not wanted after all. */
export function forget(mark: HTMLElement): void {
  write(mark.dataset["forget"] ?? "", "");
}

/** Forget every reply when somebody signs out, here and in the other tabs of the desk. */
export function forgetAtSignOut(): void {
  const forgetAll = (): void => names().forEach((name) => write(name, ""));
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(OTHER_TABS) : null;
  tabs?.addEventListener("message", forgetAll);
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.matches(SIGN_OUT)) return;
    for (const field of document.querySelectorAll<HTMLTextAreaElement>("[data-keep]")) field.value = "";
    forgetAll();
    tabs?.postMessage("");
  });
}
