/* Draws a scene on a canvas over Leaflet. Text only ever reaches the page through textContent; data is never run. */

const ROAD_ZOOM = 15; // Line widths of the ground are meant for this zoom; farther out they thin, closer in they grow.
const MARK_ZOOM = 13.5; // Marks have their size from here in; farther out they shrink, so that on a phone they do not cover the town.
const MOST_NAMES = 70; // More names than this on one screen are a texture, not words.
const NARROW_PX = 600; // Below this width the key starts folded: the map is what a phone is opened for.
const NOT_DRAWN = 255;
const EDGED_PX = 2; // Thinner lines are the quiet ones (not recorded, by day): a white edge would make them the loudest.
const TILE_PX = 256; // However many pixels a tile has, it is shown this wide: ours have twice as many, for fine screens.
const HATCH_PX = 6;
const PAPER = '#ffffff';
const INK = '#0b0c0c';
const FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif';
const ARRAY = { f4: Float32Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

const geometries = new Map(); // Coordinates by map and layer: they outlive a change of page, so that coming back is quick.
const remembered = new Map(); // Per map: where it was left and which layers were switched off.
const views = new Set();
let leaflet;

/** Receive one layer's coordinates. They arrive before, with or after the values that need them. */
export async function keepGeometry({ data, parentElement }) {
  const packed = unpack(data);
  geometries.set(`${packed.scope} ${packed.layer}`, prepare(packed));
  parentElement.hidden = true;
  for (const view of views) view.redrawSoon();
}

/** Show a scene: make the map the first time, and after that only change what it shows. */
export async function drawMap({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector('.safer-map');
  const scene = unpack(data);
  try {
    leaflet ??= loadLeaflet(scene.assets);
    const L = await leaflet;
    host.view ??= new View(L, host, scene);
    host.view.send = (picked) => setTriggerValue('picked', picked);
    host.view.show(scene);
  } catch (error) {
    leaflet = undefined;
    host.textContent = scene.words.failed;
    throw error;
  }
  return () => {
    host.view?.close();
    delete host.view;
  };
}

async function loadLeaflet(version) {
  const at = (path) => new URL(path, window.location.origin).href;
  const sheets = [at('/assets/leaflet/leaflet.css'), at(`/assets/live_map/live_map.css?${version}`)];
  await Promise.all([import(at('/assets/leaflet/leaflet.js')), ...sheets.map(loadStyle)]);
  return window.L;
}

function loadStyle(address) {
  return new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: address });
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => reject(new Error(`could not load ${address}`)));
    document.head.append(link);
  });
}

function unpack(bytes) {
  const buffer = bytes.slice().buffer; // A copy of its own starts on a boundary that arrays of numbers need.
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  for (const [name, type, at, size] of header.arrays) arrays[name] = new ARRAY[type](buffer, 4 + length + at, size);
  return { ...header, arrays };
}

/** Project once to the world at zoom 0 (256 pixels wide): at any zoom a point is then one multiplication away. */
function prepare({ kind, version, origin, keys, arrays: { coordinates, rings, features } }) {
  const world = new Float64Array(coordinates.length);
  for (let i = 0; i < coordinates.length; i += 2) {
    const [x, y] = toWorld(origin[0] + coordinates[i], origin[1] + coordinates[i + 1]);
    world[i] = x;
    world[i + 1] = y;
  }
  const count = features.length - 1;
  const boxes = new Float64Array(4 * count);
  for (let f = 0; f < count; f++) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let p = rings[features[f]]; p < rings[features[f + 1]]; p++) {
      west = Math.min(west, world[2 * p]);
      east = Math.max(east, world[2 * p]);
      north = Math.min(north, world[2 * p + 1]);
      south = Math.max(south, world[2 * p + 1]);
    }
    boxes.set([west, north, east, south], 4 * f);
  }
  return { kind, version, keys, world, rings, features, boxes, count };
}

function toWorld(longitude, latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [((longitude + 180) / 360) * 256, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256];
}

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

function onControl({ originalEvent }) {
  return originalEvent.target.closest?.('.leaflet-control') !== null;
}

