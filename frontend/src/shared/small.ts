import { named } from "./enrich";

/** A button that copies the text of the element it names, and says so. */
export function copy(button: HTMLElement): void {
  const source = named(button.dataset["copy"]);
  if (!source || !navigator.clipboard) return;
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(source.textContent?.trim() ?? "").then(() => {
      label.textContent = button.dataset["done"] ?? before;
      window.setTimeout(() => (label.textContent = before), 4000);
    });
  });
}

/** Print the page; the button shows only where this works. */
export function printPage(button: HTMLElement): void {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** Show the picture that was chosen in a file field. */
export function preview(field: HTMLElement): void {
  const image = named(field.dataset["preview"]);
  if (!(field instanceof HTMLInputElement && image instanceof HTMLImageElement)) return;
  field.addEventListener("change", () => {
    URL.revokeObjectURL(image.src);
    const file = field.files?.[0];
    image.hidden = !file?.type.startsWith("image/");
    if (file && !image.hidden) image.src = URL.createObjectURL(file);
  });
}

/** Bring what needs attention (the summary of errors) into view when the page opens. */
export function focus(element: HTMLElement): void {
  element.focus();
}

/** Close the menu with Escape, and put the focus back on its button. */
export function menu(details: HTMLElement): void {
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.hasAttribute("open")) return;
    details.removeAttribute("open");
    details.querySelector("summary")?.focus();
  });
}

/** A form that is sent once: a second click while it is on its way does nothing. */
export function once(form: HTMLElement): void {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset["sent"]) event.preventDefault();
    form.dataset["sent"] = "yes";
    window.setTimeout(() => delete form.dataset["sent"], 8000);
  });
}
