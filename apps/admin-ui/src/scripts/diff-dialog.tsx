import { lazy, Suspense, useState } from 'react';
import type { ScriptKind, ScriptLanguage, ScriptVersion } from '../api/script-types.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { SelectField } from '../components/field.tsx';
import { ErrorState, LoadingState } from '../components/states.tsx';
import { useFlow, useSource } from './script-data.ts';

const DiffView = lazy(async () => ({ default: (await import('../editor/diff-view.tsx')).DiffView }));

/** What texts can be compared with. */
type Side = number | 'edited' | 'default';

/** Compares versions with each other, with what is edited and with the shipped procedure. */
export function DiffDialog(props: {
  readonly kind: ScriptKind;
  readonly id: string;
  /** Null for a library, which has no shipped one. */
  readonly flow: string | null;
  readonly versions: readonly ScriptVersion[];
  /** The text in the editor; null where there is none. */
  readonly edited: { readonly source: string; readonly language: ScriptLanguage } | null;
  readonly from: Side;
  readonly to: Side;
  readonly onClose: () => void;
}) {
  const { kind, id, flow, versions, edited, onClose } = props;
  const [from, setFrom] = useState(props.from);
  const [to, setTo] = useState(props.to);
  const before = useSide(from, props);
  const after = useSide(to, props);
  const sides: readonly (readonly [Side, string])[] = [
    ...(edited === null ? [] : [['edited', 'What is in the editor'] as const]),
    ...versions.map(({ version, note }) => [version, `Version ${version}${note === '' ? '' : `: ${note}`}`] as const),
    ...(flow === null ? [] : [['default', 'The shipped procedure'] as const]),
  ];
  const error = before.error ?? after.error;
  return (
    <Dialog
      wide
      title={`Compare ${kind === 'procedure' ? 'versions' : 'library versions'} of ${id}`}
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <div className="sides">
        <SideChoice label="From" sides={sides} value={from} choose={setFrom} />
        <SideChoice label="To" sides={sides} value={to} choose={setTo} />
      </div>
      {error !== null ? (
        <ErrorState error={error} />
      ) : before.text === null || after.text === null ? (
        <LoadingState />
      ) : (
        <Suspense fallback={<LoadingState />}>
          <DiffView before={before.text} after={after.text} language={languageOf(to, props)} label="What changed" />
        </Suspense>
      )}
    </Dialog>
  );
}

function SideChoice(props: {
  readonly label: string;
  readonly sides: readonly (readonly [Side, string])[];
  readonly value: Side;
  readonly choose: (side: Side) => void;
}) {
  const { label, sides, value, choose } = props;
  return (
    <SelectField
      label={label}
      pointer={`/${label}`}
      value={String(value)}
      onChange={(side) => choose(side === 'edited' || side === 'default' ? side : Number(side))}
      options={sides.map(([side, text]) => [String(side), text] as const)}
    />
  );
}

type Sides = Pick<Parameters<typeof DiffDialog>[0], 'kind' | 'id' | 'flow' | 'edited' | 'versions'>;

function useSide(side: Side, { kind, id, flow, edited }: Sides): { readonly text: string | null; readonly error: Error | null } {
  const version = useSource(kind, id, typeof side === 'number' ? side : null);
  const shipped = useFlow(side === 'default' ? flow : null);
  if (side === 'edited') return { text: edited?.source ?? '', error: null };
  if (side === 'default') return { text: shipped.data?.default.source ?? null, error: shipped.error };
  if (side === 0) return { text: '', error: null };
  return { text: version.data ?? null, error: version.error };
}

function languageOf(side: Side, { edited, versions }: Sides): ScriptLanguage {
  if (side === 'edited') return edited?.language ?? 'javascript';
  return versions.find(({ version }) => version === side)?.language ?? 'javascript';
}