class View {
  constructor(L, host, scene) {
    this.L = L;
    this.host = host;
    this.scope = scene.scope;
    this.memory = remembered.get(scene.scope) ?? { off: new Map() };
    remembered.set(scene.scope, this.memory);
    this.patterns = new Map();
    this.canvases = [];
    const { words } = scene;
    this.ground = element('div', { className: 'safer-map-ground' });
    this.note = element('p', { className: 'safer-map-note', id: `safer-map-note-${scene.scope}` });
    host.replaceChildren(this.ground, this.note);
    host.setAttribute('role', 'region');
    host.setAttribute('aria-label', words.map);
    this.ground.setAttribute('role', 'application');
    this.ground.setAttribute('aria-label', words.map);
    this.ground.setAttribute('aria-describedby', this.note.id);
    host.style.setProperty('--safer-map-height', `${scene.height}px`);

    const map = L.map(this.ground, {
      preferCanvas: true, attributionControl: false, zoomControl: false, zoomSnap: 0.5, zoomDelta: 1,
      maxZoom: 19, scrollWheelZoom: false, bounceAtZoomLimits: false,
    });
    this.map = map;
    // A page that scrolls must not be caught by the map on the way: the wheel zooms once the map has been touched.
    map.on('focus', () => map.scrollWheelZoom.enable());
    map.on('blur', () => map.scrollWheelZoom.disable());
    L.control.zoom({ position: 'topleft', zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    this.addControl('topleft', this.wholeAreaButton(words));
    L.control.scale({ position: 'bottomleft', imperial: false, maxWidth: 120 }).addTo(map);
    this.credit = element('div', { className: 'safer-map-credit' });
    this.addControl('bottomright', this.credit);
    this.panel = new Panel(this, words);
    this.addControl('topright', this.panel.node);

    this.tooltip = L.tooltip({ direction: 'top', offset: [0, -8], opacity: 1, className: 'safer-map-tooltip' });
    map.on('click', (event) => this.pick(event));
    map.on('mousemove', (event) => this.hover(event));
    map.on('mouseout movestart zoomstart', () => this.hideTooltip());
    map.on('moveend', () => {
      if (!this.ground.clientWidth) return; // It is being taken off the page, and where it ends up is nobody's choice.
      this.memory.at = { centre: map.getCenter(), zoom: map.getZoom() };
      host.dataset.zoom = map.getZoom();
    });
    this.resizes = new ResizeObserver(() => {
      if (!this.ground.clientWidth) return;
      map.invalidateSize({ pan: false });
      if (!this.sized && this.scene) this.fit(this.scene); // It was made where it could not be seen yet.
    });
    this.resizes.observe(this.ground);
    views.add(this);
  }

  close() {
    views.delete(this);
    this.resizes.disconnect();
    cancelAnimationFrame(this.waiting);
    this.map.remove();
  }

  show(scene) {
    this.scene = scene;
    this.host.dataset.drawn = '';
    this.note.textContent = scene.words.note;
    this.credit.textContent = scene.attribution.join(' · ');
    this.hideTooltip();
    // Where a touch marks a spot, two quick ones mark two: the map must not zoom away between them.
    this.map.doubleClickZoom[scene.pick_ground ? 'disable' : 'enable']();
    this.panel.show(scene);
    this.fit(scene);
    this.lay(scene.base);
    this.redrawSoon();
  }

  /** Lay the base tiles, where there are any, and over them what the scene is drawn on. */
  lay(base) {
    const said = JSON.stringify(base);
    if (this.laid === said) return;
    this.laid = said;
    for (const layer of [this.tiles, ...this.canvases]) layer?.remove();
    this.tiles = base ? this.baseTiles(base).addTo(this.map) : undefined;
    this.ground.classList.toggle('safer-map-dark', base?.dark ?? false);
    // Harm lies on the tiles like ink on paper, so that streets and names are read through it; lines and marks lie above.
    const parts = base && !base.dark ? ['fills', 'marks'] : ['all'];
    this.canvases = parts.map((part) => sceneCanvas(this.L, this, part).addTo(this.map));
  }

  baseTiles({ address, lowest, highest, bounds }) {
    if (!this.map.getPane('fills')) this.map.createPane('fills').classList.add('safer-map-fills');
    const [west, south, east, north] = bounds ?? [];
    return new (tileLayer(this.L))(address.startsWith('/') ? window.location.origin + address : address, {
      tileSize: TILE_PX, minNativeZoom: lowest, maxNativeZoom: highest, maxZoom: 22, keepBuffer: 3,
      bounds: bounds ? [[south, west], [north, east]] : undefined,
    });
  }

  /** Go to the study area when it is a new one; otherwise stay where the person left the map. */
  fit(scene) {
    const area = scene.bounds.join(' ');
    if (this.area === area && this.sized) return;
    const first = this.area === undefined;
    this.area = area;
    this.sized = this.ground.clientWidth > 0;
    const [west, south, east, north] = scene.bounds;
    this.bounds = this.L.latLngBounds([south, west], [north, east]);
    this.map.setMinZoom(0);
    if (first && this.memory.area === area && this.memory.at) this.map.setView(this.memory.at.centre, this.memory.at.zoom, { animate: false });
    else this.map.fitBounds(this.bounds, { ...this.roomAround(), animate: false });
    this.map.setMinZoom(Math.max(this.map.getBoundsZoom(this.bounds) - 2, 3));
    this.map.setMaxBounds(this.bounds.pad(1.5));
    this.memory.area = area;
  }

  /** Leave the open key its own room beside the area, where there is room for both. */
  roomAround() {
    const { body, node } = this.panel;
    const beside = !body.hidden && this.ground.clientWidth > 3 * node.offsetWidth ? node.offsetWidth + 10 : 0;
    return { paddingTopLeft: [12, 12], paddingBottomRight: [12 + beside, 12] };
  }

  isShown(layer) {
    return layer.ground || !(this.memory.off.get(layer.id) ?? !layer.shown);
  }

  toggle(layerId, on) {
    this.memory.off.set(layerId, !on);
    this.hideTooltip();
    this.redrawSoon();
  }

  geometry(layer) {
    const geometry = geometries.get(`${this.scope} ${layer.id}`);
    return geometry?.version === layer.version ? geometry : undefined;
  }

  redrawSoon() {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => {
      for (const canvas of this.canvases) canvas._redraw();
      const { host, scene } = this;
      if (!scene.layers.every((layer) => this.geometry(layer))) return;
      host.dataset.counts = JSON.stringify(Object.fromEntries(scene.layers.map((layer) => [layer.id, this.isShown(layer) ? layer.drawn : 0])));
      host.dataset.drawn = scene.version;
    });
  }

  /** Find the topmost feature under a place on the screen; a finger is less exact than a pointer. */
  find(latlng, reach) {
    const scale = 2 ** this.map.getZoom();
    const [x, y] = toWorld(latlng.lng, latlng.lat);
    for (const layer of this.scene.layers.toReversed()) {
      const geometry = layer.clickable && this.isShown(layer) && this.geometry(layer);
      if (!geometry) continue;
      const { boxes } = geometry;
      const styles = this.scene.arrays[`style ${layer.id}`];
      for (let f = geometry.count - 1; f >= 0; f--) {
        const style = layer.styles[styles[f]];
        if (!style) continue;
        const near = (layer.kind === 'point' ? style.size_px + reach : layer.kind === 'line' ? style.stroke_px / 2 + reach : 0) / scale;
        if (x < boxes[4 * f] - near || x > boxes[4 * f + 2] + near || y < boxes[4 * f + 1] - near || y > boxes[4 * f + 3] + near) continue;
        if (touches(geometry, f, x, y, near)) return { layer, geometry, f };
      }
    }
    return undefined;
  }

  label({ layer, f }) {
    const labels = this.scene.arrays[`label ${layer.id}`];
    return labels ? layer.labels[labels[f]] : '';
  }

  pick(event) {
    if (onControl(event)) return;
    const touch = event.originalEvent.pointerType === 'touch';
    const found = this.find(event.latlng, touch ? 12 : 5);
    const place = { longitude: event.latlng.lng, latitude: event.latlng.lat };
    if (found) {
      this.showTooltip(found, event.latlng);
      this.send({ layer: found.layer.id, key: found.geometry.keys[found.f], ...place });
    } else if (this.scene.pick_ground) this.send({ layer: '', key: '', ...place });
  }

  hover(event) {
    if (this.map.dragging?.moving()) return;
    const found = onControl(event) ? undefined : this.find(event.latlng, 4);
    this.ground.classList.toggle('safer-map-over', found !== undefined);
    if (found) this.showTooltip(found, event.latlng);
    else this.hideTooltip();
  }

  showTooltip(found, latlng) {
    const text = this.label(found);
    if (!text) return;
    if (text !== this.said) {
      this.said = text;
      this.tooltip.setContent(element('div', {}, ...text.split('\n').map((line) => element('div', { textContent: line }))));
    }
    this.tooltip.setLatLng(latlng);
    if (!this.map.hasLayer(this.tooltip)) this.map.openTooltip(this.tooltip);
  }

  hideTooltip() {
    this.said = undefined;
    this.map.closeTooltip(this.tooltip);
  }

  addControl(position, node) {
    const control = new this.L.Control({ position });
    control.onAdd = () => node;
    control.addTo(this.map);
    this.L.DomEvent.disableClickPropagation(node);
    this.L.DomEvent.disableScrollPropagation(node);
  }

  wholeAreaButton(words) {
    const button = element('button', { type: 'button', className: 'safer-map-whole', title: words.whole_area, textContent: '⤢' });
    button.setAttribute('aria-label', words.whole_area);
    button.addEventListener('click', () => this.map.fitBounds(this.bounds, this.roomAround()));
    return element('div', { className: 'leaflet-bar' }, button);
  }

  pattern(context, colour) {
    if (!this.patterns.has(colour)) {
      const tile = element('canvas', { width: HATCH_PX, height: HATCH_PX });
      const pen = tile.getContext('2d');
      pen.strokeStyle = colour;
      pen.lineWidth = 1.6;
      for (const x of [-HATCH_PX, 0, HATCH_PX]) {
        pen.moveTo(x - 1, HATCH_PX + 1);
        pen.lineTo(x + HATCH_PX + 1, -1);
      }
      pen.stroke();
      this.patterns.set(colour, context.createPattern(tile, 'repeat'));
    }
    return this.patterns.get(colour);
  }
}

/** The layers, each with its switch and the meaning of its signs: one panel, because people look for both at once. */
class Panel {
  constructor(view, words) {
    this.view = view;
    const id = `safer-map-panel-${view.scope}`;
    this.body = element('div', { className: 'safer-map-panel-body', id });
    this.button = element('button', { type: 'button', className: 'safer-map-panel-button', textContent: words.panel });
    this.button.setAttribute('aria-controls', id);
    this.button.addEventListener('click', () => this.open(this.body.hidden));
    this.node = element('section', { className: 'safer-map-panel' }, this.button, this.body);
    this.node.setAttribute('aria-label', words.panel);
    this.open(view.memory.open ?? view.host.clientWidth >= NARROW_PX);
  }

