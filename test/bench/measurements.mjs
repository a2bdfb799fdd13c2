/** All windows of a run: per number of connections and row, one measurement a round. */
export class Measurements {
  #rounds = new Map();
  #figuresOf;

  /** @param {(measurement: any) => Record<string, number | null>} [figures] what is kept of a window; `cpu` among them */
  constructor(figures = requestFigures) {
    this.#figuresOf = figures;
  }

  /** @param {number} connections @param {string} row @param {import('./load/window.mjs').Measurement} measurement */
  add(connections, row, measurement) {
    const key = `${connections} ${row}`;
    this.#rounds.set(key, [...(this.#rounds.get(key) ?? []), this.#figuresOf(measurement)]);
  }

  /**
   * The medians over the rounds of one row, with the least and the most processor time; undefined for a row not measured.
   *
   * @returns {(Figures & { least: number | null, most: number | null }) | undefined}
   */
  medians(connections, row) {
    const rounds = this.#rounds.get(`${connections} ${row}`);
    if (rounds === undefined) return undefined;
    const each = Object.keys(rounds[0]).map((name) => [name, median(rounds.map((figures) => figures[name]))]);
    const cpu = rounds.map((figures) => figures.cpu);
    const read = cpu.every((value) => value !== null);
    return { ...Object.fromEntries(each), least: read ? Math.min(...cpu) : null, most: read ? Math.max(...cpu) : null };
  }

  /** The median of a row's figure divided by the other row's of the same round: what drifts with time falls out. */
  ratio(connections, row, peer, figure, peerConnections = connections) {
    return this.#compared(connections, row, peer, figure, peerConnections, (own, other) => own / other);
  }

  /** The same for how much more it is. */
  difference(connections, row, peer, figure) {
    return this.#compared(connections, row, peer, figure, connections, (own, other) => own - other);
  }

  #compared(connections, row, peer, figure, peerConnections, compare) {
    const own = this.#rounds.get(`${connections} ${row}`);
    const other = this.#rounds.get(`${peerConnections} ${peer}`);
    if (own === undefined || other === undefined || own[0][figure] === null) return null;
    return median(own.map((figures, round) => compare(figures[figure], other[round][figure])));
  }
}

/**
 * @typedef {object} Figures
 * @property {number} rate requests per second
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number | null} cpu microseconds per request
 * @property {number} generator share of its core that the load generator used
 * @property {number | null} foreign share of the service's core that went to others
 * @property {number | null} idle share of the service's core that was left
 * @property {number | null} repeated share of answers with the same bytes as before
 */
export function requestFigures({ requests, seconds, p50, p99, processor, idle, generator, repeated }) {
  const window = seconds * 1e6;
  return {
    rate: requests / seconds,
    p50,
    p99,
    cpu: processor === null ? null : processor / requests,
    generator: generator / window,
    foreign: processor === null || idle === null ? null : Math.max(0, 1 - (processor + idle) / window),
    idle: idle === null ? null : idle / window,
    repeated: repeated === null ? null : repeated / requests,
  };
}

function median(values) {
  if (values.includes(null)) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
