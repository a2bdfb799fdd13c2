import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import './split.css';

const STORED_AS = 'tokenwright-split';
const LEAST = 25;
const MOST = 75;
const STEP = 5;

export type SplitPart = 'first' | 'second';

/** Two parts beside each other, with a border between them that pointers and arrow keys move; on narrow screens one at a time, by tabs. */
export function Split({
  first,
  second,
  shown,
  show,
}: {
  readonly first: { readonly label: string; readonly content: ReactNode };
  readonly second: { readonly label: string; readonly content: ReactNode };
  /** Which is seen on narrow screens. */
  readonly shown: SplitPart;
  readonly show: (part: SplitPart) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => bounded(Number(localStorage.getItem(STORED_AS) ?? 60)));
  const move = (to: number) => {
    const bound = bounded(to);
    setShare(bound);
    localStorage.setItem(STORED_AS, String(Math.round(bound)));
  };
  const drag = ({ buttons, clientX, currentTarget, pointerId }: PointerEvent<HTMLDivElement>) => {
    if (buttons !== 1 || box.current === null) return;
    currentTarget.setPointerCapture(pointerId);
    const { left, width } = box.current.getBoundingClientRect();
    move(((clientX - left) / width) * 100);
  };
  const keys = (event: KeyboardEvent) => {
    const to = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: LEAST, End: MOST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  return (
    <div className="split">
      <div className="split-tabs" role="group" aria-label="What is shown">
        {(
          [
            ['first', first.label],
            ['second', second.label],
          ] as const
        ).map(([part, label]) => (
          <button key={part} type="button" aria-pressed={shown === part} onClick={() => show(part)}>
            {label}
          </button>
        ))}
      </div>
      {/* By script: the page's policy has no room for style attributes. */}
      <div className={`split-parts split-shows-${shown}`} ref={withShare(box, share)}>
        <div className="split-first">{first.content}</div>
        {/* A separator that can be moved is a widget. WAI-ARIA 1.2. */}
        <div
          className="split-border"
          role="separator"
          tabIndex={0}
          aria-label={`Width of ${first.label}`}
          aria-orientation="vertical"
          aria-valuemin={LEAST}
          aria-valuemax={MOST}
          aria-valuenow={Math.round(share)}
          onPointerDown={drag}
          onPointerMove={drag}
          onKeyDown={keys}
        />
        <div className="split-second">{second.content}</div>
      </div>
    </div>
  );
}

function withShare(box: { current: HTMLDivElement | null }, share: number) {
  return (element: HTMLDivElement | null) => {
    box.current = element;
    element?.style.setProperty('--share', String(share));
  };
}

function bounded(share: number): number {
  return Number.isFinite(share) ? Math.min(Math.max(share, LEAST), MOST) : 60;
}
