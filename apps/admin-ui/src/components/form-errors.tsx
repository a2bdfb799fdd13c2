import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import { ApiError, type Fault } from '../api/api-error.ts';
import { failureOf } from '../api/not-changed.ts';
import { Notice } from './notice.tsx';

interface Faults {
  readonly all: readonly Fault[];
}

const FaultsContext = createContext<Faults>({ all: [] });

/**
 * Shows an error of what a form has sent: what fields stand for at these (`Field` with its `pointer`), all else above them. The focus
 * goes to the first field that is wrong.
 *
 * @param fields pointers of the fields within, where their order does not matter; `/scopes` stands for `/scopes/0`, too
 */
export function FormErrors({
  error: thrown,
  fields,
  children,
}: {
  readonly error: Error | null;
  readonly fields: readonly string[];
  readonly children: ReactNode;
}) {
  const error = failureOf(thrown);
  const all = error instanceof ApiError ? error.errors : [];
  const above = all.filter(({ pointer }) => !fields.some((field) => isWithin(pointer, field)));
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error === null) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    (wrong ?? form.current?.querySelector<HTMLElement>('.form-problem'))?.focus();
  }, [error]);
  return (
    <FaultsContext value={{ all }}>
      <div className="stack" ref={form}>
        {error !== null && (
          <div className="form-problem" tabIndex={-1}>
            <Notice kind="danger" title={error instanceof ApiError ? error.title : 'This could not be done'}>
              <p>{error.message}</p>
              {above.length > 0 && (
                <ul className="form-faults">
                  {above.map((fault) => (
                    <li key={`${fault.pointer} ${fault.message}`}>
                      {fault.pointer !== '' && <code>{fault.pointer}</code>}{' '}
                      {fault.key !== undefined && `(${fault.kind ?? ''} ${fault.key}) `}
                      {fault.message}
                    </li>
                  ))}
                </ul>
              )}
            </Notice>
          </div>
        )}
        {children}
      </div>
    </FaultsContext>
  );
}

/** What is wrong with a member, or with one of several that a field has together, as sentences. */
export function useFieldErrors(pointers: string | readonly string[]): readonly string[] {
  const { all } = useContext(FaultsContext);
  if (typeof pointers !== 'string')
    return all
      .filter((fault) => pointers.some((pointer) => isWithin(fault.pointer, pointer)))
      .map(({ pointer, message }) => `${pointer}: ${message}`);
  return all
    .filter((fault) => isWithin(fault.pointer, pointers))
    .map(({ pointer, message }) => (pointer === pointers ? message : `${pointer.slice(pointers.length + 1)}: ${message}`));
}

function isWithin(pointer: string, field: string): boolean {
  if (field.endsWith('#')) return pointer === field.slice(0, -1);
  return pointer === field || pointer.startsWith(`${field}/`);
}