  open(yes) {
    this.view.memory.open = yes;
    this.body.hidden = !yes;
    this.button.setAttribute('aria-expanded', String(yes));
  }

  show(scene) {
    const asked = document.activeElement?.dataset?.layer;
    const explained = [...new Set(scene.legend.map((entry) => entry.layer))]; // Harm first, then what is around it.
    const groups = explained.map((id) => scene.layers.find((layer) => layer.id === id)).map((layer) => {
      const entries = scene.legend.filter((entry) => entry.layer === layer.id);
      const tick = element('input', { type: 'checkbox', checked: this.view.isShown(layer) });
      tick.dataset.layer = layer.id;
      tick.addEventListener('change', () => this.view.toggle(layer.id, tick.checked));
      return element(
        'div', { className: 'safer-map-group' },
        element('label', {}, tick, element('span', { textContent: layer.title })),
        element('ul', {}, ...entries.map((entry) => element(
          'li', {}, element('img', { src: entry.symbol, alt: '' }), element('span', { textContent: entry.label }),
        ))),
      );
    });
    this.node.hidden = groups.length === 0;
    this.body.replaceChildren(...groups);
    if (asked) this.body.querySelector(`input[data-layer="${CSS.escape(asked)}"]`)?.focus();
  }
}

/** Tiles that at half a zoom are shown larger than they are, and not smaller: their names stay large enough to read. */
function tileLayer(L) {
  const { _setView, _clampZoom } = L.TileLayer.prototype;
  return L.TileLayer.extend({
    _setView(centre, zoom, ...rest) {
      this._roundedUp = Math.round(zoom) > zoom;
      _setView.call(this, centre, zoom, ...rest);
      this._roundedUp = false;
    },
    _clampZoom(zoom) {
      return _clampZoom.call(this, this._roundedUp ? zoom - 1 : zoom);
    },
  });
}

/** A Leaflet renderer whose content is a scene, or a part of it: one canvas, one order, no object per feature. */
function sceneCanvas(L, view, part) {
  const SceneCanvas = L.Canvas.extend({
    options: { padding: 0.2 },
    _initContainer() {
      this._container = element('canvas');
      this._ctx = this._container.getContext('2d');
    },
    _destroyContainer() {
      this._container.remove();
      delete this._ctx;
      delete this._container;
    },
    _draw() {
      const { min, max } = this._bounds;
      new Drawing(view, this._ctx, { west: min.x, north: min.y, east: max.x, south: max.y }).drawAll(part);
    },
  });
  return new SceneCanvas(part === 'fills' ? { pane: 'fills' } : {});
}

class Drawing {
  constructor(view, context, screen) {
    this.view = view;
    this.context = context;
    this.screen = screen;
    this.zoom = view.map.getZoom();
    this.scale = 2 ** this.zoom;
    this.origin = view.map.getPixelOrigin();
    this.names = [];
    this.taken = [];
  }

