// The neighbourhood that somebody chose stays on their own device: in localStorage, under "buurt".
const KEY = "buurt";

/** A CBS code of a neighbourhood, district or municipality; anything else was not put there by us. */
export function isCode(value: string | null): value is string {
  return value !== null && /^(BU|WK|GM)[0-9]{4,8}$/.test(value);
}

/** The address of a block, with the code in the place of {code}. */
export function blockAddress(pattern: string, code: string): string {
  return pattern.replace("{code}", encodeURIComponent(code));
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser that keeps nothing: the list of neighbourhoods still works
  }
}

function keep(code: string | undefined): void {
  try {
    if (code && isCode(code)) localStorage.setItem(KEY, code);
    else localStorage.removeItem(KEY);
  } catch {
    // as above
  }
}

/** Fill the block "in your neighbourhood"; `data-block` is its address with {code}. */
export function block(element: HTMLElement): void {
  const code = stored();
  const pattern = element.dataset["block"];
  if (!isCode(code) || !pattern) return;
  element.setAttribute("aria-busy", "true");
  fetch(blockAddress(pattern, code), { headers: { Accept: "text/html" } })
    .then(async (answer) => {
      if (answer.status === 404) keep(undefined);
      if (answer.ok) element.innerHTML = await answer.text();
    })
    .catch(() => undefined) // no connection: what the server put there stays
    .finally(() => element.removeAttribute("aria-busy"));
}

/** A link or button that remembers (`data-remember="BU…"`) or forgets (`data-remember=""`) a neighbourhood. */
export function remember(element: HTMLElement): void {
  element.hidden = false; // without script it would promise what nothing does
  element.addEventListener("click", () => {
    keep(element.dataset["remember"]);
    const label = element.querySelector("span");
    if (label && element.dataset["done"]) label.textContent = element.dataset["done"];
  });
}

/** A list of neighbourhoods whose choice is remembered when its form is sent, and is there the next time. */
export function rememberChoice(element: HTMLElement): void {
  if (!(element instanceof HTMLSelectElement)) return;
  const code = stored();
  const known = [...element.options].some((option) => option.value === code);
  if (!element.value && code && known) element.value = code;
  element.form?.addEventListener("submit", () => element.value && keep(element.value));
}
