import { expect, it } from "vitest";

import { onDay } from "../src/desk/calendar";

it("steps over months, years and the nights on which the clock changes", () => {
  expect(onDay("2026-11-30", 1)).toBe("2026-12-01");
  expect(onDay("2026-12-31", 7)).toBe("2027-01-07");
  expect(onDay("2027-01-01", -1)).toBe("2026-12-31");
  expect(onDay("2027-03-27", 1)).toBe("2027-03-28");
  expect(onDay("2027-03-28", 1)).toBe("2027-03-29");
  expect(onDay("2027-10-30", 2)).toBe("2027-11-01");
  expect(onDay("2028-02-28", 1)).toBe("2028-02-29");
});
