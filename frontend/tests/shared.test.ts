import { describe, expect, it } from "vitest";

import { ownerOf } from "../src/shared/keep";
import { entry, isWhole } from "../src/shared/answer";
import { clock, isKept, waitFor } from "../src/shared/autosave";
import { lengthOf, say } from "../src/shared/counter";
import { move, press } from "../src/shared/keys";
import { blockAddress, isCode } from "../src/shared/neighbourhood";
import { readSheet, step, toLonLat, toPoint } from "../src/shared/place";
import { payload, readChallenge, solve } from "../src/shared/pow";
import { sha256 } from "../src/shared/sha256";

const words = { idle: "At most 100", left: "{n} left", leftOne: "1 left", over: "{n} too long", overOne: "1 too long" };

describe("counter", () => {
  it.each([
    [0, "At most 100"],
    [79, "At most 100"],
    [80, "20 left"],
    [99, "1 left"],
    [100, "0 left"],
    [101, "1 too long"],
    [112, "12 too long"],
  ])("says %i as %s", (length, expected) => expect(say(length, 100, words)).toBe(expected));

  it("counts as people do", () => {
    expect(lengthOf("ideee\u0308n")).toBe(6);
    expect(lengthOf("🌳🌳")).toBe(2);
    expect(lengthOf("a\nb")).toBe(3);
  });
});

describe("keys", () => {
  const known = new Set(["e", "g i", "g t", "?", "j"]);
  const start = { before: "", at: 0 };

  it("hits a single key", () => expect(press(start, "e", 10, known).key).toBe("e"));
  it("leaves unknown keys alone", () => expect(press(start, "q", 10, known).key).toBeNull());

  it("waits for the second part, but not for ever", () => {
    const first = press(start, "g", 1000, known);
    expect(first.key).toBeNull();
    expect(press(first.typed, "i", 1500, known).key).toBe("g i");
    expect(press(first.typed, "i", 9000, known).key).toBeNull();
    expect(press(first.typed, "e", 1500, known).key).toBe("e");
  });

  it("walks a list and holds at its ends", () => {
    expect([move(3, -1, 1), move(3, 0, 1), move(3, 2, 1), move(3, 0, -1), move(0, -1, 1)]).toEqual([0, 1, 2, 0, -1]);
  });
});

describe("neighbourhood", () => {
  it.each([["BU07720111", true], ["GM0772", true], ["../../x", false], ["", false], [null, false]])("%s is a code: %s", (code, expected) =>
    expect(isCode(code)).toBe(expected),
  );
  it("puts the code in the address", () => expect(blockAddress("/buurten/{code}/blok/", "BU0772")).toBe("/buurten/BU0772/blok/"));
});

describe("place", () => {
  const sheet = readSheet({ size: "720,600", first: "5.3,51.5", last: "5.6,51.3" });

  it("refuses half a sheet", () => {
    expect(readSheet({ size: "720,600", first: "5.3,51.5" })).toBeNull();
    expect(readSheet({ size: "x", first: "5.3,51.5", last: "5.6,51.3" })).toBeNull();
  });

  it("goes to the earth and back", () => {
    const [lon, lat] = toLonLat(sheet!, { x: 180, y: 150 });
    expect([lon, lat]).toEqual([expect.closeTo(5.375, 9), expect.closeTo(51.45, 9)]);
    expect(toPoint(sheet!, lon, lat)).toEqual({ x: expect.closeTo(180, 6), y: expect.closeTo(150, 6) });
  });

  it("starts in the middle and stays on the paper", () => {
    expect(step(sheet!, null, "ArrowUp", false)).toEqual({ x: 360, y: 300 });
    expect(step(sheet!, { x: 0, y: 0 }, "ArrowLeft", true)).toEqual({ x: 0, y: 0 });
    expect(step(sheet!, { x: 100, y: 0 }, "ArrowRight", false)).toEqual({ x: 106, y: 0 });
    expect(step(sheet!, { x: 100, y: 0 }, "Enter", false)).toBeNull();
  });
});

/** The digest by the platform's own hand. */
async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const salt = "0a1b2c?expires=1";
const challenge = { algorithm: "SHA-256", challenge: await digest(`${salt}1234`), salt, signature: "s", maxnumber: 5000 };

describe("proof of work", () => {
  it.each(["", "abc", "é🌳", "a".repeat(55), "a".repeat(56), "a".repeat(64), "a".repeat(1000)])("hashes %j as the platform does", async (text) =>
    expect(sha256(text)).toBe(await digest(text)),
  );

  it("finds the number and packs it as ALTCHA wants", () => {
    expect(solve(challenge)).toBe(1234);
    const packed = JSON.parse(atob(payload(challenge, 1234))) as unknown;
    expect(packed).toEqual({ algorithm: "SHA-256", challenge: challenge.challenge, number: 1234, salt, signature: "s" });
  });

  it("gives up past the largest number", () => expect(solve({ ...challenge, maxnumber: 1000 })).toBeNull());

  it.each(["", "null", "{}", "[1]", JSON.stringify({ ...challenge, algorithm: "SHA-1" })])("refuses %j", (text) =>
    expect(readChallenge(text)).toBeNull(),
  );
  it("reads its own", () => expect(readChallenge(JSON.stringify(challenge))).toEqual(challenge));
});

describe("autosave", () => {
  it("waits longer after each failure, up to a minute", () => {
    expect([0, 1, 2, 3, 4, 5, 9].map(waitFor)).toEqual([3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000]);
  });
  it.each([
    [200, { version: 3 }, true],
    [200, {}, false], // the page of the door, after a redirect
    [401, { sentence: "U bent uitgelogd." }, false],
    [500, { version: 3 }, false],
  ])("takes %i with %o for kept: %s", (status, said, kept) => expect(isKept(status, said)).toBe(kept));
  it("tells the time", () => expect(clock(new Date(2026, 10, 3, 9, 5))).toBe("09:05"));
});

describe("a part of a page", () => {
  it.each([
    [200, "/desk/inbox/2/", "push", "/desk/inbox/2/"],
    [200, "/desk/inbox/1/", "replace", "/desk/inbox/1/"],
    [422, "/desk/inbox/1/answer/", "replace", "/desk/inbox/1/"],
    [404, "/desk/inbox/9/", "replace", "/desk/inbox/1/"],
  ])("with status %i from %s is a %s of %s", (status, path, type, shown) =>
    expect(entry(status, path, "/desk/inbox/1/")).toEqual({ type, path: shown }));

  it("is no whole page", () => {
    expect(isWhole("\n<!DOCTYPE html><html>")).toBe(true);
    expect(isWhole("<title>Postvak</title><main></main>")).toBe(false);
  });
});

describe("a reply that is kept", () => {
  it("belongs to the member before the dash", () => {
    expect([ownerOf("12-7"), ownerOf("1-27"), ownerOf("")]).toEqual(["12", "1", ""]);
  });
});
