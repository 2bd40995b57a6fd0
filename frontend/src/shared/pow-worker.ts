import { type Challenge, solve } from "./pow";

const here = self as unknown as { onmessage: (event: MessageEvent<Challenge>) => void; postMessage: (n: number | null) => void };
here.onmessage = (event) => here.postMessage(solve(event.data));
