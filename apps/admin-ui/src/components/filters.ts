import { useSearchParams } from 'react-router';

/** Filters of a list that are in the address: their values, empty where there is none, and what sets one of them. */
export function useFilters<N extends string>(
  ...names: readonly N[]
): readonly [Readonly<Record<N, string>>, (name: N) => (value: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ''])) as Record<N, string>;
  const set = (name: N) => (value: string) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  return [values, set];
}
