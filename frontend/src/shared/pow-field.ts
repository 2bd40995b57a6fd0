import { type Challenge, payload, readChallenge } from "./pow";

function inWorker(challenge: Challenge): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./pow-worker.ts", import.meta.url));
    worker.onmessage = (event: MessageEvent<number | null>) => {
      worker.terminate();
      resolve(event.data);
    };
    worker.onerror = reject;
    worker.postMessage(challenge);
  });
}

/** Show one of the lines data-proof-waiting, data-proof-done, data-proof-noscript; the last says what to do instead. */
function show(name: "waiting" | "done" | "noscript"): void {
  for (const state of ["waiting", "done", "noscript"]) {
    const line = document.querySelector<HTMLElement>(`[data-proof-${state}]`);
    if (line) line.hidden = state !== name;
  }
}

/** Solve the challenge in `data-proof` beside the person who fills in the form, and put the answer in the field. */
export async function proofOfWork(field: HTMLInputElement): Promise<void> {
  const challenge = readChallenge(field.dataset["proof"] ?? "");
  if (!challenge) return;
  show("waiting");
  const number = await inWorker(challenge).catch(() => null);
  if (number !== null) field.value = payload(challenge, number);
  show(number === null ? "noscript" : "done");
}
