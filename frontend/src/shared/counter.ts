import { named } from "./enrich";

/** The sentences of a counter; {n} stands for the number. */
export interface CounterWords {
  readonly idle: string;
  readonly left: string;
  readonly leftOne: string;
  readonly over: string;
  readonly overOne: string;
}

/** Length as a person counts: one for each character, also for an emoji; a line break is one. */
export function lengthOf(text: string): number {
  return [...text.normalize("NFC")].length;
}

/** What the counter says: nothing new until a fifth is left, then how many, then how many too long. */
export function say(length: number, longest: number, words: CounterWords): string {
  const left = longest - length;
  if (left < 0) return left === -1 ? words.overOne : words.over.replace("{n}", String(-left));
  if (left > longest / 5) return words.idle;
  return left === 1 ? words.leftOne : words.left.replace("{n}", String(left));
}

/** Keep a counter under a text field. It speaks half a second after the last key, not at every key. */
export function counter(element: HTMLElement): void {
  const field = named(element.dataset["counter"]);
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return;
  const data = element.dataset;
  const longest = Number(data["longest"]);
  const words: CounterWords = {
    idle: element.textContent ?? "",
    left: data["left"] ?? "",
    leftOne: data["leftOne"] ?? "",
    over: data["overMany"] ?? "",
    overOne: data["overOne"] ?? "",
  };
  element.setAttribute("aria-live", "polite");
  let timer = 0;
  const show = (): void => {
    const length = lengthOf(field.value);
    element.textContent = say(length, longest, words);
    element.toggleAttribute("data-over", length > longest);
  };
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(show, 500);
  });
  if (field.value) show();
}
