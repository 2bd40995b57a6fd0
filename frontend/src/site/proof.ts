// Proof of work (ALTCHA, version 1): find the number behind the challenge, put it in the form. Nobody sees a puzzle.
interface Challenge {
  algorithm: string;
  challenge: string;
  maxNumber: number;
  salt: string;
  signature: string;
}

const encoder = new TextEncoder();

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The number that was asked for, or null when there is none. Lets the page breathe in between. */
export async function solve(asked: Challenge): Promise<number | null> {
  for (let number = 0; number <= asked.maxNumber; number += 1) {
    if ((await digest(asked.salt + String(number))) === asked.challenge) return number;
    if (number % 2000 === 1999) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return null;
}

function show(name: string): void {
  for (const state of ["waiting", "done", "noscript"]) {
    const line = document.querySelector<HTMLElement>(`[data-proof-${state}]`);
    if (line) line.hidden = state !== name;
  }
}

async function fill(field: HTMLInputElement): Promise<void> {
  const asked = JSON.parse(field.dataset["proof"] ?? "") as Challenge;
  show("waiting");
  const number = await solve(asked);
  if (number === null) return show("noscript");
  const { algorithm, challenge, salt, signature } = asked;
  field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
  show("done");
}

const field = document.querySelector<HTMLInputElement>("input[data-proof]");
// crypto.subtle is there on https and on localhost only; elsewhere the plain way (call or mail) stays in sight
if (field && globalThis.crypto?.subtle) void fill(field);
