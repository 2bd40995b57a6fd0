// Proof of work in the form of ALTCHA (https://altcha.org): find the number whose hash with the salt is the challenge.
import { sha256 } from "./sha256";

export interface Challenge {
  readonly algorithm: string;
  readonly challenge: string;
  readonly salt: string;
  readonly signature: string;
  readonly maxnumber?: number;
  readonly maxNumber?: number;
}

/** Read a challenge; null when it is none that we can solve. */
export function readChallenge(text: string): Challenge | null {
  let found: Partial<Challenge> | null;
  try {
    found = JSON.parse(text) as Partial<Challenge> | null;
  } catch {
    return null;
  }
  const whole = found?.algorithm === "SHA-256" && found.challenge && found.salt && found.signature;
  return whole ? (found as Challenge) : null;
}

/** The number from 0 to maxnumber that solves the challenge, or null when there is none. */
export function solve({ challenge, salt, maxNumber, maxnumber = maxNumber ?? 1_000_000 }: Challenge): number | null {
  const wanted = challenge.toLowerCase();
  for (let number = 0; number <= maxnumber; number += 1) if (sha256(salt + number) === wanted) return number;
  return null;
}

/** What is sent along with the form, in the field "altcha". */
export function payload({ algorithm, challenge, salt, signature }: Challenge, number: number): string {
  return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}