  drawAll(part) {
    const { context, view } = this;
    context.save();
    context.lineJoin = 'round';
    const named = [];
    for (const layer of view.scene.layers) {
      const geometry = view.isShown(layer) && view.geometry(layer);
      if (!geometry) continue;
      const index = view.scene.arrays[`style ${layer.id}`];
      const seen = [];
      for (let f = 0; f < geometry.count; f++) if (index[f] !== NOT_DRAWN && this.onScreen(geometry, f)) seen.push(f);
      const fills = layer.kind === 'polygon' && layer.styles.some((style) => style.fill !== null);
      if (part === 'all' || fills === (part === 'fills')) {
        context.globalCompositeOperation = layer.see_through ? 'multiply' : 'source-over';
        this[layer.kind](layer, geometry, index, seen);
        context.globalCompositeOperation = 'source-over';
      }
      if (part !== 'fills' && layer.name_zoom !== null && this.zoom >= layer.name_zoom) named.push([layer, geometry, seen]);
    }
    for (const [layer, geometry, seen] of named) {
      if (layer.name_zoom === 0) this.mark(layer, geometry, seen);
      else this.collectNames(layer, geometry, seen);
    }
    this.writeNames();
    context.restore();
  }

  x(world) { return world * this.scale - this.origin.x; }
  y(world) { return world * this.scale - this.origin.y; }

