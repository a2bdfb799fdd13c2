import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import { useIsDark } from '../../../shell/theme.ts';
import { FigureTable } from './figure-table.tsx';
import 'uplot/dist/uPlot.min.css';

/** One line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** Which of the colours of series; those of one program have the same. */
  readonly color: number;
  readonly isDashed: boolean;
  /** As steps: counts. */
  readonly isStepped: boolean;
  /** By step; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** A moment that is marked. */
export interface Mark {
  readonly at: number;
  readonly label: string;
}

export interface ChartData {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly marks: readonly Mark[];
  /** A value with its unit. */
  readonly format: (value: number) => string;
  /** Between two lines of the scale, where the usual ones are not round in what is counted. */
  readonly increments?: readonly number[];
  /** A moment, as exact as the steps are. */
  readonly formatTime: (at: number) => string;
}

const HEIGHT = 220;

/** A chart over time, and the same as a table. What a pointer is at is written out, in all charts of the page at once. */
export function Chart({ data }: { readonly data: ChartData }) {
  const [at, setAt] = useState<number | null>(null);
  const { title, times, lines, format, formatTime } = data;
  const time = at === null ? undefined : times[at];
  return (
    <figure className="card chart">
      <figcaption>
        <h2>{title}</h2>
      </figcaption>
      <Plot data={data} onPoint={setAt} />
      <p className="chart-readout" aria-hidden="true">
        {time === undefined || at === null ? (
          <span className="muted">Point at the chart to read it.</span>
        ) : (
          <>
            <strong>{formatTime(time)}</strong>
            {lines.map(({ label, color, values }) => {
              const value = values[at] ?? null;
              return (
                value !== null && (
                  <span key={label}>
                    <span className={`swatch series-${color}`} /> {label}: {format(value)}
                  </span>
                )
              );
            })}
          </>
        )}
      </p>
      <FigureTable data={data} />
    </figure>
  );
}

function Plot({ data, onPoint }: { readonly data: ChartData; readonly onPoint: (index: number | null) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(data);
  const isDark = useIsDark();
  // Another set of lines is another chart; other values are not.
  const shape = JSON.stringify(data.lines.map(({ label, color, isDashed }) => [label, color, isDashed]));
  useEffect(() => {
    latest.current = data;
  }, [data]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new UPlot(optionsOf(element, latest, onPoint), alignedOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, isDark, onPoint]);
  useEffect(() => plot.current?.setData(alignedOf(data)), [data]);
  return <div ref={box} className="chart-plot" role="img" aria-label={`${data.title}, as a chart; its figures are in the table below`} />;
}

function alignedOf({ times, lines }: ChartData): UPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

function optionsOf(element: HTMLElement, latest: { readonly current: ChartData }, onPoint: (index: number | null) => void): UPlot.Options {
  const { lines, increments } = latest.current;
  const color = (name: string) => resolvedColor(element, name);
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: color('--muted'),
    font,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, sync: { key: 'live', setSeries: false }, points: { size: 7 } },
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, space: 70, values: (_plot, at) => at.map((each) => latest.current.formatTime(each)) },
      {
        ...axis,
        size: 72,
        ...(increments === undefined ? {} : { incrs: [...increments] }),
        values: (_plot, values) => values.map((value) => latest.current.format(value)),
      },
    ],
    series: [
      {},
      ...lines.map((line): UPlot.Series => {
        const stroke = color(`--series-${line.color}`);
        const path = line.isStepped ? UPlot.paths.stepped?.({ align: 1 }) : undefined;
        return {
          ...{ label: line.label, stroke, width: 1.75, spanGaps: false },
          ...(line.isDashed ? { dash: [5, 4] } : {}),
          ...(path === undefined ? {} : { paths: path }),
          points: { show: !line.isStepped, size: 4, stroke, fill: stroke },
        };
      }),
    ],
    hooks: {
      setCursor: [({ cursor: { idx, left = -1 } }) => onPoint(left < 0 ? null : (idx ?? null))],
      draw: [(plot) => drawMarks(plot, latest.current, color('--text-soft'), font)],
    },
  };
}

/** Lines from top to bottom, each with its name, which is left out where the one before is too near. */
function drawMarks(plot: UPlot, { marks }: ChartData, color: string, font: string): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  const ratio = devicePixelRatio;
  let free = -Infinity;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.lineWidth = ratio;
  ctx.font = font.replace('12px', `${11 * ratio}px`);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  for (const { at, label } of marks) {
    if (at < min || at > max) continue;
    const x = Math.round(plot.valToPos(at, 'x', true));
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const { width } = ctx.measureText(label);
    const right = x + 4 * ratio;
    const left = right + width <= bbox.left + bbox.width ? right : x - 4 * ratio - width;
    if (left < free) continue;
    ctx.fillText(label, left, bbox.top + 2 * ratio);
    free = left + width + 6 * ratio;
  }
  ctx.restore();
}

/** A canvas knows no custom properties. */
function resolvedColor(element: HTMLElement, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
