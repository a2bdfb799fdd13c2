const WIDTH = 200;
const HEIGHT = 40;

/** A line over time, from zero to its highest value; gaps where there is none. */
export function Sparkline({ values, label }: { readonly values: readonly (number | null)[]; readonly label: string }) {
  const most = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const x = (index: number) => ((index + 0.5) * WIDTH) / values.length;
  const y = (value: number) => HEIGHT - 1.5 - (value / most) * (HEIGHT - 3);
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={pathOf(values, x, y)} />
    </svg>
  );
}

/** Whatever stands alone is a short line, so that it is seen. */
function pathOf(values: readonly (number | null)[], x: (index: number) => number, y: (value: number) => number): string {
  return values
    .map((value, index) => {
      if (value === null) return '';
      const point = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      return (values[index - 1] ?? null) === null ? `M${point}h.1` : `L${point}`;
    })
    .join('');
}