  onScreen({ boxes }, f) {
    const { screen } = this;
    return this.x(boxes[4 * f]) <= screen.east + 20 && this.x(boxes[4 * f + 2]) >= screen.west - 20
      && this.y(boxes[4 * f + 1]) <= screen.south + 20 && this.y(boxes[4 * f + 3]) >= screen.north - 20;
  }

  width(style, layer) {
    return layer.ground && layer.kind === 'line' ? style.stroke_px * Math.min(Math.max(2 ** ((this.zoom - ROAD_ZOOM) / 2), 0.4), 3) : style.stroke_px;
  }

  trace({ world, rings, features }, f, closed) {
    const { context } = this;
    for (let ring = features[f]; ring < features[f + 1]; ring++) {
      let [lastX, lastY] = [NaN, NaN];
      for (let p = rings[ring]; p < rings[ring + 1]; p++) {
        const x = this.x(world[2 * p]);
        const y = this.y(world[2 * p + 1]);
        if (p === rings[ring]) context.moveTo(x, y);
        else if (Math.abs(x - lastX) + Math.abs(y - lastY) > 0.6 || p === rings[ring + 1] - 1) context.lineTo(x, y);
        else continue;
        [lastX, lastY] = [x, y];
      }
      if (closed) context.closePath();
    }
  }

