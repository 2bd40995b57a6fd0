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

/**
 * Solve the challenge of a form beside the person who fills it in: from the first touch on, or else on sending.
 * When it can't be solved the form goes without; the server then has a person look first.
 */
export function proofOfWork(form: HTMLElement): void {
  const challenge = readChallenge(form.dataset["powChallenge"] ?? "");
  if (!challenge || !(form instanceof HTMLFormElement)) return;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "altcha";
  form.append(field);
  let work: Promise<void> | undefined;
  let ready = false;
  const begin = (): Promise<void> =>
    (work ??= inWorker(challenge)
      .then((number) => void (field.value = number === null ? "" : payload(challenge, number)))
      .catch(() => undefined)
      .then(() => void (ready = true)));
  form.addEventListener("focusin", () => void begin(), { once: true });
  form.addEventListener("submit", (event) => {
    if (ready) return;
    event.preventDefault();
    const button = event.submitter;
    void begin().then(() => form.requestSubmit(button));
  });
}
