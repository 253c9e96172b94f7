// Maps of our own outlines: a figure with data-map and data-geojson gets a Leaflet map without tiles in place of its
// drawing. Each area is a stop for the keyboard among which the arrow keys move; rows of tables that carry the address
// of an area in data-feature light up with it, and it with them.
import type { Feature, FeatureCollection, GeoJsonObject } from "geojson";
import * as L from "leaflet";
import "./map.css";

interface Properties {
  name?: string;
  href?: string;
  layer?: number;
  note?: string;
}

const LAYERS = 6; // that the style sheet tells apart; 0 is the background
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Puts maps in place of the drawings of a page or a part of one, each when it is about to be seen. */
export function begin(root: ParentNode = document): void {
  const watching = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watching.unobserve(target);
        void live(target as HTMLElement);
      }
    },
    { rootMargin: "400px" },
  );
  for (const figure of root.querySelectorAll<HTMLElement>("figure[data-map][data-geojson]:not(.live)")) watching.observe(figure);
}

/** Puts a map in place of the drawing; where the outlines cannot be fetched the drawing stays. */
async function live(figure: HTMLElement): Promise<void> {
  let outlines: FeatureCollection;
  try {
    const response = await fetch(figure.dataset.geojson ?? "", { headers: { Accept: "application/geo+json" } });
    if (!response.ok) return;
    outlines = (await response.json()) as FeatureCollection;
  } catch {
    return;
  }
  if (outlines.features.length === 0 || figure.classList.contains("live")) return;
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom; Tab leads to the areas.");
  figure.querySelector(".drawing")?.before(canvas);
  if (!canvas.isConnected) figure.prepend(canvas);
  figure.classList.add("live");
  draw(canvas, outlines, figure.closest("main") ?? figure);
}

function draw(canvas: HTMLElement, outlines: FeatureCollection, around: ParentNode): void {
  const map = L.map(canvas, {
    attributionControl: false, // whose outlines they are is said below the figure
    dragging: !L.Browser.mobile, // one finger scrolls the page, two move the map
    scrollWheelZoom: false,
    fadeAnimation: false,
    markerZoomAnimation: !still,
    zoomAnimation: !still,
    zoomSnap: 0.25,
  });
  const areas: L.Path[] = [];
  const drawn = L.geoJSON(painted(outlines) as GeoJsonObject, {
    style: (feature) => ({ className: kind(feature) }),
    pointToLayer: (feature, place) => L.circleMarker(place, { radius: 6, className: kind(feature) }),
    onEachFeature: (feature, layer) => {
      if (layer instanceof L.Path) areas.push(layer);
      named(layer, said(feature));
    },
  }).addTo(map);
  const frame = L.featureGroup(areas.some(foremost) ? areas.filter(foremost) : areas).getBounds();
  map.fitBounds(frame, { padding: [8, 8], animate: false });
  map.setMinZoom(map.getZoom() - 1).setMaxZoom(map.getZoom() + 6).setMaxBounds(drawn.getBounds().pad(0.5));
  map.on("popupopen", ({ popup }) => popup.getElement()?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true }));
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup(); // Leaflet does so only while the map itself has the focus
  });
  const stops = areas.filter((area) => foremost(area) && properties(area).name && area.getElement());
  for (const area of areas) area.getElement()?.setAttribute("tabindex", "-1"); // Chromium's Tab stops at any that listens
  const drawing = canvas.querySelector("svg");
  drawing?.setAttribute("role", "group"); // an image would hide the areas in it
  drawing?.setAttribute("aria-label", "Areas");
  keyboard(stops);
  for (const area of stops) together(area, around);
}

/** The area's name on hover and focus; its name as a link, and its note, on a click or on Enter. */
function named(layer: L.Layer, { name, href, note }: Properties): void {
  if (!name) return;
  layer.bindTooltip(() => text("span", name), { sticky: true });
  const content = document.createElement("div");
  const title = text(href ? "a" : "strong", name);
  if (href) title.setAttribute("href", href);
  content.append(title);
  if (note) content.append(text("p", note));
  layer.bindPopup(content, { autoPanPadding: [12, 12] });
}

/** One stop for the Tab key; from there the arrow keys, Home and End lead from area to area in the order of names. */
function keyboard(areas: L.Path[]): void {
  const order = [...areas].sort((one, other) => (properties(one).name ?? "").localeCompare(properties(other).name ?? "", "en"));
  order.forEach((area, index) => {
    const element = area.getElement() as SVGElement;
    element.setAttribute("tabindex", index === 0 ? "0" : "-1");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", properties(area).name ?? "");
    element.setAttribute("aria-haspopup", "dialog");
    area.on("popupclose", () => {
      if (document.activeElement === document.body || area.getPopup()?.getElement()?.contains(document.activeElement)) element.focus();
    });
    element.addEventListener("keydown", (event) => {
      const step: Record<string, number> = { ArrowRight: index + 1, ArrowDown: index + 1, ArrowLeft: index - 1, ArrowUp: index - 1, Home: 0, End: -1 };
      const to = step[event.key];
      if (to !== undefined) {
        const next = order.at(to % order.length)?.getElement();
        element.setAttribute("tabindex", "-1");
        next?.setAttribute("tabindex", "0");
        (next as SVGElement | undefined)?.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        area.closeTooltip();
        area.openPopup();
      } else return;
      event.preventDefault();
      event.stopPropagation(); // the map would move
    });
  });
}

/** An area and the rows about it light up together. */
function together(area: L.Path, around: ParentNode): void {
  const { href } = properties(area);
  const element = area.getElement() as SVGElement;
  const rows = href ? [...around.querySelectorAll<HTMLElement>(`[data-feature="${CSS.escape(href)}"]`)] : [];
  const light = (on: boolean) => {
    element.classList.toggle("lit", on);
    for (const row of rows) row.classList.toggle("lit", on);
  };
  area.on({ mouseover: () => light(true), mouseout: () => light(false) });
  element.addEventListener("focus", () => light(true));
  element.addEventListener("blur", () => light(false));
  for (const row of rows) {
    for (const event of ["mouseenter", "focusin"]) row.addEventListener(event, () => light(true));
    for (const event of ["mouseleave", "focusout"]) row.addEventListener(event, () => light(false));
  }
}

/** Whether an area is what the map is about, and not its background. */
function foremost(area: L.Path): boolean {
  return properties(area).layer !== 0;
}

function kind(feature: Feature | undefined): string {
  return `area layer-${Math.min(feature ? (said(feature).layer ?? 1) : 1, LAYERS)}`;
}

/** The outlines in the order of painting: the background first, then large ones before small ones. */
function painted(outlines: FeatureCollection): FeatureCollection {
  const sizes = new Map(outlines.features.map((feature) => [feature, size(L.geoJSON(feature).getBounds())]));
  const order = (feature: Feature) => (said(feature).layer === 0 ? 0 : 1);
  const features = [...outlines.features].sort(
    (one, other) => order(one) - order(other) || (sizes.get(other) ?? 0) - (sizes.get(one) ?? 0),
  );
  return { ...outlines, features };
}

function size(bounds: L.LatLngBounds): number {
  return (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
}

function said(feature: Feature): Properties {
  return (feature.properties ?? {}) as Properties;
}

function properties(area: L.Path): Properties {
  return said((area as L.Path & { feature: Feature }).feature);
}

function text(tag: string, content: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

begin();