  polygon(layer, geometry, index, seen) {
    for (const f of seen) {
      this.context.beginPath();
      this.trace(geometry, f, true);
      this.paint(layer.styles[index[f]]);
    }
  }

  /** Lines of one style are one path: thousands of streets cost a few strokes. */
  line(layer, geometry, index, seen) {
    const { context } = this;
    layer.styles.forEach((style, code) => {
      const same = seen.filter((f) => index[f] === code);
      if (same.length === 0) return;
      context.beginPath();
      for (const f of same) this.trace(geometry, f, false);
      const width = this.width(style, layer);
      if (!layer.ground && width >= EDGED_PX) {
        context.globalAlpha = 0.75;
        this.stroke(PAPER, width + 1.6, []); // A white edge keeps a line apart from the colour it crosses.
        context.globalAlpha = 1;
      }
      this.stroke(style.pattern === 'hatch' ? this.view.pattern(context, style.stroke) : style.stroke, width, style.dash_px);
    });
  }

  point(layer, { world, rings, features }, index, seen) {
    const { context } = this;
    const shrunk = Math.min(Math.max(2 ** ((this.zoom - MARK_ZOOM) / 2), 0.55), 1);
    for (const f of seen) {
      const style = layer.styles[index[f]];
      const size = style.size_px * shrunk;
      for (let p = rings[features[f]]; p < rings[features[f + 1]]; p++) {
        const x = this.x(world[2 * p]);
        const y = this.y(world[2 * p + 1]);
        context.beginPath();
        shape(context, style.shape, x, y, size);
        this.stroke(PAPER, style.stroke_px + 3 * shrunk, []);
        this.paint(style);
        if (style.letter) {
          context.font = `700 ${size * 1.3}px ${FONT}`;
          context.textAlign = 'center';
          context.textBaseline = 'middle';
          context.fillStyle = style.letter_colour;
          context.fillText(style.letter, x, y + 0.5);
        }
      }
    }
  }

  paint(style) {
    const { context } = this;
    if (style.fill !== null) {
      context.globalAlpha = style.fill_opacity;
      context.fillStyle = style.pattern === 'hatch' ? this.view.pattern(context, style.fill) : style.fill;
      context.fill('evenodd');
      context.globalAlpha = 1;
    }
    this.stroke(style.stroke, style.stroke_px, style.dash_px);
  }

  stroke(colour, width, dashes) {
    if (width <= 0) return;
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = dashes.length ? 'butt' : 'round';
    context.setLineDash(dashes);
    context.stroke();
  }

