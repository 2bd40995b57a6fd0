import { named } from "./enrich";

/** The paper of a map and the corners of the earth that it shows: both linear. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

function numbers(text: string | undefined): [number, number] {
  const [first = Number.NaN, second = Number.NaN] = (text ?? "").split(",").map(Number);
  return [first, second];
}

/** Read the sheet from data-size, data-first and data-last; null when one of them is no pair of numbers. */
export function readSheet(data: Readonly<Record<string, string | undefined>>): Sheet | null {
  const [width, height] = numbers(data["size"]);
  const [west, north] = numbers(data["first"]);
  const [east, south] = numbers(data["last"]);
  const all = [width, height, west, north, east, south];
  return all.every(Number.isFinite) ? { width, height, west, north, east, south } : null;
}

export function toLonLat(sheet: Sheet, { x, y }: Point): [number, number] {
  const lon = sheet.west + ((sheet.east - sheet.west) * x) / sheet.width;
  const lat = sheet.north + ((sheet.south - sheet.north) * y) / sheet.height;
  return [lon, lat];
}

export function toPoint(sheet: Sheet, lon: number, lat: number): Point {
  return {
    x: (sheet.width * (lon - sheet.west)) / (sheet.east - sheet.west),
    y: (sheet.height * (lat - sheet.north)) / (sheet.south - sheet.north),
  };
}

const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where the pin comes by an arrow key, inside the paper; the first press puts it in the middle. Null for other keys. */
export function step(sheet: Sheet, from: Point | null, key: string, far: boolean): Point | null {
  const way = ways[key];
  if (!way) return null;
  if (!from) return { x: sheet.width / 2, y: sheet.height / 2 };
  const length = far ? sheet.width / 12 : sheet.width / 120;
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return { x: within(from.x + way[0] * length, sheet.width), y: within(from.y + way[1] * length, sheet.height) };
}

interface Parts {
  readonly svg: SVGSVGElement;
  readonly pin: Element;
  readonly lon: HTMLInputElement;
  readonly lat: HTMLInputElement;
  readonly status: Element | null;
  readonly clear: HTMLElement | null;
}

function find(root: HTMLElement): Parts | null {
  const svg = root.querySelector("svg");
  const pin = root.querySelector("[data-pin]");
  const lon = named(root.dataset["lon"]);
  const lat = named(root.dataset["lat"]);
  if (!svg || !pin || !(lon instanceof HTMLInputElement) || !(lat instanceof HTMLInputElement)) return null;
  return { svg, pin, lon, lat, status: root.querySelector("[data-place-status]"), clear: root.querySelector("[data-place-clear]") };
}

function areaAt(svg: SVGSVGElement, { x, y }: Point): SVGPathElement | undefined {
  const point = new DOMPoint(x, y);
  return [...svg.querySelectorAll<SVGPathElement>("path[data-name]")].find((path) => path.isPointInFill(point));
}

/** Let somebody point out a place: tap or click, or arrow keys (with Shift: far); Delete takes the pin away. */
export function picker(root: HTMLElement): void {
  const sheet = readSheet(root.dataset);
  const parts = find(root);
  const map = root.querySelector<HTMLElement>("[role=application]");
  if (!sheet || !parts || !map) return;
  const { svg, pin, lon, lat, status, clear } = parts;
  let at: Point | null = lon.value && lat.value ? toPoint(sheet, Number(lon.value), Number(lat.value)) : null;

  const show = (): void => {
    pin.toggleAttribute("hidden", !at);
    clear?.toggleAttribute("hidden", !at);
    if (at) pin.setAttribute("transform", `translate(${at.x} ${at.y})`);
    const area = at ? areaAt(svg, at) : undefined;
    const words = !at ? root.dataset["none"] : area ? root.dataset["set"] : root.dataset["outside"];
    if (status) status.textContent = (words ?? "").replace("{place}", area?.dataset["name"] ?? "");
  };
  const put = (point: Point | null): void => {
    at = point;
    [lon.value, lat.value] = at ? toLonLat(sheet, at).map((value) => value.toFixed(6)) as [string, string] : ["", ""];
    show();
  };

  map.addEventListener("click", (event) => {
    const screen = svg.getScreenCTM();
    if (screen) put(new DOMPoint(event.clientX, event.clientY).matrixTransform(screen.inverse()));
  });
  map.addEventListener("keydown", (event) => {
    const next = step(sheet, at, event.key, event.shiftKey);
    if (next) put(next);
    else if (event.key === "Delete" || event.key === "Backspace") put(null);
    else return;
    event.preventDefault();
  });
  clear?.addEventListener("click", () => {
    put(null);
    map.focus();
  });
  root.hidden = false;
  show();
}
