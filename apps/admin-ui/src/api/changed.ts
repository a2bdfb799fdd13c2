import { useQueryClient } from '@tanstack/react-query';

/** Has what was read of resources read again after a change: lists, entities, and what is beneath neither. */
export function useChanged(): (...resources: readonly string[]) => Promise<void> {
  const queries = useQueryClient();
  return async (...resources) => {
    await Promise.all(resources.map((resource) => queries.invalidateQueries({ queryKey: [resource] })));
  };
}