  /** Put a small dark tab with its label on the top of each outline. */
  mark(layer, { world, rings, features }, seen) {
    const { context } = this;
    const labels = this.view.scene.arrays[`label ${layer.id}`];
    context.font = `700 13px ${FONT}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const f of seen) {
      const text = layer.labels[labels[f]];
      let top = rings[features[f]];
      for (let p = top; p < rings[features[f + 1]]; p++) if (world[2 * p + 1] < world[2 * top + 1]) top = p;
      const [x, y] = [this.x(world[2 * top]), this.y(world[2 * top + 1])];
      const half = Math.max(context.measureText(text).width / 2 + 5, 9);
      context.fillStyle = INK;
      context.fillRect(x - half, y - 9, 2 * half, 18);
      context.fillStyle = PAPER;
      context.fillText(text, x, y + 0.5);
      this.taken.push([x - half, y - 9, x + half, y + 9]);
    }
  }

  collectNames(layer, geometry, seen) {
    const labels = this.view.scene.arrays[`label ${layer.id}`];
    if (!labels) return;
    const longest = new Map(); // A street is many pieces; its name goes once, on the longest piece on the screen.
    for (const f of seen) {
      const name = layer.labels[labels[f]].split('\n')[0];
      const spot = name && (layer.kind === 'line' ? this.alongLine(geometry, f) : this.insideShape(geometry, f));
      if (spot && spot.room > (longest.get(name)?.room ?? 0)) longest.set(name, spot);
    }
    for (const [name, spot] of longest) this.names.push({ name, ground: layer.ground, ...spot });
  }

  alongLine({ world, rings, features }, f) {
    let best;
    for (let ring = features[f]; ring < features[f + 1]; ring++) {
      const [first, last] = [rings[ring], rings[ring + 1] - 1];
      const middle = Math.floor((first + last) / 2);
      const [ax, ay, bx, by] = [first, last].flatMap((p) => [this.x(world[2 * p]), this.y(world[2 * p + 1])]);
      const room = Math.hypot(bx - ax, by - ay);
      if (room <= (best?.room ?? 0)) continue;
      let turn = Math.atan2(by - ay, bx - ax);
      if (Math.abs(turn) > Math.PI / 2) turn += turn > 0 ? -Math.PI : Math.PI;
      const straight = last - first < 2;
      best = { room, turn, x: straight ? (ax + bx) / 2 : this.x(world[2 * middle]), y: straight ? (ay + by) / 2 : this.y(world[2 * middle + 1]) };
    }
    return best;
  }

  insideShape({ boxes }, f) {
    const [west, north, east, south] = [0, 1, 2, 3].map((side) => (side % 2 ? this.y(boxes[4 * f + side]) : this.x(boxes[4 * f + side])));
    return { room: (east - west) * 1.2, turn: 0, x: (west + east) / 2, y: (north + south) / 2 };
  }

  writeNames() {
    const { context } = this;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    let written = 0;
    for (const { name, ground, room, turn, x, y } of this.names.sort((a, b) => a.ground - b.ground || b.room - a.room)) {
      context.font = `${ground ? 400 : 600} 12px ${FONT}`;
      const { width } = context.measureText(name);
      if (width > room) continue;
      const across = Math.abs(Math.cos(turn)) * width / 2 + 8;
      const down = Math.abs(Math.sin(turn)) * width / 2 + 8;
      const box = [x - across, y - down, x + across, y + down];
      if (this.taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      this.taken.push(box);
      context.save();
      context.translate(x, y);
      context.rotate(turn);
      context.globalAlpha = 0.9;
      context.lineWidth = 3.5;
      context.setLineDash([]);
      context.strokeStyle = PAPER;
      context.strokeText(name, 0, 0);
      context.globalAlpha = 1;
      context.fillStyle = ground ? '#505a5f' : INK;
      context.fillText(name, 0, 0);
      context.restore();
      written += 1;
      if (written === MOST_NAMES) return;
    }
  }
}

function shape(context, name, x, y, size) {
  const corners = {
    square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    diamond: [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
    triangle: [[0, -1.1], [1.05, 0.8], [-1.05, 0.8]],
  }[name];
  if (!corners) context.arc(x, y, size, 0, 2 * Math.PI);
  else corners.forEach(([across, down], i) => context[i ? 'lineTo' : 'moveTo'](x + size * across, y + size * down));
  context.closePath();
}

function touches({ kind, world, rings, features }, f, x, y, near) {
  let inside = false;
  for (let ring = features[f]; ring < features[f + 1]; ring++) {
    const [first, end] = [rings[ring], rings[ring + 1]];
    for (let p = first; p < end; p++) {
      const [ax, ay] = [world[2 * p], world[2 * p + 1]];
      if (kind === 'point') {
        if (Math.hypot(x - ax, y - ay) <= near) return true;
        continue;
      }
      const q = p + 1 < end ? p + 1 : first;
      const [bx, by] = [world[2 * q], world[2 * q + 1]];
      if (kind === 'polygon') {
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      } else if (q !== first) {
        const length = (bx - ax) ** 2 + (by - ay) ** 2 || 1e-30;
        const t = Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0), 1);
        if (Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)) <= near) return true;
      }
    }
  }
  return inside;
}
